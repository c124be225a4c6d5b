package launch

// This file defines the supervisor: what happens, and what it does about it.

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Config says what to run, and how.
type Config struct {
	Command Command
	Sockets []*Socket // owned by the supervisor, which closes them
	Min     int       // workers; 0 is 1
	Max     int       // 0 is Min
	// Lazy starts the first worker when a connection waits, and Idle stops the
	// last one after that long without one; 0 for never.
	Lazy bool
	Idle time.Duration
	// Restart is on-failure, always or no: what to do when a worker ends by
	// itself. "" is always for several workers, else on-failure.
	Restart string
	// Ready is notify or accept: how a worker is known to serve, see sd_notify(3);
	// "" is either.
	Ready        string
	ReadyTimeout time.Duration // 0 is a minute and a half
	StopTimeout  time.Duration // until a worker that is to stop is killed; 0 is a minute and a half
	// Gate is how many connections a worker is asked to answer at a time, which
	// programs with the helper of inheritfd heed: what is more waits in the
	// queue, for a worker that has room. 0 for no limit.
	Gate     int
	Status   string // path of a socket that tells the Status as JSON; "" for none
	Takeover string // path of a socket through which a successor takes over; "" for none
	// Handover is what another supervisor has handed over; nil for none.
	Handover *Handover
	// Log is told what happens, in a line without its end.
	Log func(format string, args ...any)
}

const (
	defaultTimeout = 90 * time.Second // of systemd, for starts and stops
	firstBackoff   = 100 * time.Millisecond
	maxBackoff     = 30 * time.Second
	maxFailures    = 5                // in a row, of workers that never served
	longEnough     = 10 * time.Second // that a worker has served, to forget failures
	pace           = 50 * time.Millisecond
	noLimit        = 1 << 20 // of a gate
)

// A Supervisor runs workers. All of its fields belong to the goroutine of Run.
type Supervisor struct {
	Config
	scale    Scale
	notify   *notifier
	events   chan func()
	workers  []*worker // in order of their start
	prepared *Prepared
	itsGate  *gate // of prepared
	inodes   []uint64
	began    time.Time
	ticked   time.Time // last

	stopping   bool
	asked      bool // to stop, by a signal
	handing    bool // a successor has the sockets, and may take over
	code       int  // exit status, once stopping
	armed      bool
	disarm     func()
	failures   int
	restarts   int
	retry      time.Time // when to start again after a failure; zero for not
	lastActive time.Time
	accepted   uint64    // by workers that have ended
	toReplace  []*worker // of an overlap restart
	told       bool      // our own supervisor that we are ready
	active     uint64    // connections accepted when they were last looked at
	looked     time.Time // for connections
	rate       rate
	successor  bool // one has taken over
	listeners  []func()
	tells      bool          // its status
	gone       chan struct{} // closed at the end
}

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

// New returns a supervisor. It owns the sockets of the configuration from then
// on.
func New(c Config) (*Supervisor, error) {
	if c.Min == 0 {
		c.Min = 1
	}
	c.Max = max(c.Max, c.Min)
	if c.Restart == "" {
		c.Restart = "on-failure"
		if c.Max > 1 {
			c.Restart = "always"
		}
	}
	if c.Idle > 0 && c.Gate == 0 {
		c.Gate = noLimit // for the number of connections: most are over before they are seen
	}
	if c.ReadyTimeout == 0 {
		c.ReadyTimeout = defaultTimeout
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = defaultTimeout
	}
	if c.Log == nil {
		c.Log = func(string, ...any) {}
	}
	s := &Supervisor{Config: c, scale: Scale{Min: c.Min, Max: c.Max}, events: make(chan func(), 16), gone: make(chan struct{}), began: time.Now(), lastActive: time.Now()}
	streams := 0
	for _, socket := range c.Sockets {
		inode, err := socket.Inode()
		if err != nil {
			return nil, err
		}
		s.inodes = append(s.inodes, inode)
		if socket.Stream() {
			streams++
		}
	}
	if c.Idle > 0 && streams < len(c.Sockets) {
		return nil, errors.New("when a program is idle is told by its connections: with sockets for datagrams there are none")
	}
	return s, nil
}

// Run starts the program, and returns the exit status when all is over: that of
// the program. Signals are the process's: SIGTERM and SIGINT stop, SIGHUP
// restarts without a gap, others are handed on.
func (s *Supervisor) Run() (int, error) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGWINCH)
	if !signal.Ignored(unix.SIGHUP) { // as by nohup(1), for the program too
		signal.Notify(signals, unix.SIGHUP)
	}
	defer signal.Stop(signals)
	children := make(chan os.Signal, 1) // many must not keep another signal out
	signal.Notify(children, unix.SIGCHLD)
	defer signal.Stop(children)
	defer s.close()
	var err error
	if s.notify, err = newNotifier(); err != nil {
		return 1, fmt.Errorf("notify socket: %w", err)
	}
	go s.listenNotify()
	if err := s.begin(); err != nil {
		return ExitCode(err), err
	}
	for !s.over() {
		timer := time.NewTimer(time.Until(s.ticked.Add(s.interval()))) // whatever else happens meanwhile
		select {
		case f := <-s.events:
			f()
		case <-children:
			s.reap()
		case sig := <-signals:
			s.signal(sig.(syscall.Signal))
		case now := <-timer.C:
			s.ticked = now
			s.tick(now)
		}
		timer.Stop()
	}
	return s.code, nil
}

// begin starts what there is to start at first. What another supervisor has
// handed over serves until workers of this one do.
func (s *Supervisor) begin() error {
	if s.Handover == nil {
		if err := errors.Join(s.serveStatus(), s.serveTakeover()); err != nil {
			return err
		}
	} else {
		s.adopt()
		_ = s.serveStatus() // of the same path: when the one before has gone
	}
	if s.Lazy && len(s.workers) == 0 {
		s.arm()
		s.confirm()
		return nil
	}
	for range s.Min {
		if err := s.start(nil); err != nil {
			return err
		}
	}
	return nil
}

// over reports whether there is nothing left to supervise.
func (s *Supervisor) over() bool {
	return s.successor || s.stopping && len(s.workers) == 0
}

// interval returns how long to wait at most for something to happen.
func (s *Supervisor) interval() time.Duration {
	switch {
	case slices.ContainsFunc(s.workers, func(w *worker) bool { return w.state == starting && !w.adopted }):
		return 5 * time.Millisecond // until it accepts
	case slices.ContainsFunc(s.workers, func(w *worker) bool { return w.state == leaving }):
		return pace // until it has to be killed, or the child of another has ended
	case s.Max > s.Min || s.Idle > 0 && len(s.workers) > 0 || !s.retry.IsZero():
		return pace
	}
	return time.Second
}

// tick does what time brings.
func (s *Supervisor) tick(now time.Time) {
	for _, w := range slices.Clone(s.workers) {
		s.age(w, now)
	}
	if !s.retry.IsZero() && !now.Before(s.retry) && !s.stopping {
		s.retry = time.Time{}
		s.fill()
	}
	s.rate.sample(now, s.total())
	if s.stopping {
		return
	}
	s.rescale(now)
	s.idle(now)
}

// age looks after one worker.
func (s *Supervisor) age(w *worker, now time.Time) {
	if w.adopted && ended(w.process) {
		s.exited(w, 0)
		return
	}
	switch w.state {
	case starting:
		if s.Ready != "notify" && Accepts(w.process.Pid, s.inodes) {
			s.serves(w)
			return
		}
		if now.Before(w.deadline) {
			return
		}
		if s.Ready == "notify" {
			s.Log("worker %d is not ready after %v, and is stopped", w.process.Pid, s.ReadyTimeout)
			w.failed = true
			s.stop(w)
			return
		}
		s.Log("worker %d does not seem to accept after %v; it is taken to be ready", w.process.Pid, s.ReadyTimeout)
		s.serves(w)
	case leaving:
		if now.After(w.deadline) && !w.killed {
			w.killed = true
			s.Log("worker %d has not stopped after %v, and is killed", w.process.Pid, s.StopTimeout)
			_ = w.process.Kill() // error: it has just ended
		}
	}
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
	go func() {
		state, err := w.process.Wait()
		s.events <- func() { s.exited(w, exitCode(state, err)) }
	}()
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

// serves notes that a worker is ready.
func (s *Supervisor) serves(w *worker) {
	w.state, w.ready, w.deadline = ready, time.Now(), time.Time{}
	if old := w.replaces; old != nil {
		w.replaces = nil
		s.stop(old)
		s.replaceNext()
	}
	if s.count(ready) >= s.Min {
		s.confirm()
	}
	s.tellReady()
}

// tellReady tells the supervisor of this process, once, that clients may come.
func (s *Supervisor) tellReady() {
	if !s.told {
		s.told = true
		tellSupervisor("READY=1\n")
	}
}

// stop asks a worker to end.
func (s *Supervisor) stop(w *worker) { s.stopBy(w, unix.SIGTERM) }

// stopBy does that by a signal, or by none if it has it already.
func (s *Supervisor) stopBy(w *worker, sig syscall.Signal) {
	if w.state == leaving || !slices.Contains(s.workers, w) {
		return
	}
	w.state, w.deadline = leaving, time.Now().Add(s.StopTimeout)
	if sig != 0 {
		_ = w.process.Signal(sig) // error: it has just ended
	}
}

// exited says what becomes of things when a worker has ended.
func (s *Supervisor) exited(w *worker, code int) {
	i := slices.Index(s.workers, w)
	if i < 0 {
		return
	}
	s.workers = slices.Delete(s.workers, i, i+1)
	if w.gate != nil {
		n, _ := w.gate.read()
		s.accepted += n
		w.gate.close()
	}
	s.reap()
	switch {
	case w.adopted:
		return // whoever it belongs to sees to it, or nobody needs it any more
	case s.stopping:
		s.code = max(s.code, code)
		return
	case w.state == leaving && !w.failed:
		if len(s.workers) == 0 && s.Lazy {
			s.arm()
		}
		return
	case w.replaces != nil:
		s.toReplace = nil
		if s.count(ready) < s.Min && s.retry.IsZero() {
			break // the old one has ended meanwhile, too
		}
		s.Log("the new worker %d ended with status %d before it was ready: the old ones stay", w.process.Pid, code)
		return
	}
	if w.failed {
		w.state = starting // as it never got further
	}
	s.lost(w, code)
}

// lost decides what to do about a worker that has ended by itself.
func (s *Supervisor) lost(w *worker, code int) {
	served := w.state == ready && time.Since(w.ready) > longEnough
	switch {
	case code == 0 && s.Lazy && s.Restart != "always" && (w.state == ready || s.depth() == 0):
		if len(s.workers) == 0 {
			s.arm()
		}
		return
	case s.Restart == "no" || code == 0 && s.Restart == "on-failure" && !s.Lazy:
		if s.Max > 1 && len(s.workers) > 0 {
			s.Log("worker %d ended with status %d", w.process.Pid, code)
			return
		}
		s.end(code)
		return
	}
	switch w.state {
	case ready:
		s.failures = 0 // of others, while it served
	case starting:
		s.failures++
	}
	if s.hopeless() {
		s.Log("worker %d ended with status %d, as the %d before it did, and never served: giving up", w.process.Pid, code, maxFailures-1)
		s.end(code)
		return
	}
	delay := s.backoff()
	if w.state == ready && served {
		delay = 0
	}
	s.restarts++
	s.Log("worker %d ended with status %d and is started again in %v", w.process.Pid, code, delay)
	s.retry = time.Now().Add(delay)
}

// hopeless reports whether it is time to give up: after some failures in a row,
// unless there is a worker that serves.
func (s *Supervisor) hopeless() bool { return s.failures >= maxFailures && s.count(ready) == 0 }

// backoff returns how long to wait before the next start.
func (s *Supervisor) backoff() time.Duration {
	return min(firstBackoff<<min(max(0, s.failures-1), 16), maxBackoff)
}

// fill starts the workers that are missing, or the first one when a connection
// waits.
func (s *Supervisor) fill() {
	if s.Lazy && len(s.workers) == 0 {
		s.arm()
		return
	}
	s.fillNow()
}

func (s *Supervisor) fillNow() {
	for s.count(starting)+s.count(ready) < s.Min {
		err := s.start(nil)
		if err == nil {
			continue
		}
		s.failures++
		if s.hopeless() {
			s.Log("%v: giving up after %d times", err, s.failures)
			s.end(ExitCode(err))
			return
		}
		s.Log("%v: the next try is in %v", err, s.backoff())
		s.retry = time.Now().Add(s.backoff())
		return
	}
}

// end stops everything, for good.
func (s *Supervisor) end(code int) { s.endBy(code, unix.SIGTERM) }

// endBy does that by a signal, or none.
func (s *Supervisor) endBy(code int, sig syscall.Signal) {
	s.stopping, s.code = true, max(s.code, code)
	if s.disarm != nil {
		s.disarm()
	}
	if s.Handover != nil && !s.Handover.said { // the workers before go on, with the supervisor that they have
		s.workers = slices.DeleteFunc(s.workers, func(w *worker) bool { return w.adopted })
	}
	for _, w := range s.workers {
		s.stopBy(w, sig)
	}
	tellSupervisor("STOPPING=1\n")
}

func (s *Supervisor) count(state workerState) int {
	n := 0
	for _, w := range s.workers {
		if w.state == state && !w.adopted {
			n++
		}
	}
	return n
}

// signal does what a signal asks for.
func (s *Supervisor) signal(sig syscall.Signal) {
	switch sig {
	case unix.SIGTERM, unix.SIGINT, unix.SIGQUIT:
		if s.asked {
			for _, w := range s.workers {
				_ = w.process.Kill() // error: it has just ended
			}
			return
		}
		s.asked = true
		if sig != unix.SIGTERM && fromTerminal() {
			sig = 0 // the workers have it already, and a second one may mean now
		}
		s.endBy(0, sig)
	case unix.SIGHUP:
		s.replace()
	default:
		for _, w := range s.workers {
			if !w.adopted {
				_ = w.process.Signal(sig) // error: as above
			}
		}
	}
}

// fromTerminal reports whether this process is in the foreground of a terminal,
// which then sends its signals to the workers too.
func fromTerminal() bool {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// replace begins an overlap restart: a new worker is started for each, and when
// it is ready the old one is told to stop.
func (s *Supervisor) replace() {
	if s.stopping || len(s.workers) == 0 {
		return
	}
	busy := s.replacing()
	s.toReplace = nil
	for _, w := range s.workers { // one that is coming too: it may be of before
		if w.state != leaving && !w.adopted {
			s.toReplace = append(s.toReplace, w)
		}
	}
	if !busy {
		s.replaceNext()
	}
}

// replacing reports whether a worker is coming in the place of another one.
func (s *Supervisor) replacing() bool {
	return slices.ContainsFunc(s.workers, func(w *worker) bool { return w.replaces != nil })
}

func (s *Supervisor) replaceNext() {
	for len(s.toReplace) > 0 {
		old := s.toReplace[0]
		s.toReplace = s.toReplace[1:]
		if old.state == leaving || !slices.Contains(s.workers, old) {
			continue
		}
		if err := s.start(old); err != nil {
			s.Log("%v: the old workers stay", err)
			s.toReplace = nil
			return
		}
		s.restarts++
		return
	}
}

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

// arm waits for a connection to start a worker for, with a stub that is ready
// to become it.
func (s *Supervisor) arm() {
	if s.armed || s.stopping {
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
	s.armed = true
	s.tellReady()
	s.disarm = func() {
		s.disarm, s.armed = nil, false
		unix.Close(wake[1])
	}
	var fds []unix.PollFd
	for _, socket := range s.Sockets {
		fds = append(fds, unix.PollFd{Fd: int32(socket.fd), Events: unix.POLLIN})
	}
	fds = append(fds, unix.PollFd{Fd: int32(wake[0])})
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

// wakeUp starts the workers that a connection waits for.
func (s *Supervisor) wakeUp() {
	if !s.armed || s.stopping {
		return
	}
	s.disarm()
	s.lastActive = time.Now()
	s.fillNow()
}

// reap waits for processes that are not workers.
func (s *Supervisor) reap() {
	reapOthers(func(pid int) bool {
		return s.prepared != nil && s.prepared.Process.Pid == pid ||
			slices.ContainsFunc(s.workers, func(w *worker) bool { return w.process.Pid == pid })
	})
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

func (s *Supervisor) listenNotify() {
	defer unix.Close(s.notify.fd)
	for {
		pid, text, err := s.notify.receive()
		if err != nil {
			return
		}
		from := ancestors(pid) // as long as the sender waits for us, see sd_notify_barrier(3)
		s.events <- func() { s.notified(from, text) }
	}
}

// notified hears what a worker, or a child of one, says.
func (s *Supervisor) notified(from []int, text string) {
	for _, w := range s.workers {
		if w.adopted || !slices.Contains(from, w.process.Pid) {
			continue
		}
		for line := range strings.Lines(text) {
			switch key, value, _ := strings.Cut(strings.TrimSpace(line), "="); {
			case key == "STATUS":
				w.status = value
			case key == "READY" && value == "1" && w.state == starting && s.Ready != "accept":
				s.serves(w)
			}
		}
		return
	}
}

// tellSupervisor says something to the supervisor of this process, if it has
// one that listens.
func tellSupervisor(text string) {
	addr := os.Getenv("NOTIFY_SOCKET")
	if addr == "" {
		return
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	_ = unix.Sendto(fd, []byte(text), 0, &unix.SockaddrUnix{Name: addr}) // nobody to tell then
}

// close gives back what the supervisor has.
func (s *Supervisor) close() {
	if s.disarm != nil {
		s.disarm()
	}
	defer close(s.gone)
	if s.prepared != nil {
		s.prepared.Cancel()
		if s.itsGate != nil {
			s.itsGate.close()
		}
	}
	if s.notify != nil {
		s.notify.close()
	}
	for _, f := range s.listeners {
		f()
	}
	for _, w := range s.workers {
		w.closeGate()
	}
	for _, socket := range s.Sockets {
		if s.successor {
			socket.path = "" // the successor's to remove
		}
		if err := socket.Close(); err != nil {
			s.Log("%v", err)
		}
	}
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
