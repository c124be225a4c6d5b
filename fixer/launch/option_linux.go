package launch

// This file defines the options of sockets that a unit may ask for.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/sys/unix"
)

// An option is what a key stands for.
type option struct {
	level, name int
	// level6 and name6 are those of an IPv6 socket where they differ, else 0.
	level6, name6 int
	value         func(string) (int, error)
	zero          bool // 0 is a value, and not to leave it
	on            func(domain int, stream bool) bool
	early         bool // it acts when the socket is bound, so it is set before
}

func inet(domain int, _ bool) bool     { return domain == unix.AF_INET || domain == unix.AF_INET6 }
func tcp(domain int, stream bool) bool { return stream && inet(domain, stream) }
func all(int, bool) bool               { return true }

// options are the keys of systemd.socket(5) that set an option by a number.
var options = map[string]option{
	"KeepAlive":            {level: unix.SOL_SOCKET, name: unix.SO_KEEPALIVE, value: yes, zero: true, on: all},
	"KeepAliveTimeSec":     {level: unix.IPPROTO_TCP, name: unix.TCP_KEEPIDLE, value: seconds, on: tcp},
	"KeepAliveIntervalSec": {level: unix.IPPROTO_TCP, name: unix.TCP_KEEPINTVL, value: seconds, on: tcp},
	"KeepAliveProbes":      {level: unix.IPPROTO_TCP, name: unix.TCP_KEEPCNT, value: number, on: tcp},
	"DeferAcceptSec":       {level: unix.IPPROTO_TCP, name: unix.TCP_DEFER_ACCEPT, value: seconds, on: tcp},
	"NoDelay":              {level: unix.IPPROTO_TCP, name: unix.TCP_NODELAY, value: yes, zero: true, on: tcp},
	"Broadcast":            {level: unix.SOL_SOCKET, name: unix.SO_BROADCAST, value: yes, zero: true, on: all},
	"PassCredentials":      {level: unix.SOL_SOCKET, name: unix.SO_PASSCRED, value: yes, zero: true, on: all},
	"PassSecurity":         {level: unix.SOL_SOCKET, name: unix.SO_PASSSEC, value: yes, zero: true, on: all},
	"PassPacketInfo":       {level: unix.IPPROTO_IP, name: unix.IP_PKTINFO, level6: unix.IPPROTO_IPV6, name6: unix.IPV6_RECVPKTINFO, value: yes, zero: true, on: inet},
	"Priority":             {level: unix.SOL_SOCKET, name: unix.SO_PRIORITY, value: number, zero: true, on: all},
	"Mark":                 {level: unix.SOL_SOCKET, name: unix.SO_MARK, value: number, on: all},
	"IPTOS":                {level: unix.IPPROTO_IP, name: unix.IP_TOS, value: service, on: inet},
	"IPTTL":                {level: unix.IPPROTO_IP, name: unix.IP_TTL, level6: unix.IPPROTO_IPV6, name6: unix.IPV6_UNICAST_HOPS, value: number, on: inet},
	"ReceiveBuffer":        {level: unix.SOL_SOCKET, name: unix.SO_RCVBUF, value: size, on: all},
	"SendBuffer":           {level: unix.SOL_SOCKET, name: unix.SO_SNDBUF, value: size, on: all},
	"Transparent":          {level: unix.IPPROTO_IP, name: unix.IP_TRANSPARENT, value: yes, zero: true, on: inet, early: true},
}

// IsOption reports whether a key of the section [Socket] of a unit sets an option of
// a socket that [Open] knows.
func IsOption(key string) bool {
	_, ok := options[key]
	return ok || key == "BindToDevice" || key == "TCPCongestion" || key == "Timestamping"
}

// setEarly sets the options that act when the socket is bound. Only where the device is
// another the socket is not opened, as with systemd.
func (s *Socket) setEarly(spec Spec, domain int) error {
	for _, o := range spec.Options {
		switch known, ok := options[o.Key]; {
		case o.Key == "BindToDevice" && inet(domain, true) && o.Value != "*":
			if err := unix.BindToDevice(s.fd, o.Value); err != nil {
				return fmt.Errorf("%s=%s: %w", o.Key, o.Value, err)
			}
		case ok && known.early && known.on(domain, s.Stream()):
			s.unset(o, s.setNumber(known, domain, o.Value))
		}
	}
	return nil
}

// unset notes why an option could not be set; nil is for one that was.
func (s *Socket) unset(o Option, err error) {
	if err != nil {
		s.Unset = append(s.Unset, fmt.Sprintf("%s=%s: %v", o.Key, o.Value, err))
	}
}

// setLate sets the others, and keeps what cannot be set in s.Unset.
func (s *Socket) setLate(spec Spec, domain int) {
	for _, o := range spec.Options {
		var err error
		switch known, ok := options[o.Key]; {
		case o.Key == "TCPCongestion":
			err = unix.SetsockoptString(s.fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, o.Value)
		case o.Key == "Timestamping":
			err = s.setTimestamps(o.Value)
		case !ok || known.early:
		case !known.on(domain, s.Stream()):
			err = errors.New("not an option of such a socket")
		default:
			err = s.setNumber(known, domain, o.Value)
		}
		s.unset(o, err)
	}
}

func (s *Socket) setNumber(o option, domain int, text string) error {
	n, err := o.value(text)
	if err != nil || n == 0 && !o.zero { // 0 is to leave it
		return err
	}
	level, name := o.level, o.name
	if domain == unix.AF_INET6 && o.level6 != 0 {
		level, name = o.level6, o.name6
	}
	if err := unix.SetsockoptInt(s.fd, level, name, n); err != nil || level != unix.SOL_SOCKET {
		return err
	}
	// A buffer is limited by net.core.rmem_max unless one may exceed it; the kernel
	// counts double, see socket(7).
	force, ok := map[int]int{unix.SO_RCVBUF: unix.SO_RCVBUFFORCE, unix.SO_SNDBUF: unix.SO_SNDBUFFORCE}[name]
	if got, err := unix.GetsockoptInt(s.fd, level, name); ok && err == nil && got < 2*n {
		if err := unix.SetsockoptInt(s.fd, level, force, n); err != nil {
			return fmt.Errorf("the system allows %d", got/2)
		}
	}
	return nil
}

func (s *Socket) setTimestamps(text string) error {
	name, ok := map[string]int{"off": 0, "us": unix.SO_TIMESTAMP, "usec": unix.SO_TIMESTAMP, "µs": unix.SO_TIMESTAMP, "μs": unix.SO_TIMESTAMP, "ns": unix.SO_TIMESTAMPNS, "nsec": unix.SO_TIMESTAMPNS}[text]
	if n, err := yes(text); err == nil {
		name, ok = n*unix.SO_TIMESTAMPNS, true
	}
	switch {
	case !ok:
		return errors.New("is none of off, us and ns")
	case name == 0:
		return nil
	}
	return unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, name, 1)
}

func number(text string) (int, error) {
	n, err := strconv.ParseInt(text, 0, 32)
	if err != nil {
		return 0, errors.New("is no number")
	}
	return int(n), nil
}

func yes(text string) (int, error) {
	switch strings.ToLower(text) {
	case "1", "yes", "y", "true", "t", "on":
		return 1, nil
	case "0", "no", "n", "false", "f", "off":
		return 0, nil
	}
	return 0, errors.New("is neither yes nor no")
}

// service reads a type of service, see systemd.socket(5).
func service(text string) (int, error) {
	if n, ok := map[string]int{"low-delay": 0x10, "throughput": 0x08, "reliability": 0x04, "low-cost": 0x02}[text]; ok {
		return n, nil
	}
	return number(text)
}

// size reads a number of bytes, with K, M, G and so on to the base of 1024.
func size(text string) (int, error) {
	digits := strings.TrimRight(text, "KMGB ")
	n, err := strconv.ParseFloat(digits, 64)
	factor, ok := map[string]float64{"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[strings.TrimSpace(text[len(digits):])]
	if n *= factor; err != nil || !ok || n < 0 || n >= 1<<31 {
		return 0, errors.New("is no number of bytes")
	}
	return int(n), nil
}

// seconds reads a time span, and drops what is less than a second of it.
func seconds(text string) (int, error) {
	d, err := span(text)
	return int(d / time.Second), err
}

// span reads a time span, see systemd.time(7): a number of seconds, or numbers with
// units.
func span(text string) (time.Duration, error) {
	var sum time.Duration
	rest := strings.TrimSpace(text)
	if rest == "" {
		return 0, errors.New("is no time")
	}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		n, err := strconv.ParseFloat(rest[:digits], 64)
		rest = strings.TrimLeft(rest[digits:], " ")
		letters := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsLetter))
		unit, ok := spans[rest[:letters]]
		if err != nil || !ok {
			return 0, errors.New("is no time")
		}
		sum += time.Duration(n * float64(unit))
		rest = strings.TrimLeft(rest[letters:], " ")
	}
	return sum, nil
}

// spans are the units of times.
var spans = func() map[string]time.Duration {
	out := map[string]time.Duration{"": time.Second}
	for names, unit := range map[string]time.Duration{
		"us usec µs μs": time.Microsecond, "ms msec": time.Millisecond, "s sec second seconds": time.Second,
		"m min minute minutes": time.Minute, "h hr hour hours": time.Hour, "d day days": 24 * time.Hour,
		"w week weeks": 7 * 24 * time.Hour, "M month months": 30*24*time.Hour + 10*time.Hour + 30*time.Minute, "y year years": 365*24*time.Hour + 6*time.Hour,
	} {
		for _, name := range strings.Fields(names) {
			out[name] = unit
		}
	}
	return out
}()
