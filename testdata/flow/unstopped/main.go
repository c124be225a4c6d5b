// Nothing stops this server: there is nothing to track for.
package main // want listeners http/stream

import (
	"flag"
	"log"
	"net"
	"net/http"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to serve")
	flag.Parse()
	l, err := net.Listen("tcp", *addr) // want listen safe name=http
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	log.Print(srv.Serve(l)) // want nothing
}
