package server

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// metricsHost keeps the metrics off the network: they have no login.
const metricsHost = "127.0.0.1"

func (s *Server) metricsServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "notes_requests_total %d\n", s.requests.Load())
		fmt.Fprintf(w, "notes_failures_total %d\n", s.failures.Load())
	})
	return &http.Server{
		Addr:              net.JoinHostPort(metricsHost, s.cfg.MetricsPort),
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
	}
}

func serveMetrics(srv *http.Server) error {
	if err := srv.ListenAndServe(); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}
