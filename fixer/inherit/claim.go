// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Sole has the same functions as the package, for a site of a program that has
// one logical listener of the type asked for: the only inherited socket of that
// type is claimed even if its address differs. If the site cannot serve on that
// socket, such as "tcp" on a unix socket, the call fails.
var Sole = Claimer{sole: true}

// A Claimer has the drop-ins as methods. The functions of the package are those
// of its zero value.
type Claimer struct {
	sole bool // the program has one logical listener of each type it asks for here
}

// A request is one call of a drop-in.
type request struct {
	Claimer
	op, network, address string
	addr                 net.Addr // address resolved; nil if it matches no socket
}

func (r request) String() string { return r.op + " " + r.network + " " + r.address }

// claim returns what package net serves on an inherited socket with, nil if r has to
// bind. The families are those that its call knows; for any other network package net
// has the error.
func (r request) claim(families ...string) (syscall.Conn, error) {
	known := false
	for _, f := range families {
		known = known || f == family(r.network)
	}
	if !known {
		return nil, nil
	}
	if len(table.sockets) > 0 && !strings.HasPrefix(r.address, scheme) {
		r.addr = resolve(r.network, r.address) // may ask DNS, so before the lock
	}
	table.Lock()
	defer table.Unlock()
	if table.err != nil {
		return nil, table.err
	}
	s, err := r.match()
	if err != nil {
		return nil, err
	}
	if s == nil {
		explain(r)
		return nil, nil
	}
	return s.serve(r)
}

// serve marks s as used by r and returns a *net.TCPListener, *net.UnixListener,
// *net.UDPConn or *net.UnixConn on a duplicate of it.
func (s *socket) serve(r request) (syscall.Conn, error) {
	packet := socketType(s.network) == "datagram"
	switch {
	case s.connected:
		return serveConn(s, r)
	case !packet && !s.listening:
		return nil, r.refuse(s, s.kind(), nil)
	}
	f, err := s.dup()
	if err != nil {
		return nil, r.refuse(s, s.kind(), err)
	}
	defer f.Close() // net duplicates it once more
	var conn interface{}
	if packet {
		conn, err = net.FilePacketConn(f)
	} else {
		conn, err = net.FileListener(f)
	}
	if err != nil {
		return nil, r.refuse(s, s.kind(), err)
	}
	s.user, s.claimedBy, s.listed = conn.(syscall.Conn), r.String(), false
	return s.user, nil
}

// serveConn is replaced where the program can be started for one connection.
var serveConn = func(s *socket, r request) (syscall.Conn, error) {
	return nil, r.refuse(s, s.kind()+": that of one connection (Accept=yes), which takes: inheritfd port -with=accept", nil)
}

func (r request) refuse(s *socket, got string, err error) error {
	return &Error{FD: s.fd, Name: s.name, Want: "a socket for " + r.String(), Got: got, Err: err}
}

// match returns the socket that r is entitled to, nil if there is none.
func (r request) match() (*socket, error) {
	if strings.HasPrefix(r.address, scheme) {
		return r.explicit(r.address[len(scheme):])
	}
	best := byAddress(r)
	if best == nil && r.sole {
		return r.only()
	}
	return best, nil
}

// These are replaced where sites claim by address: byAddress returns the free socket
// whose address suits a request best, nil for none, resolve what is asked for,
// explain says why a request is not served on a socket that is free, and explained
// says it in the error when its bind fails.
var (
	byAddress = func(r request) *socket { return nil }
	resolve   = func(network, address string) net.Addr { return nil }
	explain   = func(r request) {}
	explained = func(r request, err error) error { return err }
)

// serves is replaced where a program can serve on a socket of another family.
var serves = func(r request, s *socket) bool { return s.fits(r.network) }

// scheme starts an address that says which inherited socket is wanted.
const scheme = "fd://"

// explicit returns the first free socket that r can serve on, with the number or name
// ref if it is not empty.
func (r request) explicit(ref string) (*socket, error) {
	fd, err := strconv.Atoi(ref)
	numeric := err == nil
	var busy, unfit *socket
	var others []string
	for _, s := range table.sockets {
		switch {
		case numeric && s.fd != fd || !numeric && s.name != ref && ref != "" || ref == "" && !s.fits(r.network):
			others = append(others, s.String())
		case !serves(r, s):
			unfit = s
		case s.free():
			return s, nil
		default:
			busy = s
		}
	}
	if busy != nil {
		return nil, r.refuse(busy, "it in use by "+busy.claimedBy, nil)
	}
	if unfit != nil {
		return nil, r.refuse(unfit, unfit.kind(), nil)
	}
	missing := &Error{Want: "a socket for " + r.String(), Got: "no descriptors inherited"}
	if numeric {
		missing.FD = fd
	} else {
		missing.Name = ref
	}
	if len(others) > 0 {
		missing.Got = "only " + strings.Join(others, ", ")
	}
	return nil, missing
}

// only returns the socket that is the only one of its type, if it is free. It
// is not the address that was configured, so the log says so.
func (r request) only() (*socket, error) {
	var only *socket
	for _, s := range table.sockets {
		switch {
		case socketType(s.network) != socketType(r.network):
		case only != nil:
			return nil, nil
		default:
			only = s
		}
	}
	if only == nil || !only.free() || only.listed {
		return nil, nil
	}
	if !only.fits(r.network) {
		return nil, r.refuse(only, only.kind(), nil)
	}
	fmt.Fprintf(os.Stderr, "inherit: %s is served on the inherited %s\n", r, only)
	return only, nil
}

// family returns network without the version of IP.
func family(network string) string {
	switch network {
	case "tcp4", "tcp6":
		return "tcp"
	case "udp4", "udp6":
		return "udp"
	}
	return network
}

// socketType returns the type of the sockets of network, "" if it has none.
func socketType(network string) string {
	switch family(network) {
	case "tcp", "unix":
		return "stream"
	case "udp", "unixgram":
		return "datagram"
	case "unixpacket":
		return "seqpacket"
	}
	return ""
}

// fits reports whether a call for network can serve on s. IPv4 and IPv6 must
// not be given for each other, nor a unix socket for either: the caller may
// assert the type of the listener and of its addresses.
func (s *socket) fits(network string) bool {
	switch {
	case s.network == "" || family(s.network) != family(network):
		return false
	case strings.HasSuffix(network, "4"):
		return s.network == network
	case strings.HasSuffix(network, "6"):
		return !strings.HasSuffix(s.network, "4")
	}
	return true
}
