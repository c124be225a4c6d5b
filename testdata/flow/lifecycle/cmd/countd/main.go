// Command countd wraps whatever listener it is given; its own has no path.
package main

import (
	"flag"
	"log"
	"net"
)

var addr = flag.String("addr", ":7070", "")

// A counted listener of a unix socket says which it was.
type counted struct {
	*net.UnixListener
	n int
}

func (c *counted) Close() error {
	if f, err := c.File(); err == nil { // want nothing
		log.Print(f.Name())
	}
	return c.UnixListener.Close()
}

func wrap(l net.Listener) net.Listener {
	if u, ok := l.(*net.UnixListener); ok {
		return &counted{u, 0}
	}
	return l
}

func main() {
	flag.Parse()
	l, err := net.Listen("tcp", *addr) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	wrap(l).Accept()
}
