// The inheritfd command ports Go daemons to socket activation: it finds where
// a daemon listens, traces which configuration decides the address, rewrites
// the daemon to take an inherited socket, and falls back to binding its own.
//
//	inheritfd check [packages]   report where the module listens, and why there
//	inheritfd trace file.go:40   show how the address of one call was searched for
//	inheritfd port [packages]    rewrite it
//	inheritfd init               bundle the helper package only
//	inheritfd unit [package]     write systemd units, or check those that exist
//	inheritfd demo               show all of it on a sample daemon
//
// and on Linux, where sockets can be inherited:
//
//	inheritfd verify -- daemon   prove that it serves on inherited sockets
//	inheritfd run -- program     open sockets, and run the program with them
//	inheritfd inspect            show what was inherited
//	inheritfd top path           watch a run
//
// The exit status is 0 when there is nothing to do, 1 for an error, 2 for a
// mistake in the command line or the folder, and 3 when there are findings; that
// of run is the program's.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"inheritfd/cmd/internal/runner"
	"inheritfd/fixer"
)

// Exit statuses.
const (
	exitOK       = 0
	exitError    = 1
	exitUsage    = 2
	exitFindings = 3
)

func main() {
	if isVettool(os.Args[1:]) {
		vettool(os.Args[1:]) // does not return
	}
	ctx := context.Background()
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) { // as in the background of a script
			var stop context.CancelFunc
			ctx, stop = signal.NotifyContext(ctx, s)
			defer stop()
		}
	}
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// errFindings ends a command that found something.
var errFindings = errors.New("there are findings")

// run runs the command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	cmd := &cli.Command{
		Name:    "inheritfd",
		Usage:   "port Go daemons to socket activation",
		Version: version(),
		Description: "Under socket activation a supervisor such as systemd opens the listening sockets and hands them to the daemon.\n" +
			"inheritfd finds where a Go daemon listens and rewrites it to take such a socket, and to bind its own, as before,\n" +
			"when there is none. See it work with demo; in a module of yours, start with check, then port -diff, then port.\n" +
			"Exit status: 0 nothing to report, 1 error, 2 mistake in the command line or the folder, 3 findings.",
		Writer:    out,
		ErrWriter: stderr,
		// Exit statuses are ours to choose; see below.
		ExitErrHandler:        func(context.Context, *cli.Command, error) {},
		EnableShellCompletion: true,
		OnUsageError: func(_ context.Context, _ *cli.Command, err error, _ bool) error {
			return &fixer.UsageError{Msg: err.Error()}
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Args().Present() {
				return &fixer.UsageError{Msg: fmt.Sprintf("unknown command %q; see inheritfd help", cmd.Args().First())}
			}
			return cli.ShowRootCommandHelp(cmd)
		},
		Commands: append([]*cli.Command{checkCommand(), traceCommand(), portCommand(), initCommand(), unitCommand(), demoCommand()}, socketCommands()...),
	}
	for _, sub := range cmd.Commands {
		sub.OnUsageError = cmd.OnUsageError
	}
	err := cmd.Run(ctx, args)
	if out.err != nil && (err == nil || errors.Is(err, errFindings)) {
		err = out.err
	}
	var usage *fixer.UsageError
	var runUsage *runner.UsageError
	var status runner.ExitStatus
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "inheritfd: interrupted; nothing was written")
		return exitError
	}
	fmt.Fprintf(printable{stderr}, "inheritfd: %v\n", err)
	if errors.As(err, &usage) || errors.As(err, &runUsage) {
		return exitUsage
	}
	return exitError
}

// version returns the version that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// moduleFlags are the flags that say what to work on.
func moduleFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "C", Usage: "work in `folder`"},
		&cli.StringFlag{Name: "tags", Usage: "build `tags`, comma-separated"},
		&cli.StringFlag{Name: "model", Usage: "JSON `file` with rows for frameworks and configuration libraries that inheritfd does not know"},
		&cli.StringFlag{Name: "goos", Usage: "analyse for `system` instead of the one at hand"},
	}
}

// options reads the flags of moduleFlags.
func options(cmd *cli.Command) (fixer.Options, error) {
	tool, err := os.Executable()
	if err != nil {
		return fixer.Options{}, err
	}
	o := fixer.Options{
		Dir: cmd.String("C"), Tags: cmd.String("tags"), GOOS: cmd.String("goos"), Model: cmd.String("model"),
		Patterns: cmd.Args().Slice(), Tool: tool,
	}
	if fi, err := os.Stat(dirOf(o)); err != nil || !fi.IsDir() {
		return o, &fixer.UsageError{Msg: fmt.Sprintf("-C %s: no such folder", o.Dir)}
	}
	return o, nil
}

func dirOf(o fixer.Options) string {
	if o.Dir == "" {
		return "."
	}
	return filepath.Clean(o.Dir)
}

// A progress shows on a terminal how far a long run is; elsewhere nothing.
type progress struct {
	w     io.Writer
	start time.Time
	shown bool
}

// newProgress returns a progress on w when that is a terminal.
func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: w, start: time.Now()}
}

// packages returns what fixer.Options.Progress takes.
func (p *progress) packages() func(done, total int) {
	if p == nil {
		return nil
	}
	return func(done, total int) {
		if time.Since(p.start) < time.Second {
			return
		}
		p.shown = true
		fmt.Fprintf(p.w, "\r\x1b[Kanalysing: %d of %d packages, %.0f s", min(done, total), total, time.Since(p.start).Seconds())
	}
}

// step returns what fixer.Options.Step takes.
func (p *progress) step() func(what string) {
	if p == nil {
		return nil
	}
	return func(what string) {
		if time.Since(p.start) < time.Second {
			return
		}
		p.shown = true
		fmt.Fprintf(p.w, "\r\x1b[K%s, %.0f s", what, time.Since(p.start).Seconds())
	}
}

// clear removes what is shown.
func (p *progress) clear() {
	if p != nil && p.shown {
		p.wipe()
		p.shown = false
	}
}

// wipe removes the line, whoever showed it.
func (p *progress) wipe() {
	if p != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
