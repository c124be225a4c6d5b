package fixer

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/program"
)

// A File is one file that a plan creates or changes. It is never modified.
type File struct {
	Path string // absolute
	Old  []byte // nil for a new file
	New  []byte // nil for one that is removed
	Mode fs.FileMode
	// Linked says that the file has other names, hard links, which keep the old text:
	// the new one is another file.
	Linked bool
}

// A Plan is what a port would write. It is immutable once made.
type Plan struct {
	Files  []File
	Ported []program.Site // sites that the files port
	Left   []Left         // flagged sites that they do not
	// Elsewhere are sites in files for systems where nothing is inherited.
	Elsewhere []program.Site
	// Restored are ported sites that claim by address again, because the
	// program has a second listener of the type now.
	Restored []program.Site
	// Spared are the calls that the files keep from harming the sockets of
	// sites that are ported.
	Spared []program.Effect

	report *Report
	unfit  map[string]string // see MakePlan
}

// A Left is a flagged site that a plan does not port, and why.
type Left struct {
	program.Site
	Level  program.Level // of the site, or manual where its file cannot be written
	Reason string
}

// Unspared lists the calls that do something to the sockets of sites which the plan
// ports, or which are ported, and that it cannot keep from it.
func (p *Plan) Unspared() []program.Effect {
	var out []program.Effect
	for _, e := range p.report.Effects {
		if e.Port.Level == program.Manual && !e.Harmless && p.serves(e) {
			out = append(out, e)
		}
	}
	return out
}

// MakePlan plans the port of what a report found: every fix up to the level.
// It writes nothing. With are features of the helper to bundle besides what is used.
// The error is a *HelperError when the helper cannot be bundled.
func MakePlan(r *Report, level program.Level, with ...string) (*Plan, error) {
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("%s does not compile, so it is not ported; fix this first:\n\t%s", r.Module, strings.Join(r.Errors, "\n\t"))
	}
	p, ported := &Plan{}, map[string]bool(nil)
	unfit := make(map[string]string) // files that cannot be patched, and why
	for again := true; again; {
		var edits map[string][]edit.Edit
		again, *p = false, Plan{report: r, unfit: unfit}
		edits, ported = p.sort(level)
		if err := p.rename(edits); err != nil {
			return nil, err
		}
		for _, path := range slices.Sorted(maps.Keys(edits)) {
			f, err := patch(path, edits[path])
			if err != nil {
				unfit[path] = fmt.Sprintf("the edit does not fit the file: %v", err)
				again = true
				continue
			}
			p.Files = append(p.Files, f)
		}
	}
	sole := r.wholeProgram()
	for _, m := range r.build.modules {
		if !ported[m.Dir] && !hasHelper(m) {
			continue
		}
		uses, err := helperUses(m, p.Files)
		if err != nil {
			return nil, err
		}
		if len(uses) == 0 {
			continue // of one that is there for what is to come
		}
		files, err := bundle(m, bundling{uses: uses, with: with, anyFamily: sole && !r.OfFamily.IsValid(), part: !sole && !r.OfFamily.IsValid()})
		if err != nil {
			return nil, err
		}
		p.Files = append(p.Files, files...)
	}
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// rename adds the edits with which modules that have an older helper call this one.
func (p *Plan) rename(edits map[string][]edit.Edit) error {
	for _, m := range p.build().modules {
		if !hasHelper(m) {
			continue
		}
		byFile, err := renamed(m)
		if err != nil {
			return err
		}
		for path, fix := range byFile {
			if p.unfit[path] == "" {
				edits[path] = append(edits[path], fix...)
			}
		}
	}
	return nil
}

// sort decides what happens to each site. It returns the edits by file, and the
// folders of the modules that call the helper then.
func (p *Plan) sort(level program.Level) (edits map[string][]edit.Edit, ported map[string]bool) {
	edits, ported = make(map[string][]edit.Edit), make(map[string]bool)
	change := func(at flow.Pos, fix []edit.Edit) string {
		path := p.build().abs(at.File)
		edits[path] = append(edits[path], fix...)
		return path
	}
	calls := func(path string) { ported[p.build().moduleAt(path).Dir] = true }
	sole := p.report.wholeProgram()
	for _, s := range p.report.Sites {
		fix := s.Edits(sole)
		switch {
		case s.Replaced():
			if level != program.Review {
				continue
			}
		case s.Class == program.Inherited:
			if fix != nil && p.unfit[p.build().abs(s.Pos.File)] == "" {
				p.Restored = append(p.Restored, s)
				change(s.Pos, fix)
			}
			continue
		case s.Class != program.Listen:
			continue
		case s.Elsewhere():
			p.Elsewhere = append(p.Elsewhere, s)
			continue
		case fix == nil || s.Level == program.Review && level != program.Review:
			p.Left = append(p.Left, Left{s, s.Level, s.Reason})
			continue
		}
		if reason := p.unsparing(s); reason != "" {
			p.Left = append(p.Left, Left{s, program.Manual, reason})
			continue
		}
		p.Ported = append(p.Ported, s)
		calls(change(s.Pos, fix))
	}
	for _, e := range p.report.Effects {
		if e.Port.Fix == nil || !p.serves(e) || p.untouchable(p.build().abs(e.Pos.File)) != "" {
			continue
		}
		p.Spared = append(p.Spared, e)
		calls(change(e.Pos, e.Port.Fix))
	}
	return edits, ported
}

func (p *Plan) build() *build { return p.report.build }

// unsparing says why a site cannot be ported: its file must not be written, or
// one that would have to spare its socket; "" when it can.
func (p *Plan) unsparing(s program.Site) string {
	if reason := p.untouchable(p.build().abs(s.Pos.File)); reason != "" {
		return reason
	}
	if s.With.IsValid() {
		if reason := p.untouchable(p.build().abs(s.With.File)); reason != "" {
			return "what takes inherited sockets already, at " + p.report.Place(s.With) + ", cannot be replaced: " + reason
		}
	}
	for _, e := range p.report.Effects {
		if reason := p.untouchable(p.build().abs(e.Pos.File)); reason != "" && e.Port.Fix != nil && e.Of(s.Pos) {
			return fmt.Sprintf("%s at %s %s, and %s", e.Callee, p.report.Place(e.Pos), e.Port.Reason, reason)
		}
	}
	return ""
}

// serves reports whether the site that a call belongs to is one that takes
// inherited sockets from the helper, once the plan is carried out.
func (p *Plan) serves(e program.Effect) bool {
	of := func(s program.Site) bool { return e.Of(s.Pos) }
	return slices.ContainsFunc(p.Ported, of) || slices.ContainsFunc(p.report.Sites, func(s program.Site) bool { return of(s) && s.ByHelper() })
}

// Init plans the helper alone, all of its files, for the module of the
// options: what the fixes that an editor or go vet -fix applies call.
func Init(ctx context.Context, o Options) (*Plan, error) {
	b, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	if b.atWork {
		return nil, &UsageError{"the helper is bundled with one module: name its folder with -C"}
	}
	files, err := bundle(b.root, bundling{whole: true, part: true})
	if err != nil {
		return nil, err
	}
	callers, err := renamedFiles(b.root)
	if err != nil {
		return nil, err
	}
	return &Plan{Files: append(files, callers...), report: &Report{Module: b.root.Path, build: b}}, nil
}

// wholeProgram reports whether the report has seen everything that could be
// a second listener of a program: all packages of the only module, and no
// file that other tags would build on linux, as such a file may call anything.
func (r *Report) wholeProgram() bool {
	return r.build.whole() && !r.build.variant
}

// whole reports whether all packages of the only module, or of all modules of a
// workspace, are analysed.
func (b *build) whole() bool {
	dir, err := filepath.Abs(b.Dir)
	return err == nil && dir == b.root.Dir && (b.atWork || slices.Equal(b.patterns(), []string{"./..."}) && len(b.modules) == 1)
}

// hasHelper reports whether the helper is bundled with a module already.
func hasHelper(m Module) bool {
	src, err := os.ReadFile(filepath.Join(m.Dir, filepath.FromSlash(helperDir), "inherit.go"))
	return err == nil && headerVersion(src) > 0
}

// moduleAt returns the main module that a file is in.
func (b *build) moduleAt(path string) Module {
	best := b.root
	for _, m := range b.modules {
		if rel, err := filepath.Rel(m.Dir, path); err == nil && !strings.HasPrefix(rel, "..") && len(m.Dir) >= len(best.Dir) {
			best = m
		}
	}
	return best
}

// untouchable says why a file must not be written, "" when it may.
func (p *Plan) untouchable(path string) string {
	if reason := p.unfit[path]; reason != "" {
		return reason
	}
	m := p.build().moduleAt(path)
	rel, err := filepath.Rel(m.Dir, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "the file is outside the module"
	}
	at := m.Dir
	for _, elem := range strings.Split(rel, string(filepath.Separator)) {
		if elem == "vendor" {
			return "the file is vendored: port the module that it comes from"
		}
		at = filepath.Join(at, elem)
		fi, err := os.Lstat(at)
		if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			return fmt.Sprintf("%s is a symbolic link: port it where it points to", elem)
		}
	}
	return ""
}

// patch applies edits to a file and tidies what they leave behind.
func patch(path string, edits []edit.Edit) (File, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return File{}, err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	src, err := edit.Apply(old, edits)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	if src, err = dropUnused(path, old, src); err != nil {
		return File{}, fmt.Errorf("%s: the patched file does not parse: %w", path, err)
	}
	// Keep the file formatted if it was; never format one that was not.
	if formatted, err := format.Source(old); err == nil && bytes.Equal(formatted, old) {
		if src, err = format.Source(src); err != nil {
			return File{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	return File{Path: path, Old: old, New: src, Mode: fi.Mode().Perm(), Linked: linked(fi)}, nil
}

// dropUnused removes the imports of src that the old file used and src does
// not, by their lines.
func dropUnused(path string, old, src []byte) ([]byte, error) {
	before, err := parser.ParseFile(token.NewFileSet(), path, old, 0)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	after, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var drop []edit.Edit
	for _, decl := range after.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.IMPORT {
			continue
		}
		for _, s := range d.Specs {
			spec := s.(*ast.ImportSpec)
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !astutil.UsesImport(before, p) || uses(after, spec, p) {
				continue
			}
			start, end := spec.Pos(), spec.End()
			if !d.Lparen.IsValid() || len(d.Specs) == 1 {
				start, end = d.Pos(), d.End()
			}
			drop = append(drop, wholeLines(src, fset.Position(start).Offset, fset.Position(end).Offset))
		}
	}
	return edit.Apply(src, drop)
}

// uses reports whether a file uses an import, or imports it for its effect.
func uses(f *ast.File, spec *ast.ImportSpec, path string) bool {
	if spec.Name != nil && (spec.Name.Name == "_" || spec.Name.Name == ".") {
		return true
	}
	return astutil.UsesImport(f, path)
}

// wholeLines widens a range to the lines that it is alone on, with a blank
// line when it leaves two; one that shares its line takes a semicolon along.
func wholeLines(src []byte, start, end int) edit.Edit {
	lineStart, lineEnd := bytes.LastIndexByte(src[:start], '\n')+1, len(src)
	if i := bytes.IndexByte(src[end:], '\n'); i >= 0 {
		lineEnd = end + i
	}
	rest := bytes.TrimSpace(src[end:lineEnd])
	if len(bytes.TrimSpace(src[lineStart:start])) > 0 || len(rest) > 0 && !bytes.HasPrefix(rest, []byte("//")) {
		if i := bytes.IndexByte(src[end:lineEnd], ';'); i >= 0 && len(bytes.TrimSpace(src[end:end+i])) == 0 {
			end += i + 1
		}
		return edit.Edit{Start: start, End: end}
	}
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	if i := bytes.IndexByte(src[end:], '\n'); i >= 0 {
		end += i + 1 // with a comment that follows
	}
	before := start == 0 || bytes.HasSuffix(src[:start], []byte("\n\n")) || bytes.HasSuffix(src[:start], []byte("(\n")) || bytes.HasSuffix(src[:start], []byte("\r\n\r\n"))
	if rest := bytes.TrimLeft(src[end:], "\r"); before && bytes.HasPrefix(rest, []byte("\n")) {
		end += len(src[end:]) - len(rest) + 1
	}
	return edit.Edit{Start: start, End: end}
}

// Dirty returns the files that git has uncommitted changes of in the modules
// that the plan writes to; none for a module that is not in a git repository.
func (p *Plan) Dirty(ctx context.Context) ([]string, error) {
	var all []string
	for _, m := range p.build().modules {
		if !slices.ContainsFunc(p.Files, func(f File) bool { return p.build().moduleAt(f.Path) == m }) {
			continue
		}
		files, err := dirty(ctx, m.Dir, underway(p.build().root.Dir))
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// Outside returns the files of the plan that are not below the module's
// folder: those of other modules of the workspace.
func (p *Plan) Outside() []string {
	var out []string
	for _, f := range p.Files {
		if rel := p.Rel(f); strings.HasPrefix(rel, "../") {
			out = append(out, rel)
		}
	}
	return out
}

// Rel returns the path of a file of the plan relative to the module's folder,
// with slashes.
func (p *Plan) Rel(f File) string { return p.build().rel(f.Path) }
