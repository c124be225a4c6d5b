package main

import (
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
			&cli.BoolFlag{Name: "v", Usage: "show the traces of each listener, and what else happens to its socket"},
			&cli.StringFlag{Name: "listener", Usage: "show all that is known of the listener `name`"},
			&cli.BoolFlag{Name: "all", Usage: "with -v, also show sites that are not flagged"}),
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
			} else if err := printReport(cmd.Root().Writer, r, view{
				all: cmd.Bool("all"), details: cmd.Bool("v") || cmd.Bool("all"), listener: cmd.String("listener"),
			}); err != nil {
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

// A view says how much of a report is shown.
type view struct {
	all      bool   // also what is not flagged, and what does no harm
	details  bool   // with traces
	listener string // of that name alone, with traces; "" for all
}

// printReport prints a report for people, by program: a line for each logical
// listener, or all that is known of it.
func printReport(out io.Writer, r *fixer.Report, v view) error {
	w := newTrimmer(out)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	shown := make(map[flow.Pos]bool)
	found := false
	for _, main := range mains(r) {
		var own []program.Listener
		for _, l := range r.Listeners {
			if l.Main == main && (v.listener == "" || l.Name == v.listener) {
				own = append(own, l)
			}
		}
		if len(own) == 0 {
			continue
		}
		found = true
		fmt.Fprintf(tw, "%s: %s\n", strings.TrimPrefix(r.Folder(main), "./"), count(len(own), "logical listener"))
		for _, l := range own {
			if v.details || v.listener != "" {
				printListener(tw, r, l, shown, v.all)
			} else {
				summarize(tw, r, l, shown)
			}
		}
		if !v.details && v.listener == "" {
			printReasons(tw, r, own)
		}
	}
	if v.listener != "" {
		if !found {
			return &fixer.UsageError{Msg: fmt.Sprintf("no listener %q: check names those that there are", v.listener)}
		}
		return tw.Flush()
	}
	printOthers(tw, r, shown, v)
	printUnflagged(tw, r, v.all)
	printUnseen(tw, r, v.all)
	return tw.Flush()
}

// summarize prints one line for a listener: its name, its network, what decides its
// address, where it listens, and whether that can be ported.
func summarize(tw io.Writer, r *fixer.Report, l program.Listener, shown map[flow.Pos]bool) {
	var first *program.Site
	for i, s := range r.Sites {
		if l.Of(s.Pos) {
			shown[s.Pos] = true
			if first == nil {
				first = &r.Sites[i]
			}
		}
	}
	at := r.At(first.Pos) + " " + first.ShortCallee()
	if n := len(l.Sites); n > 1 {
		at += fmt.Sprintf(" and %d more", n-1)
	}
	network := strings.Join(l.Network, ",")
	if l.Many {
		network += " (list)"
	}
	fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\n", l.Name, network, decides(l), at, level(*first))
}

// level says in a word or two whether a site can be ported.
func level(s program.Site) string {
	if s.Class == program.Inherited {
		return "inherited already"
	}
	return string(s.Level)
}

// decides says what an administrator sets for a listener: what names a socket for
// it, else where its address comes from, folded to one line.
func decides(l program.Listener) string {
	var said []string
	def := ""
	for i := 1; i < len(l.Select); i += 2 { // by number, by name, …
		said = append(said, l.Select[i])
	}
	fixed := ""
	for _, o := range l.Origins {
		if o.HasDefault && o.Part != model.Network && def == "" {
			def = fmt.Sprintf(" (default %q)", o.Default)
		}
		switch {
		case len(l.Select) > 0 || o.IsDefault || o.Part == model.Network:
		case o.IsConfig():
			if key := o.Name(); !slices.Contains(said, key) {
				said = append(said, key)
			}
		case fixed == "":
			fixed = o.String()
		}
	}
	const most = 3
	if len(said) > most {
		said = append(said[:most-1], fmt.Sprintf("%d more", len(said)-most+1))
	}
	if len(said) == 0 {
		return fixed
	}
	return strings.Join(said, ", ") + def
}

// printReasons says once why listeners cannot be ported as they are, or what the
// port changes, and how many calls besides are about their sockets.
func printReasons(tw *tabwriter.Writer, r *fixer.Report, own []program.Listener) {
	var reasons []string
	names := make(map[string][]string)
	note := func(reason, name string) {
		if reason == "" || slices.Contains(names[reason], name) {
			return
		}
		if names[reason] == nil {
			reasons = append(reasons, reason)
		}
		names[reason] = append(names[reason], name)
	}
	calls := make(map[flow.Pos]bool)
	for _, l := range own {
		for _, s := range r.Sites {
			if l.Of(s.Pos) && s.Reason != "" && s.Class != program.Inherited {
				note(string(s.Level)+": "+s.Reason, l.Name)
			}
		}
		for _, use := range l.Uses {
			note(fmt.Sprintf("%s at %s uses the address, too: leave it there, the socket is found by it", flow.Short(use.Callee), r.At(use.Pos)), l.Name)
		}
		for _, e := range r.Effects {
			if slices.ContainsFunc(l.Sites, e.Of) && !e.Harmless {
				calls[e.Pos] = true
			}
		}
	}
	tw.Flush()
	for _, reason := range reasons {
		fmt.Fprintf(tw, "  %s: %s\n", strings.Join(names[reason], ", "), reason)
	}
	if len(calls) > 0 {
		fmt.Fprintf(tw, "  and %s to their sockets or paths (-v shows them)\n", count(len(calls), "call that does something", "calls that do something"))
	}
	tw.Flush()
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
	for _, use := range l.Uses {
		fmt.Fprintf(tw, "  \t\t%s uses the address, too, so leave it there: the socket is found by it\t%s\n", flow.Short(use.Callee), r.At(use.Pos))
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
func printOthers(tw io.Writer, r *fixer.Report, shown map[flow.Pos]bool, v view) {
	heading := "not reached by a program of this build:\n"
	for _, s := range r.Flagged() {
		if shown[s.Pos] {
			continue
		}
		fmt.Fprint(tw, heading)
		heading = ""
		fmt.Fprintf(tw, "  \t%s\t%s %s\t%s\n", strings.Join(s.Network, ","), r.At(s.Pos), s.ShortCallee(), verdict(s))
		if v.details {
			printTraces(tw, r, s.Origins)
		}
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

// count returns "1 thing" or "n things"; the plural is given where it is not
// regular.
func count(n int, thing string, plural ...string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case len(plural) > 0:
		return fmt.Sprintf("%d %s", n, plural[0])
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
