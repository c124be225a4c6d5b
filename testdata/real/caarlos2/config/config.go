// Package config reads the environment with github.com/caarlos0/env/v11.
package config

import "github.com/caarlos0/env/v11"

// Config is what the daemon needs to know.
type Config struct {
	API     API     `envPrefix:"API_"`
	Metrics Metrics `envPrefix:"METRICS_"`
}

// API is the section of the API.
type API struct {
	GRPC    string `env:"GRPC" envDefault:":9000"`
	Gateway string `env:"GATEWAY" envDefault:":8080"`
}

// Metrics is the section of the metrics.
type Metrics struct {
	Endpoint string `env:"ENDPOINT" envDefault:":9100"`
}

// Parse reads the environment.
func (c *Config) Parse() error { return env.ParseWithOptions(c, env.Options{Prefix: "DEMO_"}) }
