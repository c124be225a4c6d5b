// Command manyd gives the same answer in many ways.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	web := flag.String("http", "127.0.0.1:8080", "`address` for HTTP")
	secure := flag.String("tls", "127.0.0.1:8443", "`address` for HTTP over TLS")
	limited := flag.String("limited", "127.0.0.1:8081", "`address` for HTTP from few clients")
	lines := flag.String("lines", "127.0.0.1:7000", "`address` for lines")
	socket := flag.String("socket", "manyd.sock", "`path` of the unix socket for HTTP")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *web, *secure, *limited, *lines, *socket); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, web, secure, limited, lines, socket string) error {
	config, err := selfSigned()
	if err != nil {
		return err
	}
	plain := &http.Server{Addr: web, Handler: http.HandlerFunc(page)}
	overTLS := &http.Server{Addr: secure, Handler: http.HandlerFunc(page), TLSConfig: config}
	few := &http.Server{Handler: http.HandlerFunc(page)}
	local := &http.Server{Handler: http.HandlerFunc(page)}

	limitedListener, err := net.Listen("tcp", limited)
	if err != nil {
		return err
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unixListener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	talk, err := newLineServer(lines)
	if err != nil {
		return err
	}

	failed := make(chan error, 5)
	go func() { failed <- plain.ListenAndServe() }()
	go func() { failed <- overTLS.ListenAndServeTLS("", "") }()
	go func() { failed <- few.Serve(limit(limitedListener, 24)) }()
	go func() { failed <- local.Serve(unixListener) }()
	go func() { failed <- talk.serve() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	talk.stop()
	return errors.Join(plain.Shutdown(ctx), overTLS.Shutdown(ctx), few.Shutdown(ctx), local.Shutdown(ctx))
}

// page answers with what it was sent, after as long as a small query takes.
func page(w http.ResponseWriter, r *http.Request) {
	time.Sleep(2 * time.Millisecond)
	text, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "served by process %d%s\n", os.Getpid(), text)
}
