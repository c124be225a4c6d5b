//go:build linux

package main

// This file defines the harness around the outside oracles: a real systemd
// manager, systemd-socket-activate, and /proc.

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deadline bounds every wait. It is far above what any of them takes, since
// nothing passes by reaching it.
const deadline = 30 * time.Second

// errInUse is returned by what could not bind an address that was free a
// moment ago. See [withFreeAddrs].
var errInUse = errors.New("address already in use")

// skipOrFail skips the test because something is missing on this machine. In
// CI it fails it: there a proof that didn't run must not look like one.
func skipOrFail(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("cannot run in CI: %s", reason)
	}
	t.Skip(reason)
}

// poll waits until cond returns nil, and fails the test with its last error
// at the deadline.
func poll(t *testing.T, what string, cond func() error) {
	t.Helper()
	if err := pollErr(cond); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// errGiveUp wraps conditions that cannot become true anymore.
var errGiveUp = errors.New("gave up")

func pollErr(cond func() error) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(deadline)
	for {
		err := cond()
		if err == nil || errors.Is(err, errGiveUp) {
			return err
		}
		select {
		case <-tick.C:
		case <-timeout:
			return fmt.Errorf("not within %v: %w", deadline, err)
		}
	}
}

// shortTempDir is t.TempDir for paths of unix sockets, which have room for
// 107 bytes only.
func shortTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ifd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// withFreeAddrs calls start with n loopback addresses whose port is free for
// TCP and UDP, and again with others as long as it returns errInUse: between
// our look and its bind somebody else may take one.
func withFreeAddrs(t *testing.T, n int, start func(addrs ...string) error) {
	t.Helper()
	var err error
	for range 5 {
		if err = start(freeAddrs(t, n)...); !errors.Is(err, errInUse) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func freeAddrs(t *testing.T, n int) []string {
	t.Helper()
	var addrs []string
	for range 100 {
		if len(addrs) == n {
			return addrs
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all at the end, so that none comes twice
		pc, err := net.ListenPacket("udp", l.Addr().String())
		if err != nil {
			continue
		}
		defer pc.Close()
		addrs = append(addrs, l.Addr().String())
	}
	t.Fatal("no port is free for both TCP and UDP")
	return nil
}

// A proc is a program under test.
type proc struct {
	cmd     *exec.Cmd
	logPath string
	exited  chan struct{} // closed once err is set
	err     error

	// inherited are the sockets that the program is about to inherit. Set by
	// socketActivate only.
	inherited []sock
}

// startProc runs a program with just the given environment and kills it, with
// what it started, when the test ends.
func startProc(t *testing.T, env []string, argv ...string) *proc {
	t.Helper()
	return startProcWith(t, nil, env, argv...)
}

// startProcWith is startProc for a program that inherits files, from
// descriptor 3.
func startProcWith(t *testing.T, files []*os.File, env []string, argv ...string) *proc {
	t.Helper()
	p := &proc{cmd: exec.Command(argv[0], argv[1:]...), exited: make(chan struct{})}
	p.logPath = filepath.Join(t.TempDir(), "log")
	log, err := os.Create(p.logPath)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.ExtraFiles = files
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		select {
		case <-p.exited: // its pid may be somebody else's by now
		default:
			syscall.Kill(-p.pid(), syscall.SIGKILL)
			<-p.exited
		}
		if t.Failed() {
			t.Logf("%q: %v\n%s", p.cmd.Args, p.err, p.log())
		}
	})
	return p
}

func (p *proc) pid() int { return p.cmd.Process.Pid }

// log returns what the program has written so far.
func (p *proc) log() string {
	text, err := os.ReadFile(p.logPath)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// waitListening waits until the program has n sockets that receive, and
// returns them. The error is errInUse if it ended because an address was.
func (p *proc) waitListening(n int) ([]sock, error) {
	var socks []sock
	err := pollErr(func() error {
		select {
		case <-p.exited:
			if strings.Contains(strings.ToLower(p.log()), errInUse.Error()) {
				return fmt.Errorf("%w: %w", errGiveUp, errInUse)
			}
			return fmt.Errorf("%w: %s ended: %v\n%s", errGiveUp, p.cmd.Args[0], p.err, p.log())
		default:
		}
		var err error
		socks, err = listenersOf(p.pid())
		if err == nil && countInodes(socks) != n {
			err = fmt.Errorf("%s listens on %v, want %d sockets", p.cmd.Args[0], socks, n)
		}
		return err
	})
	return socks, err
}

// stop sends SIGTERM and waits for the end, which must be an orderly one.
func (p *proc) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.exited:
	case <-time.After(deadline):
		t.Fatalf("%s runs on after SIGTERM", p.cmd.Args[0])
	}
	if p.err != nil {
		t.Errorf("after SIGTERM: %v", p.err)
	}
}

// socketActivate runs cmd under systemd-socket-activate with the given
// arguments: -l ADDRESS, -d, -E NAME=VALUE, --fdname=NAME. It returns when
// all sockets listen; cmd starts, with the same pid, at the first connection.
// The error is errInUse if another address might do.
func socketActivate(t *testing.T, args []string, cmd ...string) (*proc, error) {
	t.Helper()
	bin, err := exec.LookPath("systemd-socket-activate")
	if err != nil {
		skipOrFail(t, err.Error())
	}
	n := 0
	for _, arg := range args {
		if arg == "-l" || strings.HasPrefix(arg, "--listen=") {
			n++
		}
	}
	p := startProc(t, nil, slices.Concat([]string{bin}, args, cmd)...)
	p.inherited, err = p.waitListening(n)
	return p, err
}

// A systemdManager is a running systemd, PID 1 of its own pid, mount, cgroup,
// uts and ipc namespaces. The network is ours, so that a test can connect to
// 127.0.0.1, and so are all directories but /run.
type systemdManager struct {
	t      *testing.T
	dir    string // holds units, run, log and console.log
	cgroup string
	init   int // pid of the namespace's PID 1, as we see it
	user   bool
}

// enterScript runs inside the new namespaces, as their PID 1, and becomes the
// manager. /proc/sys is read-only: a system manager raises sysctls that are
// not namespaced. /dev/console is the terminal that script(1) made, so that
// the manager's log arrives in console.log.
//
// With TMPFS_RUN /run is what it is elsewhere: systemd removes folders in no other. We
// see it by the manager's root then.
//
// A user manager is a child of PID 1, and takes a folder for the sign that the
// system runs systemd.
const enterScript = `set -e
mount --make-rprivate /
umount -Rl /sys/fs/cgroup 2>/dev/null || :
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind "$(tty)" /dev/console
[ -z "$TMPFS_RUN" ] || mount -t tmpfs tmpfs "$D/run"
mount --bind "$D/run" /run
mount --bind /proc/sys /proc/sys
mount -o remount,ro,bind /proc/sys
mount --bind "$D/lib" /var/lib
if [ -n "$USER_MANAGER" ]; then
	mkdir -p /run/systemd/system
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$D" XDG_RUNTIME_DIR="$D/run" SYSTEMD_UNIT_PATH="$D/units" \
		"$SYSTEMD" --user --unit=test.target --log-target=console --log-color=0
	exit
fi
[ ! -e /etc/machine-id ] || mount --bind "$D/machine-id" /etc/machine-id
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=inheritfd-test SYSTEMD_UNIT_PATH="$D/units" \
	"$SYSTEMD" --system --unit=test.target --log-target=console --log-color=0 --show-status=0
`

// startSystemd starts a manager that knows no units but a few empty targets.
// It skips the test where that needs what this machine hasn't got.
func startSystemd(t *testing.T) *systemdManager {
	t.Helper()
	return startManager(t, false)
}

// startManager starts one of the system or, if user is set, of a user. The variables
// are those of enterScript.
func startManager(t *testing.T, user bool, vars ...string) *systemdManager {
	t.Helper()
	if os.Geteuid() != 0 {
		skipOrFail(t, "a systemd manager of our own needs root")
	}
	for _, tool := range []string{"unshare", "nsenter", "script", "systemctl"} {
		if _, err := exec.LookPath(tool); err != nil {
			skipOrFail(t, err.Error())
		}
	}
	const systemd = "/lib/systemd/systemd"
	if _, err := os.Stat(systemd); err != nil {
		skipOrFail(t, err.Error())
	}
	m := &systemdManager{t: t, dir: shortTempDir(t), cgroup: newCgroup(t), user: user}
	m.writeFiles()

	// script gives the manager a terminal, and when script ends, for whatever
	// reason, the terminal's hangup ends unshare, which kills PID 1, which
	// ends everything inside.
	cmd := exec.Command("script", "-qefc",
		`exec unshare --mount --cgroup --pid --fork --mount-proc --uts --ipc --kill-child sh -c "$ENTER"`,
		filepath.Join(m.dir, "console.log"))
	cmd.Env = append(os.Environ(), "D="+m.dir, "SYSTEMD="+systemd, "ENTER="+enterScript)
	cmd.Env = append(cmd.Env, vars...)
	if user {
		cmd.Env = append(cmd.Env, "USER_MANAGER=1")
	}
	cgroupDir, err := os.Open(m.cgroup)
	if err != nil {
		t.Fatal(err)
	}
	defer cgroupDir.Close()
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:      true,
		Pdeathsig:   syscall.SIGKILL,
		UseCgroupFD: true, // no moment in which a child is outside
		CgroupFD:    int(cgroupDir.Fd()),
	}
	if err := cmd.Start(); err != nil {
		skipOrFail(t, "starting a process in a cgroup: "+err.Error())
	}
	exited := make(chan struct{})
	go func() { cmd.Wait(); close(exited) }()
	t.Cleanup(func() {
		m.kill(exited)
		if t.Failed() {
			t.Logf("systemd:\n%s", m.log())
		}
	})
	if err := m.waitUp(exited); err != nil {
		skipOrFail(t, fmt.Sprintf("no systemd manager here: %v\n%s", err, m.log()))
	}
	return m
}

// newCgroup returns a new cgroup2 directory, which is removed after
// everything that is started later has been cleaned up.
func newCgroup(t *testing.T) string {
	t.Helper()
	root := "/sys/fs/cgroup"
	if _, err := os.Stat(root + "/cgroup.procs"); err != nil {
		root += "/unified" // next to the v1 hierarchies
	}
	if _, err := os.Stat(root + "/cgroup.procs"); err != nil {
		skipOrFail(t, "no cgroup2 hierarchy: "+err.Error())
	}
	dir, err := os.MkdirTemp(root, "inheritfd-test-")
	if err != nil {
		skipOrFail(t, "cgroup2 is not ours to write: "+err.Error())
	}
	t.Cleanup(func() {
		// A cgroup is busy until its last process has been reaped.
		err := pollErr(func() error { return removeCgroup(dir) })
		if err != nil {
			t.Errorf("removing the cgroup: %v", err)
		}
	})
	return dir
}

// removeCgroup removes dir with the cgroups below it.
func removeCgroup(dir string) error {
	var dirs []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return nil // what vanishes meanwhile need not be removed
	})
	for _, d := range slices.Backward(dirs) {
		err = errors.Join(err, syscall.Rmdir(d))
	}
	return err
}

// writeFiles fills the manager's directory. The empty targets are those that
// units with default dependencies, and systemd itself, ask for. /var/lib is one
// of its own, where services keep their state.
func (m *systemdManager) writeFiles() {
	m.t.Helper()
	for _, dir := range []string{"units/service.d", "run", "log", "lib"} {
		if err := os.MkdirAll(filepath.Join(m.dir, dir), 0o755); err != nil {
			m.t.Fatal(err)
		}
	}
	id := make([]byte, 16)
	rand.Read(id)
	m.write("machine-id", hex.EncodeToString(id)+"\n")
	for _, name := range []string{
		"basic", "default", "exit", "final", "multi-user", "network", "paths", "shutdown",
		"sockets", "sysinit", "test", "timers", "umount",
	} {
		m.write("units/"+name+".target", "[Unit]\nDefaultDependencies=no\n")
	}
	// There is no journal. A test restarts faster than an administrator, but
	// a service that fails at once must not be activated again and again.
	m.write("units/service.d/10-test.conf", "[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=20\n"+
		"[Service]\nStandardOutput=append:"+m.dir+"/log/%n\nStandardError=inherit\n")
}

func (m *systemdManager) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *systemdManager) waitUp(exited <-chan struct{}) error {
	return pollErr(func() error {
		select {
		case <-exited:
			return fmt.Errorf("%w: it ended", errGiveUp)
		default:
		}
		pid, err := m.hostPid(1)
		if err != nil {
			return err
		}
		m.init = pid
		_, err = m.tryCtl("is-active", "test.target")
		return err
	})
}

// kill ends the manager, and with it all that it ever started: the kernel
// ends a pid namespace with its PID 1. What is left if that didn't come up is
// in the cgroup: nothing leaves one by forking.
func (m *systemdManager) kill(exited <-chan struct{}) {
	if pid, err := m.hostPid(1); err == nil {
		// unshare reaps it, unless it is killed along with it.
		syscall.Kill(pid, syscall.SIGKILL)
		select {
		case <-exited:
		case <-time.After(deadline):
			m.t.Errorf("systemd (pid %d) runs on after SIGKILL", pid)
		}
	}
	err := pollErr(func() error {
		pids := m.pids()
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		if len(pids) > 0 {
			return fmt.Errorf("%d processes left", len(pids))
		}
		return nil
	})
	if err != nil {
		m.t.Errorf("stopping systemd: %v", err)
	}
	<-exited
}

// pids returns the processes in the manager's cgroup, as we see them.
func (m *systemdManager) pids() []int {
	var pids []int
	filepath.WalkDir(m.cgroup, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "cgroup.procs" {
			return nil // a cgroup that has gone has no processes
		}
		text, _ := os.ReadFile(path)
		for f := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(f); err == nil {
				pids = append(pids, pid)
			}
		}
		return nil
	})
	return pids
}

// hostPid returns the pid by which we know the process that the manager knows
// as pid.
func (m *systemdManager) hostPid(pid int) (int, error) {
	for _, host := range m.pids() {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", host))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(status)) {
			// One pid for each namespace, ours first, its own last.
			f := strings.Fields(line)
			if len(f) > 2 && f[0] == "NSpid:" && f[len(f)-1] == strconv.Itoa(pid) {
				return host, nil
			}
		}
	}
	return 0, fmt.Errorf("systemd's pid %d is not in %s", pid, m.cgroup)
}

// unit writes a unit file and makes the manager read it.
func (m *systemdManager) unit(name, text string) {
	m.t.Helper()
	m.write("units/"+name, text)
	m.ctl("daemon-reload")
}

// ctl runs systemctl against the manager and returns what it writes, without
// the final newline.
func (m *systemdManager) ctl(args ...string) string {
	m.t.Helper()
	out, err := m.tryCtl(args...)
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

func (m *systemdManager) tryCtl(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	argv := []string{"-t", strconv.Itoa(m.init), "-m", "-p", "-C", "-u", "-i", "systemctl", "--no-pager"}
	if m.user {
		argv = append(argv[:len(argv)-2], "env", "XDG_RUNTIME_DIR="+m.dir+"/run", "systemctl", "--no-pager", "--user")
	}
	cmd := exec.CommandContext(ctx, "nsenter", append(argv, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("systemctl %s: %w\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// startUnit starts a unit. The error is errInUse if an address of a socket
// unit was.
func (m *systemdManager) startUnit(name string) error {
	before := len(m.log())
	_, err := m.tryCtl("start", name)
	if err != nil && strings.Contains(m.log()[before:], "Address already in use") {
		return fmt.Errorf("%s: %w", name, errInUse)
	}
	return err
}

// pid returns the main process of a service as we see it.
func (m *systemdManager) pid(unit string) int {
	m.t.Helper()
	text := m.ctl("show", "-p", "MainPID", "--value", unit)
	pid, err := strconv.Atoi(text)
	if err != nil || pid == 0 {
		m.t.Fatalf("%s has no main process: MainPID=%q", unit, text)
	}
	host, err := m.hostPid(pid)
	if err != nil {
		m.t.Fatalf("%s: %v", unit, err)
	}
	return host
}

// log returns what the manager has logged, and then what each unit has
// written.
func (m *systemdManager) log() string {
	var text strings.Builder
	console, _ := os.ReadFile(filepath.Join(m.dir, "console.log"))
	text.Write(console)
	units, _ := os.ReadDir(filepath.Join(m.dir, "log"))
	for _, unit := range units {
		out, _ := os.ReadFile(filepath.Join(m.dir, "log", unit.Name()))
		fmt.Fprintf(&text, "--- %s\n%s", unit.Name(), out)
	}
	return text.String()
}

// littleEndian reports the byte order in which the kernel prints words.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

func socketUnit(listen ...string) string {
	return "[Socket]\n" + strings.Join(listen, "\n") + "\n[Install]\nWantedBy=sockets.target\n"
}

func serviceUnit(lines ...string) string {
	return "[Service]\n" + strings.Join(lines, "\n") + "\n"
}
