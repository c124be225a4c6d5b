package verify

// This file defines the checks of the run with the sockets.

import (
	"context"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"

	"inheritfd/fixer/launch"
)

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

// address checks that what the daemon tells is where it can be reached: not a
// port that it has in a run without sockets, and not now.
func (v *verifier) address(context.Context) (string, error) {
	all, err := v.d.listening()
	if err != nil {
		return "", err
	}
	real := ports(all)
	stale := ports(v.own)
	for port := range real {
		delete(stale, port)
	}
	told := ""
	for _, m := range portIn.FindAllStringSubmatch(string(v.d.said()), -1) {
		switch {
		case stale[m[1]]:
			return "", fmt.Errorf("it tells port %s, on which it does not listen now", m[1])
		case real[m[1]]:
			told = m[1]
		}
	}
	if told == "" {
		return "", skipped("it tells no port")
	}
	return "it tells port " + told + ", on which it listens", nil
}

// ports returns the ports of sockets.
func ports(infos []launch.Info) map[string]bool {
	out := make(map[string]bool)
	for _, i := range infos {
		if _, port, err := net.SplitHostPort(i.Address); err == nil {
			out[port] = true
		}
	}
	return out
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
	opened := slices.DeleteFunc(all, func(i launch.Info) bool { return slices.Contains(inodes, i.Inode) })
	others := addresses(opened)
	switch extra := v.extra(opened); {
	case extra != "":
		return "", fmt.Errorf("it also listens on %s, which it opened itself", extra)
	case len(opened) == 0:
		return "it has no other socket on which clients may come", nil
	case slices.ContainsFunc(v.Specs, v.moved):
		return "", skipped("it also listens on " + others + ", which may be in the place of a socket that was handed over on another port")
	case v.own == nil:
		return "", skipped("it also listens on " + others + ", and there was no run without sockets to show whether it always does")
	}
	return "besides only what was not handed over: " + others, nil
}

// extra returns, of the sockets that the daemon opened in a run with others
// handed over, those that it should not have: "" for none, or none that are
// known, which without a plain run are only those at an address handed over.
func (v *verifier) extra(opened []launch.Info) string {
	allowed := slices.DeleteFunc(slices.Clone(v.own), v.handed)
	for _, i := range opened {
		n := slices.IndexFunc(allowed, func(o launch.Info) bool { return v.stands(o, i) })
		switch {
		case n >= 0:
			allowed = slices.Delete(allowed, n, n+1)
		case v.own != nil || v.handed(i):
			return i.Network + " " + i.Address
		}
	}
	// Where the system chose the port, the socket takes the place of one of
	// these; of which is not known, only that there is one less to open.
	for _, s := range v.Specs {
		if !anyPort(s) {
			continue
		}
		like := func(o launch.Info) bool {
			return strings.TrimRight(o.Network, "46") == strings.TrimRight(s.Network, "46") && !v.handed(o)
		}
		n := slices.IndexFunc(allowed, like)
		switch {
		case n >= 0:
			allowed = slices.Delete(allowed, n, n+1)
		case slices.ContainsFunc(v.own, like):
			return addresses(slices.DeleteFunc(slices.Clone(opened), func(o launch.Info) bool { return !like(o) }))
		}
	}
	return ""
}

// stands reports whether a socket of the run without may be this one of another
// run.
func (v *verifier) stands(o, i launch.Info) bool {
	return o.Network == i.Network && (o.Address == i.Address || v.isRandom(o) && ephemeral(i.Address))
}

func addresses(infos []launch.Info) string {
	var out []string
	for _, i := range infos {
		out = append(out, i.Network+" "+i.Address)
	}
	return strings.Join(out, ", ")
}

// handed reports whether a socket is at an address that is handed over.
func (v *verifier) handed(i launch.Info) bool {
	return slices.ContainsFunc(v.Specs, func(s launch.Spec) bool { return !anyPort(s) && matches(i, s) })
}

// moved reports whether a socket is handed over at an address where the daemon
// has none by itself, as far as is known.
func (v *verifier) moved(s launch.Spec) bool {
	return v.own != nil && !anyPort(s) && !slices.ContainsFunc(v.own, func(o launch.Info) bool { return matches(o, s) })
}

// matches reports whether a socket is like one that is handed over, whatever its
// name.
func matches(i launch.Info, s launch.Spec) bool {
	s.Name = ""
	return i.Matches(s)
}

// anyPort reports whether the system chooses the port, so that no other socket
// is at the same address.
func anyPort(s launch.Spec) bool {
	_, port, err := net.SplitHostPort(s.Address)
	return err == nil && port == "0" && (strings.HasPrefix(s.Network, "tcp") || strings.HasPrefix(s.Network, "udp"))
}

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
	how := v.d.state.String()
	switch code := v.d.state.ExitCode(); {
	case code <= 0 || v.ended == "":
	case v.ended == how:
		how += ", as without sockets"
	default:
		return "", fmt.Errorf("SIGTERM ended it with %s, and without sockets with %s", how, v.ended)
	}
	return "SIGTERM ended it: " + how, nil
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
