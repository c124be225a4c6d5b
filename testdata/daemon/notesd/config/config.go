// Package config holds the settings of notesd.
package config

import "errors"

// Config is everything that notesd can be told. It does not change once the
// server runs.
type Config struct {
	Addr     string // of the API
	DataDir  string // one file for each note
	CertFile string // TLS is on if set
	KeyFile  string
	MaxConns int // API connections at the same time

	MetricsPort string // on loopback
	Control     string // path of the control socket; empty for none
}

// TLS reports whether the API is served over TLS.
func (c *Config) TLS() bool { return c.CertFile != "" }

// Validate reports settings that contradict each other.
func (c *Config) Validate() error {
	switch {
	case c.Addr == "":
		return errors.New("no address to serve on")
	case (c.CertFile == "") != (c.KeyFile == ""):
		return errors.New("a certificate and a key go together")
	case c.MaxConns < 1:
		return errors.New("max-conns must be at least 1")
	}
	return nil
}
