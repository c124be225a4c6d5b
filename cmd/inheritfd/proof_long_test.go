//go:build long && linux

package main

// This file defines the proof of the whole command: it ports the daemons of
// testdata/daemon and shows from outside that they serve on the sockets that
// they inherit, listen on nothing else, and are unchanged without.

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// portDaemon ports a copy of testdata/daemon/NAME and returns the program
// that is built from its package main in the folder pkg.
func portDaemon(t *testing.T, name, pkg string) string {
	t.Helper()
	dir := portModule(t, name)
	bin := filepath.Join(t.TempDir(), name)
	runIn(t, dir, nil, "go", "build", "-o", bin, pkg)
	return bin
}

// portModule ports a copy of testdata/daemon/NAME, and returns its folder.
func portModule(t *testing.T, name string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../testdata/daemon", name))); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		return runIn(t, dir, []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}, "git", args...)
	}
	git("init", "-q")
	git("add", ".")
	git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "as it was")

	cmd := exec.Command(inheritfdBin(t), slices.Concat([]string{"port", "-with=accept,gate"}, flags, []string{"./..."})...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	const findingsLeft = 3
	if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == findingsLeft) {
		t.Fatalf("inheritfd port: %v\n%s", err, out)
	}
	t.Logf("inheritfd port:\n%s", out)

	assertChanged(t, git("status", "--porcelain", "-uall"), git("diff", "--stat"))
	runIn(t, dir, nil, "go", "test", "./...")
	runIn(t, dir, []string{"GOOS=windows", "CGO_ENABLED=0"}, "go", "build", "./...")
	return dir
}

// assertChanged checks what the port touched: some Go file that was there,
// and nothing that says what the module depends on.
func assertChanged(t *testing.T, status, stat string) {
	t.Helper()
	modified := false
	for line := range strings.Lines(status) {
		if len(line) < 4 {
			continue
		}
		path := strings.TrimSpace(line[3:])
		switch filepath.Base(path) {
		case "go.mod", "go.sum":
			t.Errorf("the port touched %s", path)
		}
		modified = modified || line[1] == 'M' && strings.HasSuffix(path, ".go")
	}
	if !modified || strings.Contains(stat, "go.mod") {
		t.Errorf("changed files:\n%s%s", status, stat)
	}
}

// checkNotes is a client of notesd on both its listeners.
func checkNotes(t *testing.T, api, metrics string) {
	t.Helper()
	httpDo(t, "PUT", "http://"+api+"/notes/todo", "milk")
	if got := httpDo(t, "GET", "http://"+api+"/notes/todo", ""); got != "milk" {
		t.Errorf("the note reads %q", got)
	}
	if got := httpDo(t, "GET", "http://"+metrics+"/metrics", ""); !strings.Contains(got, "notes_requests_total ") {
		t.Errorf("metrics = %q", got)
	}
}

// checkCached is a client of cached.
func checkCached(t *testing.T, network, addr string) {
	t.Helper()
	c := dial(t, network, addr)
	in := bufio.NewReader(c)
	for _, line := range []struct{ send, want string }{
		{"PING\n", "PONG\n"},
		{"SET a 1 2\n", "OK\n"},
		{"GET a\n", "VALUE 1 2\n"},
	} {
		if _, err := io.WriteString(c, line.send); err != nil {
			t.Fatal(err)
		}
		if got, err := in.ReadString('\n'); got != line.want {
			t.Errorf("%s %s: %q = %q, %v, want %q", network, addr, line.send, got, err, line.want)
		}
	}
}

// checkDNS is a client of dnsd that asks for the name in [dnsZone].
func checkDNS(t *testing.T, network, addr string) {
	t.Helper()
	query := []byte(dnsQuery)
	c := dial(t, network, addr)
	answer := make([]byte, 512)
	var n int
	var err error
	if network == "udp" {
		if _, err := c.Write(query); err != nil {
			t.Fatal(err)
		}
		n, err = c.Read(answer)
	} else {
		framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)
		if _, err := c.Write(framed); err != nil {
			t.Fatal(err)
		}
		var size [2]byte
		if _, err = io.ReadFull(c, size[:]); err == nil {
			n, err = io.ReadFull(c, answer[:min(len(answer), int(binary.BigEndian.Uint16(size[:])))])
		}
	}
	if err != nil || !bytes.HasPrefix(answer[:n], query[:2]) || !bytes.HasSuffix(answer[:n], []byte{192, 0, 2, 1}) {
		t.Errorf("dns over %s = %v, %v", network, answer[:n], err)
	}
}

const (
	dnsZone  = "a.test 192.0.2.1\n"
	dnsQuery = "\x00\x09\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01" // for its address
)

func TestLongProofNotesd(t *testing.T) {
	proveNotesd(t, portDaemon(t, "notesd", "./cmd/notesd"))
}

func proveNotesd(t *testing.T, bin string) {
	env := func(metrics string) string {
		_, port, _ := net.SplitHostPort(metrics)
		return "METRICS_PORT=" + port
	}
	t.Run("plain", func(t *testing.T) {
		withFreeAddrs(t, 2, func(addr ...string) error {
			control := filepath.Join(shortTempDir(t), "control")
			p := startProc(t, []string{env(addr[1]), "NOTES_CONTROL=" + control},
				bin, "-addr", addr[0], "-data", t.TempDir())
			if _, err := p.waitListening(3); err != nil {
				return err
			}
			checkNotes(t, addr[0], addr[1])
			assertAddrs(t, p.pid(), "tcp "+addr[0], "tcp "+addr[1], "unix "+control)
			p.stop(t)
			return nil
		})
	})
	t.Run("socket-activate", func(t *testing.T) {
		withFreeAddrs(t, 2, func(addr ...string) error {
			p, err := socketActivate(t, []string{"-l", addr[0], "-l", addr[1], "-E", env(addr[1])},
				bin, "-addr", addr[0], "-data", t.TempDir())
			if err != nil {
				return err
			}
			checkNotes(t, addr[0], addr[1])
			assertOnly(t, p.pid(), p.inherited)
			p.stop(t)
			return nil
		})
	})
	t.Run("systemd", func(t *testing.T) {
		m := startSystemd(t)
		withFreeAddrs(t, 2, func(addr ...string) error {
			m.unit("notesd.socket", socketUnit("ListenStream="+addr[0], "ListenStream="+addr[1]))
			m.unit("notesd.service", serviceUnit("Environment="+env(addr[1]),
				"ExecStart="+bin+" -addr "+addr[0]+" -data "+t.TempDir()))
			return proveUnit(t, m, "notesd", []string{"tcp " + addr[0], "tcp " + addr[1]}, func() { checkNotes(t, addr[0], addr[1]) })
		})
	})
}

func TestLongProofCached(t *testing.T) {
	proveCached(t, portDaemon(t, "cached", "./cmd/cached"))
}

func proveCached(t *testing.T, bin string) {
	config := func(tcp, unix string) string {
		return writeFile(t, "cached.yaml",
			fmt.Sprintf("listen: {tcp: '%s', unix: '%s', unix_mode: 0600}\n", tcp, unix))
	}
	t.Run("plain", func(t *testing.T) {
		withFreeAddrs(t, 1, func(addr ...string) error {
			unix := filepath.Join(shortTempDir(t), "cached.sock")
			if err := os.WriteFile(unix, nil, 0o644); err != nil { // a stale one
				t.Fatal(err)
			}
			p := startProc(t, nil, bin, "-config", config(addr[0], unix))
			if _, err := p.waitListening(2); err != nil {
				return err
			}
			checkCached(t, "tcp", addr[0])
			checkCached(t, "unix", unix)
			assertAddrs(t, p.pid(), "tcp "+addr[0], "unix "+unix)
			if fi, err := os.Stat(unix); err != nil || fi.Mode().Perm() != 0o600 {
				t.Errorf("the socket's mode: %v, %v, want 0600", fi, err)
			}
			p.stop(t)
			return nil
		})
	})
	t.Run("socket-activate", func(t *testing.T) {
		withFreeAddrs(t, 1, func(addr ...string) error {
			unix := filepath.Join(shortTempDir(t), "cached.sock")
			p, err := socketActivate(t, []string{"-l", addr[0], "-l", unix}, bin, "-config", config(addr[0], unix))
			if err != nil {
				return err
			}
			checkCached(t, "tcp", addr[0])
			checkCached(t, "unix", unix)
			assertOnly(t, p.pid(), p.inherited)
			p.stop(t)
			return nil
		})
	})
	t.Run("systemd", func(t *testing.T) {
		m := startSystemd(t)
		withFreeAddrs(t, 1, func(addr ...string) error {
			unix := filepath.Join(shortTempDir(t), "cached.sock")
			m.unit("cached.socket", socketUnit("ListenStream="+addr[0], "ListenStream="+unix, "SocketMode=0660"))
			m.unit("cached.service", serviceUnit("ExecStart="+bin+" -config "+config(addr[0], unix)))
			return proveUnit(t, m, "cached", []string{"tcp " + addr[0], "unix " + unix}, func() {
				checkCached(t, "tcp", addr[0])
				checkCached(t, "unix", unix) // after a restart too
				if fi, err := os.Stat(unix); err != nil || fi.Mode().Perm() != 0o660 {
					t.Errorf("the socket's mode: %v, %v, want 0660 as the unit says", fi, err)
				}
			})
		})
	})
}

func TestLongProofDnsd(t *testing.T) {
	proveDnsd(t, portDaemon(t, "dnsd", "."))
}

func proveDnsd(t *testing.T, bin string) {
	check := func(t *testing.T, addr string) {
		t.Helper()
		checkDNS(t, "tcp", addr)
		checkDNS(t, "udp", addr)
	}
	argv := func(addr string) []string {
		return []string{bin, "serve", "--listen", addr, "--zone", writeFile(t, "zone", dnsZone)}
	}
	t.Run("plain", func(t *testing.T) {
		withFreeAddrs(t, 1, func(addr ...string) error {
			p := startProc(t, nil, argv(addr[0])...)
			if _, err := p.waitListening(2); err != nil {
				return err
			}
			check(t, addr[0])
			assertAddrs(t, p.pid(), "tcp "+addr[0], "udp "+addr[0])
			p.stop(t)
			return nil
		})
	})
	// systemd-socket-activate opens sockets of one type; a second one inside
	// the first adds another type to what it got. It runs at the first TCP
	// connection and finds it still waiting, and so goes on at once.
	t.Run("socket-activate", func(t *testing.T) {
		withFreeAddrs(t, 1, func(addr ...string) error {
			inner := []string{"systemd-socket-activate", "-d", "-l", addr[0]}
			p, err := socketActivate(t, []string{"-l", addr[0]}, slices.Concat(inner, argv(addr[0]))...)
			if err != nil {
				return err
			}
			check(t, addr[0])
			// Nobody saw the UDP socket before dnsd had it. But the address has
			// room for one only, and the inner systemd-socket-activate bound it.
			assertAddrs(t, p.pid(), "tcp "+addr[0], "udp "+addr[0])
			p.stop(t)
			return nil
		})
	})
	t.Run("systemd", func(t *testing.T) {
		m := startSystemd(t)
		withFreeAddrs(t, 1, func(addr ...string) error {
			m.unit("dnsd.socket", socketUnit("ListenStream="+addr[0], "ListenDatagram="+addr[0]))
			m.unit("dnsd.service", serviceUnit("ExecStart="+strings.Join(argv(addr[0]), " ")))
			return proveUnit(t, m, "dnsd", []string{"tcp " + addr[0], "udp " + addr[0]}, func() { check(t, addr[0]) })
		})
	})
}

// proveUnit activates NAME.service by a client's requests to the sockets of
// NAME.socket, each a network and an address, restarts it, and stops it.
func proveUnit(t *testing.T, m *systemdManager, name string, socks []string, check func()) error {
	t.Helper()
	if err := m.startUnit(name + ".socket"); err != nil {
		return err
	}
	inherited, err := listenersOf(m.init)
	if err != nil {
		t.Fatal(err)
	}
	inherited = slices.DeleteFunc(inherited, func(s sock) bool { // systemd's own
		return !slices.Contains(socks, s.network+" "+s.addr)
	})
	if countInodes(inherited) != len(socks) {
		t.Fatalf("systemd opened %v, want %q", inherited, socks)
	}
	if got := m.ctl("show", "-p", "ActiveState", "--value", name+".service"); got != "inactive" {
		t.Errorf("before the first request the service is %s", got)
	}
	check()
	first := m.pid(name + ".service")
	assertOnly(t, first, inherited)

	m.ctl("restart", name+".service")
	check()
	second := m.pid(name + ".service")
	if second == first {
		t.Errorf("process %d survived the restart", first)
	}
	assertOnly(t, second, inherited)

	m.ctl("stop", name+".service", name+".socket")
	if got := m.ctl("show", "-p", "Result", "--value", name+".service"); got != "success" {
		t.Errorf("the service ended with %q", got)
	}
	return nil
}
