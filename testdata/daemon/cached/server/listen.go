package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// listen opens every configured listener, or none.
func (s *Server) listen() (listeners []net.Listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range listeners {
				l.Close()
			}
		}
	}()
	if s.cfg.TCP != "" {
		l, err := net.Listen("tcp", s.cfg.TCP)
		if err != nil {
			return listeners, err
		}
		if s.cfg.ProxyProtocol {
			l = &proxyListener{l}
		}
		listeners = append(listeners, l)
	}
	if s.cfg.Unix != "" {
		l, err := s.listenUnix()
		if err != nil {
			return listeners, err
		}
		listeners = append(listeners, l)
	}
	for _, l := range listeners {
		s.log.Info("listening", "network", l.Addr().Network(), "addr", l.Addr().String())
	}
	return listeners, nil
}

// listenUnix replaces a socket that an earlier run left behind.
func (s *Server) listenUnix() (net.Listener, error) {
	path := s.cfg.Unix
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing a stale socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, fs.FileMode(s.cfg.UnixMode)); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}
