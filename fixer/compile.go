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
	"regexp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// systems are the values of GOOS that files may be for.
var systems = strings.Fields("aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows")

// Compile compiles what the plan changes, packages and tests, for the system at
// hand, and type-checks it for every other that the names and build constraints of
// the module's files mention. A port changes no declaration, so no other package
// can break. Errors that the module has without the plan do not count.
func (p *Plan) Compile(ctx context.Context) error {
	if len(p.Files) == 0 {
		return nil
	}
	b := p.build()
	platforms, err := b.platforms(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, goos := range b.systems() {
		arch, ok := platforms[goos]
		if !ok {
			continue // not a port of this toolchain
		}
		if b.Step != nil {
			b.Step("compiling for " + goos)
		}
		errorsWith := func(files []File) ([]string, error) {
			if goos == b.ownSystem() {
				return b.compileErrors(ctx, p.folders(), files)
			}
			return b.typeErrors(ctx, goos, arch, p.folders(), files)
		}
		after, err := errorsWith(p.Files)
		if err != nil {
			return err
		}
		if len(after) == 0 {
			continue
		}
		before, err := errorsWith(nil)
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

// compileErrors compiles the packages in folders and their tests, with files in
// place of those on disk, and returns the errors, without lines, which edits
// move. What they import comes out of the build cache, where the analysis has
// put it.
func (b *build) compileErrors(ctx context.Context, folders []string, files []File) ([]string, error) {
	dir, err := os.MkdirTemp("", "inheritfd-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	o := newOverlay(dir)
	for _, f := range files {
		if f.New == nil {
			o.remove(f.Path)
		} else if err := o.put(f.Path, f.New); err != nil {
			return nil, err
		}
	}
	base, err := filepath.Abs(b.Dir)
	if err != nil {
		return nil, err
	}
	found, err := b.compile(ctx, folders, o)
	if err != nil {
		return nil, err
	}
	switch rest, err := o.embed(base, found); {
	case err != nil:
		return nil, err
	case len(rest) < len(found):
		if found, err = b.compile(ctx, folders, o); err != nil {
			return nil, err
		}
	}
	for i, e := range found {
		found[i] = b.withoutLine(e, base, o)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// withoutLine returns an error without its line and column, which edits move, and
// with its file relative to the root module.
func (b *build) withoutLine(e, base string, o *overlay) string {
	m := compilerError.FindStringSubmatch(e)
	if m == nil {
		return e
	}
	file := m[1]
	if !filepath.IsAbs(file) {
		file = filepath.Join(base, file)
	}
	return b.rel(o.original(file)) + ": " + m[2]
}

// compilerError is the form of an error of the compiler.
var compilerError = regexp.MustCompile(`(?s)^(.+?):\d+(?::\d+)?: (.*)$`)

// compile compiles packages and their tests and returns what the go command
// complains about.
func (b *build) compile(ctx context.Context, folders []string, o *overlay) ([]string, error) {
	name, err := o.write()
	if err != nil {
		return nil, err
	}
	// Without a limit for the number of errors, and without profiles, for
	// which all that a program imports would be built anew.
	args := append([]string{"list", "-e", "-export", "-test", "-json=Error,DepsErrors", "-gcflags=-e", "-pgo=off", "-overlay=" + name}, b.buildFlags()...)
	data, err := b.goCmd(ctx, append(append(args, "--"), folders...)...)
	if err != nil {
		return nil, err
	}
	type packageError struct{ Pos, Err string }
	type listed struct {
		Error      *packageError
		DepsErrors []*packageError
	}
	var out []string
	err = decodeAll(data, func(p listed) {
		for _, e := range append(p.DepsErrors, p.Error) {
			if e == nil {
				continue
			}
			text := e.Err
			if e.Pos != "" {
				text = e.Pos + ": " + text
			}
			out = append(out, buildErrors([]byte(text))...)
		}
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// typeErrors type-checks the packages in folders and their tests for another
// system, with files in place of those on disk, and returns the errors, without
// lines, which edits move. To compile would be to build all that they import for
// that system.
func (b *build) typeErrors(ctx context.Context, goos, arch string, folders []string, files []File) ([]string, error) {
	o := b.Options
	o.GOOS = goos
	dirs := make([]string, len(b.modules))
	for i, m := range b.modules {
		dirs[i] = m.Dir + string(filepath.Separator)
	}
	cfg := &packages.Config{
		Context: ctx, Dir: b.Dir, Env: append(o.env(), "GOARCH="+arch), BuildFlags: b.buildFlags(), Tests: true,
		Overlay: make(map[string][]byte),
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
	for _, f := range files {
		if cfg.Overlay[f.Path] = f.New; f.New == nil { // of no build
			cfg.Overlay[f.Path] = []byte("//go:build ignore\n\npackage inherit\n")
		}
	}
	roots, err := packages.Load(cfg, folders...)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range roots {
		for _, e := range p.Errors {
			out = append(out, b.withoutLine(e.Pos+": "+e.Msg, b.Dir, new(overlay)))
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
