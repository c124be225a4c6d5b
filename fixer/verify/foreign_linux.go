package verify

// This file defines the checks with sockets that are not for the daemon.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"inheritfd/fixer/launch"
)

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
	waited := d.until(ctx, "it binds by itself", func() bool {
		all, _ := d.listening() // error: it has just ended
		opened := slices.DeleteFunc(all, func(i launch.Info) bool { return inodes[i.Inode] })
		if slices.ContainsFunc(opened, v.handed) || v.likePlain(opened) {
			own = addresses(opened)
		}
		return own != ""
	})
	switch said := string(d.said()); {
	case crashed(said) != "":
		return "", fmt.Errorf("it panics on sockets of the wrong type: %s", crashed(said))
	case own != "":
		return "left alone: it binds " + own + " by itself", nil
	case d.running():
		return "", fmt.Errorf("given sockets of the wrong type it runs on and serves nothing: %w", waited)
	case d.state != nil && d.state.Success():
		return "", errors.New("given sockets of the wrong type it ends with status 0")
	case strings.TrimSpace(said) == "":
		return "", errors.New("given sockets of the wrong type it ends without a word")
	case !tells.MatchString(said):
		return "", fmt.Errorf("given sockets of the wrong type it says neither which nor what is wrong: %s", d.lastWords())
	}
	return "an error says so: " + d.lastWords(), nil
}

// likePlain reports whether a run opened all that the run without sockets did.
func (v *verifier) likePlain(opened []launch.Info) bool {
	return len(v.own) > 0 && !slices.ContainsFunc(v.own, func(o launch.Info) bool {
		return !slices.ContainsFunc(opened, func(i launch.Info) bool { return v.stands(o, i) })
	})
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
