// Command records serves at what a table of settings says.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"example.com/records/settings"
)

// Backends are no settings: nothing sets where they are by a name that is read.
type backend struct {
	addr string
	up   bool
}

var backends = map[string]*backend{
	"primary": {addr: ":7001"},
	"second":  {addr: ":7002"},
}

func mark(name string, up bool) { backends[name].up = up }

func main() {
	mark(os.Args[2], len(os.Args) > 3)
	go http.ListenAndServe(backends["primary"].addr, nil) // want listen safe address=const:":7001" address=const:":7002"
	t := settings.New()
	if err := t.Read(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(t.Metrics(), nil) // want listen safe address=env:METRICS=":9100" address=file:METRICS=":9100"
	for _, addr := range t.Listen() {
		l, err := net.Listen("tcp", addr) // want listen safe address=env:LISTEN="127.0.0.1:8080"* address=file:LISTEN="127.0.0.1:8080"* port=env:PORT* port=file:PORT*
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, nil)
	}
}
