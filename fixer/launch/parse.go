package launch

// This file defines how sockets are written on a command line.

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// networks are the networks of Spec.
var networks = []string{"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "seqpacket", "vsock"}

// nameOf matches the name in front of an address: what could be the beginning
// of one is none.
var nameOf = regexp.MustCompile(`^([^:/@=\[]+)=(.*)$`)

// Parse reads a socket as [NAME=]NETWORK:ADDRESS, or in the syntax of
// ListenStream= in systemd.socket(5): 8080, 127.0.0.1:8080, [::1]:8080,
// /run/x.sock, @name.
func Parse(text string) (Spec, error) {
	s := Spec{}
	if m := nameOf.FindStringSubmatch(text); m != nil {
		s.Name, text = m[1], m[2]
		if err := CheckName(s.Name); err != nil {
			return Spec{}, err
		}
	}
	network, address, ok := strings.Cut(text, ":")
	if !ok || !slices.Contains(networks, network) {
		network, address = "tcp", text
		// A name that is none would look like a strange address.
		if name, _, ok := strings.Cut(text, "="); ok && !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "@") {
			if err := CheckName(name); err != nil {
				return Spec{}, err
			}
		}
	}
	if network == "vsock" || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "@") {
		return s, s.setStream(text)
	}
	s.Network, s.Address = network, address
	switch {
	case network == "unix", network == "unixgram", network == "seqpacket":
		return s, s.checkPath()
	case !strings.Contains(address, ":") && isPort(address):
		s.Address = ":" + address
	}
	return s, s.checkIP()
}

// setStream sets network and address from the value of ListenStream= or, for
// the networks unixgram, udp and seqpacket, of the directives for those.
func (s *Spec) setStream(value string) error {
	switch {
	case strings.HasPrefix(value, "/"), strings.HasPrefix(value, "@"):
		s.Network, s.Address = "unix", value
		return s.checkPath()
	case strings.HasPrefix(value, "vsock:"):
		s.Network, s.Address = "vsock", strings.TrimPrefix(value, "vsock:")
		if _, _, err := vsockAddr(s.Address); err != nil {
			return err
		}
		return nil
	case isPort(value):
		s.Network, s.Address = "tcp", ":"+value
		return nil
	}
	s.Network, s.Address = "tcp", value
	return s.checkIP()
}

// FromUnit returns the socket of a line of a .socket unit: kind is Stream,
// Datagram or SequentialPacket of the directive Listen..., and value what
// follows it, see systemd.socket(5).
func FromUnit(kind, value string) (Spec, error) {
	s := Spec{}
	if !slices.Contains([]string{"Stream", "Datagram", "SequentialPacket"}, kind) {
		return Spec{}, fmt.Errorf("Listen%s=%s: there are sockets of ListenStream=, ListenDatagram= and ListenSequentialPacket= only", kind, value)
	}
	if err := s.setStream(value); err != nil {
		return Spec{}, err
	}
	switch {
	case kind == "Stream":
	case kind == "Datagram" && s.Network == "tcp":
		s.Network = "udp"
	case kind == "Datagram" && s.Network == "unix":
		s.Network = "unixgram"
	case kind == "SequentialPacket" && s.Network == "unix":
		s.Network = "seqpacket"
	default:
		return Spec{}, fmt.Errorf("Listen%s=%s: there is no such socket", kind, value)
	}
	return s, nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == s
}

func (s *Spec) checkPath() error {
	const longest = 107 // sun_path without its last NUL, see unix(7)
	switch {
	case s.Address == "" || s.Address == "@":
		return fmt.Errorf("%s: the path of the socket is missing", s.Network)
	case len(s.Address) > longest:
		return fmt.Errorf("%s: the path %.30q… has %d bytes, and that of a socket %d at most: use a shorter one", s.Network, s.Address, len(s.Address), longest)
	case strings.ContainsRune(s.Address, 0):
		return fmt.Errorf("%s: the path %q has a zero byte", s.Network, s.Address)
	}
	return nil
}

func (s *Spec) checkIP() error {
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil || !isPort(port) {
		return fmt.Errorf("%q is no address of a socket: write 8080, 127.0.0.1:8080, [::1]:8080, /run/x.sock or @name, or one of %s and a colon in front of such", s.Address, strings.Join(networks, ", "))
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return nil // a name, to be looked up
	case strings.HasSuffix(s.Network, "4") && !ip.Is4(), strings.HasSuffix(s.Network, "6") && ip.Is4():
		return fmt.Errorf("%s is no address of network %s", host, s.Network)
	}
	return nil
}

// vsockAddr reads CID:PORT; an empty CID is any.
func vsockAddr(text string) (cid, port uint32, err error) {
	c, p, ok := strings.Cut(text, ":")
	any64 := uint64(1<<32 - 1)
	n, err := any64, error(nil)
	if c != "" {
		n, err = strconv.ParseUint(c, 10, 32)
	}
	m, perr := strconv.ParseUint(p, 10, 32)
	if !ok || err != nil || perr != nil {
		return 0, 0, fmt.Errorf("vsock:%s: a vsock is vsock:CID:PORT, both numbers, and the first one may be missing", text)
	}
	return uint32(n), uint32(m), nil
}
