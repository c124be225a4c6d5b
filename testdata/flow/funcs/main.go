// Closures, function values and method values.
package main

import (
	"flag"
	"net"
	"net/http"
)

type srv struct{ addr string }

func (s srv) listen(addr string) (net.Listener, error) {
	return net.Listen("tcp", addr) // want listen safe address=flag:c=":5003"
}

func (s srv) run() error {
	_, err := net.Listen("tcp", s.addr) // want listen safe address=flag:d=":5004"
	return err
}

type table struct {
	open func(network, addr string) (net.Listener, error)
}

func call(f func(string) error, addr string) error { return f(addr) }

func apply(f func() error) error { return f() }

func main() {
	a := flag.String("a", ":5001", "")
	b := flag.String("b", ":5002", "")
	c := flag.String("c", ":5003", "")
	d := flag.String("d", ":5004", "")
	e := flag.String("e", ":5005", "")
	g := flag.String("g", ":5006", "")
	h := flag.String("h2", ":5007", "")
	k := flag.String("k", ":5008", "")
	flag.Parse()

	func() {
		net.Listen("tcp", *a) // want listen safe address=flag:a=":5001"
	}()
	open := func(addr string) (net.Listener, error) {
		return net.Listen("tcp", addr) // want listen safe address=flag:b=":5002"
	}
	open(*b)
	m := srv{}.listen
	m(*c)
	apply(srv{addr: *d}.run)
	t := table{open: net.Listen} // want listen safe address=flag:e=":5005"
	t.open("tcp", *e)
	call(func(addr string) error {
		_, err := net.Listen("tcp", addr) // want listen safe address=flag:g=":5006"
		return err
	}, *g)
	expr := srv.other
	expr(srv{}, *h)
	s := &http.Server{Addr: *k}
	apply(s.ListenAndServe) // want listen safe address=flag:k=":5008"
	handlers := map[string]func(string){
		"x": func(addr string) {
			net.Listen("tcp", addr) // want listen safe address=const:":5009"
		},
	}
	handlers["x"](":5009")
}

func (srv) other(addr string) {
	net.Listen("tcp", addr) // want listen safe address=flag:h2=":5007"
}
