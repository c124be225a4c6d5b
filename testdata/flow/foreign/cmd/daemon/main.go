// Daemon serves on a unix socket.
package main // want listeners socket/stream

import (
	"flag"
	"log"
	"net"

	"example.com/foreign/callback"
)

func main() {
	path := flag.String("socket", "/run/d/d.sock", "path of the socket")
	flag.Parse()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: *path, Net: "unix"}) // want listen safe name=socket mains=daemon
	if err != nil {
		log.Fatal(err)
	}
	defer callback.Stop()
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			log.Fatal(err)
		}
		c.Close()
	}
}
