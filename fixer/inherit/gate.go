// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// A gate keeps a program from accepting more connections than it is to answer
// at a time, so that others wait in the queue of the inherited socket, where
// another process may take them and the launcher sees them. There is none
// unless the launcher asks for it, see inheritfd run -workers.
type gate struct {
	mu       sync.Mutex
	limit    int
	busy     map[net.Conn]time.Time // that are being answered, and until when they count
	accepted uint64
	told     string        // the numbers last written
	room     chan struct{} // closed when there may be room
}

// A connection counts as being answered from the first thing that it says, for
// busyTime at most, and a new one for newTime before it says something: whoever
// takes longer, or only ever talks, is not to keep others out.
const (
	busyTime = 5 * time.Second
	newTime  = 100 * time.Millisecond
)

// theGate is nil when there is none.
var theGate = openGate()

// openGate reads what the launcher asks for: how many connections, the
// descriptor to tell it numbers on, and the process that is asked.
func openGate() *gate {
	var limit, fd, pid int
	_, err := fmt.Sscanf(os.Getenv("INHERITFD_GATE"), "%d:%d:%d", &limit, &fd, &pid)
	os.Unsetenv("INHERITFD_GATE")
	if err != nil || limit <= 0 || fd < firstFD || pid != os.Getpid() { // as with LISTEN_PID
		return nil
	}
	g := &gate{limit: limit, busy: make(map[net.Conn]time.Time), room: make(chan struct{})}
	go g.tell(openNumbers(fd))
	return g
}

// tell writes the numbers when they have changed, a few times a second.
func (g *gate) tell(write func(text string) error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		g.mu.Lock()
		g.expire(time.Now())
		text := fmt.Sprintf("%20d %10d\n", g.accepted, len(g.busy))
		changed := text != g.told
		g.told = text
		g.mu.Unlock()
		if changed && write(text) != nil {
			return
		}
	}
}

// throughGate returns a listener that heeds the gate, l itself if there is none. It
// is not a *net.TCPListener then.
func throughGate(l net.Listener) net.Listener {
	own := streamListener(l)
	if theGate == nil || own == nil {
		return l
	}
	return &gatedListener{deadliner: own}
}

func init() { gated = throughGate }

// A gatedListener accepts when there is room.
type gatedListener struct {
	deadliner
	mu     sync.Mutex
	closed bool // or has a deadline: what it is to wait for is not room
}

func (l *gatedListener) inside() deadliner { return l.deadliner }

func (l *gatedListener) Accept() (net.Conn, error) {
	for !l.done() {
		room := theGate.wait()
		if room == nil {
			break
		}
		select {
		case <-room:
		case <-time.After(100 * time.Millisecond): // some may have expired
		}
	}
	c, err := l.deadliner.Accept()
	if err != nil {
		return nil, err
	}
	return theGate.admit(c), nil
}

func (l *gatedListener) done() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// SetDeadline sets that of the listener below, which Accept then returns to.
func (l *gatedListener) SetDeadline(t time.Time) error {
	l.mu.Lock()
	l.closed = !t.IsZero()
	l.mu.Unlock()
	return l.deadliner.SetDeadline(t)
}

func (l *gatedListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	return l.deadliner.Close()
}

// wait returns nil if there is room, else what is closed when there may be.
func (g *gate) wait() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expire(time.Now())
	if len(g.busy) < g.limit {
		return nil
	}
	return g.room
}

func (g *gate) expire(now time.Time) {
	for c, until := range g.busy {
		if now.After(until) {
			delete(g.busy, c)
		}
	}
}

// admit counts a connection as being answered: from when something is read to
// when something is written.
func (g *gate) admit(c net.Conn) net.Conn {
	g.mu.Lock()
	g.accepted++
	g.busy[c] = time.Now().Add(newTime)
	g.mu.Unlock()
	said := false // since it was last answered; guarded by g.mu
	read := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if !said {
			said = true
			g.busy[c] = time.Now().Add(busyTime)
		}
	}
	wrote := func() {
		g.mu.Lock()
		said = false
		g.mu.Unlock()
		g.leave(c)
	}
	return watch(c, watcher{read: read, wrote: wrote})
}

func (g *gate) leave(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.busy[c]; ok {
		delete(g.busy, c)
		close(g.room)
		g.room = make(chan struct{})
	}
}
