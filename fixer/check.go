package fixer

import (
	"context"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/program"
)

// A Report is what Check found. Its positions name files as the analyzer does;
// Path and Place write them for people.
type Report struct {
	Module string
	program.Findings
	// Errors are the packages that could not be analysed, and why.
	Errors []string
	// BrokenTests are test files that do not compile, which were left out, and
	// Unseen the folders of programs that could not be analysed.
	BrokenTests, Unseen []string

	build *build
}

// Check analyses the packages of a module. When some do not compile it
// reports on the others, and lists them in Errors. The error is a *UsageError
// when there is nothing to analyse.
func Check(ctx context.Context, o Options) (*Report, error) {
	b, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	results, problems, err := b.vet(ctx)
	if err != nil {
		return nil, err
	}
	packages := b.leftOut()
	for _, r := range results {
		packages = append(packages, r.Package)
	}
	found := program.Join(packages, program.Options{
		Whole: b.whole() && len(problems) == 0, File: b.file,
		Takers: func(callee string) string { return b.takers(ctx, callee) },
	})
	slices.Sort(b.brokenTests)
	return &Report{
		Module: b.root.Path, Findings: *found, Errors: problems, BrokenTests: b.brokenTests, Unseen: b.unseen(packages), build: b,
	}, nil
}

// unseen lists the folders of programs that are not among what was analysed.
func (b *build) unseen(analysed []*program.Package) []string {
	var out []string
	for _, p := range b.pkgs {
		if p.Name == "main" && len(p.GoFiles) > 0 && !slices.ContainsFunc(analysed, func(a *program.Package) bool { return a.Path == p.ImportPath && a.Name != "" }) {
			out = append(out, b.folder(p.ImportPath))
		}
	}
	slices.Sort(out)
	return out
}

// Flagged returns the sites that are findings.
func (r *Report) Flagged() []program.Site {
	return slices.DeleteFunc(slices.Clone(r.Sites), func(s program.Site) bool { return !s.Flagged() })
}

// Path returns the path of the file of a position: relative to the module's
// folder, with slashes, where it is in the module.
func (r *Report) Path(at flow.Pos) string { return r.build.file(at.File) }

// At writes a position with the path of its file, as file:line:col.
func (r *Report) At(at flow.Pos) string {
	return fmt.Sprintf("%s:%d:%d", flow.Printable(r.Path(at)), at.Line, at.Col)
}

// Place writes a position as file:line, which names a site unless there are two
// in the line: then with the column.
func (r *Report) Place(at flow.Pos) string {
	if slices.ContainsFunc(r.Sites, func(s program.Site) bool {
		return s.Pos.File == at.File && s.Pos.Line == at.Line && s.Pos != at
	}) && slices.ContainsFunc(r.Sites, func(s program.Site) bool { return s.Pos == at }) {
		return r.At(at)
	}
	return fmt.Sprintf("%s:%d", flow.Printable(r.Path(at)), at.Line)
}

// Folder returns a package as the go command takes it: ./cmd/notesd.
func (r *Report) Folder(pkg string) string { return r.build.folder(pkg) }

// folder returns a package as the go command takes it: ./cmd/notesd.
func (b *build) folder(pkg string) string {
	rel := b.file(pkg)
	if rel == "." || strings.HasPrefix(rel, "../") {
		return rel
	}
	return "./" + rel
}

// leftOut lists the listen calls in files that the build leaves out, for their
// GOOS or tags: silence would leave a program on that system unported. It can
// only go by names, as the files are not type-checked.
func (b *build) leftOut() []*program.Package {
	var out []*program.Package
	for _, p := range b.pkgs {
		for _, name := range p.IgnoredGoFiles {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				continue // left out of the build for a reason
			}
			why := program.OtherSystem
			if onLinux(name, f) {
				why = program.OtherTags
			}
			if !ofProgram(p, f, why) {
				continue
			}
			b.variant = b.variant || why == program.OtherTags
			out = append(out, &program.Package{Path: p.ImportPath, Sites: b.listensIn(fset, f, p.ImportPath+"/"+name, why)})
		}
	}
	return out
}

// ofProgram reports whether a file that the build leaves out may be part of the
// package in some other: not one that no build has, and not a program by itself
// among others, such as a generator with a tag of its own.
func ofProgram(p listed, f *ast.File, why program.LeftOut) bool {
	if f.Name.Name != p.Name && p.Name != "" {
		return false
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); c.Pos() < f.Package && err == nil && !expr.Eval(func(tag string) bool { return tag != "ignore" }) &&
				expr.Eval(func(tag string) bool { return true }) {
				return false
			}
		}
	}
	return why != program.OtherTags || p.Name != "main" || len(p.GoFiles) == 0 || !slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fd, ok := d.(*ast.FuncDecl)
		return ok && fd.Recv == nil && fd.Name.Name == "main"
	})
}

// onLinux reports whether some set of tags builds a file for linux, the one
// system where sockets are inherited.
func onLinux(name string, f *ast.File) bool {
	for _, goos := range systems {
		if goos != "linux" && slices.Contains(strings.Split(strings.TrimSuffix(name, ".go"), "_")[1:], goos) {
			return false
		}
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() > f.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, err := constraint.Parse(c.Text)
			// A tag that is neither a system nor "ignore" may be set or not:
			// try both for all of them, which settles the usual forms.
			for _, set := range []bool{true, false} {
				if err != nil || expr.Eval(func(tag string) bool {
					return tag == "linux" || tag == "unix" || set && tag != "ignore" && !slices.Contains(systems, tag)
				}) {
					return true
				}
			}
			return false
		}
	}
	return true
}

// listensIn finds the calls pkg.F of a file that name a modelled listen
// function.
func (b *build) listensIn(fset *token.FileSet, f *ast.File, name string, why program.LeftOut) []program.SiteFacts {
	imports := make(map[string]string)
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := p[strings.LastIndexByte(p, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = p
	}
	var out []program.SiteFacts
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && imports[id.Name] != "" {
			callee := imports[id.Name] + "." + sel.Sel.Name
			if s := b.rows.Sink(callee); s != nil && !s.Inherited {
				posn := fset.Position(sel.Pos())
				out = append(out, program.SiteFacts{
					Pos: flow.Pos{File: name, Line: posn.Line, Col: posn.Column}, Callee: callee,
					Network: []string{}, Alone: program.Alone{Class: program.Listen}, LeftOut: why,
				})
			}
		}
		return true
	})
	return out
}
