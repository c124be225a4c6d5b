package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/tools/txtar"

	"inheritfd/analyzer/program"
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
	if err := printReport(d.out, r, view{details: true}); err != nil {
		return err
	}

	plan, err := fixer.MakePlan(r, program.Safe)
	if err != nil {
		return err
	}
	if err := plan.Compile(ctx); err != nil {
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
	printPlan(d.out, r, plan)

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
	sock, err := launch.Open(launch.Spec{Name: "http", Network: "tcp4", Address: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer sock.Close()
	inode, err := sock.Inode()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "opened    %s before the daemon runs: socket inode %d\n", sock.Addr, inode)

	log, err := os.Create(filepath.Join(d.dir, "greetd.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	daemon := launch.Command{Path: filepath.Join(d.dir, "greetd"), Args: []string{"greetd", "-addr", "fd://http"}, Stderr: log}
	process, err := daemon.Start([]*launch.Socket{sock})
	if err != nil {
		return err
	}
	defer process.Wait()
	defer process.Kill()
	fmt.Fprintf(d.out, "started   greetd -addr fd://http, pid %d\n", process.Pid)

	body, err := get(ctx, "http://"+sock.Addr+"/")
	if err != nil {
		said, _ := os.ReadFile(log.Name()) // error: then it said nothing
		return fmt.Errorf("the daemon does not answer: %w\n%s", err, said)
	}
	fmt.Fprintf(d.out, "answered  GET http://%s/: %s", sock.Addr, body)
	return d.showSockets(process.Pid, inode)
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
	held, err := launch.OfProcess(pid)
	if err != nil {
		return err
	}
	found := false
	for _, i := range held {
		switch {
		case i.Inode == inode:
			found = true
		case i.Listening:
			return fmt.Errorf("the daemon listens on a socket of its own, %s", i.Address)
		}
	}
	if !found {
		return fmt.Errorf("the daemon does not hold the inherited socket, inode %d", inode)
	}
	fmt.Fprintf(d.out, "proved    /proc/%d/fd holds inode %d and no other listening socket\n", pid, inode)
	return nil
}
