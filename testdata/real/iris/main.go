// Command iris serves a web application with iris.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/kataras/iris/v12"
)

type app struct {
	*iris.Application
	addr string
}

func (a *app) run() error {
	return a.Listen(a.addr, iris.WithoutServerError(iris.ErrServerClosed), iris.WithOptimizations) // want listen review address=flag:listen=":8080" network=tcp reason=/SocketSharding/
}

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	secure := flag.String("tls", ":8443", "address to listen on with TLS")
	socket := flag.String("socket", "/run/iris.sock", "unix socket")
	flag.Parse()

	a := &app{iris.New(), *listen}
	a.Get("/", func(ctx iris.Context) { ctx.WriteString("hello\n") })

	admin := iris.Default()
	go admin.Run(iris.Addr(os.Getenv("ADMIN_ADDR")))                         // want listen manual address=env:ADMIN_ADDR network=tcp name=admin reason=/iris.Listener/
	go a.Run(iris.TLS(*secure, "cert.pem", "key.pem"))                       // want listen manual address=flag:tls=":8443" network=tcp name=tls reason=/redirection/
	go admin.Run(iris.Server(&http.Server{Addr: ":" + os.Getenv("S_PORT")})) // want listen manual port=env:S_PORT network=tcp
	go func() {
		l, err := net.Listen("unix", *socket) // want listen safe address=flag:socket="/run/iris.sock" network=unix
		if err != nil {
			log.Fatal(err)
		}
		log.Println(a.Run(iris.Listener(l)))
	}()
	side := iris.New()
	go func() { log.Println(side.Listen(":8082")) }() // want listen review address=const:":8082" network=tcp reason=/SocketSharding/
	log.Fatal(a.run())
}
