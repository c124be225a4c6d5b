package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cached.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestLoad(t *testing.T) {
	cfg, err := load(t, "listen:\n  unix: /run/c.sock\n  unix_mode: 0600\nlog_level: debug\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Listen:   Listen{TCP: "127.0.0.1:7070", Unix: "/run/c.sock", UnixMode: 0o600},
		Limits:   Limits{Keys: 10_000, ValueBytes: 65536},
		LogLevel: slog.LevelDebug,
	}
	if *cfg != want {
		t.Errorf("Load = %+v, want %+v", *cfg, want)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, text := range []string{
		"listen: {tcp: '', unix: ''}",
		"listen: {unix_mode: 01777}",
		"limits: {keys: 0}",
		"log_level: loud",
		"listen: [",
	} {
		if _, err := load(t, text); err == nil {
			t.Errorf("Load of %q succeeded", text)
		}
	}
}
