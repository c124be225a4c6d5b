// One type, two objects, filled by assignment.
package main

import (
	"flag"
	"net/http"
)

type server struct{ addr string }

func (s *server) run() { http.ListenAndServe(s.addr, nil) } // want listen safe sole=no

func main() {
	a, b := flag.String("a", ":1", ""), flag.String("b", ":2", "")
	flag.Parse()
	var s1, s2 server
	s1.addr = *a
	s2.addr = *b
	go s1.run()
	s2.run()
}
