// Package sock opens the sockets of several programs.
package sock

import (
	"net"
	"os"
	"path/filepath"
	"time"
)

// Listen takes a path over.
func Listen(path string, mode os.FileMode) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) { // want path safe of=sock.go:19
		return nil, err
	}
	l, err := net.Listen("unix", path) // want listen safe address=flag:gate="/run/gated/gate.sock" address=flag:guard="/run/gated/guard.sock" address=env:WEBD_ADMIN mains=gated,webd
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil { // want path safe of=sock.go:19
		l.Close()
		return nil, err
	}
	return &listener{l, path}, nil
}

// A listener removes its path, which it remembers.
type listener struct {
	net.Listener
	path string
}

func (l *listener) Close() error {
	err := l.Listener.Close()
	os.Remove(l.path) // want path safe of=sock.go:19
	return err
}

// Wait is for clients: until somebody listens.
func Wait(path string) bool {
	for range 10 {
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// Clear removes what somebody listened on.
func Clear(l net.Listener) {
	if l.Addr().Network() == "unix" {
		os.Remove(l.Addr().String()) // want path safe of=sock.go:19
	}
}
