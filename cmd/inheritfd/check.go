package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
	"inheritfd/fixer"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "report where a module listens and which configuration decides the address",
		ArgsUsage: "[packages]",
		Description: "Lists the logical listeners of each program: what an administrator thinks of as one socket. For each, the\n" +
			"calls that listen, and the trace from the configuration to them. Packages are ./... by default.\n" +
			"A call is safe when porting it changes nothing without an inherited socket, review when it may,\n" +
			"and manual when it cannot be ported, with the reason. Exit status 3 when there are findings.",
		Flags: append(moduleFlags(),
			&cli.BoolFlag{Name: "json", Usage: "print one JSON document"},
			&cli.BoolFlag{Name: "all", Usage: "also show sites that are not flagged"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			r, err := check(ctx, cmd)
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				doc, err := r.JSON()
				if err != nil {
					return err
				}
				if _, err := cmd.Root().Writer.Write(doc); err != nil {
					return err
				}
			} else if err := printReport(cmd.Root().Writer, r, cmd.Bool("all")); err != nil {
				return err
			}
			switch {
			case len(r.Errors) > 0:
				return fmt.Errorf("the report is not complete; fix this first:\n\t%s", strings.Join(r.Errors, "\n\t"))
			case len(r.Flagged()) > 0:
				return errFindings
			}
			return nil
		},
	}
}

// check runs the analysis that the flags ask for.
func check(ctx context.Context, cmd *cli.Command) (*fixer.Report, error) {
	o, err := options(cmd)
	if err != nil {
		return nil, err
	}
	p := newProgress(cmd.Root().ErrWriter)
	o.Progress, o.Step = p.packages(), p.step()
	defer p.clear()
	return fixer.Check(ctx, o)
}

// printReport prints a report for people, by program.
func printReport(out io.Writer, r *fixer.Report, all bool) error {
	w := &trimmer{w: out}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	shown := make(map[flow.Pos]bool)
	for _, main := range mains(r) {
		var own []program.Listener
		for _, l := range r.Listeners {
			if l.Main == main {
				own = append(own, l)
			}
		}
		fmt.Fprintf(tw, "%s: %s\n", strings.TrimPrefix(r.Folder(main), "./"), count(len(own), "logical listener"))
		for _, l := range own {
			printListener(tw, r, l, shown, all)
		}
	}
	printOthers(tw, r, shown)
	printUnflagged(tw, r, all)
	printUnseen(tw, r, all)
	return tw.Flush()
}

// A trimmer drops the blanks at the ends of lines, which come whole.
type trimmer struct {
	w    io.Writer
	line []byte
}

func (t *trimmer) Write(p []byte) (int, error) {
	for _, c := range p {
		if c != '\n' {
			t.line = append(t.line, c)
			continue
		}
		if _, err := t.w.Write(append(bytes.TrimRight(t.line, " "), '\n')); err != nil {
			return 0, err
		}
		t.line = t.line[:0]
	}
	return len(p), nil
}

// mains lists the programs with listeners.
func mains(r *fixer.Report) []string {
	var out []string
	for _, l := range r.Listeners {
		if !slices.Contains(out, l.Main) {
			out = append(out, l.Main)
		}
	}
	return out
}

// printListener prints one logical listener: its sites, then where its
// configuration comes from and what else happens to its socket (what does no
// harm only if all is asked for), then how to select a socket for it.
func printListener(tw io.Writer, r *fixer.Report, l program.Listener, shown map[flow.Pos]bool, all bool) {
	name, network := l.Name, strings.Join(l.Network, ",")
	if l.Many {
		network += " (list)"
	}
	for _, s := range r.Sites {
		if !l.Of(s.Pos) {
			continue
		}
		shown[s.Pos] = true
		fmt.Fprintf(tw, "  %s\t%s\t%s %s\t%s\n", name, network, r.At(s.Pos), s.ShortCallee(), verdict(s))
		name, network = "", ""
	}
	printTraces(tw, r, l.Origins)
	for _, e := range r.Effects {
		if slices.ContainsFunc(l.Sites, e.Of) && (all || !e.Harmless) {
			what := "and " + e.ShortCallee()
			if e.Op == model.Tells {
				what = "and its address"
			}
			fmt.Fprintf(tw, "  \t\t%s\t%s\t%s: %s\n", what, r.At(e.Pos), e.Port.Level, e.Port.Reason)
		}
	}
	if len(l.Select) > 0 {
		fmt.Fprintf(tw, "  \t\tselect a socket with: %s\t\n", strings.Join(l.Select, ", or "))
	}
}

// printTraces prints the traces of a site.
func printTraces(tw io.Writer, r *fixer.Report, origins []flow.Origin) {
	for _, o := range origins {
		if o.IsDefault {
			continue
		}
		label := ""
		if o.Part != model.Whole {
			label = o.Part.String() + "  "
		}
		if len(o.Trace) == 0 {
			fmt.Fprintf(tw, "  \t\t%s%s\t\n", label, o)
			continue
		}
		for i, step := range o.Trace {
			text := step.What
			if i == 0 {
				text = label + o.String()
			} else {
				text = strings.Repeat(" ", len(label)) + text
			}
			fmt.Fprintf(tw, "  \t\t%s\t%s\n", text, r.At(step.Pos))
		}
	}
}

// verdict says whether and how a site can be ported.
func verdict(s program.Site) string {
	switch {
	case s.Class == program.Inherited:
		return "inherited already"
	case s.Reason != "":
		return string(s.Level) + ": " + s.Reason
	}
	return string(s.Level)
}

// printOthers prints flagged sites that no program of the module reaches.
func printOthers(tw io.Writer, r *fixer.Report, shown map[flow.Pos]bool) {
	heading := "not reached by a program of this build:\n"
	for _, s := range r.Flagged() {
		if shown[s.Pos] {
			continue
		}
		fmt.Fprint(tw, heading)
		heading = ""
		fmt.Fprintf(tw, "  \t%s\t%s %s\t%s\n", strings.Join(s.Network, ","), r.At(s.Pos), s.ShortCallee(), verdict(s))
		printTraces(tw, r, s.Origins)
	}
}

// printUnflagged counts, or lists, the sites that are not flagged.
func printUnflagged(tw io.Writer, r *fixer.Report, all bool) {
	var kinds []string
	elsewhere := 0
	for _, s := range r.Sites {
		if s.Elsewhere() {
			elsewhere++
		}
	}
	if elsewhere > 0 {
		kinds = append(kinds, fmt.Sprintf("%d for other systems", elsewhere))
	}
	for _, c := range []program.Class{program.Ephemeral, program.Probe, program.Runtime, program.Test, program.Inherited} {
		n := 0
		for _, s := range r.Sites {
			if s.Class == c {
				n++
			}
		}
		if n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, c))
		}
	}
	switch {
	case len(kinds) == 0 && len(r.Flagged()) == 0 && len(r.Errors) == 0:
		fmt.Fprintln(tw, "no listen calls")
	case len(kinds) == 0:
	case !all:
		fmt.Fprintf(tw, "not flagged: %s (-all shows them)\n", strings.Join(kinds, ", "))
	default:
		fmt.Fprintf(tw, "not flagged: %s\n", strings.Join(kinds, ", "))
		for _, s := range r.Sites {
			if s.Class != program.Listen || s.Elsewhere() {
				fmt.Fprintf(tw, "  %s\t%s\t%s %s\t\n", s.Class, strings.Join(s.Network, ","), r.At(s.Pos), s.ShortCallee())
			}
		}
	}
}

// printUnseen tells what was not looked at, so that nobody takes silence for a no.
func printUnseen(w io.Writer, r *fixer.Report, all bool) {
	if len(r.Unseen) > 0 {
		what := "programs, which do not compile, or something that they import"
		fmt.Fprintf(w, "not looked at: %s: %s\n", what, strings.Join(r.Unseen, ", "))
	}
	switch n := len(r.BrokenTests); {
	case n == 0:
	case !all:
		fmt.Fprintf(w, "not looked at: %s that do not compile (-all shows them)\n", count(n, "test file"))
	default:
		fmt.Fprintf(w, "not looked at: %s that do not compile\n", count(n, "test file"))
		for _, file := range r.BrokenTests {
			fmt.Fprintf(w, "  %s\n", file)
		}
	}
}

// count returns "1 thing" or "n things".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
