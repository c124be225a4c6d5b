// Package conf loads configuration through functions of its own.
package conf

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strconv"
)

type Env struct{ HTTP, Admin string }

func FromEnv() *Env {
	e := &Env{HTTP: ":80"}
	set(&e.HTTP, envHTTP)
	set(&e.Admin, envAdmin)
	return e
}

func set(target *string, name string) {
	if v, ok := lookup(name); ok {
		*target = v
	}
}

func lookup(name string) (string, bool) { return os.LookupEnv(name) }

// Load is a decoder where it is called.
func Load(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return decode(data, into)
}

func decode(data []byte, into any) error { return json.Unmarshal(data, into) }

// Request decodes what arrives over the network.
func Request(r *http.Request) (*Bind, error) {
	b := new(Bind)
	return b, json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<10)).Decode(b)
}

type Bind struct {
	Addr string `json:"addr"`
}

// TCPAddr makes an address of text.
func TCPAddr(addr string) (*net.TCPAddr, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	return &net.TCPAddr{IP: net.ParseIP(host), Port: n}, err
}

// A HostPort takes its text itself.
type HostPort struct{ text string }

func (h *HostPort) UnmarshalText(text []byte) error {
	h.text = string(text)
	return nil
}

func (h *HostPort) String() string { return h.text }
