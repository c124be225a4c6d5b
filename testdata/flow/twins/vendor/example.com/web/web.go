// Package web is a framework that no row describes.
package web

import (
	"crypto/tls"
	"net"
	"net/http"
)

// An App serves HTTP.
type App struct{ h http.Handler }

func New() *App { return &App{h: http.NewServeMux()} }

// Run and RunListener both serve through package net/http.
func (a *App) Run(addr string) error {
	println("listening on", addr)
	return http.ListenAndServe(addr, a.h)
}

func (a *App) RunListener(l net.Listener) error { return http.Serve(l, a.h) }

// RunTLS has no sibling that takes a listener and the files.
func (a *App) RunTLS(addr, cert, key string) error {
	return http.ListenAndServeTLS(addr, cert, key, a.h)
}

// ListenAndServe listens in a helper, and calls Serve.
func ListenAndServe(network, addr string, h http.Handler, names ...string) error {
	l, err := listen(network, addr)
	if err != nil {
		return err
	}
	return Serve(l, h, names...)
}

func Serve(l net.Listener, h http.Handler, names ...string) error {
	println(len(names))
	return http.Serve(l, h)
}

func listen(network, addr string) (net.Listener, error) {
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, err
	}
	return wrapped{l}, nil
}

type wrapped struct{ net.Listener }

// A Server has its address in a field.
type Server struct {
	Addr string
	TLS  *tls.Config
}

func (s *Server) Start() error {
	l, err := net.Listen("tcp4", s.Addr)
	if err != nil {
		return err
	}
	return s.loop(l)
}

func (s *Server) StartListener(l net.Listener) error {
	if s.TLS != nil {
		l = tls.NewListener(l, s.TLS)
	}
	return s.loop(l)
}

func (s *Server) loop(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		c.Close()
	}
}

// Packets is started by ListenPacket or Start.
type Packets struct{ c net.PacketConn }

func ListenPackets(addr string, size int) (*Packets, error) {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, err
	}
	return NewPackets(c, size)
}

func NewPackets(c net.PacketConn, size int) (*Packets, error) { return &Packets{c}, nil }

// Metrics and Count have nothing in common but their parameters.
func Metrics(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}

func Count(l net.Listener) error { return l.Close() }
