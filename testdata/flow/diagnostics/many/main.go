// The many command joins what its packages leave open.
package main // want `this program listens with net.Listen at .*plain.go:16: flag -addr` `http.ListenAndServe at .*plain.go:25: constant` `ListenAndServeTLS at .*plain.go:30: flag -addr`

import (
	"net/http"
	"os"

	"example.com/diagnostics/plain"
)

func main() {
	plain.Serve(nil, os.Getenv("CFG")) // want `this program listens with \(\*net.ListenConfig\).Listen at example.com/diagnostics/plain/plain.go:21: env CFG`

	// Whether anything stops this server, only the whole program shows.
	http.ListenAndServe(os.Getenv("ADMIN"), nil) // want `http.ListenAndServe binds a socket of its own: env ADMIN`
}
