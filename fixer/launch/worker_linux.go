package launch

// This file defines the processes that serve the sockets: their start, and how
// it is known that they have ended.

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

type workerState string

const (
	starting workerState = "starting"
	ready    workerState = "ready"
	leaving  workerState = "stopping"
)

// A worker is a process that serves the sockets.
type worker struct {
	process  *os.Process
	state    workerState
	started  time.Time
	ready    time.Time
	deadline time.Time // for its start, or its stop
	killed   bool
	failed   bool // to be ready in time
	gate     *gate
	status   string // that it told
	replaces *worker
	adopted  bool // it is the child of another supervisor
}

func (w *worker) closeGate() {
	if w.gate != nil {
		w.gate.close()
		w.gate = nil
	}
}

// start starts a worker, to replace another one if that is not nil.
func (s *Supervisor) start(replaces *worker) error {
	w := &worker{state: starting, started: time.Now(), deadline: time.Now().Add(s.ReadyTimeout), replaces: replaces}
	var err error
	if p := s.prepared; p != nil {
		w.gate, s.prepared, s.itsGate = s.itsGate, nil, nil
		if w.process, err = p.Go(); err != nil {
			_, _ = p.Process.Wait() // somebody has ended it
			w.process = nil
			w.closeGate()
		}
	}
	if w.process == nil {
		var c Command
		if c, err = s.command(w); err == nil {
			w.process, err = c.Start(s.Sockets)
		}
	}
	if err != nil {
		w.closeGate()
		return fmt.Errorf("cannot start %s: %w", s.Command.Path, err)
	}
	s.workers = append(s.workers, w)
	return nil
}

// command returns the command for a worker.
func (s *Supervisor) command(w *worker) (Command, error) {
	c := s.Command
	env := c.Env
	if env == nil {
		env = os.Environ()
	}
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool { return strings.HasPrefix(kv, "NOTIFY_SOCKET=") })
	c.Env = append(env, "NOTIFY_SOCKET="+s.notify.addr)
	if s.Gate > 0 {
		if g, err := newGate(); err == nil { // error: it does without, as one that does not heed it
			w.gate, c.gate, c.limit = g, g.fd, s.Gate
		}
	}
	return c, nil
}

func exitCode(state *os.ProcessState, err error) int {
	if err != nil {
		return 1
	}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}

// ended reports whether a process that need not be a child has ended, even if
// nobody has waited for it yet.
func ended(p *os.Process) bool {
	over := false
	err := p.WithHandle(func(pidfd uintptr) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 0)
		over = err == nil && n > 0
	})
	if errors.Is(err, os.ErrNoHandle) { // a kernel without pidfds
		return unix.Kill(p.Pid, 0) == unix.ESRCH
	}
	return over || err != nil
}

// reap sees to the workers that have ended, and to processes that are nobody's.
// Waiting for each in a goroutine would take a thread for each, see settle.
func (s *Supervisor) reap() {
	for _, pid := range s.orphans() {
		_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil) // error: another thread has
	}
	for _, w := range slices.Clone(s.workers) {
		if !w.adopted && childEnded(w.process) {
			if len(s.orphans()) > 0 {
				s.orphaned(w)
				continue
			}
			state, err := w.process.Wait()
			s.exited(w, exitCode(state, err))
		}
	}
	if p := s.prepared; p != nil && childEnded(p.Process) { // somebody has ended it: the next start does without
		s.cancel()
	}
	reapOthers(func(pid int) bool {
		return s.prepared != nil && s.prepared.Process.Pid == pid ||
			slices.ContainsFunc(s.workers, func(w *worker) bool { return w.process.Pid == pid })
	})
}

// orphans lists the processes that have lost the build tool which started them, and are
// children of this one by now.
func (s *Supervisor) orphans() []int {
	if !s.Command.NoPID {
		return nil
	}
	return slices.DeleteFunc(childrenOf(os.Getpid()), func(pid int) bool {
		return s.prepared != nil && s.prepared.Process.Pid == pid ||
			slices.ContainsFunc(s.workers, func(w *worker) bool { return w.process.Pid == pid })
	})
}

// orphaned stops what a build tool leaves behind that has ended: the worker ends with it.
func (s *Supervisor) orphaned(w *worker) {
	if w.state == leaving {
		return // and told already
	}
	s.Log("%s has ended, and what it started is stopped", s.Command.Path)
	w.state, w.failed, w.deadline = leaving, true, time.Now().Add(s.StopTimeout)
	s.send(w, unix.SIGTERM)
}

// childEnded reports whether a child that has not been waited for has ended, so
// that waiting takes no time.
func childEnded(p *os.Process) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, p.Pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err != nil && err != unix.EINTR || info.Signo != 0 // error: somebody has waited for it
}

// reapOthers waits for processes that have ended and have no waiter of their
// own: a process with id 1 is the parent of all that have lost theirs.
func reapOthers(waited func(pid int) bool) {
	if os.Getpid() != 1 {
		return
	}
	for _, pid := range processes() {
		if !waited(pid) {
			_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil) // error: is no child
		}
	}
}
