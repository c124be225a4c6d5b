// Command h2c serves HTTP/2 without TLS, as servers of connect do, beside
// HTTP with TLS.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

type options struct {
	Addr    string
	Debug   string
	TLSAddr string
}

type server struct {
	opts  *options
	http  *http.Server
	debug http.Server
}

func newServer(opts *options) *server {
	mux := http.NewServeMux()
	mux.HandleFunc("/greet.v1.GreetService/Greet", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("{}"))
	})
	s := &server{opts: opts}
	s.http = &http.Server{
		Addr:              opts.Addr,
		Handler:           h2c.NewHandler(mux, &http2.Server{}),
		ReadHeaderTimeout: time.Second,
	}
	s.debug.Addr = opts.Debug
	return s
}

func (s *server) Start(ctx context.Context) error {
	errs := make(chan error, 2)
	go func() { errs <- s.http.ListenAndServe() }()  // want listen safe address=flag:addr="localhost:8080" network=tcp
	go func() { errs <- s.debug.ListenAndServe() }() // want listen safe address=env:DEBUG_ADDR network=tcp name=debug
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return s.http.Shutdown(context.Background()) // want shutdown safe of=main.go:47
	}
}

func main() {
	opts := &options{Debug: os.Getenv("DEBUG_ADDR")}
	flag.StringVar(&opts.Addr, "addr", "localhost:8080", "address for h2c")
	flag.StringVar(&opts.TLSAddr, "tls-addr", ":8443", "address for TLS")
	flag.Parse()
	go func() {
		srv := http.Server{Addr: opts.TLSAddr}
		log.Println(srv.ListenAndServeTLS("cert.pem", "key.pem")) // want listen safe address=flag:tls-addr=":8443" network=tcp name=tls
	}()
	if err := newServer(opts).Start(context.Background()); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
