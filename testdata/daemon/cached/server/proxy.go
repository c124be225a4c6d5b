package server

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// maxProxyLine is the longest header that version 1 of the PROXY protocol
// allows, https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt.
const maxProxyLine = 107

// proxyListener accepts connections that a load balancer opens with the
// address of its client.
type proxyListener struct{ net.Listener }

func (l *proxyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &proxyConn{Conn: c, in: bufio.NewReaderSize(c, 4096)}, nil
}

// proxyConn reads the header with the first Read, so that a slow peer
// doesn't hold up Accept.
type proxyConn struct {
	net.Conn
	in   *bufio.Reader
	once sync.Once
	err  error

	mu     sync.Mutex
	client net.Addr
}

func (c *proxyConn) Read(p []byte) (int, error) {
	c.once.Do(func() {
		line, err := readHeader(c.in)
		if err == nil {
			var client net.Addr
			client, err = parseProxy(line)
			c.mu.Lock()
			c.client = client
			c.mu.Unlock()
		}
		c.err = err
	})
	if c.err != nil {
		return 0, c.err
	}
	return c.in.Read(p)
}

// RemoteAddr returns the client's address once the header was read.
func (c *proxyConn) RemoteAddr() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client
	}
	return c.Conn.RemoteAddr()
}

func readHeader(in *bufio.Reader) (string, error) {
	var line []byte
	for len(line) < maxProxyLine {
		b, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		line = append(line, b)
		if b == '\n' {
			return string(line), nil
		}
	}
	return "", fmt.Errorf("PROXY header is longer than %d bytes", maxProxyLine)
}

// parseProxy returns the client's address in a header line, or nil if the
// balancer doesn't know it.
func parseProxy(line string) (net.Addr, error) {
	f := strings.Fields(line)
	switch {
	case len(f) >= 2 && f[0] == "PROXY" && f[1] == "UNKNOWN":
		return nil, nil
	case len(f) == 6 && f[0] == "PROXY" && (f[1] == "TCP4" || f[1] == "TCP6"):
		addr, err := netip.ParseAddrPort(net.JoinHostPort(f[2], f[4]))
		if err != nil {
			return nil, fmt.Errorf("PROXY header: %w", err)
		}
		return net.TCPAddrFromAddrPort(addr), nil
	}
	return nil, fmt.Errorf("bad PROXY header %q", line)
}
