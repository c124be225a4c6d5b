// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A connListener is what a process serves on that was started for a single
// connection (Accept=yes of systemd.socket(5), or -a of
// systemd-socket-activate(1)): its first Accept returns that connection. The
// next fails with [net.ErrClosed] once the connection has been closed, so that
// the daemon ends as if its listener had been closed.
type connListener struct {
	net.Conn // as it is handed out, with its concrete type
	mu       sync.Mutex
	accepted bool
	closed   chan struct{}
	once     sync.Once
}

func newConnListener(c net.Conn) *connListener {
	return &connListener{Conn: c, closed: make(chan struct{})}
}

func (l *connListener) Accept() (net.Conn, error) {
	l.mu.Lock()
	first := !l.accepted
	l.accepted = true
	l.mu.Unlock()
	if first {
		return l.Conn, nil
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for l.open() {
		select {
		case <-l.closed:
			return nil, net.ErrClosed
		case <-tick.C:
		}
	}
	return nil, net.ErrClosed
}

// open reports whether the connection has not been closed.
func (l *connListener) open() bool {
	raw, err := l.SyscallConn()
	return err == nil && raw.Control(func(uintptr) {}) == nil
}

// Close ends Accept. The connection, once accepted, is its user's to close.
func (l *connListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.once.Do(func() { close(l.closed) })
	if l.accepted {
		return nil
	}
	l.accepted = true
	return l.Conn.Close()
}

// Addr returns the address that the client connected to.
func (l *connListener) Addr() net.Addr { return l.LocalAddr() }

// SyscallConn is that of the connection.
func (l *connListener) SyscallConn() (syscall.RawConn, error) {
	return l.Conn.(syscall.Conn).SyscallConn()
}

func init() { serveConn = serveOne }

// serveOne returns a listener for the connection that s is, once. The descriptor is
// closed, or the client would not see the daemon close it.
func serveOne(s *socket, r request) (syscall.Conn, error) {
	if r.op == "ListenTCP" || r.op == "ListenUnix" {
		return nil, r.refuse(s, s.kind()+": that of one connection (Accept=yes), of which no such listener can be made", nil)
	}
	if s.served {
		return nil, r.refuse(s, "that its connection has been served", nil)
	}
	s.served = true
	f := os.NewFile(uintptr(s.fd), s.name)
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, r.refuse(s, s.kind(), err)
	}
	s.user, s.claimedBy = newConnListener(c), r.String()
	return s.user, nil
}
