// Package server serves a cache on TCP and on a unix socket.
package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"example.com/cached/cache"
	"example.com/cached/config"
)

const (
	maxLine = 1 << 20

	// drainTimeout is how long a client may take to read its last answer.
	drainTimeout = 5 * time.Second
)

// A Server serves one cache.
type Server struct {
	cfg   config.Listen
	cache *cache.Cache
	log   *slog.Logger

	mu    sync.Mutex
	conns map[net.Conn]bool // open connections; nil once we stop
	wg    sync.WaitGroup    // of connections
}

// New returns a server that listens nowhere yet.
func New(cfg config.Listen, c *cache.Cache, log *slog.Logger) *Server {
	return &Server{cfg: cfg, cache: c, log: log, conns: make(map[net.Conn]bool)}
}

// Run serves until ctx is done or a listener fails. It returns nil after an
// orderly stop.
func (s *Server) Run(ctx context.Context) error {
	listeners, err := s.listen()
	if err != nil {
		return err
	}
	return s.serve(ctx, listeners)
}

// serve accepts connections from all listeners and closes them at the end.
func (s *Server) serve(ctx context.Context, listeners []net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var accepting sync.WaitGroup
	for _, l := range listeners {
		accepting.Go(func() {
			if err := s.accept(l); err != nil {
				cancel(fmt.Errorf("%s: %w", l.Addr(), err))
			}
		})
	}
	<-ctx.Done()
	for _, l := range listeners {
		l.Close()
	}
	accepting.Wait()
	s.drain()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func (s *Server) accept(l net.Listener) error {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		if !s.track(c) {
			c.Close()
			continue
		}
		s.wg.Go(func() {
			defer s.untrack(c)
			if err := s.handle(c); err != nil {
				s.log.Debug("connection ended", "peer", c.RemoteAddr(), "err", err)
			}
		})
	}
}

// handle answers the lines of one client.
func (s *Server) handle(c net.Conn) error {
	in := bufio.NewScanner(c)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		if _, err := io.WriteString(c, s.cache.Do(in.Text())+"\n"); err != nil {
			return err
		}
	}
	return in.Err()
}

// drain lets every connection answer what it has read and waits for them.
func (s *Server) drain() {
	s.mu.Lock()
	for c := range s.conns {
		c.SetReadDeadline(time.Now())
		c.SetWriteDeadline(time.Now().Add(drainTimeout))
	}
	s.conns = nil
	s.mu.Unlock()
	s.wg.Wait()
}

// track notes that c is open. It reports false if we are stopping.
func (s *Server) track(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[c] = true
	return true
}

func (s *Server) untrack(c net.Conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	c.Close()
}
