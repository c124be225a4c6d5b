// Package dep listens for those that use it.
package dep

import "net"

// A Server is configured by its fields.
type Server struct{ Addr string }

// ListenAndServe listens at s.Addr.
func (s *Server) ListenAndServe() error {
	_, err := net.Listen("tcp", s.Addr)
	return err
}

// Quiet does not listen.
func Quiet(addr string) string { return addr }
