// Package conf has defaults, overrides and a global.
package conf

import (
	"flag"
	"os"
	"strconv"
)

// Config is filled by Load.
type Config struct {
	Addr   string
	Host   string
	Port   int
	Listen string
}

// Default is the global configuration.
var Default = &Config{}

func init() { flag.StringVar(&Default.Listen, "listen", ":202", "") }

// Get returns the global configuration.
func Get() *Config { return Default }

// Load reads the environment.
func Load() *Config {
	c := &Config{Port: 201}
	c.fromEnv()
	c.setDefaults()
	return c
}

func (c *Config) fromEnv() {
	c.Addr = os.Getenv("CONF_ADDR")
	c.Host = os.Getenv("CONF_HOST")
	if n, err := strconv.Atoi(os.Getenv("CONF_PORT")); err == nil {
		c.Port = n
	}
}

func (c *Config) setDefaults() {
	if c.Addr == "" {
		c.Addr = ":200"
	}
}

// HostPort returns the two.
func (c *Config) HostPort() (string, string) { return c.Host, strconv.Itoa(c.Port) }
