package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
	"inheritfd/fixer"
)

func portCommand() *cli.Command {
	return &cli.Command{
		Name:      "port",
		Usage:     "rewrite a module so that it takes inherited sockets",
		ArgsUsage: "[packages]",
		Description: "Bundles the helper package, applies every safe fix, compiles what changed, packages and tests, and\n" +
			"writes it. Packages are ./... by default. See check for what safe and review mean. What comes then:\n" +
			"unit and verify. Exit status 3 when flagged calls are left.",
		Flags: append(moduleFlags(),
			&cli.BoolFlag{Name: "diff", Usage: "print a patch for git apply and write nothing"},
			&cli.StringFlag{Name: "level", Usage: "apply fixes up to `level`: safe or review", Value: string(program.Safe)},
			&cli.StringFlag{Name: "with", Usage: "bundle `features` of the helper that no call asks for, comma-separated: accept (started for one connection, Accept=yes), gate (for run -workers)"},
			&cli.BoolFlag{Name: "force", Usage: "write although git has uncommitted changes"},
			&cli.BoolFlag{Name: "verify", Usage: "build, test and verify a ported copy first, and write only what passes"},
			&cli.StringFlag{Name: "main", Usage: "with -verify: `folder` of the program (default the only one that listens)"},
			&cli.StringFlag{Name: "args", Usage: "with -verify: `arguments` of the program, quoted as in ExecStart="},
			&cli.StringSliceFlag{Name: "probe", Usage: "with -verify: ask with a `probe`, see verify"}),
		DisableSliceFlagSeparator: true, // values may have commas
		Action:                    port,
	}
}

// port plans, checks and writes a port.
func port(ctx context.Context, cmd *cli.Command) error {
	level := program.Level(cmd.String("level"))
	if level != program.Safe && level != program.Review {
		return &fixer.UsageError{Msg: fmt.Sprintf("-level=%s: levels are safe and review", level)}
	}
	for _, flag := range []string{"main", "args", "probe"} {
		if cmd.IsSet(flag) && !cmd.Bool("verify") {
			return &fixer.UsageError{Msg: fmt.Sprintf("port: -%s is for -verify", flag)}
		}
	}
	r, err := check(ctx, cmd)
	if err != nil {
		return err
	}
	with, err := withFeatures(cmd)
	if err != nil {
		return err
	}
	plan, err := fixer.MakePlan(r, level, with...)
	if err != nil {
		return err
	}
	if err := carryOut(ctx, cmd, r, plan); err != nil {
		return err
	}
	if !cmd.Bool("diff") {
		printPlan(printable{cmd.Root().Writer}, r, plan)
	}
	if len(plan.Left)+len(plan.Unspared()) > 0 {
		return errFindings
	}
	return nil
}

// withFeatures returns the features of the helper that are asked for.
func withFeatures(cmd *cli.Command) ([]string, error) {
	var out []string
	for _, name := range strings.FieldsFunc(cmd.String("with"), func(c rune) bool { return c == ',' }) {
		if !slices.Contains(fixer.Features(), name) {
			return nil, &fixer.UsageError{Msg: fmt.Sprintf("port -with: %q is none of %s", name, strings.Join(fixer.Features(), ", "))}
		}
		out = append(out, name)
	}
	return out, nil
}

// carryOut prints the plan as a patch or writes it, as the flags say.
func carryOut(ctx context.Context, cmd *cli.Command, r *fixer.Report, plan *fixer.Plan) error {
	if !cmd.Bool("diff") {
		plan.Sweep()
	}
	if len(plan.Files) == 0 {
		return nil
	}
	if !cmd.Bool("diff") && !cmd.Bool("force") {
		files, err := plan.Dirty(ctx)
		if err != nil {
			return err
		}
		if len(files) > 0 {
			return fmt.Errorf("git has uncommitted changes, so nothing was written; commit them, or use -force:\n\t%s", strings.Join(clip(files, 10), "\n\t"))
		}
	}
	err := plan.Compile(ctx)
	newProgress(cmd.Root().ErrWriter).wipe()
	if err != nil {
		return err
	}
	if cmd.Bool("verify") {
		if err := prove(ctx, cmd, r, plan); err != nil {
			return err
		}
	}
	if cmd.Bool("diff") {
		if outside := plan.Outside(); len(outside) > 0 {
			return fmt.Errorf("a patch cannot reach outside the module: run -diff in the module of %s", outside[0])
		}
		_, err := io.WriteString(cmd.Root().Writer, plan.Diff())
		return err
	}
	return plan.Write()
}

// clip shortens a list to n lines.
func clip(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(list[:n:n], fmt.Sprintf("and %d more", len(list)-n))
}

// printPlan says what was done and what was left, and why.
func printPlan(w io.Writer, r *fixer.Report, p *fixer.Plan) {
	if len(p.Files) == 0 && len(p.Left) == 0 {
		fmt.Fprintln(w, "nothing to port")
	}
	for _, s := range p.Ported {
		note := ""
		if s.Level == program.Safe && s.Reason != "" {
			note = ": " + s.Reason
		}
		fmt.Fprintf(w, "ported   %s %s%s\n", r.Place(s.Pos), s.ShortCallee(), note)
	}
	for _, e := range p.Spared {
		what := e.ShortCallee()
		if e.Op == model.Tells {
			what = "the address that is told"
		}
		fmt.Fprintf(w, "also     %s %s\n", r.Place(e.Pos), what)
	}
	for _, s := range p.Restored {
		fmt.Fprintf(w, "undone   %s claims by address again: the program has a second listener of the type\n", r.Place(s.Pos))
	}
	for _, f := range p.Files {
		what := "added  "
		switch {
		case f.New == nil:
			what = "removed"
		case f.Old != nil:
			what = "changed"
		}
		note := ""
		if f.Linked {
			note = ": its other names (hard links) keep the old text"
		}
		fmt.Fprintf(w, "%s  %s%s\n", what, flow.Printable(p.Rel(f)), note)
	}
	printLeft(w, r, p)
}

// printLeft says what was left, and why: sites, and what else is done to the sockets
// of those that are ported.
func printLeft(w io.Writer, r *fixer.Report, p *fixer.Plan) {
	for _, s := range p.Elsewhere {
		fmt.Fprintf(w, "left     %s %s: %s\n", r.Place(s.Pos), s.ShortCallee(), s.Reason)
	}
	for _, l := range p.Left {
		reason := l.Reason
		if l.Level == program.Review {
			reason += " (apply with -level=review)"
		}
		fmt.Fprintf(w, "left     %s %s: %s: %s\n", r.Place(l.Pos), l.ShortCallee(), l.Level, reason)
	}
	for _, e := range p.Unspared() {
		fmt.Fprintf(w, "left     %s %s: %s: %s\n", r.Place(e.Pos), e.ShortCallee(), e.Port.Level, e.Port.Reason)
	}
}

func initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "bundle the helper package alone, before an editor or go vet -fix applies fixes; port does it itself",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "C", Usage: "work in `folder`"},
			&cli.BoolFlag{Name: "diff", Usage: "print a patch for git apply and write nothing"},
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Args().Present() {
				return &fixer.UsageError{Msg: "init takes no packages: it bundles the helper with the module"}
			}
			o, err := options(cmd)
			if err != nil {
				return err
			}
			plan, err := fixer.Init(ctx, o)
			if err != nil {
				return err
			}
			if cmd.Bool("diff") {
				_, err := io.WriteString(cmd.Root().Writer, plan.Diff())
				return err
			}
			if err := plan.Write(); err != nil {
				return err
			}
			for _, f := range plan.Files {
				fmt.Fprintf(cmd.Root().Writer, "wrote    %s\n", flow.Printable(plan.Rel(f)))
			}
			if len(plan.Files) == 0 {
				fmt.Fprintln(cmd.Root().Writer, "the helper is up to date")
			}
			return nil
		},
	}
}
