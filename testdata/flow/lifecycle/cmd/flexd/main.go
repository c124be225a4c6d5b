// Flexd listens on whatever network it is told to.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
)

var (
	network = flag.String("network", "tcp", "tcp or unix")
	address = flag.String("address", ":7070", "port or path")
	listen  = flag.String("listen", "tcp://:7071", "network://address")
	where   = flag.String("where", "", "a path, or a port; none to do without")
)

func main() {
	flag.Parse()
	go serve(plain())
	go serve(url())
	if *where != "" {
		go serve(guess(*where))
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
	cleanup()
}

func serve(l net.Listener, err error) {
	if err != nil {
		log.Fatal(err)
	}
	for {
		if _, err := l.Accept(); err != nil {
			return
		}
	}
}

func plain() (net.Listener, error) {
	if *network == "unix" {
		os.Remove(*address) // want path safe of=main.go:48
	}
	return net.Listen(*network, *address) // want listen safe
}

func url() (net.Listener, error) {
	proto, addr, ok := strings.Cut(*listen, "://")
	if !ok {
		log.Fatalf("no URL: %s", *listen)
	}
	if proto == "unix" {
		if err := os.Remove(addr); err != nil && !os.IsNotExist(err) { // want path safe of=main.go:61
			return nil, err
		}
	}
	l, err := net.Listen(proto, addr) // want listen safe
	if err == nil && proto == "unix" {
		err = os.Chmod(addr, 0o666) // want path safe of=main.go:61
	}
	return l, err
}

// guess tells the network by the looks of the address.
func guess(addr string) (net.Listener, error) {
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
		if err := os.Remove(addr); err != nil && !os.IsNotExist(err) { // want path safe of=main.go:77
			return nil, err
		}
	}
	return net.Listen(network, addr) // want listen safe
}

func cleanup() {
	for _, f := range files() {
		os.Remove(f) // want path safe
	}
}

// files lists what is to go in the end.
func files() []string {
	var out []string
	if *network == "unix" {
		out = append(out, *address)
	}
	if strings.HasPrefix(*where, "/") {
		out = append(out, *where)
	}
	return append(out, "/run/flexd.pid")
}
