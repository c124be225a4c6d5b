// Struct fields: embedded, behind pointers, in slices and maps.
package main

import (
	"flag"
	"net"

	"example.com/fields/conf"
)

type inner struct{ Addr string }

type embedded struct {
	*inner
	conf.Base
}

type nested struct {
	HTTP struct{ Listen string }
	Deep *deep
}

type deep struct{ Bind string }

type server struct{ addr string }

func (s *server) start() error {
	_, err := net.Listen("tcp", s.addr) // want listen safe address=flag:e=":4005"
	return err
}

type pool struct{ backends []*backend }

type backend struct{ Listen string }

func main() {
	a := flag.String("a", ":4001", "")
	b := flag.String("b", ":4002", "")
	c := flag.String("c", ":4003", "")
	d := flag.String("d", ":4004", "")
	e := flag.String("e", ":4005", "")
	g := flag.String("g", ":4006", "")
	h := flag.String("h2", ":4007", "")
	k := flag.String("k", ":4008", "")
	flag.Parse()

	m := embedded{inner: &inner{Addr: *a}}
	m.Bind = *b
	net.Listen("tcp", m.Addr) // want listen safe address=flag:a=":4001"
	net.Listen("tcp", m.Bind) // want listen safe address=flag:b=":4002"

	var n nested
	n.HTTP.Listen = *c
	n.Deep = new(deep)
	n.Deep.Bind = *d
	net.Listen("tcp", n.HTTP.Listen) // want listen safe address=flag:c=":4003"
	net.Listen("tcp", n.Deep.Bind)   // want listen safe address=flag:d=":4004"

	s := &server{addr: *e}
	s.start()

	p := pool{backends: []*backend{{Listen: *g}}}
	for _, x := range p.backends {
		net.Listen("tcp", x.Listen) // want listen safe address=flag:g=":4006"*
	}
	byName := map[string]conf.Endpoint{"http": {Addr: *h}}
	net.Listen("tcp", byName["http"].Addr) // want listen safe address=flag:h2=":4007"

	addrs := map[string]string{"x": *k}
	net.Listen("tcp", addrs["x"]) // want listen safe address=flag:k=":4008"
	list := []string{":4009", ":4010"}
	for _, x := range list {
		net.Listen("tcp", x) // want listen safe address=const:":4009"* address=const:":4010"*
	}
	array := [2]string{":4011", ":4012"}
	net.Listen("tcp", array[1]) // want MISSING(elements at constant indices) listen safe address=const:":4012"
	copied := n
	net.Listen("tcp", copied.HTTP.Listen) // want listen safe address=flag:c=":4003"
}
