// Package server has servers that are made of their configuration.
package server

import (
	"net"

	"example.com/objects/conf"
)

type Server struct {
	conf   *conf.Endpoint
	status conf.Endpoint
	name   string
}

// New is called for several endpoints.
func New(name string, e *conf.Endpoint) *Server { return &Server{name: name, conf: e} }

func (s *Server) Run() error {
	l, err := net.Listen("tcp", s.conf.Addr) // want listen safe address=file:public.http.addr address=file:private.http.addr
	if err != nil {
		return err
	}
	return s.serve(l)
}

// RunStatus reads the same type from another field.
func (s *Server) RunStatus(c *conf.Config) error {
	s.status = c.Status
	l, err := net.Listen("tcp", s.status.Addr) // want listen safe address=flag:status=":7070"
	if err != nil {
		return err
	}
	return s.serve(l)
}

// RunTLS goes one struct deeper.
func (s *Server) RunTLS() error {
	l, err := net.Listen("tcp", s.conf.TLS.Addr) // want listen safe address=file:public.http.tls.addr address=file:private.http.tls.addr
	if err != nil {
		return err
	}
	return s.serve(l)
}

func (s *Server) serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		c.Close()
	}
}

// An option sets a field of a server that New did not make.
type option func(*Other)

func At(e conf.Endpoint) option { return func(o *Other) { o.at = e } }

type Other struct{ at conf.Endpoint }

func Start(opts ...option) {
	o := new(Other)
	for _, opt := range opts {
		opt(o)
	}
	net.Listen("tcp", o.at.Addr) // want listen safe address=file:named.addr*
}
