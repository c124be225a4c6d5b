// Package launch opens sockets, and starts programs that inherit them, by the
// protocol of sd_listen_fds(3), as systemd does.
//
// LISTEN_PID names the process that the sockets are for, which nobody knows
// before it is started. So a program that imports this package is started as a
// stub of itself, which knows its own process id and then becomes the target
// with execve(2), keeping it; that is done before its main, by package stub. As
// it takes some milliseconds, a stub can be started ahead of time, and wait
// ([Command.Prepare]).
//
// Sockets are plain descriptors here, never of package os or net: O_NONBLOCK is
// shared by every holder of a socket, and (*os.File).Fd, which os/exec calls,
// would clear it under a running service.
//
// A [Supervisor] starts one or more workers that share the sockets, and starts
// them again; it is one goroutine, which everything that happens is sent to.
// What it decides from queues is in [Scale], which knows no clock and no
// process, so that load can be simulated.
package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// A Spec says what socket to open.
type Spec struct {
	Name string // for LISTEN_FDNAMES; "" for "unknown", as sd_listen_fds_with_names(3) has it
	// Network is tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, seqpacket,
	// or vsock.
	Network string
	// Address is host:port, with a numeric port; the path of a unix socket, or
	// @name of an abstract one; CID:PORT of a vsock. An empty host is any, an
	// empty CID too.
	Address string

	Backlog int         // of listen(2); 0 for as many as the system allows
	Mode    fs.FileMode // of a unix path; 0 for 0666
	DirMode fs.FileMode // of folders to make for a unix path; 0 to make none
	User    string      // of a unix path; "" for that of the process
	Group   string
	// KeepPath leaves a unix path behind when the socket is closed.
	KeepPath bool
	// V6Only is IPV6_V6ONLY: "both", "ipv6-only" and "default", the system's, as
	// in BindIPv6Only=; or "" for what the network says: tcp6 and udp6 only, tcp
	// and udp both.
	V6Only    string
	ReusePort bool // SO_REUSEPORT
	FreeBind  bool // IP_FREEBIND
	// Protocol is "" for that of the network, or mptcp, sctp or udplite, as in
	// SocketProtocol= of systemd.socket(5), where it fits.
	Protocol string
	Options  []Option // in order
	Symlinks []string // to a unix path
}

// An Option is a key of the section [Socket] of a unit, see [IsOption], and its value
// as it is written there.
type Option struct{ Key, Value string }

// A Socket is an open socket, to be inherited. Its holder closes it; that does
// not disturb a program that inherited it.
type Socket struct {
	Name    string   // for LISTEN_FDNAMES
	Network string   // as in Spec
	Addr    string   // as the program would print it, with the port that the system chose
	Unset   []string // what of Spec.Options could not be set, and why

	fd     int
	path   string // of its own, "" for none
	keep   bool   // the path, when it is closed
	device uint64 // of the path's node, and inode
	inode  uint64
	links  []string
	// options are set on the connections that are accepted, too.
	options []Option
	lent    bool // by a supervisor that may go on, and needs the path
}

// FD returns the descriptor, which stays the socket's.
func (s *Socket) FD() int { return s.fd }

// Stream reports whether connections are accepted from the socket.
func (s *Socket) Stream() bool {
	return s.Network != "unixgram" && !strings.HasPrefix(s.Network, "udp")
}

// Info describes a descriptor as sd_is_socket(3) and its like see it.
type Info struct {
	FD   int    `json:"fd"`
	Name string `json:"name"` // of LISTEN_FDNAMES, "" when there is none
	// Kind is socket, or fifo, file, device, directory, other: then the rest is
	// empty.
	Kind      string   `json:"kind"`
	Domain    string   `json:"domain,omitempty"`   // inet, inet6, unix, vsock, netlink
	Type      string   `json:"type,omitempty"`     // stream, dgram, seqpacket, raw
	Protocol  string   `json:"protocol,omitempty"` // tcp, udp, mptcp, sctp, udplite, "" for unix
	Network   string   `json:"network,omitempty"`  // as in Spec, "" where that has no word
	Address   string   `json:"address,omitempty"`  // as package net prints it
	Listening bool     `json:"listening"`
	V6Only    bool     `json:"v6only,omitempty"`
	Nonblock  bool     `json:"nonblock"`
	CloseExec bool     `json:"cloexec"`
	Inode     uint64   `json:"inode"`
	Depth     int      `json:"depth"`        // connections that wait unaccepted; -1 when not known
	Backlog   int      `json:"backlog"`      // the most that may; -1 when not known
	Is        []string `json:"is,omitempty"` // calls of sd_is_*(3) that hold, narrowest last
}

// ErrUnsupported is the error of systems where no sockets are inherited.
var ErrUnsupported = errors.New("sockets can be inherited on linux only")

// CheckName returns an error for a name that LISTEN_FDNAMES cannot hold, see
// FileDescriptorName= in systemd.socket(5).
func CheckName(name string) error {
	switch i := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r >= 0x7f || r == ':' }); {
	case name == "":
		return errors.New("a socket's name must not be empty")
	case len(name) > 255:
		return fmt.Errorf("the socket's name %.20q… has %d bytes: 255 is the most", name, len(name))
	case i >= 0:
		return fmt.Errorf("the socket's name %q has %q: names are printable ASCII without ':'", name, name[i:i+1])
	}
	return nil
}
