package main

// This file measures how long inheritfd run takes to start a program, beside
// systemd-socket-activate:
//
//	go test ./cmd/inheritfd -run '^$' -bench RunStart

import (
	"bufio"
	"errors"
	"fmt"
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

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// benchRuns are measured by an iteration, of each launcher.
const benchRuns = 50

// startedSource is a program that writes when its main began, and stays.
const startedSource = `package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"unsafe"
)

func main() {
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&ts)), 0)
	fmt.Println(ts.Nano())
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	<-c
}
`

// A starter is a launcher that is measured.
type starter struct {
	name string
	argv func(addr, dir string) []string
	// connects is whether the program starts at the first connection.
	connects bool
}

// BenchmarkRunStart has each launcher start a program, in turns. The metrics
// are medians, but for the ratios.
func BenchmarkRunStart(b *testing.B) {
	activate, err := exec.LookPath("systemd-socket-activate")
	if err != nil {
		b.Skip(err)
	}
	dir, err := builtDir()
	if err != nil {
		b.Fatal(err)
	}
	child, static := buildStarted(b), buildStatic(b)
	run := func(command []string, flags ...string) func(addr, dir string) []string {
		return func(addr, tmp string) []string {
			return slices.Concat(command, []string{"-l", addr, "-status", filepath.Join(tmp, "status")}, flags, []string{"--", child})
		}
	}
	whole, alone := []string{filepath.Join(dir, "inheritfd"), "run"}, []string{static}
	systemd := starter{"systemd-socket-activate", func(addr, _ string) []string { return []string{activate, "-l", addr, child} }, true}
	b.Run("exec", func(b *testing.B) {
		compare(b, false, starter{"inheritfd-run", run(alone), false}, systemd, starter{"run", run(whole), false})
	})
	b.Run("connect", func(b *testing.B) {
		compare(b, true, starter{"run-lazy", run(alone, "-lazy"), true}, systemd)
	})
}

func buildStarted(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for name, text := range map[string]string{"go.mod": "module started\n\ngo 1.26\n", "main.go": startedSource} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-o", "started", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "started")
}

// buildStatic builds the launcher alone as its users do.
func buildStatic(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "inheritfd-run")
	cmd := exec.Command("go", "build", "-o", bin, "inheritfd/cmd/inheritfd-run")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// compare measures launchers, the first beside the second: from their exec or, if waiting, from the
// connection to one that waits for it.
func compare(b *testing.B, waiting bool, launchers ...starter) {
	took := make([][]float64, len(launchers)) // in ms
	rss := make([][]float64, len(launchers))  // in KiB
	for b.Loop() {
		for range benchRuns {
			for i, l := range launchers {
				d, kib, err := l.measure(b, waiting)
				if err != nil {
					b.Fatalf("%s: %v", l.name, err)
				}
				took[i], rss[i] = append(took[i], float64(d)/1e6), append(rss[i], kib)
			}
		}
	}
	var medians []float64
	for i, l := range launchers {
		slices.Sort(took[i])
		slices.Sort(rss[i])
		medians = append(medians, took[i][len(took[i])/2])
		b.ReportMetric(medians[i], l.name+"-ms")
		b.ReportMetric(took[i][len(took[i])*9/10], l.name+"-p90-ms")
		if kib := rss[i][len(rss[i])/2]; kib > 0 {
			b.ReportMetric(kib, l.name+"-KiB")
		}
	}
	b.ReportMetric(medians[0]/medians[1], "ratio")
	b.ReportMetric(0, "ns/op")
}

// measure starts the program once.
func (l starter) measure(b *testing.B, waiting bool) (took time.Duration, kib float64, err error) {
	addr, err := freeAddr()
	if err != nil {
		return 0, 0, err
	}
	dir, err := os.MkdirTemp("", "ifd")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	r, w, err := os.Pipe()
	if err != nil {
		return 0, 0, err
	}
	defer r.Close()
	argv := l.argv(addr, dir)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout = w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	began := monotonic()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	w.Close()
	defer func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	}()
	if waiting {
		if err := pollErr(func() error { return rests(cmd.Process.Pid, l.name == "run-lazy") }); err != nil {
			return 0, 0, err
		}
		kib = residentKiB(cmd.Process.Pid)
		began = monotonic()
	}
	if l.connects {
		c, err := dialSoon(addr)
		if err != nil {
			return 0, 0, err
		}
		defer c.Close()
	}
	if err := r.SetReadDeadline(time.Now().Add(deadline)); err != nil {
		return 0, 0, err
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	at, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if !l.connects { // which else has become the program
		if err := pollErr(func() error { _, err := launch.ReadStatus(filepath.Join(dir, "status")); return err }); err != nil {
			return 0, 0, err
		}
		kib = residentKiB(cmd.Process.Pid)
	}
	return time.Duration(at - began), kib, err
}

// monotonic returns what startedSource writes.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err)
	}
	return ts.Nano()
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// dialSoon connects as soon as somebody listens.
func dialSoon(addr string) (net.Conn, error) {
	for end := time.Now().Add(deadline); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil || time.Now().After(end) {
			return c, err
		}
	}
}

// rests returns nil when a launcher listens, has its stub if it has one, and
// all threads sleep.
func rests(pid int, stub bool) error {
	socks, err := listenersOf(pid)
	if err != nil || len(socks) == 0 {
		return errors.Join(err, errors.New("it does not listen"))
	}
	group := groupOf(pid)
	if stub && len(group) < 2 {
		return errors.New("there is no stub")
	}
	for range 3 {
		for _, pid := range group {
			tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
			for _, name := range tasks {
				text, err := os.ReadFile(name)
				if err != nil || !strings.Contains(string(text), ") S ") {
					return fmt.Errorf("process %d is busy", pid)
				}
			}
		}
	}
	return nil
}

// residentKiB returns VmRSS of a process.
func residentKiB(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	n, _ := strconv.ParseFloat(strings.Fields(after)[0], 64)
	return n
}
