// Package conf declares the structs.
package conf

// Base is embedded.
type Base struct{ Bind string }

// Endpoint is held in a map.
type Endpoint struct{ Addr string }
