// A table alone: its rows must not take each other's socket.
package main // want MISSING(rows of a table in the code) listeners one/stream two/stream

import (
	"flag"
	"net"
)

func main() {
	one := flag.String("one", ":3", "")
	two := flag.String("two", ":4", "")
	flag.Parse()
	for _, s := range []struct{ name, addr string }{{"one", *one}, {"two", *two}} {
		net.Listen("tcp", s.addr) // want MISSING(rows of a table in the code) listen safe address=flag:one=":3" address=flag:two=":4" name=one name=two sole=no
	}
}
