// Two hosts, one port.
package main

import (
	"flag"
	"net/http"
)

func main() {
	port := flag.String("port", "80", "")
	flag.Parse()
	go http.ListenAndServe("127.0.0.1:"+*port, nil) // want listen safe sole=no
	http.ListenAndServe("10.0.0.1:"+*port, nil)     // want listen safe sole=no
}
