// Package config reads a file with gopkg.in/yaml.v3 into sections.
package config

import (
	"os"

	"gopkg.in/yaml.v3"
)

// Config is the file.
type Config struct {
	HTTP    Server  `yaml:"http"`
	Metrics Metrics `yaml:"metrics"`
	Debug   string
}

// Server is the section of the server.
type Server struct {
	Listen  string `yaml:"listen"`
	Gateway string `yaml:"gateway"`
}

// Metrics is the section of the metrics.
type Metrics struct {
	Endpoint string `yaml:"endpoint"`
}

// Load reads the file.
func Load(name string) (*Config, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var c Config
	return &c, yaml.Unmarshal(b, &c)
}
