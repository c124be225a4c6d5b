// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

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
	return claimer{}.Listen(network, address)
}

func (c claimer) Listen(network, address string) (net.Listener, error) {
	l, err := c.listener("Listen", network, address)
	if l != nil || err != nil {
		return l, err
	}
	return net.Listen(network, address)
}

// listener returns an inherited listener, nil if op has to bind.
func (c claimer) listener(op, network, address string) (net.Listener, error) {
	conn, err := c.claim(op, network, address, "tcp", "unix", "unixpacket")
	l, ok := conn.(net.Listener)
	if !ok {
		return nil, err
	}
	return gated(l), nil
}

// gated is replaced where the program has a gate.
var gated = func(l net.Listener) net.Listener { return l }

// ListenPacket is [net.ListenPacket] that claims an inherited socket first. The
// connection is a *net.UDPConn or *net.UnixConn either way.
func ListenPacket(network, address string) (net.PacketConn, error) {
	return claimer{}.ListenPacket(network, address)
}

func (c claimer) ListenPacket(network, address string) (net.PacketConn, error) {
	p, err := c.packetConn("ListenPacket", network, address)
	if p != nil || err != nil {
		return p, err
	}
	return net.ListenPacket(network, address)
}

// packetConn returns an inherited packet connection, nil if op has to bind.
func (c claimer) packetConn(op, network, address string) (net.PacketConn, error) {
	conn, err := c.claim(op, network, address, "udp", "unixgram")
	p, _ := conn.(net.PacketConn)
	return p, err
}

// ListenTCP is [net.ListenTCP] that claims an inherited socket first.
func ListenTCP(network string, laddr *net.TCPAddr) (*net.TCPListener, error) {
	return claimer{}.ListenTCP(network, laddr)
}

func (c claimer) ListenTCP(network string, laddr *net.TCPAddr) (*net.TCPListener, error) {
	conn, err := c.claim("ListenTCP", network, laddr.String(), "tcp")
	if l, ok := conn.(*net.TCPListener); ok || err != nil {
		return l, err
	}
	return net.ListenTCP(network, laddr)
}

// ListenUDP is [net.ListenUDP] that claims an inherited socket first.
func ListenUDP(network string, laddr *net.UDPAddr) (*net.UDPConn, error) {
	return claimer{}.ListenUDP(network, laddr)
}

func (c claimer) ListenUDP(network string, laddr *net.UDPAddr) (*net.UDPConn, error) {
	conn, err := c.claim("ListenUDP", network, laddr.String(), "udp")
	if p, ok := conn.(*net.UDPConn); ok || err != nil {
		return p, err
	}
	return net.ListenUDP(network, laddr)
}

// ListenUnix is [net.ListenUnix] that claims an inherited socket first. Closing
// an inherited listener leaves its path in place.
func ListenUnix(network string, laddr *net.UnixAddr) (*net.UnixListener, error) {
	return claimer{}.ListenUnix(network, laddr)
}

func (c claimer) ListenUnix(network string, laddr *net.UnixAddr) (*net.UnixListener, error) {
	conn, err := c.claim("ListenUnix", network, laddr.String(), "unix", "unixpacket")
	if l, ok := conn.(*net.UnixListener); ok || err != nil {
		return l, err
	}
	return net.ListenUnix(network, laddr)
}

// ListenUnixgram is [net.ListenUnixgram] that claims an inherited socket first.
func ListenUnixgram(network string, laddr *net.UnixAddr) (*net.UnixConn, error) {
	return claimer{}.ListenUnixgram(network, laddr)
}

func (c claimer) ListenUnixgram(network string, laddr *net.UnixAddr) (*net.UnixConn, error) {
	conn, err := c.claim("ListenUnixgram", network, laddr.String(), "unixgram")
	if p, ok := conn.(*net.UnixConn); ok || err != nil {
		return p, err
	}
	return net.ListenUnixgram(network, laddr)
}

// ListenContext is lc.Listen that claims an inherited socket first, and then
// runs lc.Control on it. An error of lc.Control closes the listener, but for EINVAL,
// that of an option which is for a socket that is not bound yet. See the package
// comment for the settings that an inherited socket does not get.
func ListenContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.Listener, error) {
	return claimer{}.ListenContext(ctx, lc, network, address)
}

func (c claimer) ListenContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.Listener, error) {
	l, err := c.listener("ListenContext", network, address)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return lc.Listen(ctx, network, address)
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
	return claimer{}.ListenPacketContext(ctx, lc, network, address)
}

func (c claimer) ListenPacketContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.PacketConn, error) {
	p, err := c.packetConn("ListenPacketContext", network, address)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return lc.ListenPacket(ctx, network, address)
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
			network = family(network) + "4"
		} else if ip != nil {
			network = family(network) + "6"
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
