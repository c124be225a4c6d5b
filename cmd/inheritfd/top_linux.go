package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"inheritfd/fixer"
	"inheritfd/fixer/launch"
)

func topCommand() *cli.Command {
	return &cli.Command{
		Name:        "top",
		Usage:       "watch what a run does",
		ArgsUsage:   "path",
		Description: "Shows what inheritfd run -status=path tells, once a second on a terminal, else once.",
		Action:      top,
	}
}

func top(ctx context.Context, cmd *cli.Command) error {
	if cmd.Args().Len() != 1 {
		return &fixer.UsageError{Msg: "top: give the path that run has for -status"}
	}
	path, w := cmd.Args().First(), cmd.Root().Writer
	f, ok := w.(*os.File)
	live := ok && term.IsTerminal(int(f.Fd()))
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		st, err := launch.ReadStatus(path)
		if err != nil {
			return err
		}
		var screen bytes.Buffer
		if live {
			screen.WriteString("\x1b[H\x1b[2J")
		}
		printStatus(&screen, st)
		if _, err := w.Write(screen.Bytes()); err != nil || !live {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func printStatus(w io.Writer, st launch.Status) {
	up := time.Duration(st.Uptime * float64(time.Second)).Round(time.Second)
	fmt.Fprintf(w, "%s: %s, process %d, up %v, %d restarts", strings.Join(st.Program, " "), st.State, st.Pid, up, st.Restarts)
	if st.Accepted != nil {
		fmt.Fprintf(w, ", %d accepted, %.0f a second", *st.Accepted, *st.Rate)
	}
	fmt.Fprint(w, "\n\n")
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "FD\tNAME\tNETWORK\tADDRESS\tQUEUE")
	for _, s := range st.Sockets {
		queue := "-"
		if s.Depth >= 0 {
			queue = fmt.Sprintf("%d/%d", s.Depth, s.Backlog)
		}
		fmt.Fprintf(tab, "%d\t%s\t%s\t%s\t%s\n", s.FD, s.Name, s.Network, s.Address, queue)
	}
	tab.Flush()
	fmt.Fprintln(w)
	tab = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tab, "WORKER\tSTATE\tUP\tACCEPTED\tBUSY\tSTATUS\n")
	for _, o := range st.Workers {
		up := time.Duration(o.Since * float64(time.Second)).Round(time.Second)
		accepted, busy := fmt.Sprint(o.Accepted), fmt.Sprint(o.Busy)
		if st.Accepted == nil { // no worker has the helper, or none has accepted any
			accepted, busy = "-", "-"
		}
		fmt.Fprintf(tab, "%d\t%s\t%v\t%s\t%s\t%s\n", o.Pid, o.State, up, accepted, busy, strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1 // nothing that moves the cursor
		}, o.Status))
	}
	tab.Flush()
}
