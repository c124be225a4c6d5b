// Package conf reads the environment.
package conf

import "os"

// Addr is read when the program starts.
var Addr = os.Getenv("PKG_ADDR")

// Get returns a variable or its default.
func Get(key, def string) string {
	v, ok := os.LookupEnv(key)
	if !ok {
		return def
	}
	return v
}
