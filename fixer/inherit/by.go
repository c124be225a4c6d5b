// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import "net"

// ListenBy claims an inherited socket first, as [Listen] does, and else
// returns what listen does with network and address.
func ListenBy(listen func(network, address string) (net.Listener, error), network, address string) (net.Listener, error) {
	return claimer{}.ListenBy(listen, network, address)
}

func (c claimer) ListenBy(listen func(network, address string) (net.Listener, error), network, address string) (net.Listener, error) {
	l, err := c.listener("ListenBy", network, address)
	if l == nil && err == nil {
		return listen(network, address)
	}
	return l, err
}

// ListenPacketBy is [ListenBy] for a packet connection.
func ListenPacketBy(listen func(network, address string) (net.PacketConn, error), network, address string) (net.PacketConn, error) {
	return claimer{}.ListenPacketBy(listen, network, address)
}

func (c claimer) ListenPacketBy(listen func(network, address string) (net.PacketConn, error), network, address string) (net.PacketConn, error) {
	p, err := c.packetConn("ListenPacketBy", network, address)
	if p == nil && err == nil {
		return listen(network, address)
	}
	return p, err
}
