// Lines that end in CR LF.
package main

import (
	"flag"
	"net"
	"net/http"
)

func main() {
	addr := flag.String("addr", ":8080", "")
	flag.Parse()
	net.Listen("tcp", *addr) // want listen safe address=flag:addr=":8080"
	(&http.Server{           // want listen safe address=flag:addr=":8080"
		Addr: *addr,
	}).ListenAndServe()
}
