package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
)

func TestParse(t *testing.T) {
	t.Setenv("METRICS_PORT", "9191")
	cfg, err := parse([]string{"-addr", "127.0.0.1:8181", "-max-conns", "3"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Addr != "127.0.0.1:8181" || cfg.MetricsPort != "9191" || cfg.MaxConns != 3 {
		t.Errorf("parse = %+v", cfg)
	}
	for _, args := range [][]string{
		{"-cert", "a.pem"},
		{"-max-conns", "0"},
		{"stray"},
	} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("parse(%q) succeeded", args)
		}
	}
}

func TestRunStops(t *testing.T) {
	t.Setenv("METRICS_PORT", "0")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	log := slog.New(slog.DiscardHandler)
	if err := run(ctx, log, []string{"-addr", "127.0.0.1:0", "-data", t.TempDir()}, io.Discard); err != nil {
		t.Fatal(err)
	}
}
