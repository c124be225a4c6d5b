// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Shutdown is srv.Shutdown after [Drain]: on its own it drops connections
// that it has accepted and not read a request from yet (golang/go#75591), which
// others would have waited for in the queue of the inherited socket.
func Shutdown(ctx context.Context, srv *http.Server) error {
	Drain(ctx, srv)
	return srv.Shutdown(ctx)
}

// Drain stops accepting connections on the inherited sockets that srv serves, without
// closing them, and waits for the connections that it has accepted: until each is
// closed, has its request handled, or has taken more than a second for it, or ctx is
// done. A connection that is kept alive has a moment for one more request, whose answer
// says that it is the last; then keep-alives are disabled. So a program that ends as
// soon as its server is closed, without waiting for Shutdown, cuts off what takes longer
// only, and no client that has just sent a request. Connections that arrive meanwhile
// wait in the queue of the socket for whoever serves it next. It needs listeners from
// [Drainable], and does nothing without.
func Drain(ctx context.Context, srv *http.Server) {
	tracks.Lock()
	t := trackerOf(srv)
	tracks.Unlock()
	if t == nil || !t.stop() {
		return
	}
	var done <-chan struct{}
	if ctx != nil { // Shutdown takes a nil one too, while it need not wait
		done = ctx.Done()
	}
	wait(done, t.answering)
	srv.SetKeepAlivesEnabled(false) // or clients that keep theirs busy hold us up
	wait(done, t.waiting)
}

// wait returns once a condition does not hold any more, or done is closed.
func wait(done <-chan struct{}, while func(now time.Time) bool) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for while(time.Now()) {
		select {
		case <-done:
			return
		case <-tick.C:
		}
	}
}

// Drainable returns a listener for srv.Serve and the like that [Drain] can stop,
// when l serves on an inherited socket, or is around a listener that does; else l
// itself. It sets srv.ConnState and srv.Handler, and calls what is there.
func Drainable(srv *http.Server, l net.Listener) net.Listener {
	if len(table.sockets) == 0 {
		return l
	}
	tracks.Lock()
	defer tracks.Unlock()
	t := trackerOf(srv)
	if t == nil { // at the first listener: once it serves, both are its to read
		t = &tracker{conns: make(map[net.Conn]time.Time), idle: make(map[net.Conn]time.Time), next: srv.ConnState}
		srv.ConnState = t.note
		srv.Handler = lastAnswers{t, srv.Handler}
	}
	if own := inheritedStream(l); own != nil {
		return t.listener(l, own)
	}
	return l
}

// trackerOf returns what is known of a server; nil before [Drainable]. The caller has
// locked tracks.
func trackerOf(srv *http.Server) *tracker {
	h, _ := srv.Handler.(lastAnswers)
	return h.t
}

// lastAnswers tells clients, once the server stops, not to send more requests on
// their connections. It also has what is known of the server, for as long as that is
// in use.
type lastAnswers struct {
	t       *tracker
	handler http.Handler // nil for http.DefaultServeMux
}

func (h lastAnswers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.t.isStopped() {
		w.Header().Set("Connection", "close")
	}
	if h.handler == nil {
		http.DefaultServeMux.ServeHTTP(w, r)
		return
	}
	h.handler.ServeHTTP(w, r)
}

// inheritedStream returns the listener that serves on an inherited socket and is l,
// or is inside l, by its address; nil for any other.
func inheritedStream(l net.Listener) deadliner {
	if isInherited(l) {
		return streamListener(l)
	}
	addr := l.Addr()
	if addr == nil {
		return nil
	}
	table.Lock()
	defer table.Unlock()
	for _, s := range table.sockets {
		own, ok := s.user.(deadliner)
		if ok && own.Addr().Network() == addr.Network() && own.Addr().String() == addr.String() && addr.String() != "" {
			return own
		}
	}
	return nil
}

// Servers that make their listeners themselves have them tracked too, for [Drain].
func init() { track = Drainable }

// tracks guards the handlers of servers, by which they are known.
var tracks sync.Mutex

// idleTime is how long a connection that is kept alive may send one more request
// once its server stops, or after an answer of then: for what is on its way already.
const idleTime = 250 * time.Millisecond

// A tracker knows the connections of one server.
type tracker struct {
	mu        sync.Mutex
	listeners []*trackedListener
	conns     map[net.Conn]time.Time // that are new, or have a request handled, and since when
	idle      map[net.Conn]time.Time // that are kept alive, and since when
	stopped   time.Time              // zero until then
	next      func(net.Conn, http.ConnState)
}

// note is the server's ConnState.
func (t *tracker) note(c net.Conn, state http.ConnState) {
	if t.next != nil {
		t.next(c, state) // first, as the time that it takes does not count
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
	delete(t.idle, c)
	switch state {
	case http.StateNew, http.StateActive:
		t.conns[c] = time.Now()
	case http.StateIdle:
		t.idle[c] = time.Now()
	}
}

// waiting reports whether a connection may still be cut off: one that has been
// accepted and may send its request, or has one handled.
func (t *tracker) waiting(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.listeners {
		if !l.parked && now.Sub(t.stopped) < time.Second {
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

// answering reports whether a connection that is kept alive may still send one more
// request: for a moment after the stop, or after an answer that did not say that it is
// the last, as its request was handled then. It has a second for all of that, so that
// programs which say the contrary themselves do not hold us up.
func (t *tracker) answering(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.stopped) > time.Second {
		return false
	}
	for _, since := range t.conns {
		if since.Before(t.stopped) {
			return true
		}
	}
	for _, since := range t.idle {
		if now.Sub(t.stopped) < idleTime || now.Sub(since) < idleTime {
			return true
		}
	}
	return false
}

// stop keeps the listeners from accepting, and reports whether there are any.
func (t *tracker) stop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped.IsZero() {
		t.stopped = time.Now()
	}
	for _, l := range t.listeners {
		l.own.SetDeadline(time.Unix(1, 0)) // of this process alone
	}
	return len(t.listeners) > 0
}

func (t *tracker) isStopped() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.stopped.IsZero()
}

func (t *tracker) listener(l net.Listener, own deadliner) *trackedListener {
	t.mu.Lock()
	defer t.mu.Unlock()
	tl := &trackedListener{Listener: l, own: own, t: t, closed: make(chan struct{})}
	t.listeners = append(t.listeners, tl)
	return tl
}

// A trackedListener accepts until it is stopped, and then waits to be closed.
type trackedListener struct {
	net.Listener
	own    deadliner // the listener, or the one inside it that serves on the socket
	t      *tracker
	parked bool // no Accept is under way any more; guarded by t.mu
	closed chan struct{}
	once   sync.Once
}

func (l *trackedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		return c, nil
	}
	l.t.mu.Lock()
	l.parked = !l.t.stopped.IsZero()
	parked := l.parked
	l.t.mu.Unlock()
	if !parked {
		return c, err // the listener's own, or a deadline of the program's
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
	return l.Listener.Close()
}
