package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
	"inheritfd/fixer/unit"
)

// Command returns the command. Errors of its Action are an ExitStatus, a *UsageError, or
// what could not be done.
func Command() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "open sockets and run a program that inherits them, as systemd does",
		ArgsUsage: "-- program [arguments]",
		Description: "A socket is [NAME=]NETWORK:ADDRESS with a network of tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, seqpacket\n" +
			"or vsock, or as in a unit: 8080, 127.0.0.1:8080, [::1]:8080, /run/x.sock, @name. Sockets that this command\n" +
			"inherited itself come first. SIGHUP starts new processes and stops the old ones when those are ready, so that\n" +
			"nothing is lost; SIGTERM and SIGINT stop; other signals go to the program. The exit status is the program's,\n" +
			"126 or 127 if it cannot be run, 128 and the signal's number if one ended it.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "l", Usage: "open a `socket`; may be repeated"},
			&cli.StringSliceFlag{Name: "unit", Usage: "open the sockets of a .socket unit `file`; may be repeated; paths go at the end unless it has RemoveOnStop=no"},
			&cli.StringSliceFlag{Name: "E", Usage: "set a `NAME=VALUE` in the program's environment, or keep NAME; may be repeated"},
			&cli.BoolFlag{Name: "inetd", Usage: "pass the socket as standard input and output"},
			&cli.BoolFlag{Name: "no-pid", Usage: "leave out LISTEN_PID, so that a child of the program takes the sockets: go run, or a tool that builds at each save"},
			&cli.BoolFlag{Name: "accept", Usage: "run a process for each connection, which inherits that"},
			&cli.IntFlag{Name: "max-connections", Usage: "processes at a time with -accept; more connections wait (default 64)"},
			&cli.BoolFlag{Name: "lazy", Usage: "start the program at the first connection"},
			&cli.DurationFlag{Name: "idle", Usage: "stop it after a `time` without connections, until the next one"},
			&cli.StringFlag{Name: "workers", Usage: "share the sockets among `N` processes, or MIN..MAX as many as the queue needs", Value: "1"},
			&cli.IntFlag{Name: "gate", Usage: "connections that a process answers at a time, if it has the helper of inheritfd; more wait in the queue (default 64 with several workers, else no limit)"},
			&cli.StringFlag{Name: "restart", Usage: "start the program again when it ends: always, on-failure or no (default on-failure; always with several workers)"},
			&cli.StringFlag{Name: "ready", Usage: "it serves when it says so, notify (sd_notify), or accepts, accept (default: either)"},
			&cli.DurationFlag{Name: "ready-timeout", Usage: "`time` for that", Value: 90 * time.Second},
			&cli.DurationFlag{Name: "stop-timeout", Usage: "`time` after which a program that is to stop is killed", Value: 90 * time.Second},
			&cli.StringFlag{Name: "status", Usage: "tell the status as JSON on a unix socket at `path`; see top"},
			&cli.StringFlag{Name: "takeover", Usage: "take the sockets over from the run with the same `path`, if there is one, and hand them over to the next"},
			&cli.BoolFlag{Name: "quiet", Usage: "say nothing about starts and stops"},
		},
		DisableSliceFlagSeparator: true,   // values may have commas
		StopOnNthArg:              new(1), // what follows the program is its own
		Action:                    runProgram,
	}
}

func runProgram(_ context.Context, cmd *cli.Command) error {
	program := cmd.Args().Slice()
	if len(program) == 0 {
		return &UsageError{Msg: "run: which program? For example: inheritfd run -l 8080 -- ./daemon"}
	}
	if !signal.Ignored(unix.SIGPIPE) { // that nobody reads what is said is no reason to end
		signal.Notify(make(chan os.Signal, 1), unix.SIGPIPE)
	}
	log := func(format string, args ...any) {
		if !cmd.Bool("quiet") {
			fmt.Fprintf(cmd.Root().ErrWriter, "inheritfd: "+format+"\n", args...)
		}
	}
	specs, each, trigger, err := specsOf(cmd, log)
	if err != nil {
		return err
	}
	path, err := LookProgram(program[0])
	if err != nil {
		fmt.Fprintf(cmd.Root().ErrWriter, "inheritfd: %v\n", err)
		return ExitStatus(launch.ExitCode(err))
	}
	env, err := environment(cmd.StringSlice("E"))
	if err != nil {
		return err
	}
	command := launch.Command{Path: path, Args: program, Env: env, Inetd: cmd.Bool("inetd"), NoPID: cmd.Bool("no-pid")}
	config, err := configOf(cmd)
	if err != nil {
		return err
	}
	config.Trigger = trigger
	if each != nil && (config.Takeover+config.Status != "" || config.Lazy || config.Idle > 0 || config.Max > 1) {
		return &UsageError{Msg: "run: with a process for each connection there is no -takeover, -status, -lazy, -idle or -workers"}
	}
	if command.NoPID && (command.Inetd || each != nil || config.Max > 1 || config.Gate > 0 || config.Idle > 0 || config.Takeover != "") {
		return &UsageError{Msg: "run: with -no-pid there is one process, without -inetd, -accept, -workers, -gate, -idle or -takeover"}
	}
	if config.Takeover != "" {
		if config.Handover, err = launch.TakeOver(config.Takeover); err != nil {
			return err
		}
	}
	sockets, err := openAll(specs, config.Handover)
	if err != nil {
		return err
	}
	if len(sockets) == 0 {
		return &UsageError{Msg: "run: which sockets? Name them with -l or -unit" + ForOthers()}
	}
	for _, s := range sockets {
		log("listening on %s %s", s.Network, s.Addr)
		for _, why := range s.Unset {
			log("not set: %s", why)
		}
	}
	if command.Inetd && each == nil && len(sockets) != 1 {
		closeAll(sockets)
		return &UsageError{Msg: fmt.Sprintf("run: -inetd passes one socket, and there are %d", len(sockets))}
	}
	code := 0
	if each != nil {
		each.Command, each.Sockets, each.StopTimeout, each.Log = command, sockets, config.StopTimeout, log
		code, err = each.Run()
	} else {
		config.Command, config.Sockets, config.Log = command, sockets, log
		var s *launch.Supervisor
		if s, err = launch.New(config); err == nil {
			code, err = s.Run()
		} else {
			closeAll(sockets)
			return &UsageError{Msg: "run: " + err.Error()}
		}
	}
	switch {
	case err != nil:
		return err
	case code != 0:
		return ExitStatus(code)
	}
	return nil
}

// configOf reads the flags for the supervisor.
func configOf(cmd *cli.Command) (launch.Config, error) {
	c := launch.Config{
		Lazy: cmd.Bool("lazy"), Idle: cmd.Duration("idle"), Restart: cmd.String("restart"), Ready: cmd.String("ready"), Gate: int(cmd.Int("gate")),
		ReadyTimeout: cmd.Duration("ready-timeout"), StopTimeout: cmd.Duration("stop-timeout"), Status: cmd.String("status"), Takeover: cmd.String("takeover"),
	}
	least, most, several := strings.Cut(cmd.String("workers"), "..")
	var err, err2 error
	c.Min, err = strconv.Atoi(least)
	if c.Max = c.Min; several {
		c.Max, err2 = strconv.Atoi(most)
	}
	switch {
	case err != nil || err2 != nil || c.Min < 1 || c.Max < c.Min:
		return c, &UsageError{Msg: fmt.Sprintf("run: -workers=%s: write a number, or MIN..MAX", cmd.String("workers"))}
	case !slices.Contains([]string{"", "always", "on-failure", "no"}, c.Restart):
		return c, &UsageError{Msg: fmt.Sprintf("run: -restart=%s: there are always, on-failure and no", c.Restart)}
	case !slices.Contains([]string{"", "notify", "accept"}, c.Ready):
		return c, &UsageError{Msg: fmt.Sprintf("run: -ready=%s: there are notify and accept", c.Ready)}
	case c.Idle < 0 || c.ReadyTimeout <= 0 || c.StopTimeout <= 0 || c.Gate < 0 || cmd.Int("max-connections") < 0:
		return c, &UsageError{Msg: "run: times and numbers must not be negative"}
	}
	if c.Max > 1 && !cmd.IsSet("gate") {
		c.Gate = 64
	}
	return c, nil
}

// specsOf reads the flags for sockets. With a process for each connection it also
// returns how many of them there may be, else nil; trigger is how often a unit allows
// starts, nil without one.
func specsOf(cmd *cli.Command, log func(string, ...any)) (specs []launch.Spec, each *launch.PerConnection, trigger *launch.Trigger, err error) {
	if specs, err = SpecsOfFlags(cmd.StringSlice("l")); err != nil {
		return nil, nil, nil, err
	}
	accept, most, perSource := cmd.Bool("accept"), 64, 0 // as MaxConnections= of systemd.socket(5)
	for _, name := range cmd.StringSlice("unit") {
		more, u, err := SpecsOfUnit(name)
		if err != nil {
			return nil, nil, nil, err
		}
		specs = append(specs, more...)
		if accept = accept || u.Accept; u.Accept || cmd.Bool("accept") {
			most, perSource = u.MaxConnections, u.MaxPerSource
		}
		if accept && most == 0 {
			return nil, nil, nil, &UsageError{Msg: name + ": with MaxConnections=0 there are no connections"}
		}
		if trigger, err = triggerOf(u, accept); err != nil {
			return nil, nil, nil, &UsageError{Msg: name + ": " + err.Error()}
		}
		for _, e := range u.Others {
			log("%s:%d: %s= does nothing here", name, e.Line, e.Key)
		}
	}
	if accept {
		each = &launch.PerConnection{Max: cmp.Or(int(cmd.Int("max-connections")), most), MaxPerSource: perSource, Trigger: trigger}
	}
	return specs, each, trigger, nil
}

// triggerOf takes the directives of a limit for starts out of what a unit says else.
func triggerOf(u *unit.Socket, each bool) (*launch.Trigger, error) {
	values := make(map[string]string)
	u.Others = slices.DeleteFunc(u.Others, func(e unit.Entry) bool {
		ours := e.Key == "TriggerLimitBurst" || e.Key == "TriggerLimitIntervalSec"
		if ours {
			values[e.Key] = e.Value
		}
		return ours
	})
	return launch.NewTrigger(values["TriggerLimitBurst"], values["TriggerLimitIntervalSec"], each)
}

// SpecsOfFlags reads the values of -l.
func SpecsOfFlags(values []string) ([]launch.Spec, error) {
	var specs []launch.Spec
	for _, text := range values {
		s, err := launch.Parse(text)
		if err != nil {
			return nil, &UsageError{Msg: fmt.Sprintf("-l %s: %v", text, err)}
		}
		specs = append(specs, s)
	}
	return specs, nil
}

// SpecsOfUnit returns the sockets of a .socket unit, and what else it says.
func SpecsOfUnit(name string) (specs []launch.Spec, u *unit.Socket, err error) {
	u, err = readSocket(name)
	if err != nil {
		return nil, nil, &UsageError{Msg: err.Error()}
	}
	if err := launch.CheckName(u.Name); err != nil {
		return nil, nil, &UsageError{Msg: fmt.Sprintf("%s:%d: FileDescriptorName=%s: %v", name, u.NameLine, u.Name, err)}
	}
	for _, l := range u.Listen {
		s, err := launch.FromUnit(l.Kind, l.Value)
		if err != nil {
			return nil, nil, &UsageError{Msg: fmt.Sprintf("%s:%d: %v", name, l.Line, err)}
		}
		s.Name, s.Mode, s.DirMode, s.User, s.Group = u.Name, u.Mode, u.DirMode, u.User, u.Group
		s.Backlog, s.ReusePort, s.FreeBind, s.KeepPath = u.Backlog, u.ReusePort, u.FreeBind, u.KeepPath
		s.V6Only = cmp.Or(u.V6Only, "default")
		s.Protocol = u.Protocol
		s.Options = optionsOf(u)
		specs = append(specs, s)
	}
	u.Others = slices.DeleteFunc(u.Others, func(e unit.Entry) bool { return launch.IsOption(e.Key) })
	if !linkOnly(specs, u) {
		return nil, nil, &UsageError{Msg: name + ": Symlinks= is for a unit with one path, and systemd refuses it in others"}
	}
	return specs, u, nil
}

// optionsOf returns the options of a unit, of which the last of a key holds.
func optionsOf(u *unit.Socket) []launch.Option {
	var out []launch.Option
	for _, e := range u.Others {
		if launch.IsOption(e.Key) {
			out = slices.DeleteFunc(out, func(o launch.Option) bool { return o.Key == e.Key })
			out = append(out, launch.Option{Key: e.Key, Value: e.Value})
		}
	}
	return out
}

// linkOnly has the symbolic links of a unit lead to its only path; false where it has
// links, and none or several paths.
func linkOnly(specs []launch.Spec, u *unit.Socket) bool {
	if len(u.Symlinks) == 0 {
		return true
	}
	isPath := func(s launch.Spec) bool { return strings.HasPrefix(s.Address, "/") }
	i := slices.IndexFunc(specs, isPath)
	if i < 0 || slices.ContainsFunc(specs[i+1:], isPath) {
		return false
	}
	specs[i].Symlinks = u.Symlinks
	return true
}

func readSocket(name string) (*unit.Socket, error) {
	f, err := unit.Read(name)
	if err != nil {
		return nil, err
	}
	return f.Socket()
}

// openAll returns the sockets that this process inherited, and those of the
// specs: the ones that were handed over, or new ones.
func openAll(specs []launch.Spec, from *launch.Handover) ([]*launch.Socket, error) {
	if err := launch.CheckFiles(len(specs)); err != nil {
		return nil, err
	}
	sockets, err := launch.Take()
	if err != nil {
		return nil, err
	}
	for _, spec := range specs {
		var s *launch.Socket
		if from != nil {
			s = from.Take(spec)
		}
		if s == nil {
			if s, err = launch.Open(spec); err != nil {
				return nil, errors.Join(err, closeAll(sockets))
			}
		}
		sockets = append(sockets, s)
	}
	return sockets, nil
}

func closeAll(sockets []*launch.Socket) error {
	var err error
	for _, s := range sockets {
		err = errors.Join(err, s.Close())
	}
	return err
}

// LookProgram returns the path of a program, as a shell finds it.
func LookProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s: no such program in %s: %w", name, os.Getenv("PATH"), os.ErrNotExist)
	}
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return "", err
	}
	return filepath.Abs(path)
}

// environment returns that of this process with some variables set; one that
// is only named keeps its value.
func environment(set []string) ([]string, error) {
	env := os.Environ()
	for _, kv := range set {
		key, _, ok := strings.Cut(kv, "=")
		switch {
		case key == "":
			return nil, &UsageError{Msg: fmt.Sprintf("run: -E %q: there is no name", kv)}
		case strings.HasPrefix(key, "LISTEN_") || key == "NOTIFY_SOCKET":
			return nil, &UsageError{Msg: fmt.Sprintf("run: -E %s: %s is what this command sets", kv, key)}
		case !ok:
			continue
		}
		env = slices.DeleteFunc(env, func(old string) bool { return strings.HasPrefix(old, key+"=") })
		env = append(env, kv)
	}
	return env, nil
}

// ForOthers says why sockets that a supervisor passes are not for this process; "" when
// it passes none.
func ForOthers() string {
	switch pid := os.Getenv("LISTEN_PID"); {
	case os.Getenv("LISTEN_FDS") == "" || pid == strconv.Itoa(os.Getpid()):
		return ""
	case pid == "":
		return ": LISTEN_FDS is set without LISTEN_PID, which says whom they are for"
	default:
		return fmt.Sprintf(": LISTEN_PID=%s is another process, so exec this command", pid)
	}
}
