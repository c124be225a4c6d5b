// Bundled by inheritfd, helper version 1. Upgrade with: inheritfd init

package inherit

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Shutdown is srv.Shutdown after [Quiesce]: on its own it drops connections
// that it has accepted and not read a request from yet (golang/go#75591), which
// others would have waited for in the queue of the inherited socket.
func Shutdown(ctx context.Context, srv *http.Server) error {
	Quiesce(ctx, srv)
	return srv.Shutdown(ctx)
}

// Quiesce stops accepting connections on the inherited sockets that srv serves,
// without closing them, disables keep-alives, and waits for the connections that
// it has accepted: until each is closed, has its request handled, or has taken
// more than a second for it, or ctx is done. So a program that ends as soon as
// its server is closed, without waiting for Shutdown, cuts off what takes longer
// only. Connections that arrive meanwhile wait in the queue of the socket for
// whoever serves it next. It needs listeners from [Tracked], and does nothing
// without.
func Quiesce(ctx context.Context, srv *http.Server) {
	t := trackerOf(srv)
	if t == nil || !t.stop() {
		return
	}
	srv.SetKeepAlivesEnabled(false) // or clients that keep theirs busy hold us up
	var done <-chan struct{}
	if ctx != nil { // Shutdown takes a nil one too, while it need not wait
		done = ctx.Done()
	}
	t.wait(done)
}

// wait returns once nothing is waiting, or done is closed.
func (t *tracker) wait(done <-chan struct{}) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for t.waiting(time.Now()) {
		select {
		case <-done:
			return
		case <-tick.C:
		}
	}
}

// Tracked returns a listener for srv.Serve and the like that [Quiesce] can
// stop: one around l when l serves on an inherited socket, else l itself. It
// sets srv.ConnState, and calls the function that is there.
func Tracked(srv *http.Server, l net.Listener) net.Listener {
	if len(table.sockets) == 0 {
		return l
	}
	tracks.Lock()
	defer tracks.Unlock()
	t := tracks.of[srv]
	if t == nil { // at the first listener: once it serves, ConnState is its to read
		t = &tracker{conns: make(map[net.Conn]time.Time), next: srv.ConnState}
		tracks.of[srv] = t
		srv.ConnState = t.note
	}
	if own := inheritedStream(l); own != nil {
		return t.listener(own)
	}
	return l
}

// inheritedStream returns a listener that serves on an inherited socket, nil
// for any other.
func inheritedStream(l net.Listener) deadliner {
	if !isInherited(l) {
		return nil
	}
	return streamListener(l)
}

func init() { track = Tracked }

// tracks has what is known of the servers on inherited sockets.
var tracks = struct {
	sync.Mutex
	of map[interface{}]*tracker
}{of: make(map[interface{}]*tracker)}

func trackerOf(srv interface{}) *tracker {
	tracks.Lock()
	defer tracks.Unlock()
	return tracks.of[srv]
}

// A tracker knows the connections of one server.
type tracker struct {
	mu        sync.Mutex
	listeners []*trackedListener
	conns     map[net.Conn]time.Time // that are new, or have a request handled, and since when
	next      func(net.Conn, http.ConnState)
}

// note is the server's ConnState.
func (t *tracker) note(c net.Conn, state http.ConnState) {
	if t.next != nil {
		t.next(c, state) // first, as the time that it takes does not count
	}
	t.mu.Lock()
	switch state {
	case http.StateNew, http.StateActive:
		t.conns[c] = time.Now()
	default:
		delete(t.conns, c)
	}
	t.mu.Unlock()
}

// waiting reports whether a connection may still be cut off: one that has been
// accepted and may send its request, or has one handled.
func (t *tracker) waiting(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.listeners {
		if !l.parked && now.Sub(l.stopped) < time.Second {
			return true
		}
	}
	for _, since := range t.conns {
		if now.Sub(since) < time.Second {
			return true
		}
	}
	return false
}

// stop keeps the listeners from accepting, and reports whether there are any.
func (t *tracker) stop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.listeners {
		l.stopped = time.Now()
		l.SetDeadline(time.Unix(1, 0)) // of this process alone
	}
	return len(t.listeners) > 0
}

func (t *tracker) listener(l deadliner) *trackedListener {
	t.mu.Lock()
	defer t.mu.Unlock()
	tl := &trackedListener{deadliner: l, t: t, closed: make(chan struct{})}
	t.listeners = append(t.listeners, tl)
	return tl
}

// A trackedListener accepts until it is stopped, and then waits to be closed.
type trackedListener struct {
	deadliner
	t       *tracker
	stopped time.Time // guarded by t.mu
	parked  bool      // no Accept is under way any more; guarded by t.mu
	closed  chan struct{}
	once    sync.Once
}

func (l *trackedListener) Accept() (net.Conn, error) {
	c, err := l.deadliner.Accept()
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return c, err
	}
	l.t.mu.Lock()
	l.parked = !l.stopped.IsZero()
	parked := l.parked
	l.t.mu.Unlock()
	if !parked {
		return c, err // a deadline of the program's own
	}
	<-l.closed
	return nil, net.ErrClosed
}

// Close ends what Accept waits for. The inherited socket stays open.
func (l *trackedListener) Close() error {
	l.t.mu.Lock()
	for i, other := range l.t.listeners {
		if other == l {
			l.t.listeners = append(l.t.listeners[:i:i], l.t.listeners[i+1:]...)
			break
		}
	}
	l.t.mu.Unlock()
	l.once.Do(func() { close(l.closed) })
	return l.deadliner.Close()
}
