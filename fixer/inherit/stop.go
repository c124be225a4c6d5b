// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

//go:build go1.18

package inherit

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// Drained returns srv, a server other than a [http.Server], when it is ready
// for its own graceful stop: inherit.Drained(srv).GracefulStop(). It stops
// accepting on the inherited sockets that srv serves, without closing them, and
// waits until each connection that it has accepted was written to, closed, or
// silent for a second. Connections that arrive meanwhile wait in the queue of
// the socket for whoever serves it next. It needs listeners from
// [DrainableConns], and does nothing without.
func Drained[S comparable](srv S) S {
	servers.Lock()
	t := servers.of[srv]
	servers.Unlock()
	if t != nil && t.stop() {
		wait(nil, t.waiting)
	}
	return srv
}

// DrainableConns returns a listener for srv that [Drained] can stop, when l serves on
// an inherited socket, or is around a listener that does; else l itself.
func DrainableConns(srv interface{}, l net.Listener) net.Listener {
	own := inheritedStream(l)
	if own == nil {
		return l
	}
	servers.Lock()
	defer servers.Unlock()
	t := servers.of[srv]
	if t == nil {
		t = &tracker{conns: make(map[net.Conn]time.Time), idle: make(map[net.Conn]time.Time)}
		servers.of[srv] = t
	}
	return connTracker{t.listener(l, own), srv}
}

// servers has what is known of servers while they have listeners.
var servers = struct {
	sync.Mutex
	of map[interface{}]*tracker
}{of: make(map[interface{}]*tracker)}

// A connTracker makes connections that tell their tracker when they are
// answered.
type connTracker struct {
	*trackedListener
	srv interface{}
}

func (l connTracker) Accept() (net.Conn, error) {
	c, err := l.trackedListener.Accept()
	if err != nil {
		return nil, err
	}
	var once sync.Once
	l.t.note(c, http.StateNew)
	return watch(c, watcher{wrote: func() { once.Do(func() { l.t.note(c, http.StateClosed) }) }}), nil
}

// Close also forgets a server that has no listeners any more.
func (l connTracker) Close() error {
	err := l.trackedListener.Close()
	servers.Lock()
	defer servers.Unlock()
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if len(l.t.listeners) == 0 && servers.of[l.srv] == l.t {
		delete(servers.of, l.srv)
	}
	return err
}
