// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

// Package inherit lets a daemon serve on sockets that it inherited from systemd or
// any other supervisor that speaks the LISTEN_FDS protocol of sd_listen_fds(3). Its
// functions are drop-ins for those of net, crypto/tls and net/http: with no inherited
// socket they do exactly what those do.
//
// The inherited descriptors are found once, before main. A call then claims the
// first of:
//
//  1. what an address "fd://3" or "fd://name" says (a number or a name of
//     LISTEN_FDNAMES), "fd://" being the first that suits the call; if it does not
//     fit, the call fails;
//  2. the socket bound to the address asked for, or on the port asked for when one
//     of the two addresses is a wildcard and takes the other's family;
//  3. at a site that uses [Sole], the only socket of the type asked for (stream,
//     datagram, seqpacket), whatever its address.
//
// Otherwise it binds. Port 0 is never claimed by address. A socket has one user at a
// time and can be claimed again once that user has closed it: the inherited
// descriptor stays open, so closing a listener neither refuses clients nor unlinks the
// path. A LISTEN_* environment that is broken makes every call fail; it never makes one
// bind in silence.
//
// Not handled: descriptors on systems other than Linux, families that package net does
// not know (vsock), another reader of LISTEN_FDS in the program, keep-alive and
// multipath settings of a net.ListenConfig, and options that only act before bind(2).
package inherit

import (
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A socket is an inherited descriptor and its use. The descriptor itself is
// never closed and never handed out: a claim takes a duplicate.
type socket struct {
	fd        int
	name      string       // given by the supervisor and not unique; "unknown" when it gave none
	network   string       // of package net, with "4" or "6" if it takes only that; "" for a FIFO and the like
	protocol  int          // SO_PROTOCOL
	addr      net.Addr     // nil without a network
	listening bool         // listen(2) was called; false for datagram sockets
	claimedBy string       // the call of the last claim
	user      syscall.Conn // what it returned, nil if there was none
	listed    bool         // it was for a list of all sockets, and another may take its place
	connected bool         // it is a connection, for which the supervisor started this process
	served    bool         // and has been handed out
}

func (s *socket) String() string { return fmt.Sprintf("fd %d %q %s", s.fd, s.name, s.kind()) }

// kind returns network and address of s in words.
func (s *socket) kind() string {
	switch {
	case s.network == "":
		return "not a TCP, UDP or unix socket"
	case s.listening || socketType(s.network) == "datagram":
		return s.network + " " + s.addr.String()
	}
	return s.network + " " + s.addr.String() + " not listening"
}

// free reports whether s can be claimed: the last claim is closed, if there was one.
func (s *socket) free() bool {
	if s.user == nil || s.listed {
		return true
	}
	conn, err := s.user.SyscallConn()
	return err != nil || conn.Control(func(uintptr) {}) != nil
}

// table holds what this process inherited. After init only the claims in the
// sockets change.
var table struct {
	sync.Mutex // guards the claims
	sockets    []*socket
	err        error // why the environment is broken; fails every claim
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
		if s.claimedBy == "" {
			fmt.Fprintf(os.Stderr, "inherit: nobody has taken the inherited %s yet: its clients wait\n", s)
		}
	}
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
