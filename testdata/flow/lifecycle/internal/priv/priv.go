// Package priv gives up what a daemon needs only to begin.
package priv

import (
	"os"
	"syscall"
)

// Drop becomes another user.
func Drop(uid, gid int) error {
	if err := syscall.Setgid(gid); err != nil { // want privilege safe
		return err
	}
	return syscall.Setuid(uid) // want privilege safe
}

// Hide is for sockets that only their owner may use.
func Hide() (back func()) {
	old := syscall.Umask(0o177)          // want path safe
	return func() { syscall.Umask(old) } // want path safe
}

// Tidy removes what a daemon leaves when it goes.
func Tidy(files ...string) {
	for _, f := range files {
		os.Remove(f) // want path safe of=server.go:52
	}
}
