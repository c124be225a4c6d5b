// Command fasthttpd serves a page with fasthttp.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	addr := flag.String("addr", ":8080", "TCP `address` to serve on")
	flag.Parse()
	srv := &fasthttp.Server{Handler: page, Name: "fasthttpd"}

	done := make(chan os.Signal, 1)
	signal.Notify(done, os.Interrupt, syscall.SIGTERM)
	stopped := make(chan error, 1)
	go func() {
		<-done
		stopped <- srv.Shutdown()
	}()
	if err := srv.ListenAndServe(*addr); err != nil {
		log.Fatal(err)
	}
	if err := <-stopped; err != nil {
		log.Fatal(err)
	}
}

func page(ctx *fasthttp.RequestCtx) {
	time.Sleep(3 * time.Millisecond)
	fmt.Fprintf(ctx, "served by process %d\n", os.Getpid())
}
