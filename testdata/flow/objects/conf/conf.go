// Package conf has one type for several things that are configured.
package conf

import (
	"encoding/json"
	"flag"
	"os"
)

type Endpoint struct {
	Addr string `json:"addr"`
	TLS  *TLS   `json:"tls"`
}

type TLS struct {
	Addr string `json:"addr"`
}

type Group struct {
	HTTP  Endpoint  `json:"http"`
	Admin *Endpoint `json:"admin"`
}

type Config struct {
	Public   Group               `json:"public"`
	Private  Group               `json:"private"`
	Servers  []Endpoint          `json:"servers"`
	Upstream []*Endpoint         `json:"upstream"`
	Named    map[string]Endpoint `json:"named"`
	Debug    Endpoint            `json:"-"`
	Status   Endpoint            `json:"-"`
}

// Load reads a file into what has defaults already.
func Load(name string) (*Config, error) {
	c := defaults()
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, err
	}
	c.Debug.setDefault(":6060")
	return c, nil
}

func defaults() *Config {
	return &Config{Status: Endpoint{Addr: ":7070"}}
}

func (e *Endpoint) setDefault(addr string) {
	if e.Addr == "" {
		e.Addr = addr
	}
}

// Flags registers a flag for each endpoint that has none in the file.
func (c *Config) Flags() {
	flag.StringVar(&c.Debug.Addr, "debug", "", "address of the profiles")
	flag.StringVar(&c.Status.Addr, "status", ":7070", "address of the status")
}

// Peer is the endpoint of another program.
var Peer = Endpoint{Addr: "10.0.0.1:80"}
