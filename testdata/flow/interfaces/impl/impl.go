// Package impl implements them.
package impl

import (
	"net"

	"example.com/interfaces/api"
)

type TCP struct{}

func (TCP) Open(addr string) error {
	_, err := net.Listen("tcp", addr) // want listen safe address=flag:a=":7001"
	return err
}

func Serve(c api.Config) error {
	_, err := net.Listen("tcp", c.Address()) // want listen safe address=flag:b=":7002"
	return err
}

type runner struct{ addr string }

func New(addr string) *runner { return &runner{addr} }

func (r *runner) Run() error { return api.Runner(r).Start(r.addr) }

func (r *runner) Start(addr string) error {
	_, err := net.Listen("tcp", addr) // want listen safe address=flag:c=":7003"
	return err
}
