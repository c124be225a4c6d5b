// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"syscall"
)

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
			list[s.Name] = append(list[s.Name], gated(l))
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
		if s.Network == "" || datagrams != (socketType(s.Network) == "datagram") || s.busy() || s.listed {
			each(s, nil)
			continue
		}
		conn, err := s.serve(request{claimer{}, op, s.Network, s.Addr.String(), nil})
		if err != nil {
			return err
		}
		s.listed = true
		each(s, conn)
	}
	return nil
}
