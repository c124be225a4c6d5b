package main

// This file defines the proof of a port before anything is written.

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"inheritfd/fixer"
	"inheritfd/fixer/launch"
	"inheritfd/fixer/unit"
	"inheritfd/fixer/verify"
)

// prove ports a copy of the module, builds it, runs its tests and verifies its
// program. The error is errFindings when one of these fails.
func prove(ctx context.Context, cmd *cli.Command, r *fixer.Report, plan *fixer.Plan) error {
	w := cmd.Root().ErrWriter
	main, err := r.Main(cmd.String("main"))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "inheritfd-port-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ported, bin := filepath.Join(dir, "ported"), filepath.Join(dir, "daemon")
	if err := r.CopyTo(ported, plan); err != nil {
		return err
	}
	p := newProgress(w)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"build", func() error { return r.Build(ctx, ported, main, bin) }},
		{"tests", func() error { return proveTests(ctx, w, r, dir, ported) }},
		{"verify", func() error {
			program, err := r.Program(ctx, main)
			if err != nil {
				return err
			}
			return proveDaemon(ctx, cmd, program, bin, ported)
		}},
	} {
		if p != nil {
			fmt.Fprintf(w, "\r\x1b[Kin a copy: %s…", step.name)
		}
		err := step.do()
		p.wipe()
		if err != nil {
			printLeft(w, r, plan) // which may be why
			fmt.Fprintf(w, "inheritfd: in a copy that is ported, %s: %v\nnothing was written\n", step.name, err)
			return errFindings
		}
	}
	return nil
}

// proveTests runs the tests; what failed before the port too does not count.
func proveTests(ctx context.Context, w io.Writer, r *fixer.Report, dir, ported string) error {
	failed, out, err := r.Test(ctx, ported)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if len(failed) == 0 {
		return nil
	}
	before := filepath.Join(dir, "before")
	if err := r.CopyTo(before, nil); err != nil {
		return err
	}
	already, _, err := r.Test(ctx, before)
	if err != nil {
		return err
	}
	if len(already) > 0 {
		fmt.Fprintf(w, "inheritfd: tests of %s fail without the port too\n", strings.Join(already, ", "))
	}
	failed = slices.DeleteFunc(failed, func(pkg string) bool { return slices.Contains(already, pkg) })
	if len(failed) > 0 {
		return fmt.Errorf("those of %s fail, and did not before\n%s", strings.Join(failed, ", "), out)
	}
	return nil
}

// proveDaemon verifies a program as the flags say; it runs in the copy, where it
// may write files.
func proveDaemon(ctx context.Context, cmd *cli.Command, program unit.Program, bin, dir string) error {
	args, err := (&unit.File{Name: "port.service"}).Words(cmd.String("args"))
	if err != nil {
		return err
	}
	probes, err := readProbes(cmd.StringSlice("probe"), nil)
	if err != nil {
		return err
	}
	result, err := verify.Run(ctx, verify.Config{
		Command: launch.Command{Path: bin, Args: append([]string{bin}, args...), Dir: dir}, Probes: probes, Sites: sitesOf(program, args),
	})
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := result.Text(&text); err != nil {
		return err
	}
	if result.Failed() {
		return fmt.Errorf("checks fail\n%s", strings.TrimSuffix(text.String(), "\n"))
	}
	_, err = io.WriteString(cmd.Root().Writer, text.String())
	return err
}
