// Interfaces: declared, implemented and called in three packages.
package main

import (
	"flag"

	"example.com/interfaces/api"
	"example.com/interfaces/impl"
)

type settings struct{ addr string }

func (s settings) Address() string { return s.addr }

func run(o api.Opener, addr string) error { return o.Open(addr) }

func main() {
	a := flag.String("a", ":7001", "")
	b := flag.String("b", ":7002", "")
	c := flag.String("c", ":7003", "")
	flag.Parse()
	run(impl.TCP{}, *a)
	impl.Serve(settings{addr: *b})
	var r api.Runner = impl.New(*c)
	r.Run()
}
