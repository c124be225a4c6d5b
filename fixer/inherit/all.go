// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"strings"
	"syscall"
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
	own := socket{fd: s.FD, name: s.Name, network: s.Network, addr: s.Addr, listening: s.Listening}
	return own.String()
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
		now := Socket{s.fd, s.name, s.network, s.protocol, s.addr, s.listening, strings.HasSuffix(s.network, "6"), s.claimedBy}
		if s.free() && !s.listed {
			now.ClaimedBy = ""
		}
		list = append(list, now)
	}
	return list
}

// Listeners returns a listener on each inherited stream socket that is free, and nil
// for every other descriptor, in their order, as activation.Listeners of go-systemd
// does. A socket that it lists can still be claimed by a call that asks for its
// address, or for its name or number with fd://: not everything that is listed is used.
func Listeners() ([]net.Listener, error) {
	var list []net.Listener
	err := all("Listeners", false, func(s *socket, conn syscall.Conn) {
		l, ok := conn.(net.Listener)
		if ok {
			l = gated(l)
		}
		list = append(list, l)
	})
	return list, err
}

// ListenersWithNames is [Listeners] by name, without what it has nil for.
func ListenersWithNames() (map[string][]net.Listener, error) {
	list := make(map[string][]net.Listener)
	err := all("ListenersWithNames", false, func(s *socket, conn syscall.Conn) {
		if l, ok := conn.(net.Listener); ok {
			list[s.name] = append(list[s.name], gated(l))
		}
	})
	return list, err
}

// PacketConns is [Listeners] for datagram sockets.
func PacketConns() ([]net.PacketConn, error) {
	var list []net.PacketConn
	err := all("PacketConns", true, func(s *socket, conn syscall.Conn) {
		p, _ := conn.(net.PacketConn)
		list = append(list, p)
	})
	return list, err
}

// all claims the free sockets of datagrams, or of streams, for a list, and calls each
// for every descriptor, with nil where it is no such socket.
func all(op string, datagrams bool, each func(s *socket, conn syscall.Conn)) error {
	table.Lock()
	defer table.Unlock()
	if table.err != nil {
		return table.err
	}
	for _, s := range table.sockets {
		if s.network == "" || datagrams != (socketType(s.network) == "datagram") || !s.free() || s.listed {
			each(s, nil)
			continue
		}
		conn, err := s.serve(request{Claimer{}, op, s.network, s.addr.String(), nil})
		if err != nil {
			return err
		}
		s.listed = true
		each(s, conn)
	}
	return nil
}
