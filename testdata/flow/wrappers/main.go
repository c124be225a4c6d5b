// Functions around the listen call, here and in another package.
package main

import (
	"errors"
	"flag"
	"net"

	"example.com/wrappers/netx"
)

var (
	a = flag.String("a", ":2001", "")
	b = flag.String("b", ":2002", "")
	c = flag.String("c", ":2003", "")
	d = flag.String("d", ":2004", "")
	e = flag.String("e", ":2005", "")
	g = flag.String("g", ":2006", "")
	h = flag.String("h2", ":2007", "")
	k = flag.String("k", ":2008", "")
)

func listen(addr string) (net.Listener, error) {
	return net.Listen("tcp", addr) // want listen safe address=flag:a=":2001" network=tcp
}

func listenOn(network, addr string) (net.Listener, error) {
	return net.Listen(network, addr) // want listen safe address=flag:b=":2002" network=tcp4
}

// split has several results; the address is neither the first nor the last.
func split() (int, string, error) { return 1, *d, errors.New("x") }

func outer(addr string) error { return inner(addr, 3) }

func inner(addr string, tries int) error {
	if tries == 0 {
		return nil
	}
	if _, err := net.Listen("tcp", addr); err != nil { // want listen safe address=flag:e=":2005"
		return inner(addr, tries-1)
	}
	return nil
}

func first(addrs ...string) (net.Listener, error) {
	return net.Listen("tcp", addrs[0]) // want listen safe address=flag:g=":2006"
}

// unused is called by nobody, so its parameter is all that is known.
func unused(addr string) {
	net.Listen("tcp", addr) // want listen safe address=param:/addr/ mains=
}

func named() (addr string, err error) {
	addr = *h
	return
}

func pick(use func() string) string { return use() }

func main() {
	flag.Parse()
	listen(*a)
	listenOn("tcp4", *b)
	netx.Listen(*c)
	_, addr, _ := split()
	net.Listen("tcp", addr) // want listen safe address=flag:d=":2004"
	outer(*e)
	first(*g)
	addr, _ = named()
	net.Listen("tcp", addr)                               // want listen safe address=flag:h2=":2007"
	net.Listen("tcp", pick(func() string { return *k }))  // want listen safe address=flag:k=":2008"
	net.Listen("tcp", netx.Default())                     // want listen safe address=const:"127.0.0.1:2010"
	net.Listen("tcp", netx.WithPort(netx.Fallback, 2011)) // want listen safe host=const:"::1" port=const:"2011"
	net.Listen("tcp", netx.Or(*a, "localhost:2012"))      // want listen safe address=flag:a=":2001" address=const:"localhost:2012"
}
