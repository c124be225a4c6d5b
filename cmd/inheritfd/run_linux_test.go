package main

// This file tests the commands run and inspect: sockets that they open and
// show are compared with those of systemd, and what they say when something is
// wrong is read as a user would.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// A result is what a command left when it ended.
type result struct {
	out    string // standard output and error
	status int    // as a shell has it
}

// runCmd runs a command until it ends; nil is our environment. What it started
// does not outlive the deadline.
func runCmd(t *testing.T, env []string, argv ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || ctx.Err() != nil {
		t.Fatalf("%q: %v, %v\n%s", argv, err, ctx.Err(), out)
	}
	return result{string(out), statusOf(cmd.ProcessState)}
}

func statusOf(state *os.ProcessState) int {
	if ws := state.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}

// runSockets runs a command of inheritfd. The error is errInUse if an address
// was.
func runSockets(t *testing.T, args ...string) (result, error) {
	t.Helper()
	r := runCmd(t, nil, slices.Concat([]string{inheritfdBin(t)}, args)...)
	if r.status == exitError && strings.Contains(r.out, "the address is in use") {
		return r, fmt.Errorf("%w: %s", errInUse, r.out)
	}
	return r, nil
}

// waitStatus waits for the end of a program, and returns its exit status.
func (p *proc) waitStatus(t *testing.T) int {
	t.Helper()
	poll(t, strings.Join(p.cmd.Args, " "), func() error {
		select {
		case <-p.exited:
			return nil
		default:
			return errors.New("runs on")
		}
	})
	return statusOf(p.cmd.ProcessState)
}

// terminate sends SIGTERM, waits for the end, and returns the exit status.
func (p *proc) terminate(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.waitStatus(t)
}

// startRun starts inheritfd run with n sockets, and returns their addresses as
// it tells them.
func startRun(t *testing.T, n int, args ...string) (*proc, []string) {
	t.Helper()
	p, addrs, err := tryRun(t, n, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p, addrs
}

// tryRun is startRun. The error is errInUse if an address was.
func tryRun(t *testing.T, n int, args ...string) (*proc, []string, error) {
	t.Helper()
	p := startProc(t, nil, slices.Concat([]string{inheritfdBin(t), "run"}, args)...)
	addrs, err := p.waitTold(n)
	return p, addrs, err
}

// waitTold waits until inheritfd run has told its n sockets, and returns their
// addresses.
func (p *proc) waitTold(n int) ([]string, error) {
	var addrs []string
	told := regexp.MustCompile(`(?m)^inheritfd: listening on \S+ (.*)$`)
	err := pollErr(func() error {
		select {
		case <-p.exited:
			if strings.Contains(p.log(), "the address is in use") {
				return fmt.Errorf("%w: %w", errGiveUp, errInUse)
			}
			return fmt.Errorf("%w: inheritfd run ended: %v\n%s", errGiveUp, p.err, p.log())
		default:
		}
		addrs = nil
		for _, m := range told.FindAllStringSubmatch(p.log(), -1) {
			addrs = append(addrs, m[1])
		}
		if len(addrs) != n {
			return fmt.Errorf("inheritfd run listens on %q, want %d", addrs, n)
		}
		return nil
	})
	return addrs, err
}

// children returns the processes that a process has started, in order.
func children(pid int) []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // error: of the pattern
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // has just ended
		}
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])) // state, parent
		if fields[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			out = append(out, child)
		}
	}
	slices.Sort(out)
	return out
}

// child waits for the one process that another has started to be a program.
func child(t *testing.T, pid int, program string) int {
	t.Helper()
	found := 0
	poll(t, program, func() error {
		all := children(pid)
		if len(all) != 1 {
			return fmt.Errorf("process %d has the children %v", pid, all)
		}
		found = all[0]
		exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", found))
		if err == nil && filepath.Base(exe) != program {
			err = fmt.Errorf("process %d is %s", found, exe)
		}
		return err
	})
	return found
}

// inspected reads what inspect -json has written among other things.
func inspected(t *testing.T, text string) []launch.Info {
	t.Helper()
	var infos []launch.Info
	begin, end := strings.Index(text, "[\n"), strings.LastIndex(text, "\n]")
	if begin < 0 || end < begin {
		t.Fatalf("no sockets are shown:\n%s", text)
	}
	if err := json.Unmarshal([]byte(text[begin:end+2]), &infos); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return infos
}

// same compares sockets as programs saw them that had them from us and from
// systemd. What is not compared has a reason.
func same(t *testing.T, what string, got, want []launch.Info) {
	t.Helper()
	compared := func(infos []launch.Info) []launch.Info {
		infos = slices.Clone(infos)
		for i := range infos {
			infos[i].Inode = 0 // each has a socket of its own
			infos[i].Depth = 0 // systemd-socket-activate starts its program when a client waits
		}
		return infos
	}
	if g, w := compared(got), compared(want); !reflect.DeepEqual(g, w) {
		t.Errorf("%s: a program sees\n%+v\nand from systemd\n%+v", what, g, w)
	}
}

// activated returns what inspect shows in a program of systemd-socket-activate,
// which is started when a client comes.
func activated(t *testing.T, args []string, network, addr string) ([]launch.Info, error) {
	t.Helper()
	p, err := socketActivate(t, args, inheritfdBin(t), "inspect", "-json")
	if err != nil {
		return nil, err
	}
	c := dial(t, network, addr)
	if network == "udp" || network == "unixgram" {
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if status := p.waitStatus(t); status != 0 {
		t.Errorf("under systemd-socket-activate inspect ends with %d", status)
	}
	return inspected(t, p.log()), nil
}

// TestRunEnvironment looks at what else a program has from its start.
func TestRunEnvironment(t *testing.T) {
	t.Parallel()
	bin := inheritfdBin(t)
	env := []string{
		"PATH=" + os.Getenv("PATH"), "A=1", "LINES=a b\nc", "EMPTY=", "KEPT=k", "NOTIFY_SOCKET=/none",
		"LISTEN_ADDR=127.0.0.1:1",                                                 // a program's own
		"LISTEN_PID=1", "LISTEN_PIDFDID=1", "LISTEN_FDS=7", "LISTEN_FDNAMES=them", // somebody else's
	}
	sockets := []string{bin, "run", "-quiet", "-l", "a=tcp:127.0.0.1:0", "-l", "b=udp:127.0.0.1:0"}

	r := runCmd(t, env, slices.Concat(sockets, []string{"-E", "A=2", "-E", "LIST=x,y", "-E", "KEPT", "--", "env", "-0"})...)
	got := slices.Sorted(strings.SplitSeq(strings.TrimSuffix(r.out, "\x00"), "\x00"))
	for i, kv := range got { // these have values of their own each time
		for _, key := range []string{"LISTEN_PID", "LISTEN_PIDFDID", "NOTIFY_SOCKET"} {
			if strings.HasPrefix(kv, key+"=") {
				got[i] = key
			}
		}
	}
	got = slices.DeleteFunc(got, func(kv string) bool { return kv == "LISTEN_PIDFDID" }) // from Linux 6.9
	want := []string{
		"A=2", "EMPTY=", "KEPT=k", "LINES=a b\nc", "LIST=x,y", "LISTEN_ADDR=127.0.0.1:1",
		"LISTEN_FDNAMES=a:b", "LISTEN_FDS=2", "LISTEN_PID", "NOTIFY_SOCKET", "PATH=" + os.Getenv("PATH"),
	}
	if slices.Sort(got); r.status != 0 || !slices.Equal(got, want) {
		t.Errorf("status %d, the environment is\n%q, want\n%q", r.status, got, want)
	}

	r = runCmd(t, env, slices.Concat(sockets, []string{"--", "sh", "-c", `echo $$ $LISTEN_PID; cd /proc/$$/fd && echo [34]; readlink *; :`})...)
	lines := strings.Split(r.out, "\n")
	if pids := strings.Fields(lines[0]); len(pids) != 2 || pids[0] != pids[1] {
		t.Errorf("LISTEN_PID is not the process's: %q", pids)
	}
	// Others may be there that the test itself was started with.
	if strings.Count(r.out, "socket:") != 2 || strings.Contains(r.out, "anon_inode:") || !strings.Contains(r.out, "\n3 4\n") {
		t.Errorf("the program has the descriptors\n%s", r.out)
	}

	// The runtime of Go changes signals and limits, which must not show.
	script := []string{"sh", "-c", `ulimit -S -n; grep -E '^Sig(Blk|Ign)' /proc/self/status; umask; pwd`}
	limited := []string{"sh", "-c", `ulimit -S -n 100; umask 027; exec "$@"`, "sh"}
	direct := runCmd(t, env, slices.Concat(limited, script)...)
	under := runCmd(t, env, slices.Concat(limited, sockets, []string{"--"}, script)...)
	if direct != under {
		t.Errorf("under run a program has\n%+v, without\n%+v", under, direct)
	}
}

func TestRunPassesOn(t *testing.T) {
	bin := inheritfdBin(t)
	path := filepath.Join(shortTempDir(t), "b")
	r, err := runSockets(t, "run", "-l", "a=tcp:127.0.0.1:0", "--", bin, "run", "-l", "b=unix:"+path, "--", bin, "inspect", "-json")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range inspected(t, r.out) {
		got = append(got, fmt.Sprintf("%d %s %s %v", i.FD, i.Name, i.Network, i.Listening))
	}
	if want := []string{"3 a tcp4 true", "4 b unix true"}; r.status != 0 || !slices.Equal(got, want) {
		t.Errorf("status %d, the innermost program has %q, want %q\n%s", r.status, got, want, r.out)
	}
}

// ask sends a line over a connection and returns the one that comes back.
func ask(t *testing.T, c net.Conn, line string) string {
	t.Helper()
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatalf("%q, %v", answer, err)
	}
	return strings.TrimSuffix(answer, "\n")
}

func TestRunInetd(t *testing.T) {
	bin := inheritfdBin(t)
	t.Run("wait", func(t *testing.T) {
		p, addrs := startRun(t, 1, "-l", "tcp:127.0.0.1:0", "-inetd", "--", "sleep", "1000")
		pid := child(t, p.pid(), "sleep")
		socks, err := listenersOf(pid)
		if err != nil {
			t.Fatal(err)
		}
		if len(socks) != 2 || socks[0].fd != 0 || socks[1].fd != 1 || countInodes(socks) != 1 || socks[0].addr != addrs[0] {
			t.Errorf("the program has %v, want %s at 0 and 1", socks, addrs[0])
		}
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil || strings.Contains(string(environ), "LISTEN_") {
			t.Errorf("its environment: %q, %v", environ, err)
		}
		if status := p.terminate(t); status != 128+int(syscall.SIGTERM) {
			t.Errorf("after SIGTERM the status is %d, want the program's", status)
		}
	})
	t.Run("accept", func(t *testing.T) {
		path := filepath.Join(shortTempDir(t), "s")
		script := `echo "$LISTEN_FDS $LISTEN_FDNAMES $(($LISTEN_PID - $$)) ${REMOTE_ADDR-none} ${REMOTE_PORT-none}" >&3; cat <&3 >&3`
		p, addrs := startRun(t, 2, "-l", "web=tcp::0", "-l", "unix:"+path, "-accept", "--", "sh", "-c", script)
		_, port, _ := net.SplitHostPort(addrs[0])
		for _, to := range [][2]string{{"tcp", "127.0.0.1:" + port}, {"tcp", "[::1]:" + port}, {"unix", path}} {
			c := dial(t, to[0], to[1])
			want := "1 connection 0 none none"
			if to[0] == "tcp" {
				host, port, _ := net.SplitHostPort(c.LocalAddr().String())
				want = fmt.Sprintf("1 connection 0 %s %s", host, port)
			}
			if got, err := bufio.NewReader(c).ReadString('\n'); got != want+"\n" {
				t.Errorf("%s: a program says %q, %v, want %q", to, got, err, want)
			}
		}
		if got := children(p.pid()); len(got) != 3 {
			t.Errorf("for 3 connections there are the processes %v", got)
		}
		if status := p.terminate(t); status != 0 {
			t.Errorf("after SIGTERM the status is %d", status)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the path is left: %v", err)
		}
	})
	t.Run("nowait", func(t *testing.T) {
		path := filepath.Join(shortTempDir(t), "s")
		p, addrs := startRun(t, 2, "-l", "tcp:127.0.0.1:0", "-l", "unix:"+path, "-accept", "-inetd", "-max-connections", "1", "--", "cat")
		first := dial(t, "tcp", addrs[0])
		if got := ask(t, first, "one"); got != "one" {
			t.Errorf("cat says %q", got)
		}
		first.Close()
		// Whichever socket a client comes to, there is room for it.
		first = dial(t, "unix", path)
		if got := ask(t, first, "two"); got != "two" {
			t.Errorf("cat says %q", got)
		}
		second := dial(t, "tcp", addrs[0])
		poll(t, "the second client waits", func() error {
			for _, i := range inspected(t, runCmd(t, nil, bin, "inspect", "-json", "-pid", strconv.Itoa(p.pid())).out) {
				if i.Address == addrs[0] && i.Depth == 1 {
					return nil
				}
			}
			return errors.New("it does not")
		})
		if got := ask(t, first, "three"); got != "three" {
			t.Errorf("cat says %q", got)
		}
		if got := children(p.pid()); len(got) != 1 {
			t.Errorf("with -max-connections 1 there are the processes %v", got)
		}
		first.Close()
		if got := ask(t, second, "four"); got != "four" {
			t.Errorf("cat says %q", got)
		}
		if status := p.terminate(t); status != 0 {
			t.Errorf("after SIGTERM, with a client, the status is %d", status)
		}
	})
}

// listing lists what is in a folder, with modes and what files contain.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		files[path] = fi.Mode().String()
		if fi.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			files[path] += " " + string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRunBadInput gives run what it cannot do: it says what is wrong, where,
// and what to do about it, and leaves everything as it was.
func TestRunBadInput(t *testing.T) {
	bin := inheritfdBin(t)
	dir := shortTempDir(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(at("folder"), 0o755))
	must(os.WriteFile(at("file"), []byte("precious"), 0o644))
	must(os.WriteFile(at("program"), []byte("exit 0\n"), 0o644))
	must(os.WriteFile(at("script"), []byte("#!/none/sh\n"), 0o755))
	own := fmt.Sprintf("(process %d)", os.Getpid())
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(err)
	defer udp.Close()
	// Somebody else has the same port of another address.
	_, port, _ := net.SplitHostPort(tcp.Addr().String())
	other, _ := startRun(t, 1, "-l", "tcp:127.0.0.2:"+port, "--", "sleep", "1000")
	live := make(map[string]net.Listener)
	for _, network := range []string{"unix", "unixpacket"} {
		live[network], err = net.Listen(network, at(network+" live"))
		must(err)
		defer live[network].Close()
	}
	gram, err := net.ListenPacket("unixgram", at("unixgram live"))
	must(err)
	defer gram.Close()
	long := "unix:" + at(strings.Repeat("p", 108-len(at(""))-1))

	sockets := func(args ...string) []string { return append(args, "--", "true") }
	for _, test := range []struct {
		name   string
		args   []string
		status int
		want   []string // in what it says
	}{
		{"network", sockets("-l", "sctp:127.0.0.1:1"), exitUsage, []string{`"sctp:127.0.0.1:1" is no address of a socket: write 8080, `, "tcp", "seqpacket"}},
		{"nobody's", sockets("-l", "127.0.0.1:0", "-no-pid", "-workers", "2"), exitUsage, []string{"with -no-pid there is one process"}},
		{"no port", sockets("-l", "localhost"), exitUsage, []string{"-l localhost", "127.0.0.1:8080"}},
		{"port", sockets("-l", "tcp:127.0.0.1:65536"), exitUsage, []string{`"127.0.0.1:65536" is no address`}},
		{"family", sockets("-l", "tcp4:[::1]:0"), exitUsage, []string{"::1 is no address of network tcp4"}},
		{"in use", sockets("-l", "tcp:"+tcp.Addr().String()), exitError, []string{"tcp:" + tcp.Addr().String(), "the address is in use by ", own}},
		{"in use, any", sockets("-l", "udp:0.0.0.0:"+strings.TrimPrefix(udp.LocalAddr().String(), "127.0.0.1:")), exitError, []string{"in use by ", own}},
		{"in use, other", sockets("-l", "tcp:127.0.0.2:"+port), exitError, []string{"in use by inheritfd", fmt.Sprintf("(process %d)", other.pid())}},
		{"no such address", sockets("-l", "tcp:192.0.2.1:0"), exitError, []string{"tcp:192.0.2.1:0", "this machine does not have the address"}},
		{"longest path", sockets("-l", long[:len(long)-1]), exitOK, nil},
		{"long path", sockets("-l", long), exitUsage, []string{"108 bytes", "107", "use a shorter one"}},
		{"folder", sockets("-l", "unix:"+at("folder")), exitError, []string{at("folder"), "a folder is in the way: choose another path"}},
		{"file", sockets("-l", "unix:"+at("file")), exitError, []string{at("file"), "a file that is no socket is in the way: remove it, or choose another path"}},
		{"live", sockets("-l", "unix:"+at("unix live")), exitError, []string{at("unix live"), "in use by ", own}},
		{"live seqpacket", sockets("-l", "seqpacket:"+at("unixpacket live")), exitError, []string{"in use by ", own}},
		{"live unixgram", sockets("-l", "unixgram:"+at("unixgram live")), exitError, []string{"in use by ", own}},
		{"live of another kind", sockets("-l", "unixgram:"+at("unix live")), exitError, []string{"in use by ", own}},
		{"no folder", sockets("-l", "unix:"+at("none/s")), exitError, []string{"there is no folder " + at("none"), "make it"}},
		{"colon in a name", sockets("-l", "a:b=tcp:127.0.0.1:0"), exitUsage, []string{`the socket's name "a:b" has ":"`}},
		{"control character in a name", sockets("-l", "a\x01=tcp:127.0.0.1:0"), exitUsage, []string{`has "\x01"`}},
		{"long name", sockets("-l", strings.Repeat("n", 256)+"=tcp:127.0.0.1:0"), exitUsage, []string{"256 bytes: 255 is the most"}},
		{"environment without a name", sockets("-l", "127.0.0.1:0", "-E", "=x"), exitUsage, []string{`-E "=x": there is no name`}},
		{"environment of its own", sockets("-l", "127.0.0.1:0", "-E", "LISTEN_FDS=7"), exitUsage, []string{"LISTEN_FDS is what this command sets"}},
		{"empty name", sockets("-l", "=tcp:127.0.0.1:0"), exitUsage, []string{"name must not be empty"}},
		{"no such program", []string{"-l", "unix:" + at("s"), "--", "no-such-program"}, 127, []string{"no-such-program: no such program in " + os.Getenv("PATH")}},
		{"no such file", []string{"-l", "unix:" + at("s"), "--", at("none")}, 127, []string{at("none"), "no such file"}},
		{"not executable", []string{"-l", "unix:" + at("s"), "--", at("program")}, 126, []string{at("program"), "permission denied"}},
		{"a folder", []string{"-l", "unix:" + at("s"), "--", at("folder")}, 126, []string{at("folder"), "is a directory"}},
		{"no interpreter", []string{"-restart", "no", "-l", "unix:" + at("s"), "--", at("script")}, 127, []string{"cannot run " + at("script")}},
		{"no program", []string{"-l", "unix:" + at("s")}, exitUsage, []string{"which program?", "-- ./daemon"}},
		{"no socket", sockets(), exitUsage, []string{"which sockets? Name them with -l or -unit"}},
		{"workers", sockets("-l", "unix:"+at("s"), "-workers", "3..1"), exitUsage, []string{"-workers=3..1: write a number, or MIN..MAX"}},
		{"workers, no number", sockets("-l", "unix:"+at("s"), "-workers", "x"), exitUsage, []string{"-workers=x: write a number, or MIN..MAX"}},
		{"no workers", sockets("-l", "unix:"+at("s"), "-workers", "0"), exitUsage, []string{"-workers=0"}},
		{"restart", sockets("-l", "unix:"+at("s"), "-restart", "never"), exitUsage, []string{"-restart=never: there are always, on-failure and no"}},
		{"idle datagrams", sockets("-l", "unixgram:"+at("s"), "-idle", "1s"), exitUsage, []string{"datagrams"}},
		{"accept datagrams", sockets("-l", "unixgram:"+at("s"), "-accept"), exitError, []string{at("s"), "has no connections to accept"}},
		{"inetd, two sockets", sockets("-l", "unix:"+at("s"), "-l", "unix:"+at("s2"), "-inetd"), exitUsage, []string{"-inetd passes one socket, and there are 2"}},
		{"second one", sockets("-l", "unix:"+at("s"), "-l", "tcp:"+tcp.Addr().String()), exitError, []string{"the address is in use"}},
		{"twice", sockets("-l", "unix:"+at("s"), "-l", "unix:"+at("s")), exitError, []string{"the address is in use by inheritfd"}},
		{"no unit", sockets("-unit", at("none.socket")), exitUsage, []string{at("none.socket"), "no such file"}},
		{"status", sockets("-l", "unix:"+at("s"), "-status", at("file")), exitError, []string{"status", at("file"), "no socket is in the way"}},
	} {
		before := listing(t, dir)
		r := runCmd(t, nil, slices.Concat([]string{bin, "run"}, test.args)...)
		if r.status != test.status {
			t.Errorf("%s: the status is %d, want %d\n%s", test.name, r.status, test.status, r.out)
		}
		for _, want := range test.want {
			if !strings.Contains(r.out, want) {
				t.Errorf("%s: %q is not in\n%s", test.name, want, r.out)
			}
		}
		if after := listing(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s: the folder has %v, before %v", test.name, after, before)
		}
	}

	// A port of TCP and the same one of UDP are two.
	withFreeAddrs(t, 1, func(addrs ...string) error {
		l, err := net.Listen("tcp", addrs[0])
		if err != nil {
			return errInUse
		}
		_, udpErr := runSockets(t, "run", "-l", "udp:"+addrs[0], "--", "true")
		l.Close()
		pc, err := net.ListenPacket("udp", addrs[0])
		if err != nil {
			return errInUse
		}
		defer pc.Close()
		_, tcpErr := runSockets(t, "run", "-l", "tcp:"+addrs[0], "--", "true")
		return errors.Join(udpErr, tcpErr)
	})

	// The owners of sockets have not noticed: the first client is ours.
	for network, l := range live {
		c := dial(t, network, l.Addr().String())
		if _, err := c.Write([]byte("ours")); err != nil {
			t.Fatal(err)
		}
		accepted, err := l.Accept()
		must(err)
		buf := make([]byte, 8)
		if n, err := accepted.Read(buf); string(buf[:n]) != "ours" {
			t.Errorf("%s: the first client says %q, %v", network, buf[:n], err)
		}
		accepted.Close()
	}
}

// TestRunStale has run bind paths where sockets of ended processes are.
func TestRunStale(t *testing.T) {
	bin := inheritfdBin(t)
	for _, network := range []string{"unix", "unixgram", "seqpacket"} {
		path := filepath.Join(shortTempDir(t), "stale one")
		left, _ := startRun(t, 1, "-l", network+":"+path, "--", "sleep", "1000")
		// Nobody removes the path then; the program ends with it.
		pid := child(t, left.pid(), "sleep")
		for _, pid := range []int{left.pid(), pid} {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		left.waitStatus(t)
		if fi, err := os.Lstat(path); err != nil || fi.Mode().Type() != fs.ModeSocket {
			t.Fatalf("%s: nothing stale is left: %v, %v", network, fi, err)
		}
		var r result
		poll(t, "the end of the program", func() error { // SIGKILL takes its time
			r = runCmd(t, nil, bin, "run", "-l", network+":"+path, "--", bin, "inspect", "-json")
			if strings.Contains(r.out, "is in use") {
				return errors.New(r.out)
			}
			return nil
		})
		if r.status != 0 || !strings.Contains(r.out, `"address": "`+path+`"`) {
			t.Errorf("%s: status %d\n%s", network, r.status, r.out)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the path is left: %v", network, err)
		}
	}
}

// TestRunFewFiles runs out of descriptors at each point where they are needed.
func TestRunFewFiles(t *testing.T) {
	bin := inheritfdBin(t)
	if _, err := exec.LookPath("prlimit"); err != nil {
		skipOrFail(t, err.Error())
	}
	path := filepath.Join(shortTempDir(t), "s")
	worked, clear := false, regexp.MustCompile(`open files.*raise the limit`)
	for n := 4; n <= 40; n += 2 {
		r := runCmd(t, nil, "prlimit", fmt.Sprintf("--nofile=%d:%d", n, n),
			bin, "run", "-quiet", "-restart", "no", "-l", "unix:"+path, "-l", "tcp:127.0.0.1:0", "-l", "udp:127.0.0.1:0", "--", "true")
		if worked = r.status == 0; !worked && (r.status != exitError || !clear.MatchString(r.out)) {
			t.Errorf("with %d files the status is %d:\n%s", n, r.status, r.out)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("with %d files the path is left: %v", n, err)
			os.Remove(path)
		}
	}
	if !worked {
		t.Error("40 files are not enough for 3 sockets")
	}

	// More connections than there can be descriptors are no end of it.
	p := startProc(t, nil, "prlimit", "--nofile=26:26", bin, "run", "-l", "tcp:127.0.0.1:0", "-accept", "-inetd", "--", "cat")
	addrs, err := p.waitTold(1)
	if err != nil {
		t.Fatal(err)
	}
	var clients []net.Conn
	for range 40 {
		clients = append(clients, dial(t, "tcp", addrs[0]))
	}
	poll(t, "it runs out of descriptors", func() error {
		if !strings.Contains(p.log(), "a connection is closed: ") {
			return errors.New(p.log())
		}
		return nil
	})
	for _, c := range clients {
		c.Close()
	}
	poll(t, "a client after those", func() error { // some of which may still get a process
		c, err := net.DialTimeout("tcp", addrs[0], deadline)
		if err != nil {
			return err
		}
		defer c.Close()
		buf := make([]byte, 5)
		if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
			return err
		}
		if _, err := io.WriteString(c, "again"); err != nil {
			return err
		}
		_, err = io.ReadFull(c, buf)
		return err
	})
	if status := p.terminate(t); status != 0 {
		t.Errorf("after SIGTERM the status is %d", status)
	}
}

// TestRunUnitAccept has a unit with a process for each connection.
func TestRunUnitAccept(t *testing.T) {
	bin := inheritfdBin(t)
	unit := filepath.Join(t.TempDir(), "echo.socket")
	text := socketUnit("ListenStream=127.0.0.1:0", "Accept=yes", "MaxConnections=1", "FileDescriptorName=ignored")
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, addrs := startRun(t, 1, "-unit", unit, "--", "sh", "-c", `read line <&3; echo $line $LISTEN_FDNAMES >&3; exec cat <&3`)
	first := dial(t, "tcp", addrs[0])
	if got := ask(t, first, "one"); got != "one connection" {
		t.Errorf("the program says %q", got)
	}
	second := dial(t, "tcp", addrs[0])
	poll(t, "the second client waits", func() error {
		for _, i := range inspected(t, runCmd(t, nil, bin, "inspect", "-json", "-pid", strconv.Itoa(p.pid())).out) {
			if i.Depth == 1 {
				return nil
			}
		}
		if n := len(children(p.pid())); n > 1 {
			return fmt.Errorf("%w: MaxConnections=1 and %d processes", errGiveUp, n)
		}
		return errors.New("it does not")
	})
	first.Close()
	if got := ask(t, second, "two"); got != "two connection" {
		t.Errorf("the program says %q", got)
	}
	if status := p.terminate(t); status != 0 {
		t.Errorf("after SIGTERM the status is %d", status)
	}
}

// TestRunUnitPerSource closes the connections of an address that has as many as it may
// have, and of no other.
func TestRunUnitPerSource(t *testing.T) {
	unit := writeFile(t, "echo.socket", socketUnit("ListenStream=127.0.0.1:0", "Accept=yes", "MaxConnectionsPerSource=1"))
	p, addrs := startRun(t, 1, "-unit", unit, "--", "sh", "-c", "exec cat <&3 >&3")
	first := dial(t, "tcp", addrs[0])
	if got := ask(t, first, "one"); got != "one" {
		t.Errorf("the program says %q", got)
	}
	second := dial(t, "tcp", addrs[0])
	if n, err := second.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a second connection is served: %v", err)
	}
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	other, err := from.DialContext(t.Context(), "tcp", addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if got := ask(t, other, "other"); got != "other" {
		t.Errorf("the program says %q", got)
	}
	p.terminate(t)
	if !strings.Contains(p.log(), "127.0.0.1 has 1 already, as many as MaxConnectionsPerSource= allows") {
		t.Error(p.log())
	}
}

// TestRunUnitTrigger gives up, as systemd does, when connections have more programs
// started than the unit allows.
func TestRunUnitTrigger(t *testing.T) {
	unit := writeFile(t, "echo.socket", socketUnit("ListenStream=127.0.0.1:0", "Accept=yes", "TriggerLimitBurst=3", "TriggerLimitIntervalSec=1h"))
	p, addrs := startRun(t, 1, "-unit", unit, "--", "sh", "-c", "exec cat <&3 >&3")
	var served []net.Conn
	for range 3 {
		c := dial(t, "tcp", addrs[0])
		if got := ask(t, c, "one"); got != "one" {
			t.Errorf("the program says %q", got)
		}
		served = append(served, c)
	}
	fourth := dial(t, "tcp", addrs[0])
	if n, err := fourth.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a fourth connection is served: %v", err)
	}
	for i, c := range served { // those that run are left to end
		if got := ask(t, c, "two"); got != "two" {
			t.Errorf("connection %d after that: %q", i, got)
		}
		c.Close()
	}
	<-p.exited
	if exit := (*exec.ExitError)(nil); !errors.As(p.err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ends with %v", p.err)
	}
	if !strings.Contains(p.log(), "more than 3 connections in 1h0m0s: giving up, see TriggerLimitBurst=") {
		t.Error(p.log())
	}
}

// TestRunUnitLinks makes the links of a unit, and takes them away, and says what it
// cannot set.
func TestRunUnitLinks(t *testing.T) {
	dir := shortTempDir(t)
	path, link := filepath.Join(dir, "s"), filepath.Join(dir, "sub/link")
	unit := writeFile(t, "web.socket", socketUnit("ListenStream="+path, "Symlinks="+link, "NoDelay=yes", "IPTTL=many"))
	r := runCmd(t, nil, inheritfdBin(t), "run", "-unit", unit, "--", "sh", "-c", `test "$(readlink "$0")" = "$1"`, link, path)
	if r.status != 0 || !strings.Contains(r.out, "not set: NoDelay=yes: not an option of such a socket") || !strings.Contains(r.out, "not set: IPTTL=many") {
		t.Errorf("status %d: %s", r.status, r.out)
	}
	if _, err := os.Lstat(link); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link is left: %v", err)
	}
}

// TestRunArguments leaves what follows the program to the program.
func TestRunArguments(t *testing.T) {
	r := runCmd(t, nil, inheritfdBin(t), "run", "-quiet", "-l", "127.0.0.1:0", "echo", "-l", "unix:/x", "-h")
	if r.status != 0 || r.out != "-l unix:/x -h\n" {
		t.Errorf("status %d: %s", r.status, r.out)
	}
}

// TestRunIgnored has a program ignore the signals that it was started to ignore,
// of those that the runtime of Go leaves ignored.
func TestRunIgnored(t *testing.T) {
	r := runCmd(t, nil, "sh", "-c", `trap "" HUP INT; exec "$0" run -quiet -l 127.0.0.1:0 grep SigIgn /proc/self/status`, inheritfdBin(t))
	var ignored uint64
	_, err := fmt.Sscanf(r.out, "SigIgn:\t%x", &ignored)
	want := uint64(0)
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		want |= 1 << (s - 1)
	}
	if err != nil || ignored != want {
		t.Errorf("%s: %x are ignored, want %x (%v)", r.out, ignored, want, err)
	}
}

// TestRunNobodyReads goes on when nobody reads what is said.
func TestRunNobodyReads(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := shortTempDir(t)
	path := filepath.Join(dir, "s")
	cmd := exec.Command(inheritfdBin(t), "run", "-restart", "always", "-l", path, "--", "sleep", "1000")
	cmd.Stderr = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	p := &proc{cmd: cmd, exited: make(chan struct{})}
	go func() { p.err = cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() { // nothing of it is left if the test fails
		_ = cmd.Process.Kill()
		<-p.exited
	})
	first := child(t, p.pid(), "sleep")
	read.Close()
	kill(t, first)
	poll(t, "the program is started again", func() error {
		for _, pid := range children(p.pid()) {
			if pid != first {
				return nil
			}
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%w: it ended: %v", errGiveUp, p.err)
		default:
			return errors.New("it is not")
		}
	})
	if status := p.terminate(t); status != 128+int(syscall.SIGTERM) && status != 0 {
		t.Errorf("status %d", status)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the path is left: %v", err)
	}
}

// TestRunLazyUnread gives a program up that is started for a datagram and does
// not read it.
func TestRunLazyUnread(t *testing.T) {
	t.Parallel()
	p, addrs := startRun(t, 1, "-lazy", "-l", "udp:127.0.0.1:0", "--", "true")
	conn, err := net.Dial("udp", addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	poll(t, "it gives up", func() error {
		select {
		case <-p.exited:
			return nil
		default:
			return errors.New("it runs")
		}
	})
	if n := strings.Count(p.log(), "started again"); n > 5 || !strings.Contains(p.log(), "giving up") {
		t.Errorf("it says\n%s", p.log())
	}
}

// TestRunSilent ends when whoever listens where another run should be says
// nothing.
func TestRunSilent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(shortTempDir(t), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	for _, args := range [][]string{{"run", "-l", "127.0.0.1:0", "-takeover", path, "true"}, {"top", path}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			r := runCmd(t, nil, append([]string{inheritfdBin(t)}, args...)...)
			if r.status != exitError || !strings.Contains(r.out, "has said nothing for 5s") {
				t.Errorf("%q: status %d: %s", args, r.status, r.out)
			}
		})
	}
}

// TestRunUnitPath keeps the path of a unit that asks for it, and says which
// options it has nothing to do with.
func TestRunUnitPath(t *testing.T) {
	for _, test := range []struct {
		option string
		stays  bool
	}{{"RemoveOnStop=no", true}, {"RemoveOnStop=yes", false}, {"SmackLabel=x", false}, {"PassCredentials=yes", false}, {"ReusePort=yes", false}, {"FreeBind=yes", false}} {
		dir := shortTempDir(t)
		unit, path := filepath.Join(dir, "web.socket"), filepath.Join(dir, "s")
		if err := os.WriteFile(unit, []byte(socketUnit("ListenStream="+path, test.option)), 0o644); err != nil {
			t.Fatal(err)
		}
		r := runCmd(t, nil, inheritfdBin(t), "run", "-unit", unit, "--", "true")
		if _, err := os.Lstat(path); r.status != 0 || (err == nil) != test.stays {
			t.Errorf("%s: status %d, and then %v\n%s", test.option, r.status, err, r.out)
		}
		if told := strings.Contains(r.out, unit+":3: SmackLabel= does nothing here"); told != (test.option == "SmackLabel=x") {
			t.Errorf("%s: it says\n%s", test.option, r.out)
		}
	}
}

// TestRunUnitV6 has the system decide what BindIPv6Only= does not, in a network
// of its own.
func TestRunUnitV6(t *testing.T) {
	if r := runCmd(t, nil, "unshare", "-n", "sh", "-ec", "echo 1 >/proc/sys/net/ipv6/bindv6only"); r.status != 0 {
		skipOrFail(t, "no network of its own can be set up: "+r.out)
	}
	unit := filepath.Join(t.TempDir(), "web.socket")
	for text, want := range map[string]string{"": "0 false 1 true", "BindIPv6Only=default": "0 false 1 true", "BindIPv6Only=both": "0 false 1 false", "BindIPv6Only=ipv6-only": "0 true 1 true"} {
		if err := os.WriteFile(unit, []byte(socketUnit("ListenStream=8080", text)), 0o644); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, only := range []string{"0", "1"} {
			r := runCmd(t, nil, "unshare", "-n", "sh", "-ec", `echo `+only+` >/proc/sys/net/ipv6/bindv6only; exec "$0" run -quiet -unit "$1" -- "$0" inspect -json`, inheritfdBin(t), unit)
			if r.status != 0 {
				t.Fatalf("status %d: %s", r.status, r.out)
			}
			got = append(got, only, strconv.FormatBool(inspected(t, r.out)[0].V6Only))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: v6only is %s, want %s", text, got, want)
		}
	}
}

// TestRunUnitMistakes names the line of a unit that is wrong.
func TestRunUnitMistakes(t *testing.T) {
	dir := shortTempDir(t)
	unit := filepath.Join(dir, "web.socket")
	for _, test := range []struct{ text, want string }{
		{"[Socket]\nListenStream 80\n", `:2: "ListenStream 80" is neither`},
		{"ListenStream=80\n", ":1: "},
		{"[Socket\nListenStream=80\n", ":1: "},
		{"[Socket]\nListenStream=80 \\\n", ":2: the file ends in the middle of a line"},
		{"[Unit]\nDescription=x\n", ": there is no socket in its section [Socket]"},
		{"[Socket]\nListenStream=127.0.0.1:0\nListenStream=nonsense\n", `:3: "nonsense" is no address`},
		{"[Socket]\nListenStream=\\\n" + strings.Repeat("/p", 60) + "\n", ":2: unix: the path "},
		{"[Socket]\nListenStream=%q/x\n", ":2: ListenStream=%q/x: specifier %q is not known"},
		{"[Socket]\nListenStream=/x%\n", ":2: "},
		{"[Socket]\nListenSequentialPacket=127.0.0.1:0\n", ":2: ListenSequentialPacket=127.0.0.1:0"},
		{"[Socket]\nListenFIFO=" + dir + "/fifo\n", ":2: ListenFIFO="},
		{"[Socket]\nListenNetlink=kobject-uevent 1\n", ":2: ListenNetlink="},
		{"[Socket]\nListenStream=127.0.0.1:0\nSocketMode=rw\n", ":3: SocketMode=rw"},
		{"[Socket]\nListenStream=127.0.0.1:0\nBacklog=-1\n", ":3: Backlog=-1"},
		{"[Socket]\nAccept=perhaps\nListenStream=127.0.0.1:0\n", ":2: Accept=perhaps is neither yes nor no"},
		{"[Socket]\nListenStream=127.0.0.1:0\nAccept=yes\nMaxConnections=0\n", ": with MaxConnections=0 there are no connections"},
		{"[Socket]\nListenStream=127.0.0.1:0\nTriggerLimitBurst=many\n", ": TriggerLimitBurst=many is no number"},
		{"[Socket]\nListenStream=127.0.0.1:0\nTriggerLimitIntervalSec=soon\n", ": TriggerLimitIntervalSec=soon is no time"},
		{"[Socket]\nListenStream=127.0.0.1:0\n\nBindIPv6Only=some\n", ":4: BindIPv6Only=some"},
		{"[Socket]\nListenStream=127.0.0.1:0\n# name\nFileDescriptorName=a:b\n", `:4: FileDescriptorName=a:b: the socket's name "a:b" has ":"`},
	} {
		if err := os.WriteFile(unit, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		r := runCmd(t, nil, inheritfdBin(t), "run", "-unit", unit, "--", "true")
		if r.status != exitUsage || !strings.Contains(r.out, unit+test.want) {
			t.Errorf("%q: status %d, want %d and %q in\n%s", test.text, r.status, exitUsage, unit+test.want, r.out)
		}
		if left, _ := filepath.Glob(dir + "/*"); len(left) != 1 {
			t.Errorf("%q: %v is left", test.text, left)
		}
	}
}

func TestInspectMatch(t *testing.T) {
	bin := inheritfdBin(t)
	dir := shortTempDir(t)
	p, addrs := startRun(t, 5, "-l", "web=tcp:127.0.0.1:0", "-l", "dns=udp:127.0.0.1:0", "-l", "all=tcp::0",
		"-l", "unixgram:"+dir+"/g", "-l", "x=@"+dir, "--", "sleep", "1000")
	pid := strconv.Itoa(child(t, p.pid(), "sleep"))
	port := func(i int) string { _, port, _ := net.SplitHostPort(addrs[i]); return port }

	for match, want := range map[string]string{ // names of those that match
		"tcp::" + port(0):          "web",
		port(0):                    "web",
		"tcp4:" + port(0):          "web",
		"tcp6:" + port(0):          "",
		"udp::" + port(0):          "",
		"tcp:" + addrs[0]:          "web",
		"tcp:127.0.0.2:" + port(0): "",
		"tcp::1":                   "",
		"web=tcp::" + port(0):      "web",
		"dns=tcp::" + port(0):      "",
		"tcp::0":                   "web all",
		"all=tcp::0":               "all",
		"udp::0":                   "dns",
		"tcp4:" + port(2):          "all",
		"tcp6:" + port(2):          "all",
		"tcp:[::]:" + port(2):      "all",
		"unixgram:" + dir + "/g":   "unknown",
		"unix:" + dir + "/g":       "",
		"unix:@" + dir:             "x",
		"x=@" + dir:                "x",
		"y=@" + dir:                "",
		"seqpacket:@" + dir:        "",
		"vsock::" + port(0):        "",
	} {
		r := runCmd(t, nil, bin, "inspect", "-pid", pid, "-match", match)
		var names []string
		for _, m := range regexp.MustCompile(`(?m)^fd \d+ "(.*?)"`).FindAllStringSubmatch(r.out, -1) {
			names = append(names, m[1])
		}
		status := exitOK
		if want == "" {
			status = exitFindings
		}
		if got := strings.Join(names, " "); got != want || r.status != status {
			t.Errorf("-match %s: %q with status %d, want %q with %d\n%s", match, got, r.status, want, status, r.out)
		}
	}
	// What a process inherited itself matches just so.
	for match, want := range map[string]int{"a=tcp::0": exitOK, "b=tcp::0": exitFindings} {
		if r := runCmd(t, nil, bin, "run", "-restart", "no", "-l", "a=tcp:127.0.0.1:0", "--", bin, "inspect", "-match", match); r.status != want {
			t.Errorf("-match %s: status %d, want %d\n%s", match, r.status, want, r.out)
		}
	}

	infos := inspected(t, runCmd(t, nil, bin, "inspect", "-json", "-pid", pid).out)
	var got []string
	for _, i := range infos {
		got = append(got, fmt.Sprintf("%d %s %s %s %v", i.FD, i.Name, i.Network, i.Address, i.CloseExec))
	}
	want := []string{
		"3 web tcp4 " + addrs[0] + " false", "4 dns udp4 " + addrs[1] + " false", "5 all tcp " + addrs[2] + " false",
		"6 unknown unixgram " + dir + "/g false", "7 x unix @" + dir + " false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("inspect -pid shows\n%q, want\n%q", got, want)
	}
	checkPidfd(t, pid)

	// The supervisor has them too, by no names.
	for _, i := range inspected(t, runCmd(t, nil, bin, "inspect", "-json", "-pid", strconv.Itoa(p.pid())).out) {
		if i.Name != "" || !i.CloseExec && i.Type == "stream" {
			t.Errorf("the supervisor has %+v", i)
		}
	}
	p.terminate(t)
	if r := runCmd(t, nil, bin, "inspect", "-pid", pid); r.status != exitError || !strings.Contains(r.out, "there is no process "+pid) {
		t.Errorf("of an ended process: status %d\n%s", r.status, r.out)
	}
	if r := runCmd(t, nil, bin, "inspect", "-match", "nonsense"); r.status != exitUsage || !strings.Contains(r.out, "-match nonsense") {
		t.Errorf("status %d\n%s", r.status, r.out)
	}
	if r := runCmd(t, nil, bin, "inspect"); r.status != exitOK || !strings.Contains(r.out, "no sockets were passed") {
		t.Errorf("with nothing inherited: status %d\n%s", r.status, r.out)
	}
}

// checkPidfd checks LISTEN_PIDFDID of a process where there is such a thing.
func checkPidfd(t *testing.T, pid string) {
	t.Helper()
	environ, err := os.ReadFile("/proc/" + pid + "/environ")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(environ), "LISTEN_PIDFDID=")
	n, _ := strconv.Atoi(pid)
	fd, err := unix.PidfdOpen(n, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	var f unix.Statfs_t
	var st unix.Stat_t
	if err := errors.Join(unix.Fstatfs(fd, &f), unix.Fstat(fd, &st)); err != nil {
		t.Fatal(err)
	}
	if ok != (f.Type == unix.PID_FS_MAGIC) {
		t.Errorf("LISTEN_PIDFDID is set: %v", ok)
	}
	if id, _, _ := strings.Cut(after, "\x00"); ok && id != strconv.FormatUint(st.Ino, 10) {
		t.Errorf("LISTEN_PIDFDID=%s, want %d", id, st.Ino)
	}
}

// TestRunPid1 has run be process 1, as in a container: it waits for processes
// that have lost their parents, besides all else.
func TestRunPid1(t *testing.T) {
	if os.Geteuid() != 0 {
		skipOrFail(t, "a pid namespace needs root")
	}
	bin := inheritfdBin(t)
	orphans := `for i in 1 2 3 4 5; do (sh -c "exit 7" &); done; (sleep 1000 &); echo up >&2; `
	for name, test := range map[string]struct {
		args   []string
		script string
		client bool
		stay   int // processes
		status int
	}{
		"killed":     {nil, orphans + `exec sleep 1000`, false, 3, 128 + int(syscall.SIGTERM)},
		"trapped":    {nil, `trap "exit 5" TERM; ` + orphans + `sleep 1000 & wait`, false, 4, 5},
		"connection": {[]string{"-accept"}, orphans + `exec cat <&3 >&3`, true, 3, 0},
	} {
		p := startProc(t, nil, slices.Concat([]string{"unshare", "--pid", "--fork", "--mount-proc", bin, "run"}, test.args,
			[]string{"-l", "tcp:127.0.0.1:0", "--", "sh", "-c", test.script})...)
		if test.client {
			addrs, err := p.waitTold(1)
			if err != nil {
				t.Fatal(err)
			}
			if got := ask(t, dial(t, "tcp", addrs[0]), "hello"); got != "hello" {
				t.Errorf("%s: %q", name, got)
			}
		}
		poll(t, name, func() error {
			if !strings.Contains(p.log(), "up\n") {
				return errors.New("not up")
			}
			return nil
		})
		init := child(t, p.pid(), "inheritfd")
		poll(t, name+": all that ended have been waited for", func() error { return reaped(init, test.stay) })
		if err := syscall.Kill(init, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if status := p.waitStatus(t); status != test.status { // unshare's is that of process 1
			t.Errorf("%s: after SIGTERM the status is %d, want %d", name, status, test.status)
		}
	}
}

// reaped returns an error while the processes in the /proc of a process 1 are
// not just so many, none of which has ended.
func reaped(init, stay int) error {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/root/proc/[0-9]*/stat", init))
	if err != nil {
		return err
	}
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), ") Z ") {
			return errors.New(string(text))
		}
		all = append(all, string(text))
	}
	if len(all) != stay { // process 1, the program, and the orphan that sleeps
		return fmt.Errorf("%q", all)
	}
	return nil
}

func TestRunExit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		args     []string
		script   string
		status   int
		attempts int
	}{
		{"success", nil, "exit 0", 0, 1},
		{"failure", []string{"-restart", "no"}, "exit 3", 3, 1},
		{"signal", []string{"-restart", "no"}, "kill -9 $$", 128 + 9, 1},
		{"always, and no more", []string{"-restart", "always"}, `trap "" TERM; [ $(wc -l <"$0") -lt 3 ] || kill -TERM $PPID; exit 0`, 0, 3},
		{"not on success", []string{"-restart", "on-failure"}, `[ $(wc -l <"$0") -lt 3 ] && exit 1; exit 0`, 0, 3},
		{"given up", nil, "exit 9", 9, 5},
	} {
		count := filepath.Join(t.TempDir(), "count")
		r := runCmd(t, nil, slices.Concat([]string{inheritfdBin(t), "run"}, test.args,
			[]string{"-l", "tcp:127.0.0.1:0", "--", "sh", "-c", `echo >>"$0"; ` + test.script, count})...)
		lines, err := os.ReadFile(count)
		if r.status != test.status || len(lines) != test.attempts {
			t.Errorf("%s: status %d after %d attempts, want %d after %d, %v\n%s", test.name, r.status, len(lines), test.status, test.attempts, err, r.out)
		}
	}
}
