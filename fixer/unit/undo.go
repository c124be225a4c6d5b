package unit

// This file defines what units do to a socket that undoes it: values that systemd
// does not take, units that are tied to each other, commands that remove the path,
// commands that do not hand the descriptors on. Each was measured under systemd 252.

import (
	"net"
	"net/netip"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// values checks the values of Listen directives, which systemd ignores when it cannot
// read them, and with them the unit when there are no others.
func (c *checker) values(f *File, s *Socket) {
	for _, l := range s.Listen {
		then := "and does not start the unit"
		if slices.ContainsFunc(s.Listen, func(o Listen) bool { return badValue(f, o) == "" }) {
			then = "and opens the others alone"
		}
		if why := badValue(f, l); why != "" {
			c.add(f, l.Line, "", "value", "Listen%s=%s: systemd does not take it, %s: %s", l.Kind, l.Value, then, why)
		}
	}
}

// badValue is badListen for a directive as it is written: one of a template is known
// with its instance.
func badValue(f *File, l Listen) string {
	for _, e := range f.Entries {
		if e.Line == l.Line && e.Section == "Socket" && strings.Contains(path.Base(f.Name), "@.") &&
			(strings.Contains(e.Value, "%i") || strings.Contains(e.Value, "%I") || strings.Contains(e.Value, "%j")) {
			return ""
		}
	}
	return badListen(l.Kind, l.Value)
}

// badListen says why systemd cannot read a value of a Listen directive, see
// systemd.socket(5); "" when it can.
func badListen(kind, value string) string {
	isPath := strings.HasPrefix(value, "/")
	switch kind {
	case "FIFO", "Special", "USBFunction", "MessageQueue":
		if !isPath {
			return "it has to be an absolute path"
		}
		return ""
	case "Netlink":
		return ""
	}
	switch {
	case isPath && len(value) > 107, strings.HasPrefix(value, "@") && len(value) > 107:
		return "paths of sockets are of 107 bytes at most, see unix(7)"
	case isPath, strings.HasPrefix(value, "@") && len(value) > 1:
		return ""
	case kind == "SequentialPacket":
		return "such sockets have a path"
	case strings.HasPrefix(value, "vsock:"):
		return badVsock(value)
	}
	return badInet(value)
}

var vsockValue = regexp.MustCompile(`^vsock:(\d*):(\d+)$`)

func badVsock(value string) string {
	if m := vsockValue.FindStringSubmatch(value); m == nil {
		return "write vsock:CID:PORT"
	}
	return ""
}

// badInet is badListen for the address of a port.
func badInet(value string) string {
	const hint = "write a port, 192.0.2.1:80, [2001:db8::1]:80, a path or @name"
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		if strings.Trim(value, "0123456789") != "" || value == "" {
			return hint
		}
		return badPort(value)
	}
	if port, zone, ok := strings.Cut(port, "%"); ok && zone != "" {
		return badHost(value, host, port)
	}
	return badHost(value, host, port)
}

func badHost(value, host, port string) string {
	addr, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "its host is none of numbers, and systemd looks up no names: write a port, 192.0.2.1:80 or [2001:db8::1]:80"
	case addr.Is4() == strings.HasPrefix(value, "["):
		return "addresses of IPv6, and only these, stand in brackets"
	}
	return badPort(port)
}

func badPort(port string) string {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return "ports are 1 to 65535, without zeros in front"
	}
	return ""
}

// keys tells of keys that systemd does not know, and of targets that there are not.
func (c *checker) keys(f *File, section string, own []string) {
	for _, e := range f.Entries {
		var known []string
		switch e.Section {
		case "Unit":
			known = unitKeys
		case "Install":
			known = installKeys
		case section:
			known = append(slices.Clone(execKeys), own...)
		default:
			continue
		}
		if !slices.Contains(known, e.Key) && !strings.HasPrefix(e.Key, "X-") {
			hint := ""
			if near := nearest(e.Key, known); near != "" {
				hint = "; is " + near + "= meant?"
			}
			c.add(f, e.Line, "", "key", "there is no %s= in [%s]: it is ignored%s", e.Key, e.Section, hint)
		}
		if e.Section != "Install" || e.Key != "WantedBy" && e.Key != "RequiredBy" {
			continue
		}
		for _, t := range strings.Fields(e.Value) {
			if near := nearest(t, targets); near != "" && !slices.Contains(targets, t) {
				c.add(f, e.Line, "", "install", "%s=%s: systemd has no such target, and is %s meant? The unit would not be started", e.Key, t, near)
			}
		}
	}
}

// nearest returns what somebody may have meant, "" for nothing in particular.
func nearest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if strings.EqualFold(word, k) {
			return k
		}
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to change, add or take away between two words.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// tied checks that a socket does not stop with its service: then clients are refused
// while that restarts, and wait for nobody after.
func (c *checker) tied(f *File, s *Socket) {
	own := func(value string) bool {
		for _, name := range strings.Fields(value) {
			if v, err := f.Expand(name); err == nil && (v == s.Service || instance(v) == instance(s.Service)) {
				return true
			}
		}
		return false
	}
	for _, key := range []string{"PartOf", "BindsTo", "Requires", "Requisite", "StopPropagatedFrom"} {
		for _, e := range f.All("Unit", key) {
			if own(e.Value) {
				c.add(f, e.Line, "", "undo", "%s=%s: the socket stops when the service does, also in a restart, and clients are refused; the service requires the socket, and not the other way around", key, e.Value)
			}
		}
	}
	if e := f.Last("Unit", "StopWhenUnneeded"); isYes(e.Value) {
		c.add(f, e.Line, "", "undo", "StopWhenUnneeded=%s: the socket stops as soon as the service that needs it does, and nothing starts that again", e.Value)
	}
	c.acceptNames(f, s)
}

func isYes(value string) bool {
	yes, err := parseBool(value)
	return err == nil && yes
}

// acceptNames checks that instances of Accept=yes are not asked for a name: before
// version 257 systemd calls their descriptor connection, whatever the unit says.
func (c *checker) acceptNames(f *File, s *Socket) {
	if !s.Accept || c.service == nil {
		return
	}
	for _, e := range c.service.All("Service", "ExecStart", "Environment") {
		for _, m := range asks.FindAllStringSubmatch(e.Value, -1) {
			if m[1] != "connection" {
				c.add(c.service, e.Line, "", "accept", "%s= asks for fd://%s, and with Accept=yes systemd before 257 calls the descriptor connection, whatever FileDescriptorName= says: write fd://3", e.Key, m[1])
			}
		}
	}
}

// undone checks what a service does to the sockets that it is started by.
func (c *checker) undone(f *File, sockets []*File) {
	if e := f.Last("Service", "StandardInput"); e.Value == "socket" {
		c.add(f, e.Line, "", "undo", "StandardInput=socket: the connection or socket is the program's standard input, and no LISTEN_FDS is set, which the program goes by")
	}
	if e := f.Last("Service", "WatchdogSec"); e.Value != "" && e.Value != "0" && e.Value != "infinity" && !c.p.Pings {
		c.add(f, e.Line, "", "notify", "WatchdogSec=%s, and the program never says WATCHDOG=1: systemd ends it each time that has passed", e.Value)
	}
	for _, e := range f.All("Service", "ExecStart", "Environment") {
		if emptyRef.MatchString(e.Value) {
			c.add(f, e.Line, "", "missing", "%s= has fd:// without a name or a number, which a helper before version 3 refuses, and which is the first of several sockets: write fd://NAME, as in FileDescriptorName=, or fd://3", e.Key)
		}
	}
	for _, u := range sockets {
		s, err := u.Socket()
		if err != nil {
			continue // told before
		}
		c.conditions(f, u)
		for _, l := range s.Listen {
			if strings.HasPrefix(l.Value, "/") {
				c.removed(f, u, l.Value)
			}
		}
	}
}

var emptyRef = regexp.MustCompile(`fd://(["'\s]|$)`)

// conditions checks that what keeps the service from starting keeps the socket from
// it, too: else the first client has systemd try until it gives the socket up.
func (c *checker) conditions(f, u *File) {
	for _, e := range f.Entries {
		if e.Section != "Unit" || e.Value == "" || !strings.HasPrefix(e.Key, "Condition") && !strings.HasPrefix(e.Key, "Assert") {
			continue
		}
		if !slices.ContainsFunc(u.All("Unit", e.Key), func(o Entry) bool { return o.Value == e.Value }) {
			c.add(f, e.Line, "", "undo", "%s=%s holds for the service alone: where it does not, a client has systemd try to start it until %s ends in trigger-limit-hit; write it in that unit, too", e.Key, e.Value, path.Base(u.Name))
		}
	}
}

// removed checks that no command of the service removes the path of a socket.
func (c *checker) removed(f, u *File, socket string) {
	for _, e := range f.All("Service", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost", "ExecCondition") {
		words, err := f.Words(e.Value)
		if err != nil {
			continue
		}
		for i, w := range words {
			if shellLine := i > 0 && slices.Contains([]string{"-c", "-ec", "-lc"}, words[i-1]); shellLine {
				words = append(words[:i:i], strings.Fields(strings.NewReplacer(";", " ", "&", " ", "|", " ", "'", "", `"`, "").Replace(w))...)
				break
			}
		}
		at := slices.IndexFunc(words, func(w string) bool {
			return slices.Contains([]string{"rm", "unlink", "mv"}, path.Base(strings.TrimLeft(w, "-@:+!|")))
		})
		if at < 0 {
			continue
		}
		for _, w := range words[at+1:] {
			ok, err := filepath.Match(w, socket)
			if err == nil && ok || path.Clean(w) == path.Dir(socket) {
				c.add(f, e.Line, "", "undo", "%s= removes %s, which %s has made: clients do not find the socket any more, and it stays open; take the line out", e.Key, socket, path.Base(u.Name))
			}
		}
	}
}

// confined checks that a service does not take from a program what it does besides
// serving: to connect to others.
func (c *checker) confined(f *File) {
	if !c.p.Dials {
		return
	}
	if e := f.Last("Service", "PrivateNetwork"); isYes(e.Value) {
		c.add(f, e.Line, "", "privilege", "PrivateNetwork=%s, and the program connects to others, or may: it reaches nobody", e.Value)
	}
	if e := f.Last("Service", "RestrictAddressFamilies"); e.Value != "" && !strings.HasPrefix(e.Value, "~") && !strings.Contains(e.Value, "AF_INET") {
		c.add(f, e.Line, "", "privilege", "RestrictAddressFamilies=%s, and the program connects to others, or may: it wants AF_INET and AF_INET6", e.Value)
	}
}
