package launch

// This file defines the supervisor: what happens, and what it does about it.

import (
	"errors"
	"fmt"
	"slices"
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
	// Trigger limits how often Lazy starts it, and ends the supervisor; nil for no limit.
	Trigger *Trigger
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
	asked      bool   // to stop, by a signal
	handing    bool   // a successor has the sockets, and may take over
	code       int    // exit status, once stopping
	disarm     func() // stops waiting for a connection to start a worker for; nil when not waiting
	failures   int
	short      int  // workers in a row that served, and not for long
	terminal   bool // there was one at the start
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
// the program. The process is its own: SIGTERM and SIGINT stop, SIGHUP restarts
// without a gap, others are handed on; and memory and threads are set for a
// process that mostly waits.
func (s *Supervisor) Run() (int, error) {
	reserve()
	s.terminal, _ = terminal()
	ends, rest, children, stop := signals()
	defer stop()
	defer s.close()
	if s.Command.NoPID { // what loses the build tool is ours
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return 1, fmt.Errorf("PR_SET_CHILD_SUBREAPER: %w", err)
		}
	}
	var err error
	if s.notify, err = newNotifier(); err != nil {
		return 1, fmt.Errorf("notify socket: %w", err)
	}
	go s.listenNotify()
	if err := s.begin(); err != nil {
		return ExitCode(err), err
	}
	settled := false
	for !s.over() {
		if !settled && s.count(starting) == 0 { // not while a program starts, for which it would take time
			settle()
			settled = true
		}
		timer := time.NewTimer(time.Until(s.ticked.Add(s.interval()))) // whatever else happens meanwhile
		select {
		case f := <-s.events:
			f()
		case <-children:
			s.reap()
		case sig := <-ends:
			s.signal(sig.(syscall.Signal))
		case sig := <-rest:
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
		if s.Ready != "notify" && s.accepts(w) {
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
			s.send(w, unix.SIGKILL)
		}
	}
}

// accepts reports whether a worker waits for what comes on the sockets, or a child
// that takes them.
func (s *Supervisor) accepts(w *worker) bool {
	return slices.ContainsFunc(s.family(w), func(pid int) bool { return Accepts(pid, s.inodes) })
}

// family lists the processes that the sockets of a worker are for.
func (s *Supervisor) family(w *worker) []int {
	pids := []int{w.process.Pid}
	if s.Command.NoPID {
		pids = append(pids, Descendants(w.process.Pid)...)
	}
	return pids
}

// send sends a signal to a worker, and to the children that take its sockets: a build
// tool does not pass it on.
func (s *Supervisor) send(w *worker, sig syscall.Signal) {
	pids := s.family(w)[1:]
	for _, pid := range s.orphans() {
		pids = append(append(pids, pid), Descendants(pid)...)
	}
	for _, pid := range pids {
		_ = unix.Kill(pid, sig) // error: it has just ended
	}
	_ = w.process.Signal(sig) // error: as above
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
		s.send(w, sig)
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
		w.closeGate()
	}
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
	if w.failed { // as it never got further; a start that took too long is none, whatever it says
		w.state, code = starting, max(code, 1)
	}
	s.lost(w, code)
}

// lost decides what to do about a worker that has ended by itself.
func (s *Supervisor) lost(w *worker, code int) {
	switch {
	case code == 0 && s.Lazy && s.Restart != "always" && (w.state == ready || !s.pending()):
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
	switch {
	case w.state == starting:
		s.failures++
	case time.Since(w.ready) > longEnough:
		s.failures, s.short = 0, 0
	default:
		s.failures = 0 // of others, while it served
		s.short++
	}
	if s.hopeless() {
		s.Log("worker %d ended with status %d, as the %d before it did, and never served: giving up", w.process.Pid, code, maxFailures-1)
		s.end(max(1, code))
		return
	}
	delay := s.backoff()
	if w.state == ready && time.Since(w.ready) > longEnough {
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
	return min(firstBackoff<<min(max(0, s.failures-1, s.short-1), 16), maxBackoff)
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
				s.send(w, unix.SIGKILL)
			}
			return
		}
		s.asked = true
		if _, foreground := terminal(); foreground && sig != unix.SIGTERM {
			sig = 0 // the workers have it already, and a second one may mean now
		}
		s.endBy(0, sig)
	case unix.SIGHUP:
		if is, _ := terminal(); s.terminal && !is { // it was closed
			s.endBy(0, unix.SIGHUP)
			return
		}
		s.replace()
	default:
		for _, w := range s.workers {
			if !w.adopted {
				s.send(w, sig)
			}
		}
	}
}

// close gives back what the supervisor has.
func (s *Supervisor) close() {
	if s.disarm != nil {
		s.disarm()
	}
	defer close(s.gone)
	s.cancel()
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
