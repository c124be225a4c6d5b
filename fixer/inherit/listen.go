// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// Listen is [net.Listen] that claims an inherited socket first. The listener is
// a *net.TCPListener or *net.UnixListener either way, unless there is a gate.
func Listen(network, address string) (net.Listener, error) {
	return Claimer{}.Listen(network, address)
}

func (c Claimer) Listen(network, address string) (net.Listener, error) {
	return c.listener("Listen", network, address, net.Listen)
}

// listener returns an inherited listener, else what bind does.
func (c Claimer) listener(op, network, address string, bind func(network, address string) (net.Listener, error)) (net.Listener, error) {
	r := request{c, op, network, address, nil}
	conn, err := r.claim("tcp", "unix", "unixpacket")
	if err != nil {
		return nil, err
	}
	if l, ok := conn.(net.Listener); ok {
		return gated(l), nil
	}
	l, err := bind(network, address)
	return l, explained(r, err)
}

// gated is replaced where the program has a gate.
var gated = func(l net.Listener) net.Listener { return l }

// ListenPacket is [net.ListenPacket] that claims an inherited socket first. The
// connection is a *net.UDPConn or *net.UnixConn either way.
func ListenPacket(network, address string) (net.PacketConn, error) {
	return Claimer{}.ListenPacket(network, address)
}

func (c Claimer) ListenPacket(network, address string) (net.PacketConn, error) {
	return c.packetConn("ListenPacket", network, address, net.ListenPacket)
}

// packetConn returns an inherited packet connection, else what bind does.
func (c Claimer) packetConn(op, network, address string, bind func(network, address string) (net.PacketConn, error)) (net.PacketConn, error) {
	r := request{c, op, network, address, nil}
	conn, err := r.claim("udp", "unixgram")
	if err != nil {
		return nil, err
	}
	if p, ok := conn.(net.PacketConn); ok {
		return p, nil
	}
	p, err := bind(network, address)
	return p, explained(r, err)
}

// ListenTCP is [net.ListenTCP] that claims an inherited socket first.
func ListenTCP(network string, laddr *net.TCPAddr) (*net.TCPListener, error) {
	return Claimer{}.ListenTCP(network, laddr)
}

func (c Claimer) ListenTCP(network string, laddr *net.TCPAddr) (*net.TCPListener, error) {
	r := request{c, "ListenTCP", network, laddr.String(), nil}
	conn, err := r.claim("tcp")
	if l, ok := conn.(*net.TCPListener); ok || err != nil {
		return l, err
	}
	l, err := net.ListenTCP(network, laddr)
	return l, explained(r, err)
}

// ListenUDP is [net.ListenUDP] that claims an inherited socket first.
func ListenUDP(network string, laddr *net.UDPAddr) (*net.UDPConn, error) {
	return Claimer{}.ListenUDP(network, laddr)
}

func (c Claimer) ListenUDP(network string, laddr *net.UDPAddr) (*net.UDPConn, error) {
	r := request{c, "ListenUDP", network, laddr.String(), nil}
	conn, err := r.claim("udp")
	if p, ok := conn.(*net.UDPConn); ok || err != nil {
		return p, err
	}
	p, err := net.ListenUDP(network, laddr)
	return p, explained(r, err)
}

// ListenUnix is [net.ListenUnix] that claims an inherited socket first. Closing
// an inherited listener leaves its path in place.
func ListenUnix(network string, laddr *net.UnixAddr) (*net.UnixListener, error) {
	return Claimer{}.ListenUnix(network, laddr)
}

func (c Claimer) ListenUnix(network string, laddr *net.UnixAddr) (*net.UnixListener, error) {
	r := request{c, "ListenUnix", network, laddr.String(), nil}
	conn, err := r.claim("unix", "unixpacket")
	if l, ok := conn.(*net.UnixListener); ok || err != nil {
		return l, err
	}
	l, err := net.ListenUnix(network, laddr)
	return l, explained(r, err)
}

// ListenUnixgram is [net.ListenUnixgram] that claims an inherited socket first.
func ListenUnixgram(network string, laddr *net.UnixAddr) (*net.UnixConn, error) {
	return Claimer{}.ListenUnixgram(network, laddr)
}

func (c Claimer) ListenUnixgram(network string, laddr *net.UnixAddr) (*net.UnixConn, error) {
	r := request{c, "ListenUnixgram", network, laddr.String(), nil}
	conn, err := r.claim("unixgram")
	if p, ok := conn.(*net.UnixConn); ok || err != nil {
		return p, err
	}
	p, err := net.ListenUnixgram(network, laddr)
	return p, explained(r, err)
}

// ListenContext is lc.Listen that claims an inherited socket first, and then
// runs lc.Control on it. An error of lc.Control closes the listener, but for EINVAL,
// that of an option which is for a socket that is not bound yet. See the package
// comment for the settings that an inherited socket does not get.
func ListenContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.Listener, error) {
	return Claimer{}.ListenContext(ctx, lc, network, address)
}

func (c Claimer) ListenContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.Listener, error) {
	bound := false
	l, err := c.listener("ListenContext", network, address, func(network, address string) (net.Listener, error) {
		bound = true
		return lc.Listen(ctx, network, address)
	})
	if bound || err != nil {
		return l, err
	}
	if err := control(lc, network, l.Addr(), l.(syscall.Conn)); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// ListenPacketContext is lc.ListenPacket that claims an inherited socket first,
// and then runs lc.Control on it like [ListenContext].
func ListenPacketContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.PacketConn, error) {
	return Claimer{}.ListenPacketContext(ctx, lc, network, address)
}

func (c Claimer) ListenPacketContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.PacketConn, error) {
	bound := false
	p, err := c.packetConn("ListenPacketContext", network, address, func(network, address string) (net.PacketConn, error) {
		bound = true
		return lc.ListenPacket(ctx, network, address)
	})
	if bound || err != nil {
		return p, err
	}
	if err := control(lc, network, p.LocalAddr(), p.(syscall.Conn)); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// control runs lc.Control on an inherited socket as net does on a new one: with
// the version of IP in network, and its error in a *net.OpError.
func control(lc *net.ListenConfig, network string, addr net.Addr, conn syscall.Conn) error {
	if lc.Control == nil {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err == nil {
		if ip, _, _ := inet(addr); ip.To4() != nil {
			network = addr.Network() + "4"
		} else if ip != nil {
			network = addr.Network() + "6"
		} else {
			network = addr.Network()
		}
		err = lc.Control(network, addr.String(), raw)
	}
	if errors.Is(err, syscall.EINVAL) { // an option that only acts before bind(2)
		fmt.Fprintf(os.Stderr, "inherit: an option of the program does nothing on the inherited %s %s, and is left to the supervisor: %v\n", network, addr, err)
		return nil
	}
	if err != nil {
		return &net.OpError{Op: "listen", Net: network, Addr: addr, Err: err}
	}
	return nil
}
