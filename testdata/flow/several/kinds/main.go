// Cases of a switch in a loop may all run, one after the other.
package main // want listeners api/stream debug/stream

import (
	"flag"
	"net"
)

func main() {
	api := flag.String("api", ":3", "")
	debug := flag.String("debug", ":4", "")
	flag.Parse()
	for _, kind := range flag.Args() {
		switch kind {
		case "api":
			net.Listen("tcp", *api) // want listen safe address=flag:api=":3" name=api sole=no
		case "debug":
			net.Listen("tcp", *debug) // want listen safe address=flag:debug=":4" name=debug sole=no
		}
	}
}
