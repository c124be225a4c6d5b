// The program is in one module of the workspace, the site in another.
package main // want listeners admin/stream http/stream

import (
	"flag"
	"net/http"

	"example.com/two/lib"
)

func main() {
	addr := flag.String("addr", ":8080", "")
	admin := flag.String("admin", ":8081", "")
	flag.Parse()
	go http.ListenAndServe(*admin, nil) // want listen safe address=flag:admin=":8081" mains=one name=admin
	lib.Run(*addr) // want nothing
}
