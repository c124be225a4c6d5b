package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"inheritfd/cmd/internal/runner"
	"inheritfd/fixer"
	"inheritfd/fixer/launch"
	"inheritfd/fixer/unit"
	"inheritfd/fixer/verify"
)

func verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "prove on a running daemon that it serves on inherited sockets",
		ArgsUsage: "-- daemon [arguments]",
		Description: "Runs the daemon as it is, then with sockets that it inherits: the ones of -l or -unit, or those that it opened\n" +
			"by itself. A probe is connect, http://{addr}/path, https://{addr}/path, dns:NAME, line:SEND=EXPECT or\n" +
			"command:PROGRAM {addr}; NAME=PROBE is for one socket. Exit status 3 when a check fails.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "l", Usage: "hand over a `socket`, see run; may be repeated"},
			&cli.StringSliceFlag{Name: "unit", Usage: "hand over the sockets of a .socket unit `file`; may be repeated"},
			&cli.StringSliceFlag{Name: "probe", Usage: "ask with `[NAME=]PROBE`; may be repeated (default connect)"},
			&cli.StringFlag{Name: "plain", Usage: "`arguments` for the run without sockets, where the others name them; quoted as in ExecStart="},
			&cli.DurationFlag{Name: "timeout", Usage: "`time` for a start or a stop", Value: 10 * time.Second},
			&cli.IntFlag{Name: "restarts", Usage: "restart it `N` times under load"},
			&cli.IntFlag{Name: "clients", Usage: "`number` of clients that make the load", Value: 8},
			&cli.BoolFlag{Name: "systemd", Usage: "verify it under systemd too, with units that are there only for that long"},
			&cli.BoolFlag{Name: "user", Usage: "with -systemd: under the user manager"},
			&cli.StringFlag{Name: "origins", Usage: "see instead which socket moves with each flag and variable that is said to decide an address: those of the program in `folder` of the module here"},
			&cli.StringFlag{Name: "main", Usage: "ask as the program in `folder` of the module here serves, by its source: HTTP where it does, over TLS or not"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.StringFlag{Name: "junit", Usage: "write JUnit XML to `file`"},
		},
		DisableSliceFlagSeparator: true,   // values may have commas
		StopOnNthArg:              new(1), // what follows the daemon is its own
		Action:                    verifyDaemon,
	}
}

func verifyDaemon(ctx context.Context, cmd *cli.Command) error {
	args := cmd.Args().Slice()
	if len(args) == 0 {
		return &fixer.UsageError{Msg: "verify: which daemon? For example: inheritfd verify -probe 'http://{addr}/' -- ./daemon -addr 127.0.0.1:8080"}
	}
	if cmd.Int("restarts") < 0 || cmd.Int("clients") < 1 || cmd.Duration("timeout") <= 0 {
		return &fixer.UsageError{Msg: "verify: -timeout and -clients are more than 0, and -restarts not less"}
	}
	if cmd.Bool("user") && !cmd.Bool("systemd") {
		return &fixer.UsageError{Msg: "verify: -user is for -systemd"}
	}
	path, err := runner.LookProgram(args[0])
	if err != nil {
		return err
	}
	c := verify.Config{
		Command: launch.Command{Path: path, Args: args},
		Timeout: cmd.Duration("timeout"), Restarts: int(cmd.Int("restarts")), Clients: int(cmd.Int("clients")),
	}
	if cmd.IsSet("plain") {
		words, err := (&unit.File{Name: "plain.service"}).Words(cmd.String("plain"))
		if err != nil {
			return &fixer.UsageError{Msg: fmt.Sprintf("-plain: %v", err)}
		}
		c.Plain = append([]string{args[0]}, words...)
	}
	if c.Specs, err = verifySpecs(cmd); err != nil {
		return err
	}
	if c.Probes, err = readProbes(cmd.StringSlice("probe"), c.Specs); err != nil {
		return err
	}
	if cmd.Bool("systemd") {
		line, err := unit.Command(append([]string{path}, args[1:]...))
		if err != nil {
			return &fixer.UsageError{Msg: fmt.Sprintf("verify: %v", err)}
		}
		c.Systemd = &verify.Systemd{User: cmd.Bool("user"), ExecStart: line}
	}
	p := newProgress(cmd.Root().ErrWriter)
	if p != nil {
		c.Progress = func(name string) { fmt.Fprintf(p.w, "\r\x1b[K%s…", name) }
	}
	if cmd.IsSet("origins") {
		return verifyOrigins(ctx, cmd, c, p)
	}
	if cmd.IsSet("main") {
		program, err := programOf(ctx, cmd, cmd.String("main"))
		if err != nil {
			return err
		}
		c.Sites = sitesOf(program, args[1:])
	}
	result, err := verify.Run(ctx, c)
	p.wipe()
	if err != nil {
		return err
	}
	return reportVerify(cmd, result)
}

// verifyOrigins tries the settings of a program on its daemon.
func verifyOrigins(ctx context.Context, cmd *cli.Command, c verify.Config, p *progress) error {
	if len(c.Specs) > 0 || c.Systemd != nil || c.Plain != nil || c.Restarts > 0 || cmd.IsSet("probe") || cmd.IsSet("junit") {
		return &fixer.UsageError{Msg: "verify: -origins runs the daemon without sockets and probes: leave out -l, -unit, -probe, -plain, -restarts, -systemd and -junit"}
	}
	program, err := programOf(ctx, cmd, cmd.String("origins"))
	if err != nil {
		return err
	}
	tried, err := verify.Origins(ctx, c, settingsOf(program, c.Command))
	p.wipe()
	if err != nil {
		return err
	}
	write := verify.WriteOrigins
	if cmd.Bool("json") {
		write = verify.WriteOriginsJSON
	}
	if err := write(cmd.Root().Writer, tried); err != nil {
		return err
	}
	if verify.RefutesAny(tried) {
		return errFindings
	}
	return nil
}

// sitesOf returns what is known of the sockets of a program with some arguments.
func sitesOf(p unit.Program, args []string) []verify.Site {
	var out []verify.Site
	for _, l := range p.Configured(args, os.Environ()).Listeners {
		out = append(out, verify.Site{Name: cmp.Or(l.Asked, l.Name), Address: l.Address, Protocol: l.Serves, Packet: l.Kind == "Datagram"})
	}
	return out
}

// settingsOf returns the settings of a program with a command line.
func settingsOf(p unit.Program, c launch.Command) []verify.Setting {
	var out []verify.Setting
	for _, l := range p.Configured(c.Args[1:], os.Environ()).Listeners {
		of := len(out)
		for _, s := range l.Settings {
			if s.Flag+s.Env == "" { // a key of a file, which is not ours to change
				continue
			}
			t := verify.Setting{Listener: l.Name, Flag: s.Flag, Env: s.Env, Part: s.Part, Now: l.Address, Unix: l.IsUnix()}
			if len(l.Networks) > 0 {
				t.Unix = !slices.ContainsFunc(l.Networks, func(n string) bool { return !strings.HasPrefix(n, "unix") })
			}
			if l.Command != nil {
				t.Words = l.Command.Words
			}
			if at := slices.IndexFunc(out[of:], func(o verify.Setting) bool { return o.Flag == t.Flag && o.Env == t.Env }); at >= 0 {
				out[of+at].Part = "address" // which the program takes apart
				continue
			}
			out = append(out, t)
		}
		for i := range out[of:] {
			for _, o := range out[of:] {
				if t := &out[of+i]; t.Env != "" && o.Flag != "" && o.Part == t.Part {
					t.Before = append(t.Before, o.Flag)
				}
			}
		}
	}
	return out
}

// readProbes reads the values of -probe, for sockets that are named.
func readProbes(values []string, specs []launch.Spec) (map[string]verify.Probe, error) {
	probes := make(map[string]verify.Probe)
	for _, text := range values {
		name, probe, ok := strings.Cut(text, "=")
		if !ok || strings.ContainsAny(name, ":/") {
			name, probe = "", text
		}
		p, err := verify.ParseProbe(probe)
		if err != nil {
			return nil, &fixer.UsageError{Msg: err.Error()}
		}
		if name != "" && !slices.ContainsFunc(specs, func(s launch.Spec) bool { return s.Name == name }) {
			return nil, &fixer.UsageError{Msg: fmt.Sprintf("-probe %s: no socket that is given is called %s", text, name)}
		}
		probes[name] = p
	}
	return probes, nil
}

// verifySpecs reads the flags for sockets.
func verifySpecs(cmd *cli.Command) ([]launch.Spec, error) {
	specs, err := runner.SpecsOfFlags(cmd.StringSlice("l"))
	if err != nil {
		return nil, err
	}
	for _, name := range cmd.StringSlice("unit") {
		more, _, err := runner.SpecsOfUnit(name)
		if err != nil {
			return nil, err
		}
		for i := range more {
			more[i].KeepPath = false // this leaves nothing behind
		}
		specs = append(specs, more...)
	}
	return specs, nil
}

func reportVerify(cmd *cli.Command, result *verify.Result) error {
	w := cmd.Root().Writer
	write := result.Text
	if cmd.Bool("json") {
		write = result.JSON
	}
	if err := write(w); err != nil {
		return err
	}
	if name := cmd.String("junit"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		if err := errors.Join(result.JUnit(f), f.Close()); err != nil {
			return err
		}
	}
	if result.Failed() {
		return errFindings
	}
	return nil
}
