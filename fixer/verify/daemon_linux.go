package verify

// This file defines one run of the daemon.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// A daemon is one that runs, or has.
type daemon struct {
	process *os.Process
	dir     string  // that it runs in
	log     *record // what it says
	ended   chan struct{}
	state   *os.ProcessState // once ended
}

// start starts the daemon. Its processes are a group of their own, so that what
// is typed at the terminal is for this process alone.
func start(c launch.Command, args []string, sockets []*launch.Socket) (*daemon, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.Args, c.Stdout, c.Stderr = args, w, w
	c.Attr = &syscall.SysProcAttr{Setpgid: true}
	d := &daemon{dir: c.Dir, log: newRecord(r), ended: make(chan struct{})}
	d.process, err = c.Start(sockets)
	w.Close()
	if err != nil {
		r.Close()
		return nil, err
	}
	go func() {
		d.state, _ = d.process.Wait() // error: there is no state then
		close(d.ended)
	}()
	return d, nil
}

// said returns what the daemon has written, as far as it is kept.
func (d *daemon) said() []byte {
	if !d.running() {
		d.log.settle()
	}
	return d.log.bytes()
}

// lastWords returns the last lines of that, not more than fit in a report.
func (d *daemon) lastWords() string {
	const most = 300
	lines := strings.Split(strings.TrimSpace(string(d.said())), "\n")
	lines = lines[max(0, len(lines)-2):]
	for i, line := range lines {
		if len(line) > most {
			lines[i] = strings.ToValidUTF8(line[:most], "") + "…"
		}
	}
	return strings.Join(lines, "; ")
}

func (d *daemon) running() bool {
	select {
	case <-d.ended:
		return false
	default:
		return true
	}
}

// stop asks the daemon to end, and reports whether it did in time.
func (d *daemon) stop(timeout time.Duration) bool {
	_ = d.process.Signal(unix.SIGTERM) // error: it has ended
	select {
	case <-d.ended:
		return true
	case <-time.After(timeout):
		return false
	}
}

// kill ends the daemon and the processes that come from it, but for those that
// have outlived their parent. It may be called again.
func (d *daemon) kill() {
	if d.running() {
		for _, pid := range launch.Descendants(d.process.Pid) {
			_ = unix.Kill(pid, unix.SIGKILL) // error: it has ended
		}
		_ = d.process.Kill() // error: as above
	}
	<-d.ended
	d.log.settle()
	d.log.from.Close()
}

// end does that, and ends the others too: as this process is a subreaper, they
// are its children by now. No probe must be under way, which may have some.
func (d *daemon) end() {
	d.kill()
	for {
		left := launch.Descendants(os.Getpid())
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = unix.Kill(pid, unix.SIGKILL)    // error: it has ended
			_, _ = unix.Wait4(pid, nil, 0, nil) // error: it is the child of another of these
		}
	}
}

// until waits for something, for as long as the daemon runs.
func (d *daemon) until(ctx context.Context, what string, is func() bool) error {
	return until(ctx, d, what, is)
}

// until does that for a daemon that may be nil: somebody else's.
func until(ctx context.Context, d *daemon, what string, is func() bool) error {
	var ended chan struct{}
	if d != nil {
		ended = d.ended
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ended:
			return fmt.Errorf("it ended (%v) before %s: %s", d.state, what, d.lastWords())
		case <-ctx.Done():
			if d == nil {
				return fmt.Errorf("%s: not in time", what)
			}
			return fmt.Errorf("%s: not in time; it said: %s", what, d.lastWords())
		case <-tick.C:
		}
	}
	return nil
}

// family lists the process of the daemon and those that come from it.
func (d *daemon) family() []int {
	return append([]int{d.process.Pid}, launch.Descendants(d.process.Pid)...)
}

// listening lists the sockets of the daemon on which clients may come.
func (d *daemon) listening() ([]launch.Info, error) {
	var out []launch.Info
	for _, pid := range d.family() {
		infos, err := launch.OfProcess(pid)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) {
			continue // it has just ended
		}
		if err != nil {
			return nil, err
		}
		for _, i := range infos {
			if i.Domain == "unix" && i.Address != "" && !strings.HasPrefix(i.Address, "@") && !filepath.IsAbs(i.Address) {
				i.Address = filepath.Join(d.dir, i.Address)
			}
			if !slices.ContainsFunc(out, func(o launch.Info) bool { return o.Inode == i.Inode }) {
				out = append(out, i)
			}
		}
	}
	return out, nil
}
