// A list in one string, taken apart in a loop.
package main

import (
	"flag"
	"net"
	"strings"
)

func main() {
	list := flag.String("list", ":80", "")
	flag.Parse()
	for rest := *list; rest != ""; {
		var a string
		a, rest, _ = strings.Cut(rest, ",")
		net.Listen("tcp", a) // want listen safe sole=no
	}
}
