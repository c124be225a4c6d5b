// One struct type for several objects: a field is looked for in the object that
// it is read of.
package main

import (
	"encoding/json"
	"flag"
	"net"
	"os"

	"example.com/objects/conf"
	"example.com/objects/server"
)

func main() {
	c, err := conf.Load(os.Args[1])
	if err != nil {
		return
	}
	c.Flags()
	flag.Parse()

	net.Listen("tcp", c.Public.HTTP.Addr)   // want listen safe address=file:public.http.addr
	net.Listen("tcp", c.Private.Admin.Addr) // want listen safe address=file:private.admin.addr
	for _, e := range c.Servers {
		net.Listen("tcp", e.Addr) // want listen safe address=file:servers.addr*
	}
	for _, e := range c.Upstream {
		dial(e)
	}
	net.Listen("tcp", c.Debug.Addr) // want listen safe address=flag:debug=":6060"

	public, private := &c.Public.HTTP, &c.Private.HTTP
	s := server.New("public", public)
	go s.Run()
	go server.New("private", private).Run()
	go s.RunStatus(c)
	go s.RunTLS()
	server.New("private", private).RunTLS()
	server.Start(server.At(c.Named["web"]))
	made()
	pointed(os.Args[2])
	lost(c)
}

func dial(e *conf.Endpoint) { net.Dial("tcp", e.Addr) }

// made makes two objects by one function.
func made() {
	a, b := fresh(), fresh()
	a.Addr, b.Addr = os.Getenv("A"), os.Getenv("B")
	net.Listen("tcp", a.Addr) // want listen safe address=env:A
	net.Listen("tcp", b.Addr) // want listen safe address=env:B
	d := *b
	net.Listen("tcp", d.Addr) // want listen safe address=env:B
}

func fresh() *conf.Endpoint { return &conf.Endpoint{} }

// pointed fills what a variable with a pointer gets.
func pointed(text string) {
	var e *conf.Endpoint
	json.Unmarshal([]byte(text), &e)
	net.Listen("tcp", e.Addr) // want listen safe address=file:addr
}

// lost reads a field of an object that cannot be followed: only the type tells.
func lost(c *conf.Config) {
	ch := make(chan *conf.TLS, 1)
	ch <- c.Public.HTTP.TLS
	t := <-ch
	net.Listen("tcp", t.Addr) // want listen safe address=file:tls.addr address=file:public.http.tls.addr address=file:public.admin.tls.addr address=file:private.http.tls.addr address=file:private.admin.tls.addr address=file:servers.tls.addr* address=file:upstream.tls.addr* address=file:named.tls.addr*
}
