// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

//go:build !linux

package inherit

import (
	"errors"
	"os"
)

// scan finds nothing: LISTEN_FDS is a protocol of Linux.
func scan() ([]*socket, error) { return nil, nil }

func (s *socket) dup() (*os.File, error) { return nil, errors.New("not on this system") }

const firstFD = 3 // see sockets_linux.go

func openNumbers(int) func(string) error { return func(string) error { return nil } }
