// Package env has the environment as it was at the start.
package env

import (
	"os"
	"strings"
)

var vars = func() map[string]string {
	m := make(map[string]string)
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		m[name] = value
	}
	return m
}()

// LookupEnv returns the value of a variable.
func LookupEnv(name string) (string, bool) {
	v, ok := vars[name]
	return v, ok
}
