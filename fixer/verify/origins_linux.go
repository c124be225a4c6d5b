package verify

// This file defines the proof of origins: one setting of a daemon is changed, and it
// is looked up which of its sockets moves.

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"inheritfd/fixer/launch"
)

// Origins starts the daemon once as it is, and once for each setting with that one
// changed: to a free port, another host, or a path in a folder that is there only for
// that long. The results are in the order of the settings. The error is for what keeps
// them from being tried at all: the daemon opens no socket as it is, or ErrNothing.
func Origins(ctx context.Context, c Config, settings []Setting) ([]Tried, error) {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if len(settings) == 0 {
		return nil, fmt.Errorf("%w: no flag or variable is known to decide an address", ErrNothing)
	}
	if err := subreaper(); err != nil {
		return nil, err
	}
	v := &verifier{Config: c, result: new(Result)}
	t := trial{verifier: v}
	if err := t.baseline(ctx); err != nil {
		return nil, fmt.Errorf("the daemon as it is: %w", err)
	}
	var out []Tried
	for _, s := range settings {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if c.Progress != nil {
			c.Progress(s.String())
		}
		one, err := t.try(ctx, s)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, ctx.Err()
}

// A trial is the runs of a daemon with one setting changed each.
type trial struct {
	*verifier
}

// baseline notes what the daemon opens as it is.
func (t *trial) baseline(ctx context.Context) error {
	one, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	d, err := start(t.Command, t.Command.Args, nil)
	if err != nil {
		return err
	}
	defer d.end()
	t.own, err = t.settle(one, d)
	d.stop(t.Timeout)
	return err
}

// try changes one setting.
func (t *trial) try(ctx context.Context, s Setting) (Tried, error) {
	out := Tried{Setting: s}
	dir, err := os.MkdirTemp("", "inheritfd-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	if out.Value, err = s.other(dir); err != nil {
		return out, err
	}
	c := t.Command
	switch {
	case s.Env != "":
		if c.Env == nil {
			c.Env = os.Environ()
		}
		c.Env = slices.DeleteFunc(slices.Clone(c.Env), func(kv string) bool { return strings.HasPrefix(kv, s.Env+"=") }) // the first would hold
		c.Env = append(c.Env, s.Env+"="+out.Value)
		c.Args = s.withoutFlags(c.Args)
	default:
		c.Args = s.withFlag(c.Args, out.Value)
	}
	d, err := start(c, c.Args, nil)
	if err != nil {
		return out, err
	}
	defer d.end()
	t.judge(ctx, d, &out)
	d.stop(t.Timeout)
	return out, nil
}

// judge waits until a socket is where the setting says, or the daemon has as many as it
// had before.
func (t *trial) judge(ctx context.Context, d *daemon, out *Tried) {
	one, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	var now []launch.Info
	moved := -1
	var settled time.Time
	err := d.until(one, "it listens", func() bool {
		infos, err := d.listening()
		if err != nil {
			return false // a process of it has just ended
		}
		if len(infos) != len(now) {
			settled = time.Now()
		}
		now = infos
		moved = slices.IndexFunc(now, func(i launch.Info) bool { return out.Setting.moves(i, out.Value) && !t.had(i) })
		return moved >= 0 || len(now) >= len(t.own) && time.Since(settled) > unmoved
	})
	switch {
	case moved >= 0:
		out.Verdict = Confirmed
		out.Evidence = "opens " + now[moved].Network + " " + now[moved].Address
		if gone := t.gone(now); len(gone) > 0 {
			out.Evidence = fmt.Sprintf("moves %s to %s", addresses(gone), now[moved].Address)
		}
	case err == nil && t.open(out.Setting):
		out.Verdict = Refuted
		out.Evidence = "no socket moves: it listens on " + addresses(now)
	case err == nil:
		out.Verdict = NotReached
		out.Evidence = "as it runs here it does not open this listener: it listens on " + addresses(now)
	default:
		out.Verdict = NotReached
		out.Evidence = err.Error()
	}
}

// unmoved is for how long no socket may have come before it is said that none moves.
const unmoved = 2 * time.Second

// open reports whether the daemon as it is may have the listener of a setting: a socket at
// its address, or at a port that the system may choose.
func (t *trial) open(s Setting) bool {
	_, port, err := net.SplitHostPort(s.Now)
	return slices.ContainsFunc(t.own, func(o launch.Info) bool {
		_, has, _ := net.SplitHostPort(o.Address) // error: a path
		switch {
		case err != nil:
			return s.Now != "" && o.Address == s.Now
		case port == "0":
			return ephemeral(o.Address)
		}
		return has == port
	})
}

// had reports whether the daemon has a socket at an address as it is.
func (t *trial) had(i launch.Info) bool {
	return slices.ContainsFunc(t.own, func(o launch.Info) bool { return o.Network == i.Network && o.Address == i.Address })
}

// gone lists the sockets that the daemon has no longer, but for those at ports that the
// system may choose.
func (t *trial) gone(now []launch.Info) []launch.Info {
	return slices.DeleteFunc(slices.Clone(t.own), func(o launch.Info) bool {
		return ephemeral(o.Address) || slices.ContainsFunc(now, func(i launch.Info) bool { return o.Network == i.Network && o.Address == i.Address })
	})
}

// otherHost is a host of every machine that no daemon listens on by default.
const otherHost = "127.0.0.2"

// other returns a value for the setting that nothing else has.
func (s Setting) other(dir string) (string, error) {
	prefix := ""
	if at := strings.Index(s.Now, "://"); at > 0 {
		prefix = s.Now[:at+3]
	} else if strings.HasPrefix(s.Now, "unix:") {
		prefix = "unix:"
	}
	bare := strings.TrimPrefix(s.Now, prefix)
	switch {
	case s.Part == "dir":
		return dir, nil
	case s.Part == "host":
		return otherHost, nil
	case s.Part == "path" || strings.HasPrefix(bare, "/") || s.Unix || strings.HasPrefix(prefix, "unix"):
		return prefix + filepath.Join(dir, "s.sock"), nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // free a moment later, for UDP too as a rule
	if err != nil {
		return "", err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(addr)
	if _, number := strconv.Atoi(bare); s.Part == "port" || bare != "" && number == nil {
		return port, err
	}
	return prefix + addr, err
}

// moves reports whether a socket is where a value says.
func (s Setting) moves(i launch.Info, value string) bool {
	if at := strings.Index(value, "://"); at > 0 {
		value = value[at+3:]
	}
	value = strings.TrimPrefix(value, "unix:")
	if s.Part == "dir" {
		return strings.HasPrefix(i.Address, value+"/")
	}
	host, port, err := net.SplitHostPort(i.Address)
	if err != nil {
		return i.Address == value
	}
	if _, want, err := net.SplitHostPort(value); err == nil {
		return port == want
	}
	return port == value || s.Part == "host" && host == value
}

// withoutFlags returns a command line without the flags that go before the setting.
func (s Setting) withoutFlags(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		has, _, whole := strings.Cut(args[i], "=")
		name := strings.TrimLeft(has, "-")
		if i == 0 || !strings.HasPrefix(has, "-") || !slices.ContainsFunc(s.Before, func(f string) bool { return strings.TrimLeft(f, "-") == name }) {
			out = append(out, args[i])
		} else if !whole {
			i++ // its value
		}
	}
	return out
}

// withFlag returns a command line with another value of a flag: in place of the one
// that it has, behind the command that it is of, or at the end, where a library looks
// for it whose flags have two dashes.
func (s Setting) withFlag(args []string, value string) []string {
	name := strings.TrimLeft(s.Flag, "-")
	out := slices.Clone(args)
	for i := 1; i < len(out) && out[i] != "--"; i++ {
		has, _, whole := strings.Cut(out[i], "=")
		switch {
		case !strings.HasPrefix(has, "-") || strings.TrimLeft(has, "-") != name:
		case whole:
			out[i] = has + "=" + value
			return out
		case i+1 < len(out):
			out[i+1] = value
			return out
		}
	}
	flag := s.Flag + "=" + value
	if len(name) == 1 && strings.HasPrefix(s.Flag, "--") {
		flag = "-" + name + value
	}
	for i := 1; len(s.Words) > 0 && i+len(s.Words) <= len(out); i++ {
		if slices.Equal(out[i:i+len(s.Words)], s.Words) {
			return slices.Insert(out, i+len(s.Words), flag)
		}
	}
	if strings.HasPrefix(s.Flag, "--") {
		if at := slices.Index(out, "--"); at > 0 {
			return slices.Insert(out, at, flag)
		}
		return append(out, flag)
	}
	return slices.Insert(out, 1, flag)
}
