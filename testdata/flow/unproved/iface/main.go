// A server that is started through an interface.
package main

import (
	"flag"
	"net/http"
)

func main() {
	a, b := flag.String("a", ":1", ""), flag.String("b", ":2", "")
	flag.Parse()
	var s interface{ ListenAndServe() error } = &http.Server{Addr: *a}
	go s.ListenAndServe()        // want listen manual reason=/through an interface/
	http.ListenAndServe(*b, nil) // want listen safe sole=no
}
