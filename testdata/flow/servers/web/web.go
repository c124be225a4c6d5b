// Package web serves.
package web

import "net/http"

var def = &http.Server{}

// Serve sets the address of a package variable.
func Serve(addr string) {
	def.Addr = addr
	go start()
}

func start() error {
	return def.ListenAndServe() // want listen safe address=flag:setaddr=":6" name=setaddr
}

// TLS is a configuration.
type TLS struct{ Addr, Cert, Key string }

// ServeTLS serves.
func ServeTLS(c TLS) error {
	s := http.Server{
		Addr: c.Addr,
	}
	return s.ListenAndServeTLS(c.Cert, c.Key) // want listen safe address=flag:tls=":7" name=tls
}
