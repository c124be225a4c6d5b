// A comma-separated flag is a list, too; a retry loop is none, and neither is
// a tcp and a udp socket at one address.
package main // want listeners dns/packet dns/stream retry/stream listen/stream*

import (
	"flag"
	"net"
	"strings"
)

func main() {
	listen := flag.String("listen", ":1,:2", "")
	retry := flag.String("retry", ":3", "")
	dns := flag.String("dns", ":53", "")
	flag.Parse()
	for _, addr := range strings.Split(*listen, ",") {
		net.Listen("tcp", addr) // want listen safe address=flag:listen=":1,:2"* name=listen
	}
	for range 3 {
		if l, err := net.Listen("tcp", *retry); err == nil { // want listen safe address=flag:retry=":3" name=retry
			l.Accept()
		}
	}
	net.Listen("tcp", *dns)       // want listen safe address=flag:dns=":53" name=dns
	net.ListenPacket("udp", *dns) // want listen safe address=flag:dns=":53" name=dns
}
