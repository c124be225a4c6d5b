package verify

// This file defines restarts under load.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"inheritfd/fixer/launch"
)

// restart checks that clients lose nothing while the daemon is stopped and
// started again.
func (v *verifier) restart(ctx context.Context) (string, error) {
	if v.Restarts == 0 {
		return "", skipped("not asked for (-restarts)")
	}
	var asked []*launch.Socket
	for _, s := range v.sockets {
		if v.probe(s.Name, s.Network, s.Addr).kind != "connect" {
			asked = append(asked, s)
		}
	}
	if len(asked) == 0 {
		return "", skipped("a connection alone shows no answer: give a probe that waits for one")
	}
	v.d.kill()
	load := newLoad(context.WithoutCancel(ctx), v, asked) // the time is for each step
	defer load.stop()
	for n := range v.Restarts + 1 {
		d, err := start(v.Command, v.Command.Args, v.sockets)
		if err != nil {
			return "", err
		}
		v.d = d
		if err := load.more(v.d, v.Timeout, v.Clients*5); err != nil {
			v.d.kill()
			return "", err
		}
		if n == v.Restarts {
			break
		}
		if !v.d.stop(v.Timeout) {
			v.d.kill()
			return "", errors.New("it does not end on SIGTERM under load")
		}
		v.d.kill()
	}
	load.stop()
	return load.verdict(v)
}

// A load are clients that ask and ask.
type load struct {
	mu       sync.Mutex
	answered int
	failed   int
	err      error // the first
	worst    time.Duration

	end    context.CancelFunc
	once   sync.Once
	ending chan struct{}
	all    sync.WaitGroup
}

func newLoad(ctx context.Context, v *verifier, sockets []*launch.Socket) *load {
	ctx, cancel := context.WithCancel(ctx)
	l := &load{end: cancel, ending: make(chan struct{})}
	for n := range v.Clients {
		s := sockets[n%len(sockets)]
		p := v.probe(s.Name, s.Network, s.Addr)
		l.all.Go(func() {
			for {
				select {
				case <-l.ending:
					return
				default:
				}
				begin := time.Now()
				one, cancel := context.WithTimeout(ctx, v.Timeout)
				_, err := p.ask(one, s.Network, s.Addr)
				cancel()
				l.note(time.Since(begin), err)
			}
		})
	}
	return l
}

func (l *load) note(took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failed++
		if l.err == nil {
			l.err = err
		}
		return
	}
	l.answered++
	l.worst = max(l.worst, took)
}

// more waits until so many more requests were answered.
func (l *load) more(d *daemon, timeout time.Duration, n int) error {
	l.mu.Lock()
	want := l.answered + n
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return until(ctx, d, "clients are answered", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.answered >= want || l.failed > n
	})
}

// verdict returns what the clients got, once stopped.
func (l *load) verdict(v *verifier) (string, error) {
	if l.failed > 0 {
		return "", fmt.Errorf("%d of %d requests were lost in %d restarts: %v", l.failed, l.failed+l.answered, v.Restarts, l.err)
	}
	return fmt.Sprintf("%d requests by %d clients in %d restarts, none lost, the slowest %v", l.answered, v.Clients, v.Restarts, l.worst.Round(time.Millisecond)), nil
}

// stop lets the clients finish.
func (l *load) stop() {
	l.once.Do(func() { close(l.ending) })
	l.all.Wait()
	l.end()
}
