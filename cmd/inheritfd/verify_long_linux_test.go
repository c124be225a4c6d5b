//go:build long

package main

// This file defines what verify has to find, on daemons that were ported well
// and on one that was not.

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"inheritfd/fixer/verify"
)

// verifyResult runs verify, and returns its result and exit status.
func verifyResult(t *testing.T, args ...string) (verify.Result, int) {
	t.Helper()
	return verifyWith(t, append([]string{inheritfdBin(t), "verify", "-json"}, args...)...)
}

// verifyWith does that by a command line of its own.
func verifyWith(t *testing.T, line ...string) (verify.Result, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), line[0], line[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var r verify.Result
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %q\n%s", err, out, &stderr)
	}
	return r, cmd.ProcessState.ExitCode()
}

// failed returns the names of the checks that failed.
func failed(r verify.Result) []string {
	var out []string
	for _, c := range r.Checks {
		if c.Status == verify.Fail {
			out = append(out, c.Name)
		}
	}
	return out
}

// TestLongVerifyBroken has a daemon ported wrong in each way: the check that is for
// it has to fail, and no check of what is right.
func TestLongVerifyBroken(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "brokend")
	runIn(t, "../../testdata/daemon/brokend", nil, "go", "build", "-o", bin, ".")
	for _, test := range []struct {
		how, network string
		want         []string // that fail
	}{
		{"right", "tcp", nil},
		{"right", "unix", nil},
		{"right", "udp", nil},
		{"ignores", "tcp", []string{"ready", "serves", "children", "no-own-socket", "position", "wrong-socket"}},
		{"second", "tcp", []string{"no-own-socket"}},
		{"unlinks", "unix", []string{"socket-stays"}},
		{"blocks", "tcp", []string{"nonblocking"}},
		{"shuts", "tcp", []string{"socket-stays"}},
		{"third", "udp", []string{"position", "wrong-socket"}},
		{"leaks", "tcp", []string{"children"}},
		{"panics", "tcp", []string{"position", "wrong-socket"}},
	} {
		t.Run(test.how+" "+test.network, func(t *testing.T) {
			t.Parallel()
			withFreeAddrs(t, 1, func(addrs ...string) error {
				addr := addrs[0]
				if test.network == "unix" {
					addr = filepath.Join(shortTempDir(t), "s")
				}
				r, code := verifyResult(t, "-timeout=4s", `-probe=line:ping\n=pong`, "--", bin, "-how", test.how, "-network", test.network, "-addr", addr)
				if r.Checks[0].Status != verify.Pass && strings.Contains(r.Checks[0].Evidence, "in use") {
					return errInUse
				}
				if got := failed(r); !slices.Equal(got, test.want) {
					t.Errorf("%v failed, want %v: %+v", got, test.want, r.Checks)
				}
				if want := map[bool]int{true: exitOK, false: exitFindings}[len(test.want) == 0]; code != want {
					t.Errorf("exit status %d, want %d", code, want)
				}
				return nil
			})
		})
	}
}

// TestLongVerifyElsewhere hands over a socket on another port than the daemon is
// configured for: it has to tell that one.
func TestLongVerifyElsewhere(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "brokend")
	runIn(t, "../../testdata/daemon/brokend", nil, "go", "build", "-o", bin, ".")
	for how, want := range map[string]verify.Status{"tells": verify.Fail, "right": verify.Pass} {
		withFreeAddrs(t, 2, func(addrs ...string) error {
			r, _ := verifyResult(t, "-timeout=4s", "-l", "a="+addrs[1], `-probe=line:ping\n=pong`, "--", bin, "-how", how, "-addr", addrs[0])
			if len(r.Checks) == 0 || r.Checks[0].Status != verify.Pass && strings.Contains(r.Checks[0].Evidence, "in use") {
				return errInUse
			}
			i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Name == "address" })
			if i < 0 || r.Checks[i].Status != want {
				t.Errorf("%s: address: %+v, want %s", how, r.Checks, want)
			}
			return nil
		})
	}
}

// TestLongVerifyAnyPort hands over a socket whose port the system chose: it is known
// by its number only what the daemon opens in its place.
func TestLongVerifyAnyPort(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "brokend")
	runIn(t, "../../testdata/daemon/brokend", nil, "go", "build", "-o", bin, ".")
	for how, want := range map[string]verify.Status{"right": verify.Pass, "second": verify.Fail, "ignores": verify.Fail} {
		r, _ := verifyResult(t, "-timeout=4s", "-l", "a=127.0.0.1:0", `-probe=line:ping\n=pong`, "--", bin, "-how", how, "-addr", "127.0.0.1:0")
		i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Name == "no-own-socket" })
		if i < 0 || r.Checks[i].Status != want {
			t.Errorf("%s: no-own-socket: %+v, want %s", how, r.Checks, want)
		}
	}
}

// TestLongVerifyLeftAlone hands over a socket of the wrong type on another
// port than the daemon is configured for: a daemon that leaves it alone does what
// it does without sockets.
func TestLongVerifyLeftAlone(t *testing.T) {
	bin := portDaemon(t, "webd", ".")
	withFreeAddrs(t, 2, func(addrs ...string) error {
		path := filepath.Join(shortTempDir(t), "webd.sock")
		r, _ := verifyResult(t, "-timeout=2s", "-l", "http="+addrs[1], "-probe=http://{addr}/", "--", bin, "-addr", addrs[0], "-socket", path)
		if len(r.Checks) == 0 || r.Checks[0].Status != verify.Pass && strings.Contains(r.Checks[0].Evidence, "in use") {
			return errInUse
		}
		i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Name == "wrong-socket" })
		if i < 0 || r.Checks[i].Status != verify.Pass || !strings.Contains(r.Checks[i].Evidence, "left alone: it binds") {
			t.Errorf("wrong-socket: %+v", r.Checks)
		}
		return nil
	})
}

// TestLongVerifyUncompared has a daemon with a second socket of its own, and no run
// without sockets that would show whether it always has that.
func TestLongVerifyUncompared(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "brokend")
	runIn(t, "../../testdata/daemon/brokend", nil, "go", "build", "-o", bin, ".")
	withFreeAddrs(t, 1, func(addrs ...string) error {
		r, code := verifyResult(t, "-timeout=4s", "-l", "a="+addrs[0], `-probe=line:ping\n=pong`, "--", bin, "-how", "second", "-addr", "fd://a")
		i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Name == "no-own-socket" })
		if i < 0 || r.Checks[i].Status != verify.Skip || !strings.Contains(r.Checks[i].Evidence, "no run without sockets") {
			t.Errorf("no-own-socket: %+v", r.Checks)
		}
		if code != exitOK || len(failed(r)) > 0 {
			t.Errorf("exit status %d, failed: %v", code, failed(r))
		}
		return nil
	})
}

// TestLongVerifyMistakes has flags that would do nothing.
func TestLongVerifyMistakes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-user"}, "-user is for -systemd"},
		{[]string{"-timeout=0s"}, "-timeout and -clients are more than 0"},
		{[]string{"-l", "http=127.0.0.1:0", "-probe", "htpp=connect"}, "-probe htpp=connect: no socket that is given is called htpp"},
	} {
		r := runCmd(t, nil, slices.Concat([]string{inheritfdBin(t), "verify"}, test.args, []string{"--", "sleep", "1"})...)
		if r.status != exitUsage || !strings.Contains(r.out, test.want) {
			t.Errorf("%q: status %d: %s", test.args, r.status, r.out)
		}
	}
}

// TestLongVerifyPorted verifies the daemons that port makes, with restarts under
// load, each in less than 15 seconds.
func TestLongVerifyPorted(t *testing.T) {
	for _, test := range []struct {
		name, pkg, probe string
		restarts         string // the others end without answering what they have accepted
		args             func(dir, addr, other string) []string
	}{
		{"webd", ".", "http://{addr}/", "3", func(dir, addr, _ string) []string {
			return []string{"-addr", addr, "-socket", dir + "/webd.sock"}
		}},
		{"cached", "./cmd/cached", `line:PING\r\n=PONG`, "0", func(dir, addr, _ string) []string {
			config := "listen:\n  tcp: " + addr + "\n  unix: " + dir + "/cached.sock\n"
			if err := os.WriteFile(dir+"/cached.yaml", []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{"-config", dir + "/cached.yaml"}
		}},
		{"dnsd", ".", "dns:host.example.com", "0", func(dir, addr, _ string) []string {
			if err := os.WriteFile(dir+"/zone", []byte("host.example.com 192.0.2.1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{"serve", "--listen", addr, "--zone", dir + "/zone"}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bin := portDaemon(t, test.name, test.pkg)
			withFreeAddrs(t, 2, func(addrs ...string) error {
				dir := shortTempDir(t)
				begin := time.Now()
				args := append([]string{"-restarts=" + test.restarts, "-junit=" + dir + "/junit.xml", "-probe=" + test.probe, "--", bin}, test.args(dir, addrs[0], addrs[1])...)
				r, code := verifyResult(t, args...)
				took := time.Since(begin)
				if len(r.Checks) == 0 || r.Checks[0].Status != verify.Pass && strings.Contains(r.Checks[0].Evidence, "in use") {
					return errInUse
				}
				for _, c := range r.Checks {
					t.Logf("%s %s: %s (%.3f s)", c.Status, c.Name, c.Evidence, c.Seconds)
				}
				if code != exitOK || len(failed(r)) > 0 {
					t.Errorf("exit status %d, failed: %v", code, failed(r))
				}
				if took > 15*time.Second {
					t.Errorf("it took %v", took)
				}
				var suite struct {
					Tests    int        `xml:"tests,attr"`
					Failures int        `xml:"failures,attr"`
					Cases    []struct{} `xml:"testcase"`
				}
				text, err := os.ReadFile(dir + "/junit.xml")
				if err == nil {
					err = xml.Unmarshal(text, &suite)
				}
				if err != nil || suite.Tests != len(r.Checks) || len(suite.Cases) != len(r.Checks) || suite.Failures != 0 {
					t.Errorf("JUnit: %v\n%s", err, text)
				}
				return nil
			})
		})
	}
}

// TestLongVerifySystemd verifies daemons under a real manager too, and that nothing
// of the units is left there.
func TestLongVerifySystemd(t *testing.T) {
	webd := portDaemon(t, "webd", ".")
	broken := filepath.Join(t.TempDir(), "brokend")
	runIn(t, "../../testdata/daemon/brokend", nil, "go", "build", "-o", broken, ".")
	for _, user := range []bool{false, true} {
		m := startManager(t, user)
		before := unitFiles(t, m)
		inside := []string{"nsenter", "-t", strconv.Itoa(m.init), "-m", "-p", "-C", "-u", "-i", "env", "XDG_RUNTIME_DIR=" + m.dir + "/run",
			inheritfdBin(t), "verify", "-json", "-systemd", "-restarts=3"}
		if user {
			inside = append(inside, "-user")
		}
		withFreeAddrs(t, 1, func(addrs ...string) error {
			path := filepath.Join(shortTempDir(t), "webd.sock")
			r, code := verifyWith(t, slices.Concat(inside, []string{"-probe=http://{addr}/", "--", webd, "-addr", addrs[0], "-socket", path})...)
			if len(r.Checks) == 0 || r.Checks[0].Status != verify.Pass && strings.Contains(r.Checks[0].Evidence, "in use") {
				return errInUse
			}
			passed := 0
			for _, c := range r.Checks {
				t.Logf("user=%v %s %s: %s (%.3f s)", user, c.Status, c.Name, c.Evidence, c.Seconds)
				if c.Status == verify.Pass && strings.HasPrefix(c.Name, "systemd-") {
					passed++
				}
			}
			if code != exitOK || passed != 4 {
				t.Errorf("exit status %d, %d checks under systemd passed", code, passed)
			}
			path = filepath.Join(shortTempDir(t), "b.sock")
			r, _ = verifyWith(t, slices.Concat(inside, []string{`-probe=line:ping\n=pong`, "--", broken, "-how", "unlinks", "-network", "unix", "-addr", path})...)
			if got := failed(r); !slices.Contains(got, "systemd-stays") {
				t.Errorf("a path that is removed: %v failed", got)
			}
			return nil
		})
		if after := unitFiles(t, m); !slices.Equal(before, after) {
			t.Errorf("units before %v, after %v", before, after)
		}
	}
}

func unitFiles(t *testing.T, m *systemdManager) []string {
	t.Helper()
	files, err := filepath.Glob(m.dir + "/units/*")
	if err != nil {
		t.Fatal(err)
	}
	return files
}
