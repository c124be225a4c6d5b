package server

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// keepAlivePeriod finds peers that went away without a word; notes are read
// by phones.
const keepAlivePeriod = 3 * time.Minute

// listen opens the API's listener.
func (s *Server) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", s.cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("api: %w%s", err, hint(err))
	}
	s.log.Info("serving the API", "addr", l.Addr().String(), "tls", s.cfg.TLS())
	return limit(keepAlive{l}, s.cfg.MaxConns), nil
}

// serveAPI serves srv on l, over TLS if there is a certificate.
func (s *Server) serveAPI(srv *http.Server, l net.Listener) error {
	if s.cfg.CertFile != "" {
		return srv.ServeTLS(l, s.cfg.CertFile, s.cfg.KeyFile)
	} else {
		return srv.Serve(l)
	}
}

// keepAlive is a listener that turns on TCP keep-alive for what it accepts.
type keepAlive struct{ net.Listener }

func (l keepAlive) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tc, ok := c.(*net.TCPConn); ok {
		// Best effort: a connection without keep-alive still works.
		_ = tc.SetKeepAlive(true)
		_ = tc.SetKeepAlivePeriod(keepAlivePeriod)
	}
	return c, nil
}

// limit returns a listener with at most n open connections at a time.
func limit(l net.Listener, n int) net.Listener {
	return &limited{Listener: l, free: make(chan struct{}, n), done: make(chan struct{})}
}

type limited struct {
	net.Listener
	free chan struct{} // holds one value per open connection
	done chan struct{}
	once sync.Once
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: c, release: sync.OnceFunc(func() { <-l.free })}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.release()
	return err
}
