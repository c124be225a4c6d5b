//go:build !windows

package server

import (
	"errors"
	"syscall"
)

// hint says what an administrator can do about err, if we know.
func hint(err error) string {
	switch {
	case errors.Is(err, syscall.EACCES):
		return " (ports below 1024 need CAP_NET_BIND_SERVICE)"
	case errors.Is(err, syscall.EADDRINUSE):
		return " (see ss -ltnp for the owner)"
	}
	return ""
}
