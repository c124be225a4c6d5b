package verify

// This file defines how a daemon is asked of which no probe says how: as the calls by
// which it listens say that it serves.

import (
	"context"
	"net"
	"slices"
	"strings"
)

// A Site is what is known of a socket of the daemon from its source.
type Site struct {
	Name     string // of the logical listener
	Address  string // by default, or as the arguments say; "" when not known
	Protocol string // http or dns; "" for any other
	Packet   bool   // for datagrams
}

// siteOf returns the site that a socket is of: the one of its name, its port or path, or
// the only one of its type.
func (v *verifier) siteOf(name, network, addr string) (Site, bool) {
	packet := strings.HasPrefix(network, "udp") || network == "unixgram"
	var typed []Site
	for _, s := range v.Sites {
		if s.Packet == packet {
			typed = append(typed, s)
		}
	}
	i := slices.IndexFunc(typed, func(s Site) bool { return s.Name == name })
	if i < 0 {
		i = slices.IndexFunc(typed, func(s Site) bool { return s.Address != "" && lastPart(s.Address) == lastPart(addr) })
	}
	if i < 0 && len(typed) == 1 {
		i = 0
	}
	if i < 0 {
		return Site{}, false
	}
	return typed[i], true
}

// probe returns how this is asked; any status is an answer.
func (s Site) probe() Probe {
	switch s.Protocol {
	case "http":
		return Probe{kind: "http", text: "/", any: true}
	case "dns":
		return Probe{kind: "dns", text: "localhost"}
	}
	return Probe{kind: "connect"}
}

// lastPart returns the port of an address, or a path.
func lastPart(addr string) string {
	if _, port, err := net.SplitHostPort(addr); err == nil {
		return port
	}
	return addr
}

// learn sees which probe a socket answers, the first time that it is asked, of which no
// probe is given: that of its site, over TLS or not, which may be decided anywhere. One
// that answers neither within some time is connected to.
func (v *verifier) learn(ctx context.Context, name, network, addr string) {
	s, ok := v.siteOf(name, network, addr)
	if _, given := v.given(name); given || !ok {
		return
	}
	if _, known := v.learnt[s.key()]; known {
		return
	}
	p := s.probe()
	kinds := []string{p.kind}
	if p.kind == "http" { // to which a server with TLS has an answer, too
		kinds = []string{"https", "http"}
	}
	v.learnt[s.key()] = Probe{kind: "connect"}
	for _, p.kind = range kinds {
		one, cancel := context.WithTimeout(ctx, v.Timeout/5)
		_, err := p.ask(one, network, addr)
		cancel()
		if err == nil {
			v.learnt[s.key()] = p
			return
		}
	}
}

// A siteKey tells sites apart: two of different types may share a name.
type siteKey struct {
	name   string
	packet bool
}

func (s Site) key() siteKey { return siteKey{s.Name, s.Packet} }
