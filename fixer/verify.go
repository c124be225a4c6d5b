package fixer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// systems are the values of GOOS that files may be for.
var systems = strings.Fields("aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows")

// Verify type-checks the module as the plan would leave it, packages and
// tests, for the system at hand, and for every other that the names and build
// constraints of its files mention the packages that the plan changes: a port
// changes no declaration, so no other can break. Errors that the module has
// without the plan do not count.
func (p *Plan) Verify(ctx context.Context) error {
	if len(p.Files) == 0 {
		return nil
	}
	overlay := make(map[string][]byte, len(p.Files))
	for _, f := range p.Files {
		overlay[f.Path] = f.New
	}
	platforms, err := p.build().platforms(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, goos := range p.build().systems() {
		arch, ok := platforms[goos]
		if !ok {
			continue // not a port of this toolchain
		}
		if p.build().Step != nil {
			p.build().Step("type-checking for " + goos)
		}
		patterns := p.build().patterns()
		if goos != p.build().ownSystem() {
			patterns = p.folders()
		}
		after, err := p.build().typeErrors(ctx, goos, arch, patterns, overlay)
		if err != nil {
			return err
		}
		if len(after) == 0 {
			continue
		}
		before, err := p.build().typeErrors(ctx, goos, arch, patterns, nil)
		if err != nil {
			return err
		}
		for _, e := range after {
			if !slices.Contains(before, e) {
				errs = append(errs, fmt.Errorf("GOOS=%s: %s", goos, e))
			}
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("the port would not compile, so nothing was written; this is a bug in inheritfd, please report it:\n%w", errors.Join(errs...))
	}
	return nil
}

// folders returns the folders of the files of the plan.
func (p *Plan) folders() []string {
	var out []string
	for _, f := range p.Files {
		out = append(out, filepath.Dir(f.Path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownSystem returns the system that the module is analysed for.
func (b *build) ownSystem() string { return cmp.Or(b.GOOS, os.Getenv("GOOS"), runtime.GOOS) }

// platforms maps each system that the toolchain knows to an architecture of
// it: the one at hand where there is such a port.
func (b *build) platforms(ctx context.Context) (map[string]string, error) {
	out, err := b.goCmd(ctx, "tool", "dist", "list")
	if err != nil {
		return nil, err
	}
	own := cmp.Or(os.Getenv("GOARCH"), runtime.GOARCH)
	archs := make(map[string]string)
	for pair := range strings.FieldsSeq(string(out)) {
		goos, arch, _ := strings.Cut(pair, "/")
		if archs[goos] == "" || arch == own {
			archs[goos] = arch
		}
	}
	return archs, nil
}

// systems returns the system at hand and those that the module's files name.
func (b *build) systems() []string {
	own := b.ownSystem()
	found := []string{own}
	for _, p := range b.pkgs {
		for _, name := range append(slices.Clone(p.IgnoredGoFiles), p.GoFiles...) {
			for _, goos := range named(filepath.Join(p.Dir, name)) {
				if !slices.Contains(found, goos) {
					found = append(found, goos)
				}
			}
		}
	}
	slices.Sort(found[1:])
	return found
}

// named returns the systems that a file's name and constraint mention; "unix"
// and negations stand for the systems that they tell apart from linux.
func named(path string) []string {
	var out []string
	base := strings.TrimSuffix(filepath.Base(path), ".go")
	parts := strings.Split(strings.TrimSuffix(base, "_test"), "_")
	for _, goos := range systems {
		if slices.Contains(parts[1:], goos) {
			out = append(out, goos)
		}
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(src)) {
		if strings.HasPrefix(line, "package ") {
			break
		}
		if !strings.HasPrefix(line, "//go:build ") {
			continue
		}
		for _, goos := range systems {
			if containsWord(line, goos) {
				out = append(out, goos)
			}
		}
		if containsWord(line, "unix") {
			out = append(out, "windows")
		}
	}
	return slices.DeleteFunc(out, unloadable)
}

// unloadable reports whether a system cannot be type-checked from another:
// android and ios need cgo.
func unloadable(goos string) bool { return goos == "android" || goos == "ios" }

func containsWord(line, word string) bool {
	return slices.Contains(strings.FieldsFunc(line, func(r rune) bool {
		return strings.ContainsRune(" !&|()\t\r\n", r)
	}), word)
}

// typeErrors type-checks packages and their tests for a system and returns the errors, without columns, which edits move.
func (b *build) typeErrors(ctx context.Context, goos, arch string, patterns []string, overlay map[string][]byte) ([]string, error) {
	o := b.Options
	env := o.env()
	if goos != b.ownSystem() {
		o.GOOS = goos
		env = append(o.env(), "GOARCH="+arch)
	}
	dirs := make([]string, len(b.modules))
	for i, m := range b.modules {
		dirs[i] = m.Dir + string(filepath.Separator)
	}
	cfg := &packages.Config{
		Context: ctx, Dir: b.Dir, Env: env, BuildFlags: b.buildFlags(), Tests: true, Overlay: overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule,
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if f != nil && !within(dirs, name) {
				dropBodies(f)
			}
			return f, err
		},
	}
	roots, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range roots {
		for _, e := range p.Errors {
			out = append(out, position(e.Pos)+": "+e.Msg)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// within reports whether a file is in one of the folders and not vendored.
func within(dirs []string, name string) bool {
	for _, d := range dirs {
		if strings.HasPrefix(name, d) && !strings.HasPrefix(name, d+"vendor"+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// dropBodies removes what only the file's own package needs: dependencies
// are type-checked for their API.
func dropBodies(f *ast.File) {
	for _, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Name.Name != "init" && fd.Type.TypeParams == nil {
			fd.Body = nil
		}
	}
}

// position drops line and column of a position: edits move them.
func position(pos string) string {
	file, _, _ := strings.Cut(pos, ":")
	return file
}
