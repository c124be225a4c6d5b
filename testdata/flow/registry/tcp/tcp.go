// Package tcp is a plugin.
package tcp

import (
	"net"

	"example.com/registry/plugin"
)

type args struct {
	Listen string `json:"listen"`
	Device string `json:"device"`
}

func init() { plugin.Register("tcp", start, func() any { return new(args) }) }

func (a *args) defaults() {
	plugin.Default(&a.Listen, "127.0.0.1:53")
	plugin.Default(&a.Device, a.Listen)
}

func start(made any) error {
	a := made.(*args)
	a.defaults()
	_, err := net.Listen("tcp", a.Listen) // want listen safe address=file:listen="127.0.0.1:53"
	return err
}
