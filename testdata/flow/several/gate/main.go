// Alternatives with a key of their own each are still one listener.
package main // want listeners web/stream

import (
	"flag"
	"net"
)

func main() {
	socket := flag.String("web-socket", "", "")
	port := flag.String("web-port", "80", "")
	flag.Parse()
	var l net.Listener
	var err error
	if *socket != "" {
		l, err = net.Listen("unix", *socket) // want listen safe address=flag:web-socket="" name=web
	} else {
		l, err = net.Listen("tcp", ":"+*port) // want listen safe port=flag:web-port="80" name=web
	}
	if err == nil {
		l.Accept()
	}
}
