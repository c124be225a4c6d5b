//go:build long && linux

package main

// This file defines the restart experiment: what clients notice when systemd
// restarts a daemon that binds its sockets, one that inherits them, and one
// that also answers what it has accepted before it ends.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	restarts = 12
	between  = 300 // requests on each socket from one restart to the next
	clients  = 32  // of each socket
)

// webdPorted is what a port changes in testdata/daemon/webd, old and new, but
// for what it does so that a restart loses nothing.
var webdPorted = []string{
	"\t\"net\"\n", "\t\"example.com/webd/internal/inherit\"\n",
	"os.Remove(socket)", "inherit.Remove(socket)",
	`net.Listen("unix", socket)`, `inherit.Listen("unix", socket)`,
	"os.Chmod(socket, 0o660)", "inherit.Chmod(socket, 0o660)",
	"web.ListenAndServe()", "inherit.ServerListenAndServe(web)",
}

// buildWebd returns a program built from webd with the given replacements. It
// gets the helper, but for the files in without.
func buildWebd(t *testing.T, replacements []string, without ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/daemon/webd")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	src := string(text)
	for r := range slices.Chunk(replacements, 2) {
		if strings.Count(src, r[0]) != 1 {
			panic(fmt.Sprintf("webd has %q %d times", r[0], strings.Count(src, r[0])))
		}
		src = strings.Replace(src, r[0], r[1], 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	helper, err := filepath.Glob("../../fixer/inherit/*.go")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "internal/inherit"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range helper {
		name := filepath.Base(file)
		if strings.HasSuffix(name, "_test.go") || slices.Contains(without, name) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "internal/inherit", name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(dir, "webd")
	runIn(t, dir, nil, "go", "build", "-o", bin, ".")
	return bin
}

// A tally is what the clients of one socket got.
type tally struct {
	sync.Mutex
	ok, refused, lost int
	causes            map[string]int  // of refused and lost
	bodies            map[string]bool // one for each process
	worst             time.Duration   // until an answer
}

func newTally() *tally {
	return &tally{causes: make(map[string]int), bodies: make(map[string]bool)}
}

func (c *tally) String() string {
	c.Lock()
	defer c.Unlock()
	var causes []string
	for _, cause := range slices.Sorted(maps.Keys(c.causes)) {
		causes = append(causes, fmt.Sprintf("%d %s", c.causes[cause], cause))
	}
	return fmt.Sprintf("%6d ok, %5d refused, %3d lost, %2d processes, worst latency %4d ms; %s",
		c.ok, c.refused, c.lost, len(c.bodies), c.worst.Milliseconds(), strings.Join(causes, ", "))
}

func (c *tally) answered() int {
	c.Lock()
	defer c.Unlock()
	return c.ok
}

// count does a request and reports whether it was answered.
func (c *tally) count(do request) bool {
	begin := time.Now()
	body, dialed, err := do()
	took := time.Since(begin)
	c.Lock()
	defer c.Unlock()
	switch {
	case err == nil:
		c.ok++
		c.bodies[body] = true
		c.worst = max(c.worst, took)
		return true
	case !dialed && (errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist)):
		c.refused++
	default:
		c.lost++
	}
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		err = errno
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = io.EOF
	}
	c.causes[err.Error()]++
	return false
}

// A request is done over a connection of its own. It returns the answer, and
// whether there was a connection.
type request func() (body string, dialed bool, err error)

// getOnce does a request of HTTP/1.
func getOnce(network, addr string) (body string, dialed bool, err error) {
	conn, err := net.DialTimeout(network, addr, deadline)
	if err != nil {
		return "", false, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		return "", true, err
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: webd\r\nConnection: close\r\n\r\n"); err != nil {
		return "", true, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", true, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(res.Status)
	}
	return string(text), true, err
}

// A clientLoad is clients that do requests until it is stopped.
type clientLoad struct {
	tallies []*tally // one of each request
	stop    func()   // waits for the clients
}

// startLoad has n clients do each of some requests again and again.
func startLoad(t *testing.T, n int, requests ...request) *clientLoad {
	t.Helper()
	l := new(clientLoad)
	var asked [][]request
	for _, do := range requests {
		asked = append(asked, slices.Repeat([]request{do}, n))
	}
	l.start(t, asked)
	return l
}

// start starts clients: those whose requests are counted together are together.
func (l *clientLoad) start(t *testing.T, asked [][]request) {
	t.Helper()
	end := make(chan struct{})
	var running sync.WaitGroup
	for _, together := range asked {
		c := newTally()
		l.tallies = append(l.tallies, c)
		for _, do := range together {
			running.Go(func() {
				for {
					// One that got nothing tries again soon, but leaves us the processor.
					var pause <-chan time.Time
					if !c.count(do) {
						pause = time.After(2 * time.Millisecond)
					}
					select {
					case <-end:
						return
					default:
					}
					if pause != nil {
						<-pause
					}
				}
			})
		}
	}
	l.stop = sync.OnceFunc(func() {
		close(end)
		running.Wait()
	})
	t.Cleanup(l.stop)
}

// more waits until n more requests of each kind have been answered.
func (l *clientLoad) more(t *testing.T, n int) {
	t.Helper()
	var want []int
	for _, c := range l.tallies {
		want = append(want, c.answered()+n)
	}
	poll(t, "answers", func() error {
		for i, c := range l.tallies {
			if c.answered() < want[i] {
				return fmt.Errorf("clients got %v", l.tallies)
			}
		}
		return nil
	})
}

// check stops the load, and fails the test if there were requests that were not
// answered.
func (l *clientLoad) check(t *testing.T, what string) {
	t.Helper()
	l.stop()
	for _, c := range l.tallies {
		t.Logf("%-24s %v", what, c)
		if c.refused+c.lost > 0 {
			t.Errorf("%s: %v", what, c)
		}
	}
}

// restartUnderLoad restarts a service again and again while clients do each of
// some requests, and returns what they got.
func restartUnderLoad(t *testing.T, m *systemdManager, service string, requests ...request) []*tally {
	t.Helper()
	l := startLoad(t, clients, requests...)
	defer l.stop()
	l.more(t, between)
	for range restarts {
		m.ctl("restart", service)
		l.more(t, between)
	}
	return l.tallies
}

// unlimited lets a service be started as often as one likes: one that binds may find
// its port taken, by a client that connects. The drop-in overrides that of all services.
func (m *systemdManager) unlimited(name string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Join(m.dir, "units", name+".service.d"), 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.write("units/"+name+".service.d/20-restarts.conf", "[Unit]\nStartLimitIntervalSec=0\n")
}

// unitWebd writes the units of a webd, and returns the name of the service.
func unitWebd(t *testing.T, m *systemdManager, bin, name, addr, path string) string {
	t.Helper()
	m.unlimited(name)
	m.write("units/"+name+".socket", socketUnit("ListenStream="+addr, "ListenStream="+path, "SocketMode=0600"))
	m.unit(name+".service", serviceUnit("ExecStart="+bin+" -addr "+addr+" -socket "+path, "Restart=on-failure", "RestartSec=50ms"))
	return name + ".service"
}

func TestLongRestart(t *testing.T) {
	m := startSystemd(t)
	for _, v := range []struct {
		name string
		bin  string
		unit string // to start first: one or the other opens the sockets
	}{
		{"webd-binds", buildWebd(t, nil), "webd-binds.service"},
		{"webd-ported", buildWebd(t, webdPorted, "drain.go", "stop.go"), "webd-ported.socket"},
		{"webd-drained", portDaemon(t, "webd", "."), "webd-drained.socket"},
	} {
		bin := v.bin
		if v.name == "webd-drained" {
			checkPlainWebd(t, bin)
		}
		withFreeAddrs(t, 1, func(addrs ...string) error {
			addr, path := addrs[0], filepath.Join(shortTempDir(t), "webd.sock")
			service := unitWebd(t, m, bin, v.name, addr, path)
			if err := m.startUnit(v.unit); err != nil {
				return err
			}
			poll(t, v.name, func() error {
				_, _, err := getOnce("unix", path)
				if err == nil {
					_, _, err = getOnce("tcp", addr)
				}
				return err
			})
			got := restartUnderLoad(t, m, service,
				func() (string, bool, error) { return getOnce("tcp", addr) },
				func() (string, bool, error) { return getOnce("unix", path) })
			tcp, unix := got[0], got[1]
			t.Logf("%-13s tcp:  %v", v.name, tcp)
			t.Logf("%-13s unix: %v", v.name, unix)
			switch v.name {
			case "webd-binds":
				if tcp.refused+tcp.lost == 0 || unix.refused+unix.lost == 0 {
					t.Error("the experiment shows nothing: clients of a webd that binds notice none of its restarts")
				}
			case "webd-ported":
				if tcp.refused+unix.refused != 0 {
					t.Errorf("%s: clients were refused", v.name)
				}
			case "webd-drained":
				for _, c := range []*tally{tcp, unix} {
					if c.refused+c.lost != 0 || len(c.bodies) != restarts+1 {
						t.Errorf("%s: %v", v.name, c)
					}
				}
				checkStopped(t, m, service, path)
			}
			m.ctl("stop", service, v.name+".socket")
			return nil
		})
	}
}

// TestLongOneConnection runs a ported webd as a service of which each connection
// starts an instance (Accept=yes).
func TestLongOneConnection(t *testing.T) {
	m := startSystemd(t)
	bin := portDaemon(t, "webd", ".")
	withFreeAddrs(t, 1, func(addrs ...string) error {
		m.write("units/webd@.service", "[Unit]\nCollectMode=inactive-or-failed\n"+
			serviceUnit("ExecStart="+bin+" -addr "+addrs[0]+" -socket "+shortTempDir(t)+"/%i.sock"))
		m.unit("webd.socket", socketUnit("ListenStream="+addrs[0], "Accept=yes"))
		if err := m.startUnit("webd.socket"); err != nil {
			return err
		}
		first, _, err := getOnce("tcp", addrs[0])
		if err != nil {
			t.Fatalf("%v\n%s", err, m.log())
		}
		second, _, err := getOnce("tcp", addrs[0])
		if err != nil || first == second {
			t.Errorf("the second connection got %q, %v, the first %q", second, err, first)
		}
		poll(t, "instances that end", func() error {
			if left := strings.TrimSpace(m.ctl("list-units", "--plain", "--no-legend", "webd@*")); left != "" {
				return errors.New(left)
			}
			return nil
		})
		m.ctl("stop", "webd.socket")
		return nil
	})
}

// checkStopped stops a service and checks that its unix socket is as systemd
// made it, and that clients are queued there, which starts the service again.
func checkStopped(t *testing.T, m *systemdManager, service, path string) {
	t.Helper()
	m.ctl("stop", service)
	if got := m.ctl("show", "-p", "ActiveState", "--value", service); got != "inactive" {
		t.Errorf("after stop %s is %s", service, got)
	}
	if fi, err := os.Lstat(path); err != nil || fi.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("after stop the path is %v, %v, want systemd's socket with mode 0600", fi, err)
	}
	if _, _, err := getOnce("unix", path); err != nil {
		t.Errorf("a client after stop: %v", err)
	}
}

// checkPlainWebd checks that with nothing inherited a webd sets the mode of its
// unix socket and takes it away, as if it were not ported.
func checkPlainWebd(t *testing.T, bin string) {
	t.Helper()
	withFreeAddrs(t, 1, func(addr ...string) error {
		path := filepath.Join(shortTempDir(t), "webd.sock")
		if err := os.WriteFile(path, nil, 0o644); err != nil { // a stale one
			t.Fatal(err)
		}
		p := startProc(t, nil, bin, "-addr", addr[0], "-socket", path)
		if _, err := p.waitListening(2); err != nil {
			return err
		}
		for _, network := range []string{"tcp", "unix"} {
			if _, _, err := getOnce(network, map[string]string{"tcp": addr[0], "unix": path}[network]); err != nil {
				t.Error(err)
			}
		}
		if fi, err := os.Lstat(path); err != nil || fi.Mode() != fs.ModeSocket|0o660 {
			t.Errorf("the path is %v, %v, want a socket with mode 0660", fi, err)
		}
		p.stop(t)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after SIGTERM the path is there: %v", err)
		}
		return nil
	})
}
