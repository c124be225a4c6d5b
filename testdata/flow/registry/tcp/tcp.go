// Package tcp is a plugin.
package tcp

import (
	"fmt"
	"net"

	"example.com/registry/plugin"
)

// Where is not read from a file, whatever its tags say: it is put together of what is.
type where struct {
	Addr string `json:"addr"`
}

type parts struct {
	Host string `cfg:"host"`
	Port string `cfg:"port"`
}

var known = &parts{Host: "127.0.0.1", Port: "53"}

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
	w := where{Addr: fmt.Sprintf("%s:%s", known.Host, known.Port)}
	net.Listen("tcp", w.Addr)             // want listen safe host=file:host="127.0.0.1" port=file:port="53"
	_, err := net.Listen("tcp", a.Listen) // want listen safe address=file:listen="127.0.0.1:53"
	return err
}
