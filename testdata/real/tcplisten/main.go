// Command tcplisten serves HTTP on sockets with options of valyala's
// tcplisten.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/valyala/tcplisten"
)

type factory struct {
	cfg tcplisten.Config
}

func (f *factory) make(network, addr string) (net.Listener, error) {
	return f.cfg.NewListener(network, addr) // want listen safe address=flag:listen=":8080" address=env:LISTEN6 network=tcp4,tcp6
}

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	flag.Parse()
	f := &factory{tcplisten.Config{DeferAccept: true, FastOpen: true}}
	l4, err := f.make("tcp4", *listen)
	if err != nil {
		log.Fatal(err)
	}
	l6, err := f.make("tcp6", os.Getenv("LISTEN6"))
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l6, nil)
	cfg := &tcplisten.Config{ReusePort: true, Backlog: 1024}
	if shared, err := cfg.NewListener("tcp4", ":8081"); err == nil { // want listen safe address=const:":8081" network=tcp4
		go http.Serve(shared, nil)
	}
	log.Fatal(http.Serve(l4, nil))
}
