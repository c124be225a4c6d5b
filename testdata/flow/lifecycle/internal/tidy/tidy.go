// Package tidy removes files for programs that listen elsewhere.
package tidy

import (
	"net"
	"os"
)

var remove = os.Remove // want path safe

// File removes a file.
func File(path string) { remove(path) }

// Listener closes a listener and removes its path.
func Listener(l net.Listener) {
	l.Close()
	os.Remove(l.Addr().String()) // want path safe
}
