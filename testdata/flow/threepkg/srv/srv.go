// Package srv listens.
package srv

import (
	"net"
	"net/http"
)

// A Server listens where New says.
type Server struct{ addr string }

// New returns a Server.
func New(addr string) *Server { return &Server{addr} }

// Run listens.
func (s *Server) Run() error {
	l, err := net.Listen("tcp", s.addr) // want listen safe address=env:ADMIN_ADDR="localhost:9000" name=admin mains=threepkg via=load.go:34,load.go:26,load.go:31,app.go:23,app.go:27,srv.go:13
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}

// Public is what Serve takes.
type Public struct{ Addr string }

// Serve listens at p.
func Serve(p Public) error {
	return http.ListenAndServe(p.Addr, nil) // want listen safe address=file:servers.public.listen name=public mains=threepkg
}
