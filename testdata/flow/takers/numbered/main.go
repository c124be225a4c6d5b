// Command numbered may be told the number of a descriptor.
package main

import (
	"flag"
	"net"
	"net/http"
	"os"
)

var (
	fd   = flag.Int("fd", -1, "descriptor to serve on")
	addr = flag.String("addr", ":8082", "")
)

func main() {
	flag.Parse()
	if *fd >= 0 {
		l, _ := net.FileListener(os.NewFile(uintptr(*fd), "")) // want inherited
		http.Serve(l, nil)
	}
	http.ListenAndServe(*addr, nil) // want listen safe address=flag:addr=":8082"
}
