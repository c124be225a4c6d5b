// Package main has values that come from themselves: state functions, an
// address that is taken apart in a loop, a closure that calls itself.
package main

import (
	"flag"
	"net"
)

type state func(addr string) state

func start(addr string) state {
	net.Listen("tcp", addr) // want listen safe address=flag:addr=":8080"
	return start
}

func main() {
	addr := flag.String("addr", ":8080", "address")
	flag.Parse()
	for f := state(start); f != nil; f = f(*addr) {
	}

	host := *addr
	for range 3 {
		host, _, _ = net.SplitHostPort(host)
	}

	var again func(n int)
	again = func(n int) {
		if n > 0 {
			again(n - 1)
		}
	}
	again(len(host))
}
