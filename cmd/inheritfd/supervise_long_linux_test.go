//go:build long

package main

// This file defines what clients notice of a program that runs under inheritfd
// run: restarts, starts and stops on demand, several workers, deaths, and the
// end of the launcher itself.

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"inheritfd/fixer/launch"
)

// A supervised is a launcher under test, whose program serves as webd does.
type supervised struct {
	*proc
	addr, path string // of the sockets
	status     string // path
}

// supervise runs a program under inheritfd run with some flags, on addr and on
// a unix socket in dir. The error is errInUse if another address might do.
func supervise(t *testing.T, dir, addr string, flags []string, program ...string) (*supervised, error) {
	t.Helper()
	s := superviseFirst(t, dir, addr, flags, program...)
	err := pollErr(func() error {
		st, err := s.told()
		if err == nil && st.Pid != s.pid() {
			err = fmt.Errorf("process %d tells its status, not %d", st.Pid, s.pid())
		}
		return err
	})
	return s, err
}

// superviseFirst is supervise, but does not wait for anything.
func superviseFirst(t *testing.T, dir, addr string, flags []string, program ...string) *supervised {
	t.Helper()
	s := &supervised{addr: addr, path: filepath.Join(dir, "webd.sock"), status: filepath.Join(dir, "status")}
	s.proc = startProc(t, nil, slices.Concat([]string{inheritfdBin(t), "run", "-l", addr, "-l", s.path, "-status", s.status},
		flags, []string{"--"}, program, []string{"-addr", addr, "-socket", s.path})...)
	t.Cleanup(func() { killOrphans(t, s.proc) })
	return s
}

// killOrphans ends the workers of a launcher that was killed.
func killOrphans(t *testing.T, p *proc) {
	select {
	case <-p.exited:
	default:
		return // is killed, with its workers
	}
	for _, pid := range groupOf(p.pid()) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
	}
}

// told asks for the status. The error ends a poll when there will be none.
func (s *supervised) told() (launch.Status, error) {
	select {
	case <-s.exited:
		if strings.Contains(s.log(), "the address is in use") {
			return launch.Status{}, fmt.Errorf("%w: %w", errGiveUp, errInUse)
		}
		return launch.Status{}, fmt.Errorf("%w: inheritfd run ended: %v\n%s", errGiveUp, s.err, s.log())
	default:
	}
	return launch.ReadStatus(s.status)
}

// workers waits until n workers are ready, and there are no others, and returns
// their processes. None is one of those in not.
func (s *supervised) workers(t *testing.T, n int, not ...int) []int {
	t.Helper()
	var pids []int
	poll(t, fmt.Sprintf("%d workers other than %v", n, not), func() error {
		st, err := s.told()
		if err != nil {
			return err
		}
		pids = pids[:0]
		for _, w := range st.Workers {
			if w.State != "ready" || slices.Contains(not, w.Pid) {
				return fmt.Errorf("workers are %v", st.Workers)
			}
			pids = append(pids, w.Pid)
		}
		if len(pids) != n {
			err = fmt.Errorf("workers are %v", st.Workers)
		}
		return err
	})
	return pids
}

// logged waits until the launcher has said something n times.
func (s *supervised) logged(t *testing.T, n int, what string) {
	t.Helper()
	poll(t, fmt.Sprintf("%q in the log", what), func() error {
		if strings.Count(s.log(), what) < n {
			return errors.New(s.log())
		}
		return nil
	})
}

// ended waits for the end of the launcher and returns its exit status, which is
// -1 after a signal.
func (s *supervised) ended(t *testing.T) int {
	t.Helper()
	select {
	case <-s.exited:
	case <-time.After(deadline):
		t.Fatalf("the launcher goes on:\n%s", s.log())
	}
	return s.cmd.ProcessState.ExitCode()
}

// end stops the launcher, checks the exit status, and that the unix socket's
// path has gone or, if stays, is there.
func (s *supervised) end(t *testing.T, code int, stays bool) {
	t.Helper()
	s.signal(t, syscall.SIGTERM)
	if got := s.ended(t); got != code {
		t.Errorf("after SIGTERM the exit status is %d, want %d", got, code)
	}
	if _, err := os.Lstat(s.path); errors.Is(err, fs.ErrNotExist) == stays {
		t.Errorf("after the end %s: %v", s.path, err)
	}
	if _, err := os.Lstat(s.status); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the end the status socket is there: %v", err)
	}
	if left := groupOf(s.pid()); len(left) > 0 {
		t.Errorf("after the end processes %v go on", left)
	}
}

func (s *supervised) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

func (s *supervised) tcp() (string, bool, error)  { return getOnce("tcp", s.addr) }
func (s *supervised) unix() (string, bool, error) { return getOnce("unix", s.path) }

// servedBy does a request, and returns which process has answered it.
func servedBy(t *testing.T, do request) int {
	t.Helper()
	body, _, err := do()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(body, "served by process ")))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// portedWebd returns a ported webd, built once for all tests.
func portedWebd(t *testing.T) string {
	t.Helper()
	dir, err := builtDir()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "webd-ported")
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	text, err := os.ReadFile(portDaemon(t, "webd", "."))
	if err == nil {
		err = os.WriteFile(bin, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// TestLongRunOverlap restarts a program again and again by SIGHUP.
func TestLongRunOverlap(t *testing.T) {
	const times = 20
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], nil, bin)
		if err != nil {
			return err
		}
		load := startLoad(t, clients, s.tcp, s.unix)
		load.more(t, 1)
		begin := time.Now()
		for n := range times {
			before := s.workers(t, 1)
			s.signal(t, syscall.SIGHUP)
			s.workers(t, 1, before...)
			poll(t, "an answer of the new process", func() error {
				for _, c := range load.tallies {
					if c.processes() < n+2 {
						return fmt.Errorf("%v", c)
					}
				}
				return nil
			})
		}
		t.Logf("%d replacements in %v", times, time.Since(begin).Round(time.Millisecond))
		load.check(t, "SIGHUP")
		for _, c := range load.tallies {
			if len(c.bodies) != times+1 {
				t.Errorf("%d processes have answered, want %d", len(c.bodies), times+1)
			}
		}
		s.end(t, 0, false)
		return nil
	})
}

// TestLongRunNoPID runs a program as a build tool does, as a child of it, replaces it
// and stops it: signals reach both.
func TestLongRunNoPID(t *testing.T) {
	tool := []string{"sh", "-c", `"$0" "$@"; exit $?`, portedWebd(t)}
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-no-pid", "-ready", "accept"}, tool...)
		if err != nil {
			return err
		}
		for _, do := range []request{s.tcp, s.unix} {
			before := s.workers(t, 1)
			child := servedBy(t, do)
			if !slices.Contains(children(before[0]), child) {
				t.Errorf("process %d has answered, want a child of %d", child, before[0])
			}
			s.signal(t, syscall.SIGHUP)
			s.workers(t, 1, before...)
			poll(t, "the end of the old ones", func() error {
				if left := groupOf(s.pid()); slices.Contains(left, child) || slices.Contains(left, before[0]) {
					return fmt.Errorf("of %d and %d, processes %v go on", before[0], child, left)
				}
				return nil
			})
		}
		s.signal(t, syscall.SIGTERM)
		s.ended(t)
		poll(t, "the end of all", func() error {
			if left := groupOf(s.pid()); len(left) > 0 {
				return fmt.Errorf("processes %v go on", left)
			}
			return nil
		})
		if strings.Contains(s.log(), "binds a socket of its own") || !strings.Contains(s.log(), "this process takes them") {
			t.Error(s.log())
		}
		return nil
	})
}

// TestLongRunNoPIDOrphan stops a build tool that ends at once, and whose program does
// not: it is waited for, and not left behind.
func TestLongRunNoPIDOrphan(t *testing.T) {
	fifo := newFifo(t)
	program := `trap 'read x <"$0"; exit 0' TERM; echo ready; while :; do sleep 1000 & wait $!; kill $!; done`
	tool := []string{"sh", "-c", `sh -c "$1" "$0" & wait`, fifo, program}
	p, _ := startRun(t, 1, slices.Concat([]string{"-no-pid", "-ready-timeout", "1ms", "-l", "127.0.0.1:0", "--"}, tool)...)
	poll(t, "the program", func() error {
		if !strings.Contains(p.log(), "ready") {
			return errors.New(p.log())
		}
		return nil
	})
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	release := waitForReader(t, &supervised{proc: p}, fifo)
	select {
	case <-p.exited:
		t.Error("it ends before the program does")
	default:
	}
	if _, err := io.WriteString(release, "go\n"); err != nil {
		t.Fatal(err)
	}
	p.waitStatus(t)
	for _, pid := range groupOf(p.pid()) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // error: it has just ended
		if strings.Contains(string(text), fifo) {
			t.Errorf("the program goes on: %q", text)
		}
	}
}

func (c *tally) processes() int {
	c.Lock()
	defer c.Unlock()
	return len(c.bodies)
}

// TestLongRunLazyIdle starts a program at the first connection, stops it when there
// are none, and connects the moment that it is told to stop.
func TestLongRunLazyIdle(t *testing.T) {
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-lazy", "-idle", "1s"}, bin)
		if err != nil {
			return err
		}
		before, err := os.Lstat(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if st, err := s.told(); err != nil || st.State != "waiting" || len(st.Workers) > 0 || programs(s.pid(), bin) > 0 {
			t.Errorf("before the first connection: %+v, %v, %d processes", st, err, programs(s.pid(), bin))
		}
		seen := make(map[int]bool)
		for round := range 3 {
			begin := time.Now()
			first := servedBy(t, s.tcp)
			t.Logf("round %d: answered in %v", round, time.Since(begin).Round(time.Millisecond))
			load := startLoad(t, 4, s.tcp, s.unix)
			load.more(t, 20)
			load.check(t, "at once")
			s.logged(t, 2*round+1, "no connections for")
			burst := startLoad(t, 4, s.tcp, s.unix) // while it stops
			burst.more(t, 20)
			burst.check(t, "while it stops")
			second := servedBy(t, s.unix)
			if seen[first] || seen[second] || first == second {
				t.Errorf("round %d: processes %d and %d have served before", round, first, second)
			}
			seen[first], seen[second] = true, true
			s.workers(t, 0)
			if st, err := s.told(); err != nil || st.State != "waiting" {
				t.Errorf("after %v: %+v, %v", time.Since(begin), st, err)
			}
			if programs(s.pid(), bin) > 0 {
				t.Errorf("round %d: the program runs", round)
			}
		}
		for _, pid := range groupOf(s.pid()) {
			if pid != s.pid() {
				kill(t, pid) // what waits to become the program
			}
		}
		servedBy(t, s.tcp)
		if after, err := os.Lstat(s.path); err != nil || !os.SameFile(before, after) {
			t.Errorf("the path was replaced: %v", err)
		}
		s.end(t, 0, false)
		return nil
	})
}

// TestLongRunIdleUse has a client that connects for a moment, again and again: a
// program in use is not idle.
func TestLongRunIdleUse(t *testing.T) {
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-idle", "1s"}, bin)
		if err != nil {
			return err
		}
		pids := s.workers(t, 1)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for range 30 {
			<-tick.C
			if got := servedBy(t, s.tcp); got != pids[0] {
				t.Errorf("process %d serves, not %d, which was stopped:\n%s", got, pids[0], s.log())
				break
			}
		}
		s.end(t, 0, false)
		return nil
	})
}

// programs counts the processes of a group that run a program.
func programs(group int, bin string) int {
	n := 0
	for _, pid := range groupOf(group) {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && exe == bin {
			n++
		}
	}
	return n
}

// An answer is one that a client of TestRunWorkers got.
type answer struct {
	at   time.Duration // since the start of the load
	took time.Duration
	body string
}

// TestLongRunWorkers compares numbers of workers on the same load.
func TestLongRunWorkers(t *testing.T) {
	const lasts = 1500 * time.Millisecond
	bin := portedWebd(t)
	for _, v := range []struct {
		workers string
		most    int
	}{{"1", 1}, {"2", 2}, {"4", 4}, {"1..4", 4}} {
		withFreeAddrs(t, 1, func(addrs ...string) error {
			s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-workers", v.workers, "-gate", "8"}, bin)
			if err != nil {
				return err
			}
			if v.workers != "1..4" {
				s.workers(t, v.most)
			} else {
				s.workers(t, 1)
			}
			span := lasts
			if v.workers == "1..4" {
				span *= 2 // it starts with one
			}
			answers, peak := measure(t, s, 64, span)
			shares := report(t, v.workers, answers)
			st, err := s.told()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%-4s workers: at most %d at a time, %d at the end", v.workers, peak, len(st.Workers))
			switch {
			case peak > v.most || len(shares) > v.most:
				t.Errorf("-workers %s: %d workers, %d have answered", v.workers, peak, len(shares))
			case v.workers == "1..4" && len(st.Workers) < 2:
				t.Errorf("-workers 1..4 has not grown")
			case v.workers == "4" && (len(shares) != 4 || slices.Min(shares) < 15 || slices.Max(shares) > 35):
				t.Errorf("-workers 4: shares %.1f %%, want 15 to 35", shares)
			}
			s.end(t, 0, false)
			return nil
		})
	}
}

// measure has clients do requests for a while, and returns what they got, and
// the most workers that there were.
func measure(t *testing.T, s *supervised, clients int, lasts time.Duration) (answers []answer, peak int) {
	t.Helper()
	var mu sync.Mutex
	begin := time.Now()
	load := startLoad(t, clients, func() (string, bool, error) {
		start := time.Now()
		body, dialed, err := s.tcp()
		mu.Lock()
		answers = append(answers, answer{time.Since(begin), time.Since(start), body})
		mu.Unlock()
		return body, dialed, err
	})
	poll(t, "the end of the load", func() error {
		st, err := s.told()
		if peak = max(peak, len(st.Workers)); err == nil && time.Since(begin) < lasts {
			err = errors.New("it goes on")
		}
		return err
	})
	load.check(t, "workers")
	return answers, peak
}

// report logs what clients got, and returns the share of each process, in
// percent.
func report(t *testing.T, name string, answers []answer) []float64 {
	t.Helper()
	last := slices.MaxFunc(answers, func(a, b answer) int { return cmp.Compare(a.at, b.at) }).at
	count, first := make(map[string]int), make(map[string]time.Duration)
	var took []time.Duration
	for _, a := range answers {
		count[a.body]++
		if at, ok := first[a.body]; !ok || a.at < at {
			first[a.body] = a.at
		}
		took = append(took, a.took)
	}
	slices.Sort(took)
	var shares []float64
	for _, n := range count {
		shares = append(shares, 100*float64(n)/float64(len(answers)))
	}
	slices.Sort(shares)
	second := "never"
	if starts := slices.Sorted(maps.Values(first)); len(starts) > 1 {
		second = starts[1].Round(time.Millisecond).String()
	}
	t.Logf("%-4s workers: %5.0f requests/s, p50 %v, p99 %v, shares %.1f %%, the 2nd serves after %s", name,
		float64(len(answers))/last.Seconds(), took[len(took)/2].Round(100*time.Microsecond), took[len(took)*99/100].Round(100*time.Microsecond), shares, second)
	return shares
}

// TestLongRunKills kills a worker under load.
func TestLongRunKills(t *testing.T) {
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-workers", "2"}, bin)
		if err != nil {
			return err
		}
		pids := s.workers(t, 2)
		victim := pids[0]
		without, err := socketInodes(victim)
		if err != nil {
			t.Fatal(err)
		}
		load := startLoad(t, clients, s.tcp, s.unix)
		load.more(t, 200)
		if err := syscall.Kill(victim, syscall.SIGSTOP); err != nil { // to count what it has
			t.Fatal(err)
		}
		poll(t, "a worker that is stopped", func() error { return stopped(victim) })
		with, err := socketInodes(victim)
		if err != nil {
			t.Fatal(err)
		}
		open := len(with) - len(without)
		begin := time.Now()
		if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		s.workers(t, 2, victim)
		took := time.Since(begin)
		load.more(t, 200)
		load.stop()
		lost := 0
		for _, c := range load.tallies {
			t.Logf("kill -9: %v", c)
			if lost += c.lost; c.refused > 0 {
				t.Errorf("clients were refused: %v", c)
			}
		}
		t.Logf("kill -9: replaced in %v; %d of %d connections that it had were lost", took.Round(time.Millisecond), lost, open)
		if lost > open {
			t.Errorf("%d requests were lost, and it had %d connections", lost, open)
		}
		s.end(t, 0, false)
		return nil
	})
}

// stopped returns nil when no thread of a process runs, after SIGSTOP.
func stopped(pid int) error {
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), ") T ") {
			return fmt.Errorf("%s: %s, %v", name, text, err)
		}
	}
	return err
}

// TestLongRunNoFork kills workers that cannot be replaced, as there may be no more
// processes: what is left serves.
func TestLongRunNoFork(t *testing.T) {
	if os.Geteuid() != 0 {
		skipOrFail(t, "running as another user needs root")
	}
	for _, tool := range []string{"setpriv", "prlimit"} {
		if _, err := exec.LookPath(tool); err != nil {
			skipOrFail(t, err.Error())
		}
	}
	const nobody = 54321 // a limit of processes is of all that a user has
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		dir := shortTempDir(t)
		own := filepath.Join(dir, "inheritfd") // where that user finds them
		daemon := filepath.Join(dir, "webd")
		copyProgram(t, own, inheritfdBin(t))
		copyProgram(t, daemon, bin)
		if err := errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
		s := &supervised{addr: addrs[0], path: filepath.Join(dir, "webd.sock"), status: filepath.Join(dir, "status")}
		as := []string{"setpriv", "--reuid", strconv.Itoa(nobody), "--regid", strconv.Itoa(nobody), "--clear-groups"}
		s.proc = startProc(t, nil, append(as, own, "run", "-l", s.addr, "-l", s.path, "-status", s.status, "-workers", "2", "--",
			daemon, "-addr", s.addr, "-socket", s.path)...)
		t.Cleanup(func() { killOrphans(t, s.proc) })
		if err := pollErr(func() error { _, err := s.told(); return err }); err != nil {
			return err
		}
		pids := s.workers(t, 2)
		load := startLoad(t, 8, s.tcp, s.unix)
		load.more(t, 50)
		runIn(t, ".", nil, as[0], append(as[1:], "prlimit", "--nproc=1:1", "--pid", strconv.Itoa(s.pid()))...)
		kill(t, pids[0])
		var asking sync.WaitGroup // the launcher has a lot to do, and no more threads either
		for range 16 {
			asking.Go(func() {
				for range 100 {
					if _, err := s.told(); err != nil {
						t.Errorf("while nothing can be started: %v", err)
						return
					}
				}
			})
		}
		asking.Wait()
		s.logged(t, 6, "resource temporarily unavailable") // more than the failures that end a program
		if got := s.workers(t, 1); got[0] != pids[1] {
			t.Errorf("worker %d serves, want %d, which was not killed", got[0], pids[1])
		}
		load.more(t, 50)
		load.stop()
		for _, c := range load.tallies {
			t.Logf("no fork: %v", c)
			if c.refused > 0 || c.lost > 8 {
				t.Errorf("with a worker that serves: %v", c)
			}
		}
		kill(t, pids[1])
		begin := time.Now()
		if code := s.ended(t); code != 126 || !strings.Contains(s.log(), "giving up") {
			t.Errorf("with nothing left the exit status is %d, want 126:\n%s", code, s.log())
		}
		t.Logf("no fork: it ends after %v with status 126 and says\n%s", time.Since(begin).Round(time.Millisecond), lastLines(s.log(), 2))
		if _, err := os.Lstat(s.path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after the end the path is there: %v", err)
		}
		return nil
	})
}

func copyProgram(t *testing.T, to, from string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// TestLongRunTakeover has one launcher take over from another, and kills one or the
// other meanwhile.
func TestLongRunTakeover(t *testing.T) {
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		dir := shortTempDir(t)
		flags := []string{"-takeover", filepath.Join(dir, "takeover")}
		old, err := supervise(t, dir, addrs[0], flags, bin)
		if err != nil {
			return err
		}
		old.workers(t, 1)
		node, err := os.Lstat(old.path)
		if err != nil {
			t.Fatal(err)
		}
		load := startLoad(t, clients, old.tcp, old.unix)

		for n := range 2 {
			begin := time.Now()
			next := succeed(t, dir, old, flags, bin)
			t.Logf("takeover %d: in %v", n+1, time.Since(begin).Round(time.Millisecond))
			old = next
			load.more(t, 100)
		}

		for _, how := range []string{"fails", "is killed", "is stopped"} {
			failToSucceed(t, dir, old, flags, bin, how)
			load.more(t, 100)
		}
		next := succeedKilled(t, dir, old, flags, bin, load)
		load.more(t, 100)

		next = succeed(t, dir, next, flags, bin)
		load.more(t, 100)
		load.check(t, "takeover")
		if now, err := os.Lstat(next.path); err != nil || !os.SameFile(node, now) {
			t.Errorf("the path was replaced: %v", err)
		}
		next.end(t, 0, false)
		if _, err := os.Lstat(flags[1]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after the end the takeover socket is there: %v", err)
		}
		return nil
	})
}

// succeed starts a launcher that takes over from old, and waits until it has.
func succeed(t *testing.T, dir string, old *supervised, flags []string, program ...string) *supervised {
	t.Helper()
	before := servedBy(t, old.tcp)
	next, err := supervise(t, dir, old.addr, flags, program...)
	if err != nil {
		t.Fatal(err)
	}
	if code := old.ended(t); code != 0 {
		t.Errorf("the launcher that was taken over from ends with status %d", code)
	}
	next.workers(t, 1, before)
	poll(t, "the end of the worker before", func() error {
		if left := groupOf(old.pid()); len(left) > 0 {
			return fmt.Errorf("processes %v go on", left)
		}
		return nil
	})
	for _, path := range []string{old.path, flags[1]} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("after a takeover: %v", err)
		}
	}
	return next
}

// failToSucceed starts a launcher that does not take over: before its program
// serves that fails, or the launcher is killed or told to stop. The old one goes
// on.
func failToSucceed(t *testing.T, dir string, old *supervised, flags []string, bin, how string) {
	t.Helper()
	before := servedBy(t, old.tcp)
	var next *supervised
	code := 3
	if how == "fails" {
		next = superviseFirst(t, dir, old.addr, flags, "sh", "-c", "exit 3")
	} else {
		fifo := newFifo(t)
		next = superviseFirst(t, dir, old.addr, flags, waitsFor(fifo, bin)...)
		waitForReader(t, next, fifo)
	}
	switch how {
	case "is killed":
		code = -1
		next.signal(t, syscall.SIGKILL)
	case "is stopped":
		code = 128 + int(syscall.SIGTERM)
		next.signal(t, syscall.SIGTERM)
	}
	if got := next.ended(t); got != code {
		t.Errorf("a successor that %s ends with status %d, want %d", how, got, code)
	}
	killOrphans(t, next.proc)
	if got := servedBy(t, old.unix); got != before {
		t.Errorf("after a successor that %s process %d serves, not %d", how, got, before)
	}
	if st, err := old.told(); err != nil || st.Pid != old.pid() {
		t.Errorf("after a successor that %s: %+v, %v", how, st, err)
	}
}

// succeedKilled starts a launcher that takes over from old, which is killed once
// the new one has the sockets, and before its program serves.
func succeedKilled(t *testing.T, dir string, old *supervised, flags []string, bin string, load *clientLoad) *supervised {
	t.Helper()
	before := servedBy(t, old.tcp)
	fifo := newFifo(t)
	next := superviseFirst(t, dir, old.addr, flags, waitsFor(fifo, bin)...)
	release := waitForReader(t, next, fifo)
	old.signal(t, syscall.SIGKILL)
	old.ended(t)
	load.more(t, 100) // of the worker that it has left behind
	if _, err := io.WriteString(release, "go\n"); err != nil {
		t.Fatal(err)
	}
	poll(t, "the successor of a launcher that was killed", func() error { _, err := next.told(); return err })
	next.workers(t, 1, before)
	if left := groupOf(old.pid()); len(left) > 0 {
		t.Errorf("workers %v of the launcher that was killed go on", left)
	}
	return next
}

// waitsFor is a program that becomes bin when a line is written to a fifo.
func waitsFor(fifo, bin string) []string {
	return []string{"sh", "-c", `read x <"$0"; exec "$@"`, fifo, bin}
}

func newFifo(t *testing.T) string {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	return fifo
}

// waitForReader waits until the program of a launcher reads from a fifo, and
// returns it to write to.
func waitForReader(t *testing.T, s *supervised, fifo string) *os.File {
	t.Helper()
	var f *os.File
	poll(t, "a program that waits", func() error {
		select {
		case <-s.exited:
			return fmt.Errorf("%w: inheritfd run ended: %v\n%s", errGiveUp, s.err, s.log())
		default:
		}
		var err error
		f, err = os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		return err
	})
	t.Cleanup(func() { f.Close() })
	return f
}

// TestLongRunStatus compares what a launcher tells with what clients did.
func TestLongRunStatus(t *testing.T) {
	bin := portedWebd(t)
	withFreeAddrs(t, 1, func(addrs ...string) error {
		s, err := supervise(t, shortTempDir(t), addrs[0], []string{"-workers", "2", "-gate", "8"}, bin)
		if err != nil {
			return err
		}
		pids := s.workers(t, 2)
		if fi, err := os.Lstat(s.status); err != nil || fi.Mode() != fs.ModeSocket|0o600 {
			t.Errorf("the status socket is %v, %v, want mode 0600", fi, err)
		}
		load := startLoad(t, 8, s.tcp, s.unix)
		load.more(t, 200)
		load.check(t, "status")
		done := uint64(load.tallies[0].ok + load.tallies[1].ok)
		var st launch.Status
		poll(t, fmt.Sprintf("%d accepted", done), func() error {
			if st, err = s.told(); err == nil && (st.Accepted == nil || *st.Accepted != done || st.Rate == nil || st.Workers[0].Busy+st.Workers[1].Busy > 0) {
				err = fmt.Errorf("%+v", st)
			}
			return err
		})
		sum := uint64(0)
		for i, w := range st.Workers {
			if sum += w.Accepted; w.Pid != pids[i] || w.State != "ready" || w.Since <= 0 {
				t.Errorf("worker %d: %+v", i, w)
			}
		}
		if sum != done || st.Min != 2 || st.Max != 2 || st.State != "serving" || st.Restarts != 0 || st.Pid != s.pid() || st.Program[0] != bin {
			t.Errorf("after %d requests the status is %+v", done, st)
		}
		for i, want := range []launch.SocketStatus{
			{FD: 3, Name: "unknown", Network: "tcp", Address: s.addr}, {FD: 4, Name: "unknown", Network: "unix", Address: s.path},
		} {
			got := st.Sockets[i]
			if want.Backlog = got.Backlog; got != want || got.Backlog <= 0 {
				t.Errorf("socket %d: %+v, want %+v", i, got, want)
			}
		}
		out := runIn(t, ".", nil, inheritfdBin(t), "top", s.status)
		t.Logf("inheritfd top:\n%s", out)
		for _, want := range []string{s.addr, s.path, fmt.Sprint(pids[0]), fmt.Sprint(pids[1]), fmt.Sprintf("%d accepted", done), "ready"} {
			if !strings.Contains(out, want) {
				t.Errorf("top does not print %q", want)
			}
		}
		s.end(t, 0, false)
		topNobody(t, s.status)
		return nil
	})
}

// topNobody checks what top says when nobody listens.
func topNobody(t *testing.T, path string) {
	t.Helper()
	cmd := exec.Command(inheritfdBin(t), "top", path)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitError || !strings.Contains(string(out), path) ||
		!strings.HasPrefix(string(out), "inheritfd: no supervisor tells its status there") {
		t.Errorf("top with nobody there: %v\n%s", err, out)
	}
}

// childEnv makes this test binary the program of a launcher: TestRunChild then
// does what its value says.
const childEnv = "SUPERVISED_TEST_CHILD"

// childArgs are the program for that; what follows it is ignored.
func childArgs(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"sh", "-c", `exec "$0" -test.run='^TestLongRunChild$'`, self}
}

// TestLongRunChild is a program under a launcher, not a test. It answers as webd
// does on the sockets that it inherits, and prints the signals that it gets.
func TestLongRunChild(t *testing.T) {
	does := os.Getenv(childEnv)
	if does == "" {
		t.Skip("is run by other tests")
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGINT)
	for fd := range uintptr(2) {
		l, err := net.FileListener(os.NewFile(3+fd, ""))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		go answerAll(l)
	}
	switch {
	case does == "systemd-notify":
		if out, err := exec.Command("systemd-notify", "--ready", "--status=at last").CombinedOutput(); err != nil {
			fmt.Printf("systemd-notify: %v\n%s", err, out)
		}
	case strings.HasPrefix(does, "notify="): // when the file is there
		err := pollErr(func() error {
			_, err := os.Stat(strings.TrimPrefix(does, "notify="))
			return err
		})
		if err == nil {
			err = notifyHere()
		}
		fmt.Println("notified", err)
	}
	for sig := range signals {
		fmt.Printf("process %d: %v\n", os.Getpid(), sig)
		if sig == syscall.SIGTERM && does != "ignores SIGTERM" {
			os.Exit(7)
		}
	}
}

func notifyHere() error {
	c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = io.WriteString(c, "STATUS=here\nREADY=1\n")
	return err
}

func answerAll(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_, _ = c.Read(make([]byte, 1024))
			body := fmt.Sprintf("served by process %d\n", os.Getpid())
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		}()
	}
}

// TestLongRunSignals sends signals to a launcher.
func TestLongRunSignals(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, dir, addr string) error
	}{
		{"handed on", signalHandedOn},
		{"path of somebody else", signalOtherPath},
		{"ignored", signalIgnored},
		{"SIGHUP to a version that fails", signalBadVersion},
		{"SIGHUP to a version that fails while the old one dies", signalNoVersion},
		{"notify", signalNotify},
		{"systemd-notify", signalSystemdNotify},
	} {
		t.Run(c.name, func(t *testing.T) {
			withFreeAddrs(t, 1, func(addrs ...string) error { return c.run(t, shortTempDir(t), addrs[0]) })
		})
	}
}

// signalHandedOn hands a signal on, and ends with the status of the program.
func signalHandedOn(t *testing.T, dir, addr string) error {
	s, err := supervise(t, dir, addr, []string{"-E", childEnv + "=signals"}, childArgs(t)...)
	if err != nil {
		return err
	}
	s.workers(t, 1)
	s.signal(t, syscall.SIGUSR1)
	s.logged(t, 1, "user defined signal 1")
	s.end(t, 7, false) // which is the program's
	return nil
}

// signalOtherPath ends when its path has become somebody else's.
func signalOtherPath(t *testing.T, dir, addr string) error {
	s, err := supervise(t, dir, addr, nil, portedWebd(t))
	if err != nil {
		return err
	}
	s.workers(t, 1)
	if err := os.Remove(s.path); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s.end(t, 0, true)
	return nil
}

// signalIgnored stops a program that ignores SIGTERM.
func signalIgnored(t *testing.T, dir, addr string) error {
	s, err := supervise(t, dir, addr, []string{"-E", childEnv + "=ignores SIGTERM", "-stop-timeout", "1s"}, childArgs(t)...)
	if err != nil {
		return err
	}
	s.workers(t, 1)
	begin := time.Now()
	s.end(t, 128+int(syscall.SIGKILL), false)
	if took := time.Since(begin); took < time.Second {
		t.Errorf("killed after %v, want 1s", took)
	} else {
		t.Logf("killed after %v, of 1s", took.Round(time.Millisecond))
	}
	return nil
}

// signalBadVersion replaces a program by one that fails, and then by one that does not.
func signalBadVersion(t *testing.T, dir, addr string) error {
	marker := filepath.Join(dir, "fail")
	s, err := supervise(t, dir, addr, nil, "sh", "-c", `[ ! -e "$0" ] || exit 9; exec "$@"`, marker, portedWebd(t))
	if err != nil {
		return err
	}
	pids := s.workers(t, 1)
	if err := os.WriteFile(marker, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	load := startLoad(t, 8, s.tcp, s.unix)
	s.signal(t, syscall.SIGHUP)
	s.logged(t, 1, "the old ones stay")
	load.more(t, 50)
	if got := s.workers(t, 1); got[0] != pids[0] {
		t.Errorf("worker %d serves, want %d", got[0], pids[0])
	}
	if err := os.Remove(marker); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGHUP)
	s.workers(t, 1, pids...)
	load.check(t, "a version that fails")
	s.end(t, 0, false)
	return nil
}

// signalNoVersion replaces a program by one that fails, while the old one is killed.
func signalNoVersion(t *testing.T, dir, addr string) error {
	fifo := newFifo(t)
	s, err := supervise(t, dir, addr, nil, "sh", "-c", `[ ! -e "$0.wait" ] || { read x <"$0"; exit 9; }; exec "$@"`, fifo, portedWebd(t))
	if err != nil {
		return err
	}
	pids := s.workers(t, 1)
	if err := os.WriteFile(fifo+".wait", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGHUP)
	release := waitForReader(t, s, fifo)
	kill(t, pids[0])
	s.logged(t, 1, "is started again")
	poll(t, "the next start", func() error {
		st, err := s.told()
		if err == nil && len(st.Workers) != 1 {
			err = fmt.Errorf("%+v", st)
		}
		return err
	})
	if err := os.Remove(fifo + ".wait"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(release, "go\n"); err != nil {
		t.Fatal(err)
	}
	s.workers(t, 1, pids...)
	servedBy(t, s.tcp)
	s.end(t, 0, false)
	return nil
}

// signalNotify waits for READY=1.
func signalNotify(t *testing.T, dir, addr string) error {
	file := filepath.Join(dir, "ready")
	s, err := supervise(t, dir, addr, []string{"-E", childEnv + "=notify=" + file, "-ready", "notify"}, childArgs(t)...)
	if err != nil {
		return err
	}
	servedBy(t, s.tcp) // though it has not said so
	if st, err := s.told(); err != nil || len(st.Workers) != 1 || st.Workers[0].State != "starting" {
		t.Errorf("before READY=1: %+v, %v", st, err)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.workers(t, 1)
	if st, err := s.told(); err != nil || st.Workers[0].Status != "here" {
		t.Errorf("after STATUS=here: %+v, %v", st, err)
	}
	s.end(t, 7, false)
	return nil
}

// signalSystemdNotify waits for READY=1 of a process that ends at once.
func signalSystemdNotify(t *testing.T, dir, addr string) error {
	if _, err := exec.LookPath("systemd-notify"); err != nil {
		skipOrFail(t, err.Error())
	}
	s, err := supervise(t, dir, addr, []string{"-E", childEnv + "=systemd-notify", "-ready", "notify"}, childArgs(t)...)
	if err != nil {
		return err
	}
	for range 5 { // a program that says so and ends at once
		pids := s.workers(t, 1)
		s.signal(t, syscall.SIGHUP)
		s.workers(t, 1, pids...)
	}
	if st, err := s.told(); err != nil || st.Workers[0].Status != "at last" {
		t.Errorf("%+v, %v", st, err)
	}
	s.end(t, 7, false)
	return nil
}

// TestLongRunNotReady has a program that never says that it is ready: it is stopped,
// started again, and after some times given up on.
func TestLongRunNotReady(t *testing.T) {
	dir := shortTempDir(t)
	started := filepath.Join(dir, "started")
	p := startProc(t, nil, inheritfdBin(t), "run", "-l", "unix:"+filepath.Join(dir, "s"), "-ready", "notify", "-ready-timeout", "50ms", "-stop-timeout", "1s",
		"-restart", "always", "--", "sh", "-c", "echo x >> "+started+"; exec sleep 100")
	select {
	case <-p.exited:
	case <-time.After(deadline):
		t.Fatal("it goes on")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit status %d, want that of the program", code)
	}
	text, err := os.ReadFile(started)
	if err != nil || strings.Count(string(text), "x") != 5 {
		t.Errorf("started %d times, %v", strings.Count(string(text), "x"), err)
	}
}

// TestLongRunGateSilent has more silent connections than the gate lets in at a time:
// they do not keep others out.
func TestLongRunGateSilent(t *testing.T) {
	bin := portDaemon(t, "webd", ".")
	path := filepath.Join(shortTempDir(t), "webd.sock")
	p := startProc(t, nil, inheritfdBin(t), "run", "-l", "tcp:127.0.0.1:0", "-l", "unix:"+path, "-gate", "2", "--", bin, "-addr", "fd://3", "-socket", path)
	defer p.stop(t)
	poll(t, "webd", func() error { _, _, err := getOnce("unix", path); return err })
	for range 12 {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	begin := time.Now()
	if _, _, err := getOnce("unix", path); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("an answer took %v behind silent connections", took)
	} else {
		t.Logf("an answer took %v behind 12 silent connections, 2 at a time", took)
	}
}

// TestLongIdleService has inheritfd-run between systemd and a daemon: it passes on what
// it inherited, the daemon ends when it is idle, and comes back for the next client.
func TestLongIdleService(t *testing.T) {
	m := startSystemd(t)
	bin := portDaemon(t, "webd", ".")
	launcher := builtBin(t, "inheritfd-run")
	withFreeAddrs(t, 1, func(addrs ...string) error {
		path := filepath.Join(shortTempDir(t), "webd.sock")
		m.write("units/webd.socket", socketUnit("ListenStream="+addrs[0], "ListenStream="+path))
		m.unit("webd.service", serviceUnit("ExecStart="+launcher+" -idle 100ms -- "+bin+" -addr "+addrs[0]+" -socket "+path))
		if err := m.startUnit("webd.socket"); err != nil {
			return err
		}
		bodies := make(map[string]bool)
		for range 3 {
			body, _, err := getOnce("tcp", addrs[0])
			if err != nil {
				t.Fatalf("%v\n%s", err, m.log())
			}
			bodies[body] = true
			poll(t, "the end of the daemon", func() error {
				for _, pid := range m.pids() {
					if exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); exe == bin {
						return fmt.Errorf("process %d runs", pid)
					}
				}
				return nil
			})
		}
		if len(bodies) != 3 {
			t.Errorf("answers of %d processes, want 3: %v", len(bodies), bodies)
		}
		if state := m.ctl("is-active", "webd.service"); state != "active" {
			t.Errorf("the service is %s", state)
		}
		m.ctl("stop", "webd.service", "webd.socket")
		return nil
	})
}

// manySource is a program that answers on all sockets that it inherited, and says when.
const manySource = `package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	n, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil {
		panic(err)
	}
	for i := range n {
		l, err := net.FileListener(os.NewFile(uintptr(3+i), ""))
		if err != nil {
			panic(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					panic(err)
				}
				fmt.Fprintf(c, "%d\n", os.Getpid())
				c.Close()
			}
		}()
	}
	c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		panic(err)
	}
	fmt.Fprint(c, "READY=1")
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
}
`

// TestLongTakeoverMany hands few and many sockets from one launcher to another: more
// than one message takes (SCM_MAX_FD of unix(7) is 253).
func TestLongTakeoverMany(t *testing.T) {
	src := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module many\n\ngo 1.26\n", "main.go": manySource} {
		if err := os.WriteFile(filepath.Join(src, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(src, "many")
	runIn(t, src, []string{"GOWORK=off"}, "go", "build", "-o", bin, ".")
	for _, n := range []int{1, 253, 254, 1000} {
		dir := shortTempDir(t)
		args := []string{"-takeover", filepath.Join(dir, "takeover"), "-ready", "notify"}
		for i := range n {
			args = append(args, "-l", fmt.Sprintf("s%d=unix:%s/%d", i, dir, i))
		}
		args = append(args, "--", bin)
		pidAt := func(i int) (string, error) {
			c, err := net.Dial("unix", fmt.Sprintf("%s/%d", dir, i))
			if err != nil {
				return "", err
			}
			defer c.Close()
			text, err := io.ReadAll(c)
			return string(text), err
		}
		old, _, err := tryRun(t, n, args...)
		if err != nil {
			t.Fatal(err)
		}
		var before string
		poll(t, "an answer", func() (err error) { before, err = pidAt(n - 1); return err })
		begin := time.Now()
		next, _, err := tryRun(t, n, args...)
		if err != nil {
			t.Fatal(err)
		}
		<-old.exited
		took := time.Since(begin)
		poll(t, "the end of the worker before", func() error {
			if left := groupOf(old.pid()); len(left) > 0 {
				return fmt.Errorf("processes %v go on", left)
			}
			return nil
		})
		if old.err != nil {
			t.Errorf("%d sockets: the launcher that was taken over from: %v\n%s", n, old.err, lastLines(old.log(), 3))
		}
		for i := range n {
			if now, err := pidAt(i); err != nil || now == before {
				t.Errorf("%d sockets: socket %d: %q, %v, and %q before", n, i, now, err, before)
			}
		}
		t.Logf("%4d sockets taken over in %v", n, took.Round(time.Millisecond))
		next.stop(t)
	}
}
