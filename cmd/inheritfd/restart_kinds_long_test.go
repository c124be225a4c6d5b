//go:build long && linux

package main

// This file defines the restart experiment by kind of client: what each of them
// notices when systemd restarts a daemon that binds, and that daemon ported.

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// kindRestarts is how often the daemon is restarted, unless INHERITFD_RESTARTS says how
// often, and kindAnswers how many answers each kind of client waits for in between.
var kindRestarts = 4

const kindAnswers = 300

// A place is where manyd listens.
type place struct{ http, tls, limited, lines, socket string }

func (p place) flags() string {
	return fmt.Sprintf("-http %s -tls %s -limited %s -lines %s -socket %s", p.http, p.tls, p.limited, p.lines, p.socket)
}

// A clientKind asks in one way. It returns a request for one client, which does them
// one after the other.
type clientKind struct {
	name string
	make func(p place) request
}

// clientKinds are the ways to ask manyd. None of them tries again what has failed.
var clientKinds = []clientKind{
	{"HTTP/1.1 GET", func(p place) request { return asks("GET", "http", p.http, onceEach("tcp", p.http)) }},
	{"HTTP/1.1 POST", func(p place) request { return asks("POST", "http", p.http, onceEach("tcp", p.http)) }},
	{"kept alive GET", func(p place) request { return asks("GET", "http", p.http, keptAlive("tcp", p.http)) }},
	{"kept alive POST", func(p place) request { return asks("POST", "http", p.http, keptAlive("tcp", p.http)) }},
	{"unix POST", func(p place) request { return asks("POST", "http", "unix", onceEach("unix", p.socket)) }},
	{"unix kept alive", func(p place) request { return asks("POST", "http", "unix", keptAlive("unix", p.socket)) }},
	{"wrapped GET", func(p place) request { return asks("GET", "http", p.limited, onceEach("tcp", p.limited)) }},
	{"TLS POST", func(p place) request { return asks("POST", "https", p.tls, onceEach("tcp", p.tls)) }},
	{"HTTP/2 POST", func(p place) request { return asks("POST", "https", p.tls, overHTTP2(p.tls)) }},
	{"lines", func(p place) request { return func() (string, bool, error) { return sayLine(p.lines) } }},
}

// A dialNote remembers whether the last dial worked.
type dialNote struct {
	sync.Mutex
	failed bool
}

func (n *dialNote) dialer(network, addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := (&net.Dialer{Timeout: deadline}).DialContext(ctx, network, addr)
		n.Lock()
		defer n.Unlock()
		n.failed = err != nil
		return c, err
	}
}

func (n *dialNote) connected() bool {
	n.Lock()
	defer n.Unlock()
	return !n.failed
}

// A way is how a client comes to its connections.
type way struct {
	tr   *http.Transport
	note *dialNote
}

// onceEach has a connection for each request.
func onceEach(network, addr string) way {
	w := keptAlive(network, addr)
	w.tr.DisableKeepAlives = true
	return w
}

// keptAlive has one connection for all requests.
func keptAlive(network, addr string) way {
	note := new(dialNote)
	return way{&http.Transport{
		DialContext:     note.dialer(network, addr),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // manyd makes its own at each start
		MaxIdleConns:    1,
	}, note}
}

// overHTTP2 has one connection of HTTP/2 for all requests.
func overHTTP2(addr string) way {
	w := keptAlive("tcp", addr)
	w.tr.Protocols = new(http.Protocols)
	w.tr.Protocols.SetHTTP2(true)
	return w
}

// asks returns requests by one client. A body without GetBody is sent once: package
// net/http then tries nothing again that may have arrived.
func asks(method, scheme, host string, w way) request {
	client := &http.Client{Transport: w.tr, Timeout: deadline}
	return func() (string, bool, error) {
		var body io.Reader
		if method == "POST" {
			body = io.MultiReader(strings.NewReader(" for a client"))
		}
		req, err := http.NewRequest(method, scheme+"://"+host+"/", body)
		if err != nil {
			return "", false, err
		}
		res, err := client.Do(req)
		if err != nil {
			return "", w.note.connected(), err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = errors.New(res.Status)
		}
		return string(text), true, err
	}
}

// sayLine says a line and waits for the answer.
func sayLine(addr string) (string, bool, error) {
	c, err := net.DialTimeout("tcp", addr, deadline)
	if err != nil {
		return "", false, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
		return "", true, err
	}
	if _, err := io.WriteString(c, " for a client\n"); err != nil {
		return "", true, err
	}
	text, err := bufio.NewReader(c).ReadString('\n')
	return text, true, err
}

func TestLongRestartKinds(t *testing.T) {
	if text := os.Getenv("INHERITFD_RESTARTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		kindRestarts = n
	}
	m := startSystemd(t)
	binds := filepath.Join(t.TempDir(), "manyd")
	runIn(t, "../../testdata/daemon/manyd", []string{"GOWORK=off"}, "go", "build", "-o", binds, ".")
	table := make(map[string][]*tally)
	for _, v := range []struct{ name, bin, first string }{
		{"manyd-binds", binds, "manyd-binds.service"},
		{"manyd-ported", portDaemon(t, "manyd", "."), "manyd-ported.socket"},
	} {
		withFreeAddrs(t, 4, func(addrs ...string) error {
			p := place{addrs[0], addrs[1], addrs[2], addrs[3], filepath.Join(shortTempDir(t), "manyd.sock")}
			m.write("units/"+v.name+".socket", socketUnit("ListenStream="+p.http, "ListenStream="+p.tls, "ListenStream="+p.limited, "ListenStream="+p.lines, "ListenStream="+p.socket))
			m.unlimited(v.name)
			m.unit(v.name+".service", serviceUnit("ExecStart="+v.bin+" "+p.flags(), "Restart=on-failure", "RestartSec=50ms"))
			if err := m.startUnit(v.first); err != nil {
				return err
			}
			for _, kind := range clientKinds {
				poll(t, v.name+" "+kind.name, func() error { _, _, err := kind.make(p)(); return err })
			}
			table[v.name] = restartKinds(t, m, v.name+".service", p)
			m.ctl("stop", v.name+".service", v.name+".socket")
			return nil
		})
	}
	answers := 0
	for i, kind := range clientKinds {
		was, now := table["manyd-binds"][i], table["manyd-ported"][i]
		t.Logf("%-16s binds:  %v", kind.name, was)
		t.Logf("%-16s ported: %v", "", now)
		answers += now.ok
		if now.refused+now.lost > 0 || len(now.bodies) != kindRestarts+1 {
			t.Errorf("%s: %v", kind.name, now)
		}
		if was.refused+was.lost == 0 {
			t.Errorf("%s: the experiment shows nothing: clients of a manyd that binds notice none of its restarts", kind.name)
		}
	}
	t.Logf("%d answers of the ported one in %d restarts", answers, kindRestarts)
	if want := len(clientKinds) * kindRestarts * kindAnswers; answers < want {
		t.Errorf("%d answers, want %d", answers, want)
	}
}

// restartKinds restarts a service again and again while a few clients of each kind ask.
func restartKinds(t *testing.T, m *systemdManager, service string, p place) []*tally {
	t.Helper()
	const each = 4 // clients
	var asked [][]request
	for _, kind := range clientKinds {
		var together []request
		for range each {
			together = append(together, kind.make(p))
		}
		asked = append(asked, together)
	}
	l := new(clientLoad)
	l.start(t, asked)
	l.more(t, kindAnswers)
	for range kindRestarts {
		m.ctl("restart", service)
		l.more(t, kindAnswers)
	}
	l.stop()
	return l.tallies
}
