// One helper that several configurations feed is several listeners.
package main // want listeners admin/stream api/stream debug/stream

import (
	"log"
	"net"
	"net/http"
	"os"
)

func serve(addr string, h http.Handler) {
	l, err := net.Listen("tcp", addr) // want MISSING(default of one of several callers) listen safe address=env:API_ADDR address=env:ADMIN_ADDR address=env:DEBUG_ADDR="localhost:6060" name=admin name=api name=debug sole=no
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, h))
}

func main() {
	go serve(os.Getenv("API_ADDR"), nil)
	go serve(os.Getenv("ADMIN_ADDR"), nil)
	debug := os.Getenv("DEBUG_ADDR")
	if debug == "" {
		debug = "localhost:6060"
	}
	serve(debug, nil)
}
