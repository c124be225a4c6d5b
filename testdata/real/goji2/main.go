// Command goji2 serves HTTP on the socket that goji chooses, an inherited one
// if there is one.
package main

import (
	"flag"
	"net/http"

	"github.com/zenazn/goji"
	"github.com/zenazn/goji/web"
)

func main() {
	goji.Get("/hello/:name", func(c web.C, w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("hello, " + c.URLParams["name"]))
	})
	flag.Set("bind", ":8000")
	goji.Serve() // want inherited
}
