package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"inheritfd/fixer"
	"inheritfd/fixer/unit"
)

func unitCommand() *cli.Command {
	return &cli.Command{
		Name:      "unit",
		Usage:     "write the systemd units of a program, or check units against it",
		ArgsUsage: "[package] | -check files... [package]",
		Description: "Writes a .socket unit for what the program listens on by default, and the .service that it starts, with a\n" +
			"comment for each value that says where in the code it comes from. With -check it compares units that\n" +
			"exist with the code: types, families, paths, modes, sockets that are missing or that nothing asks for. The\n" +
			"package is that of the current folder, or the only one that listens. Exit status 3 when -check finds something.",
		Flags: append(moduleFlags(),
			&cli.StringFlag{Name: "o", Usage: "write to `folder`, - to print", Value: "."},
			&cli.BoolFlag{Name: "user", Usage: "the units are those of the user manager"},
			&cli.BoolFlag{Name: "template", Usage: "write units for instances, whose port, or name of a path, is %i"},
			&cli.StringFlag{Name: "exec", Usage: "`path` of the installed program (default /usr/local/bin/NAME)"},
			&cli.StringFlag{Name: "args", Usage: "`arguments` of the program in ExecStart=, quoted as there; what they say of addresses goes into the sockets"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite units that exist"},
			&cli.BoolFlag{Name: "check", Usage: "compare units with the code"},
			&cli.BoolFlag{Name: "json", Usage: "print findings as JSON"}),
		Action: units,
	}
}

func units(ctx context.Context, cmd *cli.Command) error {
	var files []string
	folder := ""
	for _, a := range cmd.Args().Slice() {
		switch ext := filepath.Ext(a); {
		case cmd.Bool("check") && (ext == ".socket" || ext == ".service" || ext == ".conf"):
			files = append(files, a)
		case folder == "":
			folder = a
		default:
			return &fixer.UsageError{Msg: fmt.Sprintf("unit: %s and %s: one package at a time", folder, a)}
		}
	}
	if cmd.Bool("check") && len(files) == 0 {
		return &fixer.UsageError{Msg: "unit -check: which units? For example: inheritfd unit -check foo.socket foo.service ./cmd/foo"}
	}
	if cmd.Bool("json") && !cmd.Bool("check") {
		return &fixer.UsageError{Msg: "unit: -json is for -check; units are text"}
	}
	parsed, err := readUnits(files)
	if err != nil {
		return &fixer.UsageError{Msg: err.Error()}
	}
	p, err := programOf(ctx, cmd, folder)
	if err != nil {
		return err
	}
	if cmd.Bool("check") {
		return checkUnits(ctx, cmd, parsed, p)
	}
	out, err := unit.Generate(p, unit.Options{User: cmd.Bool("user"), Template: cmd.Bool("template"), Program: cmd.String("exec"), Args: cmd.String("args")})
	if errors.Is(err, unit.ErrArgs) {
		return &fixer.UsageError{Msg: "unit: " + err.Error()}
	}
	if err != nil {
		return err
	}
	return writeUnits(cmd, out)
}

// programOf analyses the module and returns what a program of it does.
func programOf(ctx context.Context, cmd *cli.Command, folder string) (unit.Program, error) {
	o, err := options(cmd)
	if err != nil {
		return unit.Program{}, err
	}
	o.Patterns = nil
	p := newProgress(cmd.Root().ErrWriter)
	o.Progress, o.Step = p.packages(), p.step()
	defer p.clear()
	r, err := fixer.Check(ctx, o)
	if err != nil {
		return unit.Program{}, err
	}
	if len(r.Errors) > 0 {
		return unit.Program{}, fmt.Errorf("%s does not compile: %s", r.Module, strings.Join(r.Errors, "; "))
	}
	return r.Program(ctx, folder)
}

// writeUnits writes the files, none if one of them exists.
func writeUnits(cmd *cli.Command, files []*unit.File) error {
	w := cmd.Root().Writer
	dir := cmd.String("o")
	if dir == "-" {
		for i, f := range files {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprint(w, f)
		}
		return nil
	}
	if err := notLink(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		if err := notLink(name); err != nil {
			return err
		}
		old, err := os.ReadFile(name)
		if err == nil && string(old) != f.String() && !cmd.Bool("force") {
			return fmt.Errorf("%s exists and is another one: -force overwrites it, -o - prints, -check compares it with the code", name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		if err := replaceFile(name, f.String()); err != nil {
			return err
		}
		fmt.Fprintf(w, "wrote    %s\n", name)
	}
	return nil
}

// notLink refuses to write where a symbolic link leads: whoever made the repository
// may have made it, and units are often written by root.
func notLink(name string) error {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a symbolic link, which is not followed: remove it, or name what it leads to", name)
	}
	return nil
}

// replaceFile writes a file whole or not at all; a link that is at its name by then
// is replaced, and not followed.
func replaceFile(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".inheritfd-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already, when all went well
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func readUnits(names []string) ([]*unit.File, error) {
	var out []*unit.File
	for _, name := range names {
		if filepath.Ext(name) == ".conf" {
			continue
		}
		f, err := unit.Read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	for _, name := range names {
		if filepath.Ext(name) != ".conf" {
			continue
		}
		of := strings.TrimSuffix(filepath.Base(filepath.Dir(name)), ".d")
		i := slices.IndexFunc(out, func(f *unit.File) bool { return filepath.Base(f.Name) == of })
		if i < 0 {
			return nil, fmt.Errorf("unit -check: %s is a drop-in of %s, which is not given", name, of)
		}
		if err := out[i].DropIn(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkUnits(ctx context.Context, cmd *cli.Command, files []*unit.File, p unit.Program) error {
	var sockets []*unit.File
	var service *unit.File
	for _, f := range files {
		if filepath.Ext(f.Name) == ".socket" {
			sockets = append(sockets, f)
			continue
		}
		if service != nil {
			return &fixer.UsageError{Msg: fmt.Sprintf("unit -check: %s and %s: one service at a time", service.Name, f.Name)}
		}
		service = f
	}
	findings, err := unit.Check(sockets, service, p)
	if err != nil {
		return &fixer.UsageError{Msg: err.Error()}
	}
	findings = append(findings, unit.Analyze(ctx, files, findings, cmd.Bool("user"))...)
	w := cmd.Root().Writer
	if cmd.Bool("json") {
		if findings == nil {
			findings = []unit.Finding{}
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(findings); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			fmt.Fprintf(w, "%s: %s\n", f.Kind, f)
		}
	}
	if len(findings) > 0 {
		return errFindings
	}
	return nil
}
