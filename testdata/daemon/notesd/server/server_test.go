package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/notes/config"
	"example.com/notes/store"
)

func newServer(t *testing.T) *Server {
	t.Helper()
	notes, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Addr: "127.0.0.1:0", MetricsPort: "0", MaxConns: 2}
	return New(cfg, notes, slog.New(slog.DiscardHandler))
}

func TestRoutes(t *testing.T) {
	h := newServer(t).routes()
	for _, test := range []struct {
		method, path, body string
		code               int
		want               string
	}{
		{"GET", "/healthz", "", 200, "ok\n"},
		{"GET", "/notes/todo", "", 404, "no such note\n"},
		{"PUT", "/notes/todo", "milk", 204, ""},
		{"GET", "/notes/todo", "", 200, "milk"},
		{"PUT", "/notes/Bad.Name", "x", 400, "bad note name: \"Bad.Name\"\n"},
		{"PUT", "/notes/long", strings.Repeat("x", maxNote+1), 413, "note too long\n"},
		{"DELETE", "/notes/todo", "", 204, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(test.method, test.path, strings.NewReader(test.body)))
		if w.Code != test.code || w.Body.String() != test.want {
			t.Errorf("%s %s = %d %q, want %d %q", test.method, test.path, w.Code, w.Body, test.code, test.want)
		}
	}
}

func TestServe(t *testing.T) {
	s := newServer(t)
	l, err := s.listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, l) }()

	res, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if string(body) != "ok\n" {
		t.Errorf("healthz = %q", body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("serve after a stop: %v", err)
	}
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("still listening after a stop")
	}
}

func TestMetrics(t *testing.T) {
	s := newServer(t)
	s.requests.Store(7)
	srv := s.metricsServer()
	if srv.Addr != "127.0.0.1:0" {
		t.Errorf("metrics address = %q", srv.Addr)
	}
	w := httptest.NewRecorder()
	srv.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(w.Body.String(), "notes_requests_total 7\n") {
		t.Errorf("metrics = %q", w.Body)
	}
}

func TestControl(t *testing.T) {
	s := newServer(t)
	client, srv := unixPair(t)
	go func() {
		defer srv.Close()
		s.control(srv)
	}()
	io.WriteString(client, "ping\nstats\nfly\n")
	client.CloseWrite()
	got, _ := io.ReadAll(client)
	want := "pong\nrequests 0 failures 0\nerror: unknown command \"fly\"\n"
	if string(got) != want {
		t.Errorf("control = %q, want %q", got, want)
	}
}

// unixPair returns the two ends of a connection over a socket in a short
// lived directory.
func unixPair(t *testing.T) (client, server *net.UnixConn) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: t.TempDir() + "/c", Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = net.DialUnix("unix", nil, l.Addr().(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = l.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}
