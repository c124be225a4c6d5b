package server

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"example.com/cached/cache"
	"example.com/cached/config"
)

// start serves with cfg and returns its listeners and a function that stops
// the server and returns what serve returned.
func start(t *testing.T, cfg config.Listen) ([]net.Listener, func() error) {
	t.Helper()
	s := New(cfg, cache.New(cache.Limits{Keys: 10, ValueBytes: 100}), slog.New(slog.DiscardHandler))
	listeners, err := s.listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, listeners) }()
	return listeners, func() error { cancel(); return <-done }
}

// ask sends text on a new connection to addr and returns the first line of
// the answer. The connection stays open until the test ends.
func ask(t *testing.T, addr net.Addr, text string) string {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprint(c, text)
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestBothListeners(t *testing.T) {
	dir, err := os.MkdirTemp("", "cached") // t.TempDir may be too long for sun_path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // the stale socket
		t.Fatal(err)
	}
	ls, stop := start(t, config.Listen{TCP: "127.0.0.1:0", Unix: path, UnixMode: 0o600})
	if len(ls) != 2 {
		t.Fatalf("%d listeners, want 2", len(ls))
	}
	if fi, err := os.Stat(path); err != nil {
		t.Error(err)
	} else if runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("mode of the socket = %v", fi.Mode())
	}
	if got := ask(t, ls[0].Addr(), "SET a 1\n"); got != "OK\n" {
		t.Errorf("SET over tcp = %q", got)
	}
	if got := ask(t, ls[1].Addr(), "GET a\n"); got != "VALUE 1\n" {
		t.Errorf("GET over unix = %q", got)
	}
	// The clients' connections are still open.
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestProxyProtocol(t *testing.T) {
	ls, stop := start(t, config.Listen{TCP: "127.0.0.1:0", ProxyProtocol: true})
	if got := ask(t, ls[0].Addr(), "PROXY TCP4 192.0.2.1 192.0.2.2 99 7070\r\nPING\n"); got != "PONG\n" {
		t.Errorf("PING behind a balancer = %q", got)
	}
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestParseProxy(t *testing.T) {
	for line, want := range map[string]string{
		"PROXY TCP4 192.0.2.1 192.0.2.2 99 7070\r\n":     "192.0.2.1:99",
		"PROXY TCP6 2001:db8::1 2001:db8::2 99 7070\r\n": "[2001:db8::1]:99",
		"PROXY UNKNOWN\r\n":                              "<nil>",
		"PROXY TCP4 localhost 192.0.2.2 99 7070\r\n":     "error",
		"GET a\n": "error",
	} {
		addr, err := parseProxy(line)
		got := fmt.Sprint(addr)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("parseProxy(%q) = %s, want %s", line, got, want)
		}
	}
}
