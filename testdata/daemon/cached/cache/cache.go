// Package cache is a bounded map with the commands of the line protocol.
package cache

import (
	"fmt"
	"strings"
	"sync"
)

// Limits bounds a cache. Values that are in already stay when it shrinks.
type Limits struct {
	Keys       int
	ValueBytes int
}

// Cache maps keys to values. Its methods may be called concurrently.
type Cache struct {
	mu     sync.RWMutex
	limits Limits
	values map[string]string
}

// New returns an empty cache.
func New(limits Limits) *Cache {
	return &Cache{limits: limits, values: make(map[string]string)}
}

// SetLimits replaces the limits.
func (c *Cache) SetLimits(limits Limits) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limits = limits
}

// Do runs one line of the protocol and returns the answer without its
// newline.
func (c *Cache) Do(line string) string {
	cmd, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	switch strings.ToUpper(cmd) {
	case "PING":
		return "PONG"
	case "GET":
		v, ok := c.get(rest)
		if !ok {
			return "NONE"
		}
		return "VALUE " + v
	case "SET":
		key, value, ok := strings.Cut(rest, " ")
		if !ok || key == "" {
			return "ERR usage: SET KEY VALUE"
		}
		if err := c.set(key, value); err != nil {
			return "ERR " + err.Error()
		}
		return "OK"
	}
	return fmt.Sprintf("ERR unknown command %q", cmd)
}

func (c *Cache) get(key string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.values[key]
	return v, ok
}

func (c *Cache) set(key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(value) > c.limits.ValueBytes {
		return fmt.Errorf("value is longer than %d bytes", c.limits.ValueBytes)
	}
	if _, ok := c.values[key]; !ok && len(c.values) >= c.limits.Keys {
		return fmt.Errorf("cache holds %d keys already", len(c.values))
	}
	c.values[key] = value
	return nil
}
