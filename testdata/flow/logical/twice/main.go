// One server type, made twice.
package main // want listeners api/stream debug/stream

import (
	"flag"

	"example.com/logical/lib"
)

func main() {
	api := flag.String("api", ":1", "")
	debug := flag.String("debug", ":2", "")
	flag.Parse()
	go (&lib.Server{Addr: *api}).Start()
	(&lib.Server{Addr: *debug}).Start()
}
