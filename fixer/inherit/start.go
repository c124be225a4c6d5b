// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

//go:build go1.18

package inherit

import "net"

// StartPacket makes a packet connection like [ListenPacket] and returns
// what start makes of it. The connection is closed if start fails; else it
// stays open for as long as what start returned needs it.
func StartPacket[T any](network, address string, start func(net.PacketConn) (T, error)) (T, error) {
	p, err := ListenPacket(network, address)
	if err != nil {
		var none T
		return none, err
	}
	out, err := start(p)
	if err != nil {
		p.Close()
	}
	return out, err
}
