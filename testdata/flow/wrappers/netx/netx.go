// Package netx wraps package net.
package netx

import (
	"fmt"
	"net"
)

const Fallback = "::1"

// Listen goes through two more functions.
func Listen(addr string) (net.Listener, error) { return listen("tcp", addr) }

func listen(network, addr string) (net.Listener, error) {
	var lc config
	return lc.open(network, addr)
}

type config struct{}

func (config) open(network, addr string) (net.Listener, error) {
	l, err := net.Listen(network, addr) // want listen safe address=flag:c=":2003" network=tcp
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return l, nil
}

func Default() string { return "127.0.0.1:2010" }

func WithPort(host string, port int) string { return fmt.Sprintf("[%s]:%d", host, port) }

func Or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
