// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"net/http"
)

// ListenAndServe is [http.ListenAndServe] that claims an inherited socket first.
func ListenAndServe(addr string, handler http.Handler) error {
	return Claimer{}.ListenAndServe(addr, handler)
}

func (c Claimer) ListenAndServe(addr string, handler http.Handler) error {
	return c.ServerListenAndServe(&http.Server{Addr: addr, Handler: handler})
}

// ListenAndServeTLS is [http.ListenAndServeTLS] that claims an inherited socket
// first.
func ListenAndServeTLS(addr, certFile, keyFile string, handler http.Handler) error {
	return Claimer{}.ListenAndServeTLS(addr, certFile, keyFile, handler)
}

func (c Claimer) ListenAndServeTLS(addr, certFile, keyFile string, handler http.Handler) error {
	return c.ServerListenAndServeTLS(&http.Server{Addr: addr, Handler: handler}, certFile, keyFile)
}

// ServerListenAndServe is srv.ListenAndServe that claims an inherited socket
// first. The error is never nil.
func ServerListenAndServe(srv *http.Server) error {
	return Claimer{}.ServerListenAndServe(srv)
}

func (c Claimer) ServerListenAndServe(srv *http.Server) error {
	addr := srv.Addr
	if addr == "" {
		addr = ":http"
	}
	l, err := c.listener("ListenAndServe", "tcp", addr, unbound)
	if err != nil {
		return err
	}
	if l == nil {
		return explained(request{c, "ListenAndServe", "tcp", addr, nil}, srv.ListenAndServe())
	}
	return srv.Serve(track(srv, l)) // closes l
}

// ServerListenAndServeTLS is srv.ListenAndServeTLS that claims an inherited
// socket first. The error is never nil.
func ServerListenAndServeTLS(srv *http.Server, certFile, keyFile string) error {
	return Claimer{}.ServerListenAndServeTLS(srv, certFile, keyFile)
}

func (c Claimer) ServerListenAndServeTLS(srv *http.Server, certFile, keyFile string) error {
	addr := srv.Addr
	if addr == "" {
		addr = ":https"
	}
	l, err := c.listener("ListenAndServeTLS", "tcp", addr, unbound)
	if err != nil {
		return err
	}
	if l == nil {
		return explained(request{c, "ListenAndServeTLS", "tcp", addr, nil}, srv.ListenAndServeTLS(certFile, keyFile))
	}
	defer l.Close() // ServeTLS leaves it open if the certificate is bad
	return srv.ServeTLS(track(srv, l), certFile, keyFile)
}

// unbound leaves it to the server to bind.
func unbound(network, address string) (net.Listener, error) { return nil, nil }

// track is [Drainable] in a program that drains its servers.
var track = func(_ *http.Server, l net.Listener) net.Listener { return l }
