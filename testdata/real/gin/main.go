// Command gin serves an API with gin: plainly, over TLS, and on an admin
// socket.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
)

type options struct {
	addr, secure, socket string
	cert, key            string
}

type app struct {
	admin *gin.Engine
	opts  options
}

func (a *app) serveAdmin() error {
	return a.admin.RunUnix(a.opts.socket) // want listen safe address=flag:admin-socket="/run/gin-admin.sock" network=unix name=admin
}

func router() *gin.Engine {
	r := gin.New()
	r.Use(gin.Recovery())
	r.GET("/ping", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"message": "pong"}) })
	return r
}

func main() {
	var opts options
	flag.StringVar(&opts.addr, "addr", ":8080", "address of the API")
	flag.StringVar(&opts.secure, "tls-addr", "", "address of the API over TLS; none if empty")
	flag.StringVar(&opts.socket, "admin-socket", "/run/gin-admin.sock", "path of the admin socket; none if empty")
	flag.StringVar(&opts.cert, "cert", "cert.pem", "certificate")
	flag.StringVar(&opts.key, "key", "key.pem", "key")
	flag.Parse()

	a := &app{admin: gin.New(), opts: opts}
	if opts.socket != "" {
		go func() {
			if err := a.serveAdmin(); err != nil {
				log.Println("admin:", err)
			}
		}()
	}
	r := router()
	if opts.secure != "" {
		go r.RunTLS(opts.secure, opts.cert, opts.key) // want listen manual address=flag:tls-addr="" network=tcp name=tls reason=/ListenAndServeTLS/
	}
	if port := os.Getenv("HEALTH_PORT"); port != "" {
		go gin.Default().Run(":" + port) // want listen safe port=env:HEALTH_PORT network=tcp name=health
	}
	switch flag.Arg(0) {
	case "default":
		log.Fatal(r.Run()) // want MISSING(the address that an API chooses itself) listen manual port=env:PORT address=const:":8080" network=tcp reason=/names no address/
	case "server":
		srv := &http.Server{Addr: opts.addr, Handler: r.Handler()}
		log.Fatal(srv.ListenAndServe()) // want listen safe address=flag:addr=":8080" network=tcp
	default:
		log.Fatal(r.Run(opts.addr)) // want MISSING(one empty argument is :http) listen review address=flag:addr=":8080" network=tcp reason=/empty address, which .*Run takes for :http,/
	}
}
