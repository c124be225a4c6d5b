package verify

// This file defines the checks, and the runs of the daemon that they need.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// ErrNothing is the error of a daemon of which it is not known what sockets to
// hand over: none are given, and by itself it listens on none.
var ErrNothing = errors.New("no sockets to hand over: none are named, and the daemon opens none by itself")

// Run makes the checks. The error is for what keeps them from being made at
// all, not for checks that fail. It makes this process a subreaper, and ends the
// children that it has: what a daemon leaves behind, and anybody else's.
func Run(ctx context.Context, c Config) (*Result, error) {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Clients == 0 {
		c.Clients = 8
	}
	v := &verifier{Config: c, result: &Result{Program: c.Command.Args, Sockets: []string{}}, learnt: make(map[siteKey]Probe)}
	if v.Plain == nil {
		v.Plain = c.Command.Args
	}
	if err := subreaper(); err != nil {
		return nil, err
	}
	v.check(ctx, "plain", v.plain)
	if ctx.Err() != nil {
		return v.result, ctx.Err()
	}
	if v.unanswered { // nothing that follows would tell more
		v.skipRest()
		return v.result, nil
	}
	if len(v.Specs) == 0 {
		if v.Specs = v.specsOfPlain(); len(v.Specs) == 0 {
			return v.result, fmt.Errorf("%w (the run without sockets: %s)", ErrNothing, v.result.Checks[0].Evidence)
		}
	}
	if err := v.inherited(ctx); err != nil {
		return v.result, err
	}
	for _, c := range v.foreign() {
		v.check(ctx, c.name, c.f)
	}
	if v.Systemd != nil {
		v.underSystemd(ctx)
	}
	return v.result, ctx.Err()
}

// subreaper has processes that outlive their parent become children of this one, so
// that none gets away.
func subreaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_CHILD_SUBREAPER: %w", err)
	}
	return nil
}

type verifier struct {
	Config
	result *Result
	own    []launch.Info // sockets of the plain run; nil when it was not made
	random []string      // of these, addresses that another run does not have
	// unanswered says that a socket of that run does not answer its probe.
	unanswered bool
	learnt     map[siteKey]Probe // by site, see learn
	ended      string            // how that run ended on SIGTERM; "" when it was not made
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

// asked makes the probe of a socket; of one of ours, s, it is seen whether what
// answers nothing was accepted or read.
func (v *verifier) asked(ctx context.Context, d *daemon, name, network, addr string, s *launch.Socket) (string, error) {
	v.learn(ctx, name, network, addr)
	p := v.probe(name, network, addr)
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

// given returns the probe that is given for a socket.
func (v *verifier) given(name string) (Probe, bool) {
	p, ok := v.Probes[name]
	if !ok {
		p, ok = v.Probes[""]
	}
	return p, ok
}

// probe returns that of a socket: the one that is given, or that it has answered; any
// other is connected to.
func (v *verifier) probe(name, network, addr string) Probe {
	if p, ok := v.given(name); ok {
		return p
	}
	if s, ok := v.siteOf(name, network, addr); ok {
		if p, ok := v.learnt[s.key()]; ok {
			return p
		}
	}
	return Probe{kind: "connect"}
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
	for _, c := range v.ofSockets() {
		v.check(ctx, c.name, c.f)
	}
	v.d.end()
	return v.close()
}

// A making is a check and how it is made.
type making struct {
	name string
	f    func(context.Context) (string, error)
}

// ofSockets are the checks of a run with the sockets, in their order.
func (v *verifier) ofSockets() []making {
	return []making{
		{"ready", v.ready}, {"serves", v.serves}, {"nonblocking", v.alive(v.nonblocking)}, {"children", v.alive(v.children)},
		{"address", v.alive(v.address)}, {"no-own-socket", v.alive(v.noOwn)}, {"stop", v.stops}, {"socket-stays", v.stays}, {"restart", v.restart},
	}
}

// foreign are the checks with sockets that are not for the daemon.
func (v *verifier) foreign() []making {
	return []making{{"position", v.position}, {"wrong-socket", v.wrong}}
}

// skipRest skips all checks but the first, where its probe fails.
func (v *verifier) skipRest() {
	for _, c := range append(v.ofSockets(), v.foreign()...) {
		v.result.Checks = append(v.result.Checks, Check{Name: c.name, Status: Skip, Evidence: "the probe is not answered in the run without sockets either, see plain"})
	}
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
