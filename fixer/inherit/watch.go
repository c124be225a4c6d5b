// Bundled by inheritfd, helper version 1. Upgrade with: inheritfd init

package inherit

import (
	"io"
	"net"
)

// A watcher is told when something was read from a connection, and when
// something was written to it or it was closed. Functions may be nil.
type watcher struct{ read, wrote func() }

// watch returns a connection that tells w, and has the methods of c. Of a kind
// that it does not know it returns c, and says at once that it was written to.
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

// A watchedTCP is a *net.TCPConn with watchers.
type watchedTCP struct {
	*net.TCPConn
	watchers watchers
}

func (c *watchedTCP) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	c.watchers.read(n)
	return n, err
}

func (c *watchedTCP) Write(b []byte) (int, error) {
	defer c.watchers.wrote()
	return c.TCPConn.Write(b)
}

func (c *watchedTCP) ReadFrom(r io.Reader) (int64, error) {
	defer c.watchers.wrote()
	return c.TCPConn.ReadFrom(r)
}

func (c *watchedTCP) Close() error {
	defer c.watchers.wrote()
	return c.TCPConn.Close()
}

// A watchedUnix is a *net.UnixConn with watchers.
type watchedUnix struct {
	*net.UnixConn
	watchers watchers
}

func (c *watchedUnix) Read(b []byte) (int, error) {
	n, err := c.UnixConn.Read(b)
	c.watchers.read(n)
	return n, err
}

func (c *watchedUnix) Write(b []byte) (int, error) {
	defer c.watchers.wrote()
	return c.UnixConn.Write(b)
}

func (c *watchedUnix) Close() error {
	defer c.watchers.wrote()
	return c.UnixConn.Close()
}
