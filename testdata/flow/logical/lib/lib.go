// Package lib has one server type for all programs.
package lib

import "net"

// A Server listens at Addr.
type Server struct{ Addr string }

// Start listens.
func (s *Server) Start() error {
	l, err := net.Listen("tcp", s.Addr) // want listen safe address=flag:api=":1" address=flag:debug=":2" address=env:SHARED mains=shared,twice name=api name=debug name=shared sole=no
	if err != nil {
		return err
	}
	_, err = l.Accept()
	return err
}
