// Package spool queues jobs for printers.
package spool

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options are those of a Server.
type Options struct {
	Socket string
	Notify string
	Dir    string
}

// A Server has the queue.
type Server struct {
	opts Options
	mu   sync.Mutex
	ln   net.Listener
	bell *net.UnixListener

	// remove is for tests.
	remove func(string) error
}

// New returns a server that Start starts.
func New(o Options) *Server { return &Server{opts: o, remove: os.Remove} } // want path safe of=server.go:52

// removeStale removes a file that a crash may have left.
func removeStale(path string) error {
	err := os.Remove(path) // want path safe of=server.go:52
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Start listens.
func (s *Server) Start() error {
	if err := removeStale(s.opts.Socket); err != nil {
		return err
	}
	if err := removeStale(filepath.Join(s.opts.Dir, "queue.lock")); err != nil {
		return err
	}
	ln, err := net.Listen("unix", s.opts.Socket) // want listen safe address=file:socket address=env:SPOOLD_SOCKET mains=spoold
	if err != nil {
		return err
	}
	s.ln = ln
	s.setMode(0o660)
	return s.ring()
}

// ring opens the socket that tells of new jobs.
func (s *Server) ring() error {
	if err := s.remove(s.opts.Notify); err != nil && !os.IsNotExist(err) {
		return err
	}
	addr := &net.UnixAddr{Name: s.opts.Notify, Net: "unix"}
	l, err := net.ListenUnix("unix", addr) // want listen safe path=file:notify mains=spoold
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	s.bell = l
	return nil
}

func (s *Server) setMode(mode os.FileMode) {
	os.Chmod(s.opts.Socket, mode) // want path safe of=server.go:52
	os.Chmod(filepath.Join(s.opts.Dir, "queue"), 0o600)
	os.Chmod(s.opts.Dir, 0o700)
}

// Close ends the server and cleans up after it.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.ln.Close()
	os.Remove(s.opts.Socket) // want path safe of=server.go:52
	os.Remove(s.opts.Notify) // want path safe of=server.go:67
	os.RemoveAll(s.opts.Dir)
	return err
}

// Submit is the other side: it hands a job to the server that runs.
func Submit(socket string, job []byte) error {
	if _, err := os.Stat(socket); err != nil {
		return err
	}
	c, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Write(job)
	return err
}
