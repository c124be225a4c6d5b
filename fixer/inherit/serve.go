// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import "net"

// Serve listens like [Listen] and calls serve with the listener. It returns the
// error of either, and closes the listener when serve returns.
func Serve(network, address string, serve func(net.Listener) error) error {
	return Claimer{}.Serve(network, address, serve)
}

func (c Claimer) Serve(network, address string, serve func(net.Listener) error) error {
	l, err := c.Listen(network, address)
	if err != nil {
		return err
	}
	defer l.Close() // a second time if serve did, which is harmless
	return serve(l)
}

// ServePacket makes a packet connection like [ListenPacket] and calls serve with
// it. It returns the error of either; to close the connection is left to serve,
// as some return while requests are still being answered.
func ServePacket(network, address string, serve func(net.PacketConn) error) error {
	return Claimer{}.ServePacket(network, address, serve)
}

func (c Claimer) ServePacket(network, address string, serve func(net.PacketConn) error) error {
	p, err := c.ListenPacket(network, address)
	if err != nil {
		return err
	}
	return serve(p)
}
