package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"inheritfd/cmd/internal/runner"
	"inheritfd/fixer"
	"inheritfd/fixer/launch"
)

// socketCommands are the commands that deal with sockets themselves.
func socketCommands() []*cli.Command {
	return []*cli.Command{verifyCommand(), runner.Command(), inspectCommand(), topCommand()}
}

func inspectCommand() *cli.Command {
	return &cli.Command{
		Name:  "inspect",
		Usage: "show the sockets that this process inherited, or that another has",
		Description: "ExecStart=inheritfd inspect shows in the journal what a unit passes. Of another process it shows the sockets on\n" +
			"which clients may come. Exit status 3 when nothing matches.",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "pid", Usage: "show the sockets of process `N`"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.StringFlag{Name: "match", Usage: "show the ones that are `[NAME=]NETWORK:ADDRESS` only; see run"},
		},
		Action: inspect,
	}
}

func inspect(_ context.Context, cmd *cli.Command) error {
	if cmd.Args().Present() {
		return &fixer.UsageError{Msg: fmt.Sprintf("inspect: what is %q? Another process is named with -pid", cmd.Args().First())}
	}
	var infos []launch.Info
	var err error
	if cmd.IsSet("pid") {
		infos, err = launch.OfProcess(int(cmd.Int("pid")))
	} else {
		infos, err = launch.Inherited(os.Getenv, os.Getpid())
	}
	if err != nil {
		return err
	}
	if text := cmd.String("match"); text != "" {
		spec, err := launch.Parse(text)
		if err != nil {
			return &fixer.UsageError{Msg: fmt.Sprintf("-match %s: %v", text, err)}
		}
		matching := []launch.Info{}
		for _, i := range infos {
			if i.Matches(spec) {
				matching = append(matching, i)
			}
		}
		infos = matching
	}
	w := cmd.Root().Writer
	switch {
	case cmd.Bool("json"):
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		if infos == nil {
			infos = []launch.Info{}
		}
		if err := enc.Encode(infos); err != nil {
			return err
		}
	case len(infos) == 0 && cmd.String("match") == "" && cmd.IsSet("pid"):
		fmt.Fprintf(w, "process %d has no sockets on which clients may come\n", cmd.Int("pid"))
	case len(infos) == 0 && cmd.String("match") == "":
		fmt.Fprintln(w, "no sockets were passed to this process by LISTEN_FDS"+runner.ForOthers())
	default:
		for _, i := range infos {
			printInfo(w, i)
		}
	}
	if len(infos) == 0 && cmd.String("match") != "" {
		return errFindings
	}
	return nil
}

func printInfo(w io.Writer, i launch.Info) {
	words := []string{fmt.Sprintf("fd %d", i.FD)}
	if i.Name != "" {
		words = append(words, strconv.Quote(i.Name))
	}
	if i.Kind != "socket" {
		fmt.Fprintln(w, strings.Join(append(words, i.Kind+", no socket"), " "))
		return
	}
	words = append(words, i.Domain, i.Type)
	if i.Protocol != "" {
		words = append(words, i.Protocol)
	}
	words = append(words, i.Address)
	if i.Listening {
		words = append(words, "listening")
		if i.Depth >= 0 {
			words = append(words, fmt.Sprintf("queue %d/%d", i.Depth, i.Backlog))
		}
	}
	if i.V6Only {
		words = append(words, "v6only")
	}
	if i.Nonblock {
		words = append(words, "nonblocking")
	}
	if i.CloseExec {
		words = append(words, "cloexec")
	}
	fmt.Fprintln(w, strings.Join(words, " "))
	for _, is := range i.Is {
		fmt.Fprintln(w, "     "+is)
	}
}
