// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

// Package inherit lets a daemon serve on sockets that it inherited from
// systemd or any other supervisor that speaks the LISTEN_FDS protocol of
// sd_listen_fds(3). Its functions are drop-ins for those of net, crypto/tls and
// net/http: with no inherited socket they do exactly what those do.
//
// The inherited descriptors are found once, before main. A call then claims the
// first of:
//
//  1. what an address "fd://3" or "fd://name" says (a number or a name of
//     LISTEN_FDNAMES); if that does not fit, the call fails;
//  2. the socket bound to the address asked for;
//  3. the socket on the port asked for, when one of the two addresses is a
//     wildcard and the family and V6ONLY of the socket allow it;
//  4. at a site that uses [Sole], the only socket of the type asked for
//     (stream, datagram, seqpacket), whatever its address.
//
// Otherwise it binds. Port 0 is never claimed by address. A socket has one user
// at a time and can be claimed again once that user has closed it, because the
// inherited descriptor stays open: closing a listener neither refuses clients
// nor unlinks the path. A LISTEN_* environment that is broken makes every call
// fail; it never makes one bind in silence. Without LISTEN_PID, which a launcher
// leaves out for a child of a build tool, descriptors are taken if all of them are
// sockets that serve.
//
// A process that is started for one connection (Accept=yes of
// systemd.socket(5)) gets a listener with that connection. A launcher that shares
// the sockets among processes may ask for a gate: then the listeners of functions
// that return a net.Listener are none of package net's types.
//
// Not handled: descriptors on systems other than Linux, families that package
// net does not know (vsock), more than one copy of this package or another
// reader of LISTEN_FDS in one program, the keep-alive and multipath settings
// of a net.ListenConfig (accepted connections have net's default), and options
// that only act before bind(2).
package inherit

import (
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Socket describes one inherited descriptor.
//
// Network is what a program would have passed to package net to get such a
// socket: "tcp4" or "udp4" for AF_INET, "tcp6" or "udp6" for AF_INET6 with
// V6Only, "tcp" or "udp" for AF_INET6 without, or "unix", "unixgram",
// "unixpacket". It is "" for what package net cannot serve on, such as a FIFO.
type Socket struct {
	FD        int      // descriptor number, from 3
	Name      string   // given by the supervisor and not unique; "unknown" when it gave none
	Network   string   // see above
	Protocol  int      // SO_PROTOCOL, such as 6 (TCP) or 262 (MPTCP); 0 if not a socket
	Addr      net.Addr // bound *net.TCPAddr, *net.UDPAddr or *net.UnixAddr; nil when Network is ""
	Listening bool     // listen(2) was called; always false for datagram sockets
	V6Only    bool     // an IPv6 socket that takes no IPv4 traffic, see ipv6(7)
	ClaimedBy string   // the call that uses it, such as "Listen tcp :8080"; "" when it is free
}

// String returns the number, name, network and address of s.
func (s Socket) String() string {
	return fmt.Sprintf("fd %d %q %s", s.FD, s.Name, s.kind())
}

// kind returns network and address of s in words.
func (s Socket) kind() string {
	switch {
	case s.Network == "":
		return "not a TCP, UDP or unix socket"
	case s.Listening || socketType(s.Network) == "datagram":
		return s.Network + " " + s.Addr.String()
	}
	return s.Network + " " + s.Addr.String() + " not listening"
}

// Sockets returns what was inherited, in the order of the descriptors, as it is
// now: a socket is claimed until its listener or connection is closed. The
// result is the caller's, but for the addresses, which must not be modified.
// It is nil when nothing was inherited or the environment is broken.
func Sockets() []Socket {
	table.Lock()
	defer table.Unlock()
	var list []Socket
	for _, s := range table.sockets {
		now := s.Socket
		if !s.busy() && !s.listed {
			now.ClaimedBy = ""
		}
		list = append(list, now)
	}
	return list
}

// table holds what this process inherited. After init only the claims in the
// sockets change.
var table struct {
	sync.Mutex // guards the claims
	sockets    []*socket
	err        error           // why the environment is broken; fails every claim
	told       map[string]bool // the requests that were explained
}

// The scan runs before the init functions of every package that imports this
// one: before the program can open a descriptor, clear its environment or
// start a child.
func init() {
	table.sockets, table.err = scan()
	if len(table.sockets) > 0 {
		time.AfterFunc(10*time.Second, tellFree)
	}
}

// tellFree writes which sockets nobody has taken in the time that a program needs to
// start: their clients wait.
func tellFree() {
	table.Lock()
	defer table.Unlock()
	for _, s := range table.sockets {
		if s.ClaimedBy == "" {
			fmt.Fprintf(os.Stderr, "inherit: nobody has taken the inherited %s yet: its clients wait\n", s.Socket)
		}
	}
}

// A socket is an inherited descriptor and its use. The descriptor itself is
// never closed and never handed out: a claim takes a duplicate.
type socket struct {
	Socket
	user syscall.Conn // what the last claim returned, nil if there was none
	// connected says that it is a connection, for which the supervisor started
	// this process, and served that it has been handed out.
	connected, served bool
	// listed says that the last claim was for a list of all sockets, and that another
	// may take its place.
	listed bool
}

// busy reports whether the last claim is still open.
func (s *socket) busy() bool {
	if s.user == nil || s.listed {
		return false
	}
	conn, err := s.user.SyscallConn()
	return err == nil && conn.Control(func(uintptr) {}) == nil // fails once closed
}

// An Error says why an inherited descriptor was refused. It is returned by all
// functions of this package that claim, unwrapped.
type Error struct {
	FD   int    // descriptor number, 0 when no single one is meant
	Name string // its name, "" when unknown
	Want string // what was asked for
	Got  string // what was found instead
	Err  error  // cause, nil when there is none
}

func (e *Error) Error() string {
	msg := "inherit: "
	switch {
	case e.FD != 0 && e.Name != "":
		msg += fmt.Sprintf("fd %d %q: ", e.FD, e.Name)
	case e.FD != 0:
		msg += fmt.Sprintf("fd %d: ", e.FD)
	case e.Name != "":
		msg += fmt.Sprintf("%q: ", e.Name)
	}
	msg += "wanted " + e.Want + ", found " + e.Got
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
