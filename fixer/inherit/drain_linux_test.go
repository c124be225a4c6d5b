package inherit_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"inheritfd/fixer/inherit"
)

// A server is one of the child's.
type server struct {
	srv      *http.Server
	accepted chan struct{} // one for each connection
	handled  chan struct{} // one for each request of /long
	conns    bool          // served by DrainableConns
}

// doServer takes a step with a server, and reports whether s is one:
//
//	Drainable   serves on a listener from Drainable; Out is "itself" if that is the one given
//	DrainableConns   the same from DrainableConns, for a server that Drained is to stop
//	TrackedListenAndServe, TrackedListenAndServeTLS   the same by a drop-in
//	Accepted  waits until the server has accepted a connection
//	Handled   waits until it handles a request of /long
//	AcceptedMore   Out is how many it has that were not waited for
//	Shutdown  returns when the shutdown has begun; Wait returns its error
//	Wrapped, WrappedConns   as Drainable and DrainableConns, of a listener around the one
//	Generations   serves with one server after the other; Out is how many are left
//	Drain   with a context that is done; Out is how often it was looked at
func (d daemon) doServer(n int, s step, res *result) (bool, error) {
	of := d.servers[s.Handle]
	switch s.Op {
	case "Drainable", "DrainableConns", "Wrapped", "WrappedConns", "TrackedListenAndServe", "TrackedListenAndServeTLS":
		return true, d.serve(n, s, res)
	case "Accepted":
		<-of.accepted
	case "Handled":
		<-of.handled
	case "AcceptedMore":
		res.Out = strconv.Itoa(len(of.accepted))
	case "Shutdown":
		ctx, cancel := context.WithTimeout(context.Background(), timeout/6)
		began := watched{ctx, new(atomic.Int64), make(chan struct{}, 1)}
		done, returned := make(chan error, 1), make(chan struct{})
		d.done[n] = done
		go func() {
			defer cancel()
			if of.conns {
				done <- inherit.Drained(of).srv.Shutdown(began)
			} else {
				done <- inherit.Shutdown(began, of.srv)
			}
			close(returned)
		}()
		if of.conns {
			waitNoAccept()
			break
		}
		select {
		case <-began.looked:
			waitNoAccept() // that was under way
		case <-returned:
		}
	case "Generations":
		n, err := d.generations(s)
		res.Out = strconv.Itoa(n)
		return true, err
	case "Drain":
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w := watched{ctx, new(atomic.Int64), make(chan struct{}, 1)}
		inherit.Drain(w, of.srv)
		res.Out = strconv.FormatInt(w.looks.Load(), 10)
	default:
		return false, nil
	}
	return true, nil
}

func (d daemon) serve(n int, s step, res *result) error {
	of := &server{&http.Server{Addr: s.Address}, make(chan struct{}, 100), make(chan struct{}, 100), strings.HasSuffix(s.Op, "Conns")}
	shutdown := make(chan struct{})
	of.srv.RegisterOnShutdown(func() { close(shutdown) })
	var last atomic.Pointer[chan struct{}]
	of.srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/relay" { // is answered when the next such request has come
			next := make(chan struct{})
			if last := last.Swap(&next); last != nil {
				close(*last)
			}
			select {
			case <-next:
			case <-shutdown:
			}
		}
		if r.URL.Path == "/stay" { // as programs with streams of events have it
			w.Header().Set("Connection", "keep-alive")
		}
		if r.URL.Path == "/long" { // longer than idle connections have
			of.handled <- struct{}{}
			<-time.After(400 * time.Millisecond)
		}
		fmt.Fprintf(w, "step %d %s", n, r.Proto)
	})
	of.srv.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			of.accepted <- struct{}{}
		}
	}
	serve := func() error { return inherit.ServerListenAndServe(of.srv) }
	switch s.Op {
	case "TrackedListenAndServeTLS":
		serve = func() error { return inherit.ServerListenAndServeTLS(of.srv, s.Cert, s.Key) }
	case "Drainable", "DrainableConns", "Wrapped", "WrappedConns":
		l, err := inherit.Listen(s.Network, s.Address)
		if err != nil {
			return err
		}
		res.Addr = l.Addr().String()
		if strings.HasPrefix(s.Op, "Wrapped") {
			l = around{l}
		}
		tracked := l
		if of.conns {
			tracked = inherit.DrainableConns(of, l)
		} else {
			tracked = inherit.Drainable(of.srv, l)
		}
		if tracked == l {
			res.Out = "itself"
		}
		serve = func() error { return of.srv.Serve(tracked) }
	}
	d.servers[n] = of
	done := make(chan error, 1)
	d.done[n] = done
	go func() { done <- serve() }()
	return nil
}

// around is a listener around another, as programs have for limits and counters.
type around struct{ net.Listener }

func (l around) Accept() (net.Conn, error) { return l.Listener.Accept() }

// generations serves on an inherited socket with a server after another, as daemons
// do that reload, and returns how many of them are not given free.
func (d daemon) generations(s step) (int, error) {
	const all = 50
	var left atomic.Int64
	for i := range all {
		if err := generation(s, i%2 == 0, &left); err != nil {
			return 0, err
		}
	}
	end := time.After(timeout)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for left.Load() > 2 { // what the runtime has at hand
		runtime.GC()
		select {
		case <-tick.C:
		case <-end:
			return int(left.Load()), nil
		}
	}
	return 0, nil
}

// generation is one of them.
func generation(s step, conns bool, left *atomic.Int64) error {
	l, err := inherit.Listen(s.Network, s.Address)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	left.Add(1)
	runtime.SetFinalizer(srv, func(*http.Server) { left.Add(-1) })
	done := make(chan error, 1)
	tracked := inherit.Drainable(srv, l)
	if conns {
		tracked = inherit.DrainableConns(srv, l)
	}
	serving := make(chan struct{})
	go func() {
		close(serving)
		done <- srv.Serve(tracked)
	}()
	<-serving
	if conns {
		err = inherit.Drained(srv).Shutdown(context.Background())
	} else {
		err = inherit.Shutdown(context.Background(), srv)
	}
	l.Close() // where the server had not begun to serve
	<-done
	return err
}

// waitNoAccept waits until no goroutine is accepting.
func waitNoAccept() {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	stacks := make([]byte, 1<<20)
	for {
		if n := runtime.Stack(stacks, true); !bytes.Contains(stacks[:n], []byte("poll.(*FD).Accept(")) {
			return
		}
		<-tick.C
	}
}

// watched is a context that says when somebody looks whether it is done, which
// Drain does once it has stopped the listeners.
type watched struct {
	context.Context
	looks  *atomic.Int64
	looked chan struct{}
}

func (w watched) Done() <-chan struct{} {
	if w.looks.Add(1) == 1 {
		w.looked <- struct{}{}
	}
	return w.Context.Done()
}

// over returns a client that has conn only, and over TLS speaks proto.
func over(t *testing.T, conn net.Conn, proto string) *http.Client {
	conns := make(chan net.Conn, 1)
	conns <- conn
	tr := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			select {
			case c := <-conns:
				return c, nil
			default:
				return nil, errors.New("another connection is needed")
			}
		},
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: proto == "HTTP/2.0",
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: timeout}
}

// request returns the body that url has.
func request(c *http.Client, url string) (string, error) {
	resp, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func connect(t *testing.T, network, address string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout(network, address, timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestShutdown has a connection that is accepted before the shutdown, and sends
// its request later, and one that comes later. (Over HTTP/2 the first one may be
// told to send it to another connection, which clients do by themselves.)
func TestShutdown(t *testing.T) {
	cert, key := certificate(t)
	dir := t.TempDir()
	for _, test := range []struct{ op, network, address, url string }{
		{"Drainable", "tcp", "127.0.0.1:0", "http://s/"},
		{"Drainable", "unix", dir + "/s", "http://s/"},
		{"DrainableConns", "tcp", "127.0.0.1:0", "http://s/"},
		{"DrainableConns", "unix", dir + "/c", "http://s/"},
		{"Wrapped", "tcp", "127.0.0.1:0", "http://s/"},
		{"Wrapped", "unix", dir + "/w", "http://s/"},
		{"WrappedConns", "tcp", "127.0.0.1:0", "http://s/"},
		{"TrackedListenAndServe", "tcp", "127.0.0.1:0", "http://s/"},
		{"TrackedListenAndServeTLS", "tcp", "127.0.0.1:0", "https://s/"},
	} {
		t.Run(test.op+" "+test.network, func(t *testing.T) {
			f, addr := bind(t, test.network, test.address)
			c := start(t, env(1), f)
			serve := step{Op: test.op, Network: test.network, Address: addr, Cert: cert, Key: key}
			first := c.must(serve)
			if first.Out != "" {
				t.Error("Drainable returned an inherited listener itself")
			}
			early := connect(t, test.network, addr)
			c.must(step{Op: "Accepted", Handle: first.Step})
			shutdown := c.must(step{Op: "Shutdown", Handle: first.Step})
			late := connect(t, test.network, addr)
			answer := func(conn net.Conn) <-chan string {
				got := make(chan string, 1)
				go func() {
					body, err := request(over(t, conn, "HTTP/1.1"), test.url)
					if err != nil {
						body = err.Error()
					}
					got <- body
				}()
				return got
			}
			toLate := answer(late)
			if got, want := <-answer(early), fmt.Sprintf("step %d HTTP/1.1", first.Step); got != want {
				t.Errorf("early connection: %q, want %q", got, want)
			}
			if r := c.do(step{Op: "Wait", Handle: shutdown.Step}); r.Err != "" {
				t.Errorf("shutdown: %s", r.Err)
			}
			r := c.do(step{Op: "Wait", Handle: first.Step})
			if r.Err != http.ErrServerClosed.Error() {
				t.Errorf("serve: %q", r.Err)
			}
			wantClaimed(t, r, "")
			if n := c.must(step{Op: "AcceptedMore", Handle: first.Step}).Out; n != "0" {
				t.Errorf("%s connections were accepted after the stop", n)
			}
			second := c.must(serve)
			if got, want := <-toLate, fmt.Sprintf("step %d HTTP/1.1", second.Step); got != want {
				t.Errorf("late connection: %q, want %q", got, want)
			}
		})
	}
}

// TestShutdownBusy has clients that keep their connections, one of which waits
// for an answer at any time. That must not hold up the shutdown.
func TestShutdownBusy(t *testing.T) {
	cert, key := certificate(t)
	for op, url := range map[string]string{"TrackedListenAndServe": "http://s/relay", "TrackedListenAndServeTLS": "https://s/relay"} {
		f, addr := bind(t, "tcp4", "127.0.0.1:0")
		c := start(t, env(1), f)
		r := c.must(step{Op: op, Address: addr, Cert: cert, Key: key})
		var clients sync.WaitGroup
		answered := make(chan struct{}, 1)
		for range 2 {
			client := over(t, connect(t, "tcp", addr), "HTTP/2.0")
			clients.Go(func() {
				for { // until it wants another connection
					if _, err := request(client, url); err != nil {
						return
					}
					select {
					case answered <- struct{}{}:
					default:
					}
				}
			})
		}
		<-answered
		s := c.must(step{Op: "Shutdown", Handle: r.Step})
		if r := c.do(step{Op: "Wait", Handle: s.Step}); r.Err != "" {
			t.Errorf("%s: shutdown: %s", op, r.Err)
		}
		clients.Wait()
	}
}

// TestShutdownStays has a client that asks again and again, of a program that says of
// each answer that it is not the last. That must not hold up the shutdown.
func TestShutdownStays(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	r := c.must(step{Op: "TrackedListenAndServe", Address: addr})
	client := over(t, connect(t, "tcp", addr), "HTTP/1.1")
	answered, over := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(over)
		for {
			if _, err := request(client, "http://s/stay"); err != nil {
				return
			}
			select {
			case answered <- struct{}{}:
			default:
			}
		}
	}()
	<-answered
	s := c.must(step{Op: "Shutdown", Handle: r.Step})
	if r := c.do(step{Op: "Wait", Handle: s.Step}); r.Err != "" {
		t.Errorf("shutdown: %s", r.Err)
	}
	<-over
}

// TestGenerations checks that nothing is kept of servers that were stopped.
func TestGenerations(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	if out := c.must(step{Op: "Generations", Network: "tcp", Address: addr}).Out; out != "0" {
		t.Errorf("%s of 50 servers are kept", out)
	}
}

// TestShutdownKept has a client that keeps its connection, and sends a request on it
// when the server has begun to stop: in the moment that there is for it, it is
// answered, and told that this is the last.
func TestShutdownKept(t *testing.T) {
	answered := 0
	for range 20 {
		f, addr := bind(t, "tcp4", "127.0.0.1:0")
		c := start(t, env(1), f)
		r := c.must(step{Op: "TrackedListenAndServe", Address: addr})
		client := over(t, connect(t, "tcp", addr), "HTTP/1.1")
		if _, err := request(client, "http://s/"); err != nil {
			t.Fatal(err)
		}
		s := c.must(step{Op: "Shutdown", Handle: r.Step})
		if resp, err := client.Post("http://s/", "text/plain", nil); err == nil {
			answered++
			if !resp.Close {
				t.Error("the answer does not say that it is the last")
			}
			resp.Body.Close()
		}
		if r := c.do(step{Op: "Wait", Handle: s.Step}); r.Err != "" {
			t.Errorf("shutdown: %s", r.Err)
		}
	}
	if answered == 0 {
		t.Error("no request was answered")
	}
}

// TestShutdownLong has a request handled when the server begins to stop, whose answer
// does not say that it is the last, so that another one comes: that is answered, too.
func TestShutdownLong(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	r := c.must(step{Op: "TrackedListenAndServe", Address: addr})
	client := over(t, connect(t, "tcp", addr), "HTTP/1.1")
	answer := make(chan error, 1)
	go func() { _, err := request(client, "http://s/long"); answer <- err }()
	c.must(step{Op: "Handled", Handle: r.Step})
	s := c.must(step{Op: "Shutdown", Handle: r.Step})
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	resp, err := client.Post("http://s/", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if !resp.Close {
		t.Error("the second answer does not say that it is the last")
	}
	if r := c.do(step{Op: "Wait", Handle: s.Step}); r.Err != "" {
		t.Errorf("shutdown: %s", r.Err)
	}
}

func TestDrainDone(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	r := c.must(step{Op: "Drainable", Network: "tcp", Address: addr})
	connect(t, "tcp", addr)
	c.must(step{Op: "Accepted", Handle: r.Step})
	// It would look a thousand times in the second that it waits for the request.
	out := c.must(step{Op: "Drain", Handle: r.Step}).Out
	if n, err := strconv.Atoi(out); err != nil || n == 0 || n > 20 {
		t.Errorf("the context, which was done, was looked at %s times", out)
	}
}

func TestNotTracked(t *testing.T) {
	f, _ := bind(t, "tcp4", "127.0.0.1:0")
	for _, c := range []*child{start(t, nil), start(t, env(1), f)} {
		r := c.must(step{Op: "Drainable", Network: "tcp", Address: "127.0.0.1:0"})
		if r.Out != "itself" {
			t.Error("Drainable returned another listener")
		}
		silent := connect(t, "tcp", r.Addr)
		c.must(step{Op: "Accepted", Handle: r.Step})
		if n := c.must(step{Op: "Drain", Handle: r.Step}).Out; n != "0" {
			t.Error("Drain waited")
		}
		if got, want := get(t, "http://"+r.Addr), fmt.Sprintf("step %d HTTP/1.1", r.Step); got != want {
			t.Errorf("after Drain: %q, want %q", got, want)
		}
		silent.Close() // http.Server waits five seconds for it
		s := c.must(step{Op: "Shutdown", Handle: r.Step})
		if r := c.do(step{Op: "Wait", Handle: s.Step}); r.Err != "" {
			t.Errorf("shutdown: %s", r.Err)
		}
		if r := c.must(step{Op: "DrainableConns", Network: "tcp", Address: "127.0.0.1:0"}); r.Out != "itself" {
			t.Error("DrainableConns returned another listener")
		}
	}
}
