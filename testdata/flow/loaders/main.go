// The configuration passes functions that its program wrote itself: loaders
// that take any, setters with the name of a variable, types that unmarshal
// themselves.
package main

import (
	"flag"
	"net"
	"net/http"

	"example.com/loaders/conf"
)

type config struct {
	Web struct {
		Endpoint string `json:"endpoint"`
	} `json:"web"`
	API struct {
		Endpoint string `json:"endpoint"`
	} `json:"api"`
	Metrics conf.HostPort `json:"metrics"`
}

func main() {
	raw := flag.String("raw", ":9000", "")
	flag.Parse()

	env := conf.FromEnv()
	net.Listen("tcp", env.HTTP)  // want listen safe address=env:APP_HTTP=":80" via=conf.go:27,conf.go:22,conf.go:16
	net.Listen("tcp", env.Admin) // want listen safe address=env:APP_ADMIN

	var c config
	conf.Load("app.json", &c)
	net.Listen("tcp", c.Web.Endpoint)     // want listen safe address=file:web.endpoint
	net.Listen("tcp", c.API.Endpoint)     // want listen safe address=file:api.endpoint
	net.Listen("tcp", c.Metrics.String()) // want listen safe address=file:metrics

	addr, _ := conf.TCPAddr(*raw)
	net.ListenTCP("tcp", addr) // want listen safe host=flag:raw=":9000" port=flag:raw=":9000"

	http.HandleFunc("/bind", func(w http.ResponseWriter, r *http.Request) {
		b, _ := conf.Request(r)
		net.Listen("tcp", b.Addr) // want runtime address=runtime:/HTTP request/
	})
}
