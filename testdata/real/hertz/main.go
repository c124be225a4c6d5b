// Command hertz serves a web application with hertz.
package main

import (
	"context"
	"flag"
	"os"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/config"
)

func options(addr string) []config.Option {
	opts := []config.Option{server.WithExitWaitTime(0)}
	return append(opts, server.WithHostPorts(addr)) // want listen manual address=env:ADMIN_ADDR network=tcp name=admin reason=/WithListener/
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	h := server.Default(
		server.WithMaxRequestBodySize(20<<20),
		server.WithHostPorts(*addr), // want listen manual address=flag:addr="127.0.0.1:8080" network=tcp reason=/WithListener/
	)
	h.GET("/ping", func(ctx context.Context, c *app.RequestContext) { c.String(200, "pong") })
	go server.New(options(os.Getenv("ADMIN_ADDR"))...).Run()
	h.Spin()
}
