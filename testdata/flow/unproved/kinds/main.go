// Branches of a function that is called for both.
package main

import (
	"flag"
	"net"
)

func open(kind, admin, web string) (net.Listener, error) {
	if kind == "admin" {
		return net.Listen("tcp", admin) // want listen safe sole=no
	}
	return net.Listen("tcp", web) // want listen safe sole=no
}

func main() {
	a, b := flag.String("admin", ":1", ""), flag.String("web", ":2", "")
	flag.Parse()
	open("admin", *a, *b)
	open("web", *a, *b)
}
