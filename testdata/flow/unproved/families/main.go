// IPv4 and IPv6 of one address.
package main

import (
	"flag"
	"net"
)

func main() {
	addr := flag.String("addr", ":80", "")
	flag.Parse()
	net.Listen("tcp4", *addr) // want listen safe sole=no
	net.Listen("tcp6", *addr) // want listen safe sole=no
}
