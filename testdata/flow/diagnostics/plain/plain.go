// Package plain has a program's listeners in one function. // want package:`flows\(\d+\)`
package plain

import (
	"context"
	"flag"
	"net"
	"net/http"
)

var addr = flag.String("addr", ":8080", "where to listen")

// Serve listens in several ways.
func Serve(ctx context.Context, cfg string) error {
	// A comment that stays.
	l, err := net.Listen("tcp", *addr) // want `net.Listen binds a socket of its own: flag -addr, default ":8080"`
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err = lc.Listen(ctx, "tcp", cfg) // want `\(\*net.ListenConfig\).Listen binds a socket of its own: parameter cfg of plain.Serve`
	if err != nil {
		return err
	}
	go http.ListenAndServe( // want `http.ListenAndServe binds a socket of its own: constant "localhost:6060"`
		"localhost:6060", // pprof
		nil,
	)
	s := &http.Server{Addr: *addr}
	go s.ListenAndServeTLS("cert", "key") // want `\(\*http.Server\).ListenAndServeTLS binds a socket of its own: flag -addr`
	return http.Serve(l, nil)
}

// Port returns a free port: not reported.
func Port() int {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
