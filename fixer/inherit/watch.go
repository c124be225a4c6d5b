// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"io"
	"net"
	"syscall"
	"time"
)

// A watcher is told when something was read from a connection, and when
// something was written to it or it was closed. Functions may be nil.
type watcher struct{ read, wrote func() }

// watch returns a connection that tells w, and has the methods of c that
// programs ask for. Of a kind that it does not know it returns c, and says at
// once that it was written to.
func watch(c net.Conn, w watcher) net.Conn {
	switch c := c.(type) {
	case *watchedTCP:
		c.watchers = append(c.watchers, w)
		return c
	case *watchedUnix:
		c.watchers = append(c.watchers, w)
		return c
	case *net.TCPConn:
		return &watchedTCP{c, watchers{w}}
	case *net.UnixConn:
		return &watchedUnix{c, watchers{w}}
	}
	watchers{w}.wrote()
	return c
}

// watchers are those of one connection, set before it is used.
type watchers []watcher

func (ws watchers) read(n int) {
	for _, w := range ws {
		if n > 0 && w.read != nil {
			w.read()
		}
	}
}

func (ws watchers) wrote() {
	for _, w := range ws {
		if w.wrote != nil {
			w.wrote()
		}
	}
}

// tcpMethods are those of a *net.TCPConn that neither read nor write, without
// the unexported ones, by which net.Buffers would write past Write.
type tcpMethods interface {
	unixMethods
	SetKeepAlive(bool) error
	SetKeepAlivePeriod(time.Duration) error
	SetLinger(int) error
	SetNoDelay(bool) error
}

// unixMethods are those of a *net.UnixConn.
type unixMethods interface {
	net.Conn
	syscall.Conn
	CloseRead() error
	CloseWrite() error
	SetReadBuffer(int) error
	SetWriteBuffer(int) error
}

// A watchedTCP is a *net.TCPConn with watchers.
type watchedTCP struct {
	tcpMethods
	watchers watchers
}

func (c *watchedTCP) Read(b []byte) (int, error) {
	n, err := c.tcpMethods.Read(b)
	c.watchers.read(n)
	return n, err
}

func (c *watchedTCP) Write(b []byte) (int, error) {
	defer c.watchers.wrote()
	return c.tcpMethods.Write(b)
}

// ReadFrom is by which files are sent.
func (c *watchedTCP) ReadFrom(r io.Reader) (int64, error) {
	defer c.watchers.wrote()
	return c.tcpMethods.(io.ReaderFrom).ReadFrom(r)
}

func (c *watchedTCP) Close() error {
	defer c.watchers.wrote()
	return c.tcpMethods.Close()
}

// A watchedUnix is a *net.UnixConn with watchers.
type watchedUnix struct {
	unixMethods
	watchers watchers
}

func (c *watchedUnix) Read(b []byte) (int, error) {
	n, err := c.unixMethods.Read(b)
	c.watchers.read(n)
	return n, err
}

func (c *watchedUnix) Write(b []byte) (int, error) {
	defer c.watchers.wrote()
	return c.unixMethods.Write(b)
}

func (c *watchedUnix) Close() error {
	defer c.watchers.wrote()
	return c.unixMethods.Close()
}
