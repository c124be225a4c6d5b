// Command cached is a key-value cache with a line protocol.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"example.com/cached/cache"
	"example.com/cached/config"
	"example.com/cached/server"
)

func main() {
	path := flag.String("config", "/etc/cached.yaml", "configuration `file`")
	flag.Parse()

	var level slog.LevelVar
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: &level}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, log, &level, *path); err != nil {
		log.Error("cached stopped", "err", err)
		os.Exit(1)
	}
}

// run serves with the settings of the file at path until ctx is done.
func run(ctx context.Context, log *slog.Logger, level *slog.LevelVar, path string) error {
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	level.Set(cfg.LogLevel)
	c := cache.New(cache.Limits(cfg.Limits))

	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	go func() {
		for {
			select {
			case <-hup:
				reload(log, level, c, path)
			case <-ctx.Done():
				return
			}
		}
	}()
	return server.New(cfg.Listen, c, log).Run(ctx)
}

// reload takes over the settings that can change while we serve. The
// listeners are not among them.
func reload(log *slog.Logger, level *slog.LevelVar, c *cache.Cache, path string) {
	cfg, err := config.Load(path)
	if err != nil {
		log.Error("keeping the old settings", "err", err)
		return
	}
	level.Set(cfg.LogLevel)
	c.SetLimits(cache.Limits(cfg.Limits))
	log.Info("settings reloaded", "file", path)
}
