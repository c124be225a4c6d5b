package launch

// This file defines how the first worker is started when a connection waits, and
// the last one stopped when there has been none for a while.

import (
	"time"

	"golang.org/x/sys/unix"
)

// arm waits for a connection to start a worker for, with a stub that is ready
// to become it.
func (s *Supervisor) arm() {
	if s.disarm != nil || s.stopping {
		return
	}
	if s.prepared == nil {
		w := new(worker)
		c, err := s.command(w)
		if err == nil {
			s.prepared, err = c.Prepare(s.Sockets)
		}
		if s.itsGate = w.gate; err != nil { // then it is started when needed
			w.closeGate()
			s.itsGate = nil
		}
	}
	var wake [2]int
	if err := unix.Pipe2(wake[:], unix.O_CLOEXEC); err != nil {
		s.Log("cannot wait for connections: %v", err)
		s.end(1)
		return
	}
	s.tellReady()
	s.disarm = func() {
		s.disarm = nil
		unix.Close(wake[1])
	}
	fds := append(s.toPoll(), unix.PollFd{Fd: int32(wake[0])})
	go func() {
		defer unix.Close(wake[0])
		for {
			if _, err := unix.Poll(fds, -1); err == nil {
				break
			} else if err != unix.EINTR {
				break
			}
		}
		if fds[len(fds)-1].Revents == 0 {
			s.events <- s.wakeUp
		}
	}()
}

// cancel ends the stub that is ready, if there is one.
func (s *Supervisor) cancel() {
	if s.prepared == nil {
		return
	}
	s.prepared.Cancel()
	if s.itsGate != nil {
		s.itsGate.close()
	}
	s.prepared, s.itsGate = nil, nil
}

// wakeUp starts the workers that a connection waits for.
func (s *Supervisor) wakeUp() {
	if s.disarm == nil || s.stopping {
		return
	}
	s.disarm()
	s.lastActive = time.Now()
	if s.Trigger.over(s.lastActive) {
		s.Log("connections have it started more than %d times in %v: giving up, see TriggerLimitBurst= in systemd.socket(5)", s.Trigger.Burst, s.Trigger.Interval)
		s.end(1)
		return
	}
	s.fillNow()
}

// idle stops the last worker when there has been no connection for a while.
func (s *Supervisor) idle(now time.Time) {
	if s.Idle == 0 || len(s.workers) == 0 || s.count(ready) != len(s.workers) {
		return
	}
	if n := s.total(); n != s.active || s.depth() > 0 {
		s.active, s.lastActive = n, now
		return
	}
	due := now.Sub(s.lastActive) >= s.Idle
	if !due && now.Sub(s.looked) < max(time.Second, s.Idle/16) { // it takes time where there are many
		return
	}
	s.looked = now
	if connections(s.Sockets) > 0 {
		s.lastActive = now
		return
	}
	if !due {
		return
	}
	s.Log("no connections for %v: stopped until the next", s.Idle)
	s.Lazy = true
	for _, w := range s.workers {
		s.stop(w)
	}
}
