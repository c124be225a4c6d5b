// A call in a loop does not exclude one after it.
package main // want listeners api/stream retry/stream

import (
	"flag"
	"net"
)

func main() {
	retry := flag.String("retry", ":3", "")
	api := flag.String("api", ":4", "")
	flag.Parse()
	for i := 0; i < 3; i++ {
		if l, err := net.Listen("tcp", *retry); err == nil { // want listen safe address=flag:retry=":3" name=retry sole=no
			l.Accept()
		}
	}
	net.Listen("tcp", *api) // want listen safe address=flag:api=":4" name=api sole=no
}
