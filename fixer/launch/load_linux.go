package launch

// This file defines what is measured of the load, and how many workers that
// makes.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// rescale starts or stops workers as the load has it.
func (s *Supervisor) rescale(now time.Time) {
	if s.Max == s.Min || len(s.workers) == 0 || s.replacing() || !s.retry.IsZero() {
		return
	}
	l := Load{Depth: s.depth(), Workers: s.count(ready), Coming: s.count(starting)}
	if s.total() > 0 { // they tell
		for _, w := range s.workers {
			if w.gate != nil && w.state == ready {
				_, busy := w.gate.read()
				l.Busy += busy
			}
		}
		l.Room = s.Gate
	}
	want := s.scale.Step(now, l)
	for have := l.Workers + l.Coming; have < want; have++ {
		if err := s.start(nil); err != nil {
			s.Log("%v", err)
			return
		}
		s.Log("%d wait in the queue: worker %d of at most %d is started", l.Depth, have+1, s.Max)
	}
	if want >= l.Workers+l.Coming {
		return
	}
	for _, w := range slices.Backward(s.workers) {
		if w.state == ready && !w.adopted {
			s.Log("nothing waits: worker %d is stopped, and %d stay", w.process.Pid, want)
			s.stop(w)
			return
		}
	}
}

// depth returns how many connections wait in all queues.
func (s *Supervisor) depth() int {
	n := 0
	for _, socket := range s.Sockets {
		if i, err := Inspect(socket.fd); err == nil && i.Depth > 0 {
			n += i.Depth
		}
	}
	return n
}

// pending reports whether a connection or a datagram waits.
func (s *Supervisor) pending() bool {
	n, err := unix.Poll(s.toPoll(), 0)
	return err == nil && n > 0
}

// toPoll returns the sockets for poll(2), to be readable.
func (s *Supervisor) toPoll() []unix.PollFd {
	var fds []unix.PollFd
	for _, socket := range s.Sockets {
		fds = append(fds, unix.PollFd{Fd: int32(socket.fd), Events: unix.POLLIN})
	}
	return fds
}

// total returns how many connections were accepted, as far as workers tell.
func (s *Supervisor) total() uint64 {
	n := s.accepted
	for _, w := range s.workers {
		if w.gate != nil {
			accepted, _ := w.gate.read()
			n += accepted
		}
	}
	return n
}

// A gate is where a worker with the helper's gate writes its numbers.
type gate struct{ fd int }

func newGate() (*gate, error) {
	fd, err := unix.MemfdCreate("inheritfd-gate", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd: %w", err)
	}
	return &gate{fd}, nil
}

// read returns how many connections the worker has accepted, and how many it is
// answering; zeros when it does not tell.
func (g *gate) read() (accepted uint64, busy int) {
	var b [64]byte
	n, err := unix.Pread(g.fd, b[:], 0)
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(b[:n]))
	if len(fields) != 2 {
		return 0, 0
	}
	accepted, _ = strconv.ParseUint(fields[0], 10, 64)
	busy, _ = strconv.Atoi(fields[1])
	return accepted, busy
}

func (g *gate) close() { unix.Close(g.fd) }
