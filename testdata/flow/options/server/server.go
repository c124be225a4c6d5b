// Package server can be made in four ways.
package server

import "net"

type Server struct {
	addr  string
	quiet bool
}

type Option func(*Server)

func WithAddr(addr string) Option { return func(s *Server) { s.addr = addr } }

func Quiet(s *Server) { s.quiet = true }

func New(opts ...Option) *Server {
	s := &Server{addr: ":80"}
	for _, o := range opts {
		o(s)
	}
	return s
}

func (s *Server) Start() error {
	_, err := net.Listen("tcp", s.addr) // want listen safe address=flag:a=":6001" address=const:":80"
	return err
}

type builder struct {
	addr    string
	verbose bool
}

type Built struct{ b builder }

func Build() *builder { return &builder{} }

func (b *builder) Addr(a string) *builder  { b.addr = a; return b }
func (b *builder) Verbose(v bool) *builder { b.verbose = v; return b }
func (b *builder) Done() *Built            { return &Built{*b} }

func (b *Built) Run() error {
	_, err := net.Listen("tcp", b.b.addr) // want listen safe address=flag:b=":6002"
	return err
}

type Opened struct{ where string }

func Open(where string) (*Opened, error) { return &Opened{where: where}, nil }

func (o *Opened) Listen() (net.Listener, error) {
	return net.Listen("tcp", o.where) // want listen safe address=flag:c=":6003"
}

type Options struct{ Bind string }

func Configure(set func(*Options)) *Options {
	var o Options
	set(&o)
	return &o
}

func (o *Options) Serve() error {
	_, err := net.Listen("tcp", o.Bind) // want listen safe address=flag:d=":6004"
	return err
}
