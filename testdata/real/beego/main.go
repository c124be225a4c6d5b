// Command beego serves a web application with version 2 of beego.
package main

import (
	"flag"
	"os"

	"github.com/beego/beego/v2/server/web"
	"github.com/beego/beego/v2/server/web/context"
)

func main() {
	port := flag.Int("port", 8080, "port to listen on")
	addr := flag.String("addr", "", "address to listen on; that of the configuration if empty")
	flag.Parse()
	web.Get("/", func(ctx *context.Context) { ctx.WriteString("hello\n") })
	web.BConfig.Listen.HTTPAddr = os.Getenv("HOST")
	web.BConfig.Listen.HTTPPort = *port
	if *addr != "" {
		web.Run(*addr) // want listen manual address=flag:addr="" host=env:HOST port=flag:port="8080" network=tcp reason=/takes no listener/
		return
	}
	web.Run() // want MISSING(an empty variadic list is an empty constant) listen manual host=env:HOST port=flag:port="8080" network=tcp reason=/takes no listener/
}
