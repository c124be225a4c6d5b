//go:build !unix

package launch

import (
	"errors"
	"net"
)

var errUnsupported = errors.New("sockets can be inherited on unix systems only")

// Stub does nothing: no program is started with sockets here.
func Stub() {}

// ListenTCP fails.
func ListenTCP(string, net.IP, int) (Socket, error) { return Socket{}, errUnsupported }

// Inode fails.
func (Socket) Inode() (uint64, error) { return 0, errUnsupported }
