// Early returns: only one of the calls is made.
package main // want listeners web/stream

import (
	"flag"
	"net"
	"strings"
)

var web = flag.String("web", ":80", "")

func open(addr string) (net.Listener, error) {
	if strings.HasPrefix(addr, "/") {
		l, err := net.Listen("unix", addr) // want listen safe address=flag:web=":80" name=web sole=yes
		if err != nil {
			return nil, err
		}
		return l, nil
	}
	return net.Listen("tcp", addr) // want listen safe address=flag:web=":80" name=web sole=yes
}

func main() {
	flag.Parse()
	l, err := open(*web)
	if err == nil {
		l.Accept()
	}
}
