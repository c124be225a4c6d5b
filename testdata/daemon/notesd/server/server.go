// Package server serves the notes API, its metrics and its control socket.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/notes/config"
	"example.com/notes/store"
)

// drainTimeout is how long requests in flight may take once we stop.
const drainTimeout = 10 * time.Second

// A Server is one notesd.
type Server struct {
	cfg   *config.Config
	notes *store.Store
	log   *slog.Logger

	requests atomic.Int64
	failures atomic.Int64
}

// New returns a server for the notes that listens nowhere yet.
func New(cfg *config.Config, notes *store.Store, log *slog.Logger) *Server {
	return &Server{cfg: cfg, notes: notes, log: log}
}

// Run serves until ctx is done or a listener fails, then lets the requests
// in flight finish. It returns nil after an orderly stop.
func (s *Server) Run(ctx context.Context) error {
	l, err := s.listen()
	if err != nil {
		return err
	}
	return s.serve(ctx, l)
}

// serve runs the API on l next to the metrics and the control socket. It
// closes l.
func (s *Server) serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	api := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second}
	metrics := s.metricsServer()

	var wg sync.WaitGroup
	start := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil && !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("listener failed", "listener", what, "err", err)
				cancel(err)
			}
		})
	}
	start("api", func() error { return s.serveAPI(api, l) })
	start("metrics", func() error { return serveMetrics(metrics) })
	if s.cfg.Control != "" {
		start("control", func() error { return s.serveControl(ctx, s.cfg.Control) })
	}

	<-ctx.Done()
	s.log.Info("stopping")
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer stop()
	err := errors.Join(api.Shutdown(drain), metrics.Shutdown(drain))
	wg.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}
