package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/tools/txtar"

	"inheritfd/analyzer"
	"inheritfd/fixer"
	"inheritfd/fixer/launch"
)

//go:embed demo.txtar
var demoSample []byte

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:        "demo",
		Usage:       "check, port, build and run a sample daemon under an inherited socket",
		Description: "Works in a temporary folder, which it removes unless -keep is given.",
		Flags:       []cli.Flag{&cli.BoolFlag{Name: "keep", Usage: "keep the temporary folder and print its name"}},
		Action: func(ctx context.Context, cmd *cli.Command) (err error) {
			dir, err := os.MkdirTemp("", "inheritfd-demo-")
			if err != nil {
				return err
			}
			if cmd.Bool("keep") {
				defer fmt.Fprintf(cmd.Root().Writer, "\nkept in %s\n", dir)
			} else {
				defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
			}
			d := demo{out: cmd.Root().Writer, dir: dir}
			return d.run(ctx)
		},
	}
}

// A demo is one run of the demo command.
type demo struct {
	out io.Writer
	dir string
}

func (d *demo) run(ctx context.Context) error {
	if err := d.unpack(); err != nil {
		return err
	}
	tool, err := os.Executable()
	if err != nil {
		return err
	}
	r, err := fixer.Check(ctx, fixer.Options{Dir: d.dir, Tool: tool})
	if err != nil {
		return err
	}
	d.heading("inheritfd check: where the daemon listens, and what decides the address")
	if err := printReport(d.out, r, false); err != nil {
		return err
	}

	plan, err := fixer.MakePlan(r, analyzer.Safe)
	if err != nil {
		return err
	}
	if err := plan.Verify(ctx); err != nil {
		return err
	}
	d.heading("inheritfd port: the change, beside the helper in internal/inherit")
	for _, f := range plan.Files {
		if f.Old != nil {
			fmt.Fprint(d.out, plan.FileDiff(f))
		}
	}
	if err := plan.Write(); err != nil {
		return err
	}
	printPlan(d.out, plan)

	d.heading("the proof: the ported daemon on a socket that it inherited")
	build := exec.CommandContext(ctx, "go", "build", "-o", "greetd", "./cmd/greetd")
	build.Dir = d.dir
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return d.prove(ctx)
}

func (d *demo) heading(text string) { fmt.Fprintf(d.out, "\n== %s\n\n", text) }

// unpack writes the sample daemon to the demo's folder.
func (d *demo) unpack() error {
	for _, f := range txtar.Parse(demoSample).Files {
		name := filepath.Join(d.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// prove runs the ported daemon with a socket and shows that it serves on it
// and on no other.
func (d *demo) prove(ctx context.Context) error {
	sock, err := launch.ListenTCP("http", net.IPv4(127, 0, 0, 1), 0)
	if err != nil {
		return err
	}
	defer sock.File.Close()
	inode, err := sock.Inode()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "opened    %s before the daemon runs: socket inode %d\n", sock.Addr, inode)

	var log strings.Builder
	daemon := exec.CommandContext(ctx, filepath.Join(d.dir, "greetd"), "-addr", "fd://http")
	daemon.Env, daemon.Stderr = os.Environ(), &log
	if err := launch.Start(daemon, []launch.Socket{sock}); err != nil {
		return err
	}
	defer daemon.Wait()
	defer daemon.Process.Kill()
	fmt.Fprintf(d.out, "started   greetd -addr fd://http, pid %d\n", daemon.Process.Pid)

	body, err := get(ctx, "http://"+sock.Addr+"/")
	if err != nil {
		return fmt.Errorf("the daemon does not answer: %w\n%s", err, log.String())
	}
	fmt.Fprintf(d.out, "answered  GET http://%s/: %s", sock.Addr, body)
	return d.showSockets(daemon.Process.Pid, inode)
}

// get asks until the daemon answers: the socket queues what comes early.
func get(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// showSockets shows which listening sockets a process holds, as /proc says.
func (d *demo) showSockets(pid int, inode uint64) error {
	held, err := heldSockets(pid)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(d.out, "not shown: this system has no /proc to read the daemon's descriptors from")
		return nil
	}
	if err != nil {
		return err
	}
	listening, err := listeningTCP()
	if err != nil {
		return err
	}
	found := false
	for _, i := range held {
		switch {
		case i == inode:
			found = true
		case listening[i]:
			return fmt.Errorf("the daemon listens on a socket of its own, inode %d", i)
		}
	}
	if !found {
		return fmt.Errorf("the daemon does not hold the inherited socket, inode %d", inode)
	}
	fmt.Fprintf(d.out, "proved    /proc/%d/fd holds inode %d and no other listening TCP socket\n", pid, inode)
	return nil
}

// heldSockets returns the inodes of the sockets that a process holds.
func heldSockets(pid int) ([]uint64, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	fds, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, fd := range fds {
		target, err := os.Readlink(filepath.Join(dir, fd.Name()))
		if err != nil {
			continue // closed meanwhile
		}
		if n, ok := strings.CutPrefix(target, "socket:["); ok {
			if i, err := strconv.ParseUint(strings.TrimSuffix(n, "]"), 10, 64); err == nil {
				out = append(out, i)
			}
		}
	}
	return out, nil
}

// listeningTCP returns the inodes of the listening TCP sockets of the system.
func listeningTCP() (map[uint64]bool, error) {
	const listen = "0A" // TCP_LISTEN in /proc/net/tcp
	out := make(map[uint64]bool)
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // no IPv6
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == listen {
				if i, err := strconv.ParseUint(f[9], 10, 64); err == nil {
					out[i] = true
				}
			}
		}
	}
	return out, nil
}
