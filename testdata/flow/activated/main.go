// Command activated takes what a supervisor has opened, which another package
// knows.
package main

import (
	"flag"
	"net"
	"net/http"

	"example.com/activated/sd"
)

var addr = flag.String("addr", ":8083", "")

func main() {
	flag.Parse()
	for _, f := range sd.Files() {
		l, _ := net.FileListener(f) // want inherited
		http.Serve(l, nil)
	}
	http.ListenAndServe(*addr, nil) // want listen manual address=flag:addr=":8083" reason=/takes inherited sockets already/
}
