// Bundled by inheritfd, helper version 1. Upgrade with: inheritfd init

//go:build go1.18

package inherit

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// Quiesced returns srv, a server other than a [http.Server], when it is ready
// for its own graceful stop: inherit.Quiesced(srv).GracefulStop(). It stops
// accepting on the inherited sockets that srv serves, without closing them, and
// waits until each connection that it has accepted was written to, closed, or
// silent for a second. Connections that arrive meanwhile wait in the queue of
// the socket for whoever serves it next. It needs listeners from
// [TrackedConns], and does nothing without.
func Quiesced[S comparable](srv S) S {
	if t := trackerOf(srv); t != nil && t.stop() {
		t.wait(nil)
	}
	return srv
}

// TrackedConns returns a listener for srv that [Quiesced] can stop: one around
// l when l serves on an inherited socket, else l itself.
func TrackedConns(srv interface{}, l net.Listener) net.Listener {
	own := inheritedStream(l)
	if own == nil {
		return l
	}
	tracks.Lock()
	defer tracks.Unlock()
	t := tracks.of[srv]
	if t == nil {
		t = &tracker{conns: make(map[net.Conn]time.Time)}
		tracks.of[srv] = t
	}
	return connTracker{t.listener(own)}
}

// A connTracker makes connections that tell their tracker when they are
// answered.
type connTracker struct{ *trackedListener }

func (l connTracker) Accept() (net.Conn, error) {
	c, err := l.trackedListener.Accept()
	if err != nil {
		return nil, err
	}
	var once sync.Once
	l.t.note(c, http.StateNew)
	return watch(c, watcher{wrote: func() { once.Do(func() { l.t.note(c, http.StateIdle) }) }}), nil
}
