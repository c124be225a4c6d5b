package server

import (
	"errors"
	"syscall"
)

// wsaeaddrinuse is missing from package syscall.
const wsaeaddrinuse = syscall.Errno(10048)

// hint says what an administrator can do about err, if we know.
func hint(err error) string {
	switch {
	case errors.Is(err, syscall.WSAEACCES):
		return " (see netsh int ip show excludedportrange)"
	case errors.Is(err, wsaeaddrinuse):
		return " (see netstat -abn for the owner)"
	}
	return ""
}
