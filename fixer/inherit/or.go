// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import "net"

// ListenOr claims an inherited socket first, as [Listen] does, and else
// returns what listen does with network and address.
func ListenOr(listen func(network, address string) (net.Listener, error), network, address string) (net.Listener, error) {
	return Claimer{}.ListenOr(listen, network, address)
}

func (c Claimer) ListenOr(listen func(network, address string) (net.Listener, error), network, address string) (net.Listener, error) {
	return c.listener("ListenOr", network, address, listen)
}

// ListenPacketOr is [ListenOr] for a packet connection.
func ListenPacketOr(listen func(network, address string) (net.PacketConn, error), network, address string) (net.PacketConn, error) {
	return Claimer{}.ListenPacketOr(listen, network, address)
}

func (c Claimer) ListenPacketOr(listen func(network, address string) (net.PacketConn, error), network, address string) (net.PacketConn, error) {
	return c.packetConn("ListenPacketOr", network, address, listen)
}
