// The site is in a vendored dependency: the call that leads there is listed.
package main // want listeners addr/stream http/stream

import (
	"flag"
	"net/http"

	"example.com/dep"
)

func main() {
	addr := flag.String("addr", ":8080", "")
	flag.Parse()
	s := &dep.Server{Addr: *addr}
	go s.ListenAndServe()                        // want listen manual address=flag:addr=":8080" reason=/inside a dependency/
	http.ListenAndServe(dep.Quiet(":8081"), nil) // want listen safe address=const:":8081"
}
