// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"net/http"
)

// ListenAndServe is [http.ListenAndServe] that claims an inherited socket first.
func ListenAndServe(addr string, handler http.Handler) error {
	return claimer{}.ListenAndServe(addr, handler)
}

func (c claimer) ListenAndServe(addr string, handler http.Handler) error {
	return c.ServerListenAndServe(&http.Server{Addr: addr, Handler: handler})
}

// ListenAndServeTLS is [http.ListenAndServeTLS] that claims an inherited socket
// first.
func ListenAndServeTLS(addr, certFile, keyFile string, handler http.Handler) error {
	return claimer{}.ListenAndServeTLS(addr, certFile, keyFile, handler)
}

func (c claimer) ListenAndServeTLS(addr, certFile, keyFile string, handler http.Handler) error {
	return c.ServerListenAndServeTLS(&http.Server{Addr: addr, Handler: handler}, certFile, keyFile)
}

// ServerListenAndServe is srv.ListenAndServe that claims an inherited socket
// first. The error is never nil.
func ServerListenAndServe(srv *http.Server) error {
	return claimer{}.ServerListenAndServe(srv)
}

func (c claimer) ServerListenAndServe(srv *http.Server) error {
	addr := srv.Addr
	if addr == "" {
		addr = ":http"
	}
	l, err := c.listener("ListenAndServe", "tcp", addr)
	if err != nil {
		return err
	}
	if l == nil {
		return srv.ListenAndServe()
	}
	return srv.Serve(track(srv, l)) // closes l
}

// ServerListenAndServeTLS is srv.ListenAndServeTLS that claims an inherited
// socket first. The error is never nil.
func ServerListenAndServeTLS(srv *http.Server, certFile, keyFile string) error {
	return claimer{}.ServerListenAndServeTLS(srv, certFile, keyFile)
}

func (c claimer) ServerListenAndServeTLS(srv *http.Server, certFile, keyFile string) error {
	addr := srv.Addr
	if addr == "" {
		addr = ":https"
	}
	l, err := c.listener("ListenAndServeTLS", "tcp", addr)
	if err != nil {
		return err
	}
	if l == nil {
		return srv.ListenAndServeTLS(certFile, keyFile)
	}
	defer l.Close() // ServeTLS leaves it open if the certificate is bad
	return srv.ServeTLS(track(srv, l), certFile, keyFile)
}

// track is [Tracked] in a program that quiesces its servers.
var track = func(_ *http.Server, l net.Listener) net.Listener { return l }
