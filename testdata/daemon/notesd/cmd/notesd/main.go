// Command notesd serves notes over HTTP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"example.com/notes/config"
	"example.com/notes/server"
	"example.com/notes/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, log, os.Args[1:], os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		log.Error("notesd stopped", "err", err)
		os.Exit(1)
	}
}

// run reads the settings and serves until ctx is done.
func run(ctx context.Context, log *slog.Logger, args []string, usage io.Writer) error {
	cfg, err := parse(args, usage)
	if err != nil {
		return err
	}
	notes, err := store.Open(cfg.DataDir)
	if err != nil {
		return err
	}
	return server.New(cfg, notes, log).Run(ctx)
}

// parse merges the environment and the command line into one Config.
func parse(args []string, usage io.Writer) (*config.Config, error) {
	cfg := config.FromEnv()
	fs := flag.NewFlagSet("notesd", flag.ContinueOnError)
	fs.SetOutput(usage)
	fs.StringVar(&cfg.Addr, "addr", ":8080", "`address` to serve the API on")
	fs.StringVar(&cfg.DataDir, "data", "notes", "`directory` that holds the notes")
	fs.StringVar(&cfg.CertFile, "cert", "", "TLS certificate `file`; plain HTTP if empty")
	fs.StringVar(&cfg.KeyFile, "key", "", "TLS key `file`")
	fs.IntVar(&cfg.MaxConns, "max-conns", 512, "connections served at the same time")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return cfg, cfg.Validate()
}
