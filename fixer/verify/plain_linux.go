package verify

// This file defines the run without sockets, and what it shows.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"inheritfd/fixer/launch"
)

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
			v.unanswered = d.running()
			return "", fmt.Errorf("it listens on %s %s and does not answer: %w", i.Network, i.Address, err)
		}
	}
	if !d.stop(v.Timeout) {
		return "", errors.New("it does not end on SIGTERM")
	}
	v.ended = d.state.String()
	return "binds " + addresses(own) + " by itself and answers there", v.again(ctx)
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

// specsOfPlain returns the sockets that the daemon opened by itself, but for
// those whose port the system chose.
func (v *verifier) specsOfPlain() []launch.Spec {
	var out []launch.Spec
	for _, i := range v.own {
		if i.Network != "" && !v.isRandom(i) {
			out = append(out, launch.Spec{Name: i.Name, Network: i.Network, Address: i.Address})
		}
	}
	return out
}

// isRandom reports whether a socket of the run without is at another address
// each time.
func (v *verifier) isRandom(i launch.Info) bool {
	return slices.Contains(v.random, i.Network+" "+i.Address)
}

// ephemeral reports whether a port is one that the system may have chosen, see
// ip_local_port_range in ip(7).
func ephemeral(addr string) bool {
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	first, last := 32768, 60999 // the kernel's default
	if set, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(set), &first, &last) // two numbers
	}
	port, err := strconv.Atoi(text)
	return err == nil && first <= port && port <= last
}
