// Command fasthttp serves files and an API with fasthttp.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/reuseport"
)

var (
	addr   = flag.String("addr", "localhost:8080", "TCP address to listen to")
	addrT  = flag.String("addrTLS", "", "TCP address to listen to TLS requests")
	sock   = flag.String("unix", "/tmp/fasthttp.sock", "unix socket to listen on")
	shared = flag.String("shared", ":8081", "address to share with other processes")
)

type api struct {
	srv *fasthttp.Server
}

func (a *api) listen() error {
	return a.srv.ListenAndServe(":" + os.Getenv("API_PORT")) // want listen safe port=env:API_PORT network=tcp4 name=api
}

func main() {
	flag.Parse()
	fs := &fasthttp.FS{Root: "/var/www", Compress: true}
	handler := fs.NewRequestHandler()

	if len(*addrT) > 0 {
		go func() {
			if err := fasthttp.ListenAndServeTLS(*addrT, "cert.pem", "key.pem", handler); err != nil { // want listen safe address=flag:addrTLS="" network=tcp4 name=tls
				log.Fatalf("error in ListenAndServeTLS: %v", err)
			}
		}()
	}
	go fasthttp.ListenAndServeUNIX(*sock, 0o660, handler) // want listen review address=flag:unix="/tmp/fasthttp.sock" network=unix reason=/mode/

	a := &api{srv: &fasthttp.Server{Handler: status, Name: "api"}}
	go func() { log.Fatal(a.listen()) }()

	ln, err := reuseport.Listen("tcp4", *shared) // want listen safe address=flag:shared=":8081" network=tcp4 name=shared
	if err != nil {
		log.Fatal(err)
	}
	go (&fasthttp.Server{Handler: handler}).Serve(ln)

	if err := fasthttp.ListenAndServe(*addr, handler); err != nil { // want listen safe address=flag:addr="localhost:8080" network=tcp4
		log.Fatalf("error in ListenAndServe: %v", err)
	}
}

func status(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("ok\n") }
