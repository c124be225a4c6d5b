// Package config reads the configuration file of cached.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"go.yaml.in/yaml/v3"
)

// Config is the configuration file.
type Config struct {
	Listen   Listen     `yaml:"listen"`
	Limits   Limits     `yaml:"limits"`
	LogLevel slog.Level `yaml:"log_level"`
}

// Listen says where clients find us. An empty address is a listener less.
type Listen struct {
	TCP           string `yaml:"tcp"`
	Unix          string `yaml:"unix"`
	UnixMode      uint32 `yaml:"unix_mode"`
	ProxyProtocol bool   `yaml:"proxy_protocol"` // on TCP
}

// Limits bounds the memory that clients can use.
type Limits struct {
	Keys       int `yaml:"keys"`
	ValueBytes int `yaml:"value_bytes"`
}

// Load reads the file at path. What the file leaves out has its default.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	cfg := &Config{
		Listen: Listen{TCP: "127.0.0.1:7070", UnixMode: 0o660},
		Limits: Limits{Keys: 10_000, ValueBytes: 64 << 10},
	}
	if err := yaml.Unmarshal(data, cfg); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return cfg, nil
}

func (c *Config) validate() error {
	switch {
	case c.Listen.TCP == "" && c.Listen.Unix == "":
		return errors.New("neither listen.tcp nor listen.unix is set")
	case c.Listen.UnixMode > 0o777:
		return fmt.Errorf("listen.unix_mode: %#o is no file mode", c.Listen.UnixMode)
	case c.Limits.Keys < 1 || c.Limits.ValueBytes < 1:
		return errors.New("limits must be positive")
	}
	return nil
}
