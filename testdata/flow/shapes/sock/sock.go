// Package sock is given the function that listens.
package sock

import "net"

// Config says how to listen.
type Config struct {
	Listen func(network, addr string) (net.Listener, error)
	Addr   string
}

// Run listens.
func Run(c Config) error {
	_, err := c.Listen("tcp", c.Addr)
	return err
}
