// A list of constants.
package main

import (
	"flag"
	"net/http"
)

func main() {
	flag.Parse()
	for _, a := range []string{":8080", ":8081"} {
		go http.ListenAndServe(a, nil) // want listen safe sole=no
	}
}
