// Command wrapshapes calls what both listens and serves in ways that a rewrite
// has to look at twice.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/gliderlabs/ssh"
	"github.com/labstack/echo/v4"
	"github.com/miekg/dns"
	"github.com/valyala/fasthttp"
)

func both() (string, fasthttp.RequestHandler) { return ":8000", nil }

func makeHandler() ssh.Handler { return func(ssh.Session) {} }

var port = flag.Int("port", 1324, "")

type site struct{ h fasthttp.RequestHandler }

func main() {
	go fasthttp.ListenAndServe(both())                                       // want listen manual reason=/results of a call/
	go (&dns.Server{Addr: ":53", Net: "udp"}).ListenAndServe()               // want listen manual reason=/several times/
	go (&ssh.Server{Addr: ":2222", Handler: makeHandler()}).ListenAndServe() // want listen manual reason=/several times/

	go echo.New().Start(fmt.Sprintf(":%d", *port)) // want listen review port=flag:port="1324" reason=/keep-alive/
	e := echo.New()
	go func() { e.Logger.Fatal(e.Start(os.Getenv("ADDR"))) }() // want listen review address=env:ADDR reason=/keep-alive/

	var late string
	if *port > 0 {
		late = ":9090"
	}
	defer func() { _ = len(late) }()
	go gin.New().Run(late) // want listen review reason=/empty address/
	grown := ":"
	for _, a := range os.Args[1:] {
		grown += a
	}
	go gin.New().Run(grown) // want listen review reason=/empty address/

	h := func(ctx *fasthttp.RequestCtx) { ctx.WriteString("one") }
	go fasthttp.ListenAndServe(":8001", h) // want listen review reason=/evaluated after/
	h = func(ctx *fasthttp.RequestCtx) { ctx.WriteString("two") }

	var l site
	go fasthttp.ListenAndServe(":8002", func(ctx *fasthttp.RequestCtx) { // want listen safe
		ctx.WriteString(`text (, ) as
it stands`)
	})
	fasthttp.ListenAndServe(":8003", l.h) // want listen safe

	conditional := &ssh.Server{}
	if len(l.name()) > 0 {
		conditional.Addr = ":2223"
	}
	conditional.ListenAndServe() // want listen review reason=/empty address/
}

func (s site) name() string { return "" }
