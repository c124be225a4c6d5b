// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"syscall"
	"time"
)

// A deadliner is a *net.TCPListener or *net.UnixListener, or around one.
type deadliner interface {
	net.Listener
	SetDeadline(time.Time) error
	syscall.Conn
}

// An outer is a listener of this package around one of package net.
type outer interface{ inside() deadliner }

// streamListener returns a listener of package net, or one of this package around
// it, nil for any other: the one of a single connection has no deadline of its own.
func streamListener(l net.Listener) deadliner {
	switch l := l.(type) {
	case *net.TCPListener:
		return l
	case *net.UnixListener:
		return l
	case outer:
		return l.(deadliner)
	}
	return nil
}

// isInherited reports whether a listener serves on an inherited socket.
func isInherited(l interface{}) bool {
	if o, ok := l.(outer); ok {
		l = o.inside()
	}
	table.Lock()
	defer table.Unlock()
	for _, s := range table.sockets {
		if s.user != nil && s.user == l {
			return true
		}
	}
	return false
}
