// Package srv listens where its configuration says, which has no path by itself.
package srv

import (
	"net"
	"net/http"
	"os"
)

// A Config says where to listen.
type Config struct{ Addr, Socket string }

// NewConfig returns the defaults.
func NewConfig() *Config { return &Config{Addr: ":8080", Socket: ""} }

// A Server listens.
type Server struct{ config *Config }

// New returns one.
func New(c *Config) *Server { return &Server{config: c} }

// Run serves.
func (s *Server) Run() error {
	if s.config.Socket != "" {
		os.Remove(s.config.Socket)                    // want path safe of=srv.go:26
		l, err := net.Listen("unix", s.config.Socket) // want listen safe address=env:UNIXPATH_SOCKET
		if err != nil {
			return err
		}
		go http.Serve(l, nil)
	}
	return http.ListenAndServe(s.config.Addr, nil) // want listen safe address=const:":8080"
}
