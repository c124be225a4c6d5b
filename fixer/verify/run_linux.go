package verify

// This file defines the checks, and the runs of the daemon that they need.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// ErrNothing is the error of a daemon of which it is not known what sockets to
// hand over: none are given, and by itself it listens on none.
var ErrNothing = errors.New("no sockets to hand over: name them, as the daemon opens none by itself")

// Run makes the checks. The error is for what keeps them from being made at
// all, not for checks that fail.
func Run(ctx context.Context, c Config) (*Result, error) {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Clients == 0 {
		c.Clients = 8
	}
	v := &verifier{Config: c, result: &Result{Program: c.Command.Args, Sockets: []string{}}}
	if v.Plain == nil {
		v.Plain = c.Command.Args
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil { // so that no process gets away
		return nil, fmt.Errorf("PR_SET_CHILD_SUBREAPER: %w", err)
	}
	v.check(ctx, "plain", v.plain)
	if len(v.Specs) == 0 {
		if v.Specs = v.specsOfPlain(); len(v.Specs) == 0 {
			return v.result, ErrNothing
		}
	}
	if err := v.inherited(ctx); err != nil {
		return v.result, err
	}
	v.check(ctx, "position", v.position)
	v.check(ctx, "wrong-socket", v.wrong)
	if v.Systemd != nil {
		v.underSystemd(ctx)
	}
	return v.result, ctx.Err()
}

type verifier struct {
	Config
	result *Result
	own    []launch.Info // sockets of the plain run; nil when it was not made
	random []string      // of these, addresses that another run does not have
	// Of the run with sockets:
	sockets []*launch.Socket
	d       *daemon
	stopped bool // by SIGTERM, as it should be
}

// skipped is the error of a check that cannot be made.
type skipped string

func (s skipped) Error() string { return string(s) }

// check makes one check, which returns its evidence.
func (v *verifier) check(ctx context.Context, name string, f func(context.Context) (string, error)) {
	if ctx.Err() != nil {
		return // interrupted: what would fail now says nothing of the daemon
	}
	if v.Progress != nil {
		v.Progress(name)
	}
	begin := time.Now()
	one, cancel := context.WithTimeout(ctx, v.Timeout)
	defer cancel()
	evidence, err := f(one)
	c := Check{Name: name, Status: Pass, Evidence: evidence, Seconds: time.Since(begin).Seconds()}
	var skip skipped
	switch {
	case errors.As(err, &skip):
		c.Status, c.Evidence = Skip, string(skip)
	case err != nil:
		c.Status, c.Evidence = Fail, err.Error()
	}
	if ctx.Err() == nil {
		v.result.Checks = append(v.result.Checks, c)
	}
}

// plain checks that the daemon binds by itself without sockets.
func (v *verifier) plain(ctx context.Context) (string, error) {
	if slices.ContainsFunc(v.Plain, func(a string) bool { return strings.Contains(a, "fd://") }) {
		return "", skipped("its arguments ask for an inherited socket: give others for the run without")
	}
	d, err := start(v.Command, v.Plain, nil)
	if err != nil {
		return "", err
	}
	defer d.end()
	own, err := v.settle(ctx, d)
	if err != nil {
		return "", err
	}
	v.own = own
	for _, i := range own {
		if _, err := v.asked(ctx, d, i.Name, i.Network, i.Address, nil); err != nil {
			return "", fmt.Errorf("it listens on %s %s and does not answer: %w", i.Network, i.Address, err)
		}
	}
	if !d.stop(v.Timeout) {
		return "", errors.New("it does not end on SIGTERM")
	}
	var texts []string
	for _, i := range own {
		texts = append(texts, i.Network+" "+i.Address)
	}
	return "binds " + strings.Join(texts, ", ") + " by itself and answers there", v.again(ctx)
}

// again runs the daemon once more if it opens sockets whose port the system may
// have chosen: they have another one then.
func (v *verifier) again(ctx context.Context) error {
	if !slices.ContainsFunc(v.own, func(i launch.Info) bool { return ephemeral(i.Address) }) {
		return nil
	}
	d, err := start(v.Command, v.Plain, nil)
	if err != nil {
		return err
	}
	defer d.end()
	second, err := v.settle(ctx, d)
	if err != nil {
		return err
	}
	for _, i := range v.own {
		if ephemeral(i.Address) && !slices.ContainsFunc(second, func(o launch.Info) bool { return o.Network == i.Network && o.Address == i.Address }) {
			v.random = append(v.random, i.Network+" "+i.Address)
		}
	}
	if !d.stop(v.Timeout) {
		return errors.New("it does not end on SIGTERM")
	}
	return nil
}

// settle waits until the daemon listens, and no more sockets come.
func (v *verifier) settle(ctx context.Context, d *daemon) ([]launch.Info, error) {
	const still = 200 * time.Millisecond
	var last []launch.Info
	var since time.Time
	var failure error
	err := d.until(ctx, "it listens", func() bool {
		now, err := d.listening()
		if err != nil {
			failure = err
			return true
		}
		same := slices.EqualFunc(now, last, func(a, b launch.Info) bool { return a.Inode == b.Inode })
		if !same {
			last, since = now, time.Now()
		}
		return len(last) > 0 && time.Since(since) > still
	})
	return last, errors.Join(failure, err)
}

// asked makes the probe of a socket; of one of ours, s, it is seen whether what
// answers nothing was accepted or read.
func (v *verifier) asked(ctx context.Context, d *daemon, name, network, addr string, s *launch.Socket) (string, error) {
	p := v.probe(name)
	if p.kind == "connect" && (strings.HasPrefix(network, "udp") || network == "unixgram") {
		return v.sent(ctx, d, network, addr, s)
	}
	a, err := askUntil(ctx, p, network, addr)
	if err != nil {
		if d != nil && !d.running() {
			return "", fmt.Errorf("it ended: %s", d.lastWords())
		}
		return "", err
	}
	if p.kind == "connect" && s != nil {
		err := d.until(ctx, "the connection is accepted", func() bool {
			i, err := launch.Inspect(s.FD())
			return err == nil && i.Depth <= 0
		})
		return "accepted", err
	}
	return a.text, nil
}

// probe returns that of a socket.
func (v *verifier) probe(name string) Probe {
	p, ok := v.Probes[name]
	if !ok {
		p = v.Probes[""]
	}
	if p.kind == "" {
		p.kind = "connect"
	}
	return p
}

// sent sends a datagram of one byte, and waits until it was read.
func (v *verifier) sent(ctx context.Context, d *daemon, network, addr string, s *launch.Socket) (string, error) {
	conn, err := net.Dial(goNetwork(network), addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte{0}); err != nil {
		return "", err
	}
	if s == nil {
		return "sent", nil
	}
	err = d.until(ctx, "the datagram is read", func() bool {
		n, err := unix.IoctlGetInt(s.FD(), unix.SIOCINQ)
		return err == nil && n == 0
	})
	return "read", err
}

// specsOfPlain returns the sockets that the daemon opened by itself, but for
// those whose port the system chose.
func (v *verifier) specsOfPlain() []launch.Spec {
	var out []launch.Spec
	for _, i := range v.own {
		if i.Network != "" && !slices.Contains(v.random, i.Network+" "+i.Address) {
			out = append(out, launch.Spec{Name: i.Name, Network: i.Network, Address: i.Address})
		}
	}
	return out
}

// inherited makes the checks of a run with the sockets, one after the other.
func (v *verifier) inherited(ctx context.Context) error {
	for _, spec := range v.Specs {
		s, err := launch.Open(spec)
		if err != nil {
			return errors.Join(err, v.close())
		}
		v.sockets = append(v.sockets, s)
		v.result.Sockets = append(v.result.Sockets, s.Network+" "+s.Addr)
		if err := unix.SetNonblock(s.FD(), true); err != nil { // as another holder would have it
			return errors.Join(err, v.close())
		}
	}
	var err error
	if v.d, err = start(v.Command, v.Command.Args, v.sockets); err != nil {
		return errors.Join(err, v.close())
	}
	for _, c := range []struct {
		name string
		f    func(context.Context) (string, error)
	}{
		{"ready", v.ready}, {"serves", v.serves}, {"nonblocking", v.alive(v.nonblocking)}, {"children", v.alive(v.children)},
		{"address", v.alive(v.address)}, {"no-own-socket", v.alive(v.noOwn)}, {"stop", v.stops}, {"socket-stays", v.stays}, {"restart", v.restart},
	} {
		v.check(ctx, c.name, c.f)
	}
	v.d.end()
	return v.close()
}

// close gives the sockets back.
func (v *verifier) close() error {
	var err error
	for _, s := range v.sockets {
		err = errors.Join(err, s.Close())
	}
	v.sockets = nil
	return err
}

// alive is a check that says nothing of a daemon that has ended.
func (v *verifier) alive(check func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if !v.d.running() {
			return "", skipped("it had ended")
		}
		evidence, err := check(ctx)
		if !v.d.running() {
			return "", skipped("it ended meanwhile")
		}
		return evidence, err
	}
}

// ready checks that the daemon accepts on one of the sockets.
func (v *verifier) ready(ctx context.Context) (string, error) {
	inodes, err := v.inodes()
	if err != nil {
		return "", err
	}
	err = v.d.until(ctx, "it accepts on an inherited socket", func() bool {
		return slices.ContainsFunc(v.d.family(), func(pid int) bool { return launch.Accepts(pid, inodes) })
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("process %d waits for what comes on an inherited socket", v.d.process.Pid), nil
}

func (v *verifier) inodes() ([]uint64, error) {
	var out []uint64
	for _, s := range v.sockets {
		n, err := s.Inode()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// serves checks that each of the sockets is served.
func (v *verifier) serves(ctx context.Context) (string, error) {
	var texts []string
	for _, s := range v.sockets {
		text, err := v.asked(ctx, v.d, s.Name, s.Network, s.Addr, s)
		if err != nil {
			return "", fmt.Errorf("%s %s, which it inherited, is not served: %w", s.Network, s.Addr, err)
		}
		inode, err := s.Inode()
		if err != nil {
			return "", err
		}
		texts = append(texts, fmt.Sprintf("%s %s (inode %d): %s", s.Network, s.Addr, inode, text))
	}
	return strings.Join(texts, "; "), nil
}

// noOwn checks that the daemon binds nothing that was handed to it.
func (v *verifier) noOwn(context.Context) (string, error) {
	inodes, err := v.inodes()
	if err != nil {
		return "", err
	}
	all, err := v.d.listening()
	if err != nil {
		return "", err
	}
	var others []string
	for _, i := range all {
		switch {
		case slices.Contains(inodes, i.Inode):
		case !v.expected(i):
			return "", fmt.Errorf("it also listens on %s %s, which it opened itself (inode %d)", i.Network, i.Address, i.Inode)
		default:
			others = append(others, i.Network+" "+i.Address)
		}
	}
	if len(others) > 0 && v.own == nil {
		return "besides it opens " + strings.Join(others, ", ") + ", none of which was handed over", nil
	}
	if len(others) > 0 {
		return "besides only what was not handed over: " + strings.Join(others, ", "), nil
	}
	return "it has no other socket on which clients may come", nil
}

// expected reports whether a socket that the daemon opened is one that it opens
// by itself and that was not handed over.
func (v *verifier) expected(i launch.Info) bool {
	if slices.ContainsFunc(v.Specs, i.Matches) {
		return false
	}
	if v.own == nil {
		return !slices.ContainsFunc(v.Specs, func(s launch.Spec) bool {
			return strings.TrimRight(s.Network, "46") == strings.TrimRight(i.Network, "46")
		})
	}
	return slices.ContainsFunc(v.own, func(o launch.Info) bool {
		handed := slices.ContainsFunc(v.Specs, o.Matches)
		return !handed && o.Network == i.Network && (o.Address == i.Address || slices.Contains(v.random, o.Network+" "+o.Address) && ephemeral(i.Address))
	})
}

// ephemeral reports whether a port is one that the system may have chosen, see
// ip_local_port_range in ip(7).
func ephemeral(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	return err == nil && len(port) == 5 && port >= "32768"
}

// nonblocking checks that O_NONBLOCK, which all holders of a socket share, is
// as it was.
func (v *verifier) nonblocking(context.Context) (string, error) {
	for _, s := range v.sockets {
		i, err := launch.Inspect(s.FD())
		if err != nil {
			return "", err
		}
		if !i.Nonblock {
			return "", fmt.Errorf("it took O_NONBLOCK from %s %s, for everybody who has the socket", s.Network, s.Addr)
		}
	}
	return "O_NONBLOCK is still set", nil
}

// children checks that no program that the daemon runs has, or would have, the
// sockets.
func (v *verifier) children(context.Context) (string, error) {
	inodes, err := v.inodes()
	if err != nil {
		return "", err
	}
	family := v.d.family()
	for n, pid := range family {
		infos, err := launch.OfProcess(pid)
		if err != nil {
			continue // it has just ended
		}
		for _, i := range infos {
			switch {
			case !slices.Contains(inodes, i.Inode):
			case n > 0 && !launch.Accepts(pid, inodes):
				return "", fmt.Errorf("its child %d has %s %s and does not serve it", pid, i.Network, i.Address)
			case !i.CloseExec:
				return "", fmt.Errorf("fd %d of process %d is %s %s without FD_CLOEXEC: every program that it runs gets it", i.FD, pid, i.Network, i.Address)
			}
		}
	}
	return fmt.Sprintf("FD_CLOEXEC is set, and %d children have none of them", len(family)-1), nil
}

// portIn matches a port behind a host, or behind nothing; not the minutes of a
// time.
var portIn = regexp.MustCompile(`(?:[a-zA-Z\]]|\d\.\d+|^|[\s"'=(/\[]):(\d{2,5})\b`)

// address checks that what the daemon tells is where it can be reached.
func (v *verifier) address(context.Context) (string, error) {
	real, configured := make(map[string]bool), make(map[string]bool)
	for _, s := range v.sockets {
		if _, port, err := net.SplitHostPort(s.Addr); err == nil {
			real[port] = true
		}
	}
	for _, i := range v.own {
		if _, port, err := net.SplitHostPort(i.Address); err == nil && !v.stillOwn(i) {
			configured[port] = true
		}
	}
	for port := range real {
		delete(configured, port)
	}
	told := ""
	for _, m := range portIn.FindAllStringSubmatch(string(v.d.said()), -1) {
		switch {
		case configured[m[1]]:
			return "", fmt.Errorf("it tells port %s, on which it does not listen now", m[1])
		case real[m[1]]:
			told = m[1]
		}
	}
	if told != "" {
		return "it tells port " + told + ", which is that of the socket", nil
	}
	return "", skipped("it tells no port of an inherited socket")
}

func (v *verifier) stillOwn(i launch.Info) bool { return !slices.ContainsFunc(v.Specs, i.Matches) }

// stops checks that the daemon ends when it is told to.
func (v *verifier) stops(context.Context) (string, error) {
	if !v.d.running() {
		return "", fmt.Errorf("it ended before: %s", v.d.lastWords())
	}
	if !v.d.stop(v.Timeout) {
		return "", fmt.Errorf("it runs %v after SIGTERM", v.Timeout)
	}
	if said := string(v.d.said()); crashed(said) != "" {
		return "", fmt.Errorf("it panics on SIGTERM: %s", crashed(said))
	}
	v.stopped = true
	return fmt.Sprintf("SIGTERM ended it: %v", v.d.state), nil
}

// stays checks that clients are still queued on the sockets after the stop.
func (v *verifier) stays(context.Context) (string, error) {
	if !v.stopped {
		return "", skipped("it was not stopped as it should be")
	}
	for _, s := range v.sockets {
		if i, err := launch.Inspect(s.FD()); err != nil || s.Stream() && !i.Listening {
			return "", fmt.Errorf("%s %s does not listen any more: it called shutdown(2), which is for everybody who has the socket", s.Network, s.Addr)
		}
		if (s.Network == "unix" || s.Network == "unixgram" || s.Network == "seqpacket") && !strings.HasPrefix(s.Addr, "@") {
			if _, err := os.Lstat(s.Addr); err != nil {
				return "", fmt.Errorf("it removed the path: %w", err)
			}
		}
		if s.Network == "vsock" {
			continue
		}
		conn, err := net.DialTimeout(goNetwork(s.Network), s.Addr, v.Timeout)
		if err != nil {
			return "", fmt.Errorf("clients of %s %s are refused after the stop: %w", s.Network, s.Addr, err)
		}
		conn.Close()
	}
	return "clients are queued after the stop", nil
}

// restart checks that clients lose nothing while the daemon is stopped and
// started again.
func (v *verifier) restart(ctx context.Context) (string, error) {
	if v.Restarts == 0 {
		return "", skipped("not asked for (-restarts)")
	}
	var asked []*launch.Socket
	for _, s := range v.sockets {
		if v.probe(s.Name).kind != "connect" {
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
		p := v.probe(s.Name)
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

// position checks that the daemon finds its sockets by what they are, behind
// one that is not for it.
func (v *verifier) position(ctx context.Context) (string, error) {
	if slices.ContainsFunc(v.Command.Args, numbered.MatchString) {
		return "", skipped("its arguments name a socket by its number")
	}
	decoy, err := launch.Open(launch.Spec{Name: "decoy", Network: "seqpacket", Address: fmt.Sprintf("@inheritfd-decoy-%d", os.Getpid())})
	if err != nil {
		return "", err
	}
	defer decoy.Close()
	sockets, err := v.reopen(func(s launch.Spec) launch.Spec { return s })
	defer closeAll(sockets)
	if err != nil {
		return "", err
	}
	d, err := start(v.Command, v.Command.Args, append([]*launch.Socket{decoy}, sockets...))
	if err != nil {
		return "", err
	}
	defer d.end()
	for _, s := range sockets {
		if _, err := v.asked(ctx, d, s.Name, s.Network, s.Addr, s); err != nil {
			return "", fmt.Errorf("behind a socket that is not for it, %s %s is not served: %w", s.Network, s.Addr, err)
		}
	}
	return "served as fd 4 and up, behind a socket that is not for it", nil
}

var numbered = regexp.MustCompile(`fd://[0-9]`)

// wrong checks that sockets of the wrong type are an error that says so, or are
// left alone.
func (v *verifier) wrong(ctx context.Context) (string, error) {
	swap := map[string]string{"tcp": "udp", "tcp4": "udp4", "tcp6": "udp6", "udp": "tcp", "udp4": "tcp4", "udp6": "tcp6", "unix": "unixgram", "unixgram": "unix", "seqpacket": "unixgram"}
	for _, s := range v.Specs {
		other := s
		other.Network = swap[s.Network]
		if slices.ContainsFunc(v.Specs, func(o launch.Spec) bool {
			return strings.TrimRight(o.Network, "46") == strings.TrimRight(other.Network, "46") && o.Address == s.Address
		}) {
			return "", skipped("it takes sockets of both types at one address")
		}
	}
	sockets, err := v.reopen(func(s launch.Spec) launch.Spec {
		if n, ok := swap[s.Network]; ok {
			s.Network = n
		}
		return s
	})
	defer closeAll(sockets)
	if err != nil {
		return "", skipped(fmt.Sprintf("sockets of the other type cannot be opened: %v", err))
	}
	d, err := start(v.Command, v.Command.Args, sockets)
	if err != nil {
		return "", err
	}
	defer d.end()
	inodes := make(map[uint64]bool)
	for _, s := range sockets {
		n, err := s.Inode()
		if err != nil {
			return "", err
		}
		inodes[n] = true
	}
	own := ""
	err = d.until(ctx, "it ends, or binds by itself", func() bool {
		all, _ := d.listening() // error: it has just ended
		for _, i := range all {
			if !inodes[i.Inode] && slices.ContainsFunc(v.Specs, func(s launch.Spec) bool { s.Name = ""; return i.Matches(s) }) {
				own = i.Network + " " + i.Address
			}
		}
		return own != ""
	})
	switch said := string(d.said()); {
	case crashed(said) != "":
		return "", fmt.Errorf("it panics on sockets of the wrong type: %s", crashed(said))
	case own != "":
		return "left alone: it binds " + own + " by itself", nil
	case d.running():
		return "", errors.New("given sockets of the wrong type it runs on, serves nothing, and says nothing of it")
	case d.state != nil && d.state.Success():
		return "", errors.New("given sockets of the wrong type it ends with status 0")
	case strings.TrimSpace(said) == "":
		return "", errors.New("given sockets of the wrong type it ends without a word")
	case !tells.MatchString(said):
		return "", fmt.Errorf("given sockets of the wrong type it says neither which nor what is wrong: %s", d.lastWords())
	}
	_ = err // that it ended
	return "an error says so: " + d.lastWords(), nil
}

// crashed returns the line in which the Go runtime says that the program is at
// its end, "" if it does not.
func crashed(said string) string {
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") || strings.Contains(line, "SIGSEGV") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// tells matches an error that says what is wrong with which socket.
var tells = regexp.MustCompile(`(?i)\bfd ?\d|descriptor|socket|LISTEN_FDS|in use`)

// reopen opens the sockets anew, for another run.
func (v *verifier) reopen(as func(launch.Spec) launch.Spec) ([]*launch.Socket, error) {
	var out []*launch.Socket
	for _, spec := range v.Specs {
		s, err := launch.Open(as(spec))
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

func closeAll(sockets []*launch.Socket) {
	for _, s := range sockets {
		_ = s.Close() // what is left of it is a path in a folder of the caller's
	}
}
