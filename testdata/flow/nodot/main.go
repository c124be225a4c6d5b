// A module path without a dot, and a package of its own that is called net.
package main // want listeners http/stream

import (
	"flag"

	"nodot/net"
	"nodot/srv"
)

func main() {
	addr := flag.String("addr", ":8080", "")
	flag.Parse()
	net.Listen("tcp", *addr)
	srv.Run(*addr)
}
