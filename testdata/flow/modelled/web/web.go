// Package web is the module at work, and has a row for those who import it: here
// its body counts.
package web

import (
	"net"
	"net/http"
)

// ListenAndServe has a row in analyzer/model.
func ListenAndServe(s *http.Server) error {
	l, err := net.Listen("tcp", s.Addr) // want listen safe address=flag:addr=":9100" mains=demo
	if err != nil {
		return err
	}
	return s.Serve(l)
}
