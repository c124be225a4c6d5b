// Alternatives of one branch are one listener.
package main // want listeners http/stream metrics/stream

import (
	"crypto/tls"
	"flag"
	"log"
	"net"
	"net/http"
	"strings"
)

var (
	addr    = flag.String("addr", ":8080", "")
	cert    = flag.String("cert", "", "")
	key     = flag.String("key", "", "")
	metrics = flag.String("metrics", ":9090", "")
)

// open listens on a unix socket or on tcp.
func open() (net.Listener, error) {
	if path, ok := strings.CutPrefix(*addr, "unix:"); ok {
		return net.Listen("unix", path) // want listen safe address=flag:addr=":8080" name=http
	}
	if *cert != "" {
		return tls.Listen("tcp", *addr, nil) // want listen safe address=flag:addr=":8080" name=http
	}
	return net.Listen("tcp", *addr) // want listen safe address=flag:addr=":8080" name=http
}

func main() {
	flag.Parse()
	l, err := open()
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, nil)
	s := &http.Server{Addr: *metrics}
	if *cert != "" {
		log.Fatal(s.ListenAndServeTLS(*cert, *key)) // want listen safe address=flag:metrics=":9090" name=metrics
	} else {
		log.Fatal(s.ListenAndServe()) // want listen safe address=flag:metrics=":9090" name=metrics
	}
}
