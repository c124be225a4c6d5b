// Demo calls the function that has a row.
package main // want listeners http/stream

import (
	"flag"
	"log"
	"net/http"

	"github.com/prometheus/exporter-toolkit/web"
)

func main() {
	addr := flag.String("addr", ":9100", "where to serve")
	flag.Parse()
	log.Fatal(web.ListenAndServe(&http.Server{Addr: *addr}))
}
