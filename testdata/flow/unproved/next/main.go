// Two sites at neighbouring ports of one flag.
package main

import (
	"flag"
	"fmt"
	"net/http"
)

func main() {
	port := flag.Int("port", 80, "")
	flag.Parse()
	go http.ListenAndServe(fmt.Sprintf(":%d", *port), nil) // want listen safe sole=no
	http.ListenAndServe(fmt.Sprintf(":%d", *port+1), nil)  // want listen safe sole=no
}
