package analyzer

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

//go:embed doc.go
var doc string

// Analyzer is the inheritfd analysis. It runs under every go/analysis driver
// and its result, of type *Result, holds what it found in one package.
var Analyzer = &analysis.Analyzer{
	Name:       "inheritfd",
	Doc:        extractDoc(doc),
	Run:        run,
	FactTypes:  []analysis.Fact{new(flow.Flows)},
	ResultType: reflect.TypeFor[*Result](),
}

var (
	helperFlag string
	sitesFlag  bool
)

func init() {
	Analyzer.Flags.Func("helper", "import path of the helper `package` (default internal/inherit of the module)", func(path string) error {
		helperFlag = path
		model.SetHelper(path)
		return nil
	})
	Analyzer.Flags.Func("model", "JSON `file` with rows of your own, for frameworks and configuration libraries that inheritfd does not know (see README); what follows a # is ignored, and tells go vet that the file changed", model.Load)
	Analyzer.Flags.BoolVar(&sitesFlag, "sites", false, "report the Result of each package as JSON instead of diagnostics, as inheritfd check does")
}

// SitesCategory is the category of the diagnostic that carries a package's
// Result as JSON when the flag -sites is given.
const SitesCategory = "sites"

// extractDoc cuts the user documentation out of the package comment: what
// stands below "# Analyzer inheritfd".
func extractDoc(src string) string {
	_, text, _ := strings.Cut(src, "// # Analyzer inheritfd\n//\n// inheritfd: ")
	text, _, _ = strings.Cut(text, "\npackage ")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n// ", "\n"), "\n//", "\n")
}

// run analyses one package.
func run(pass *analysis.Pass) (any, error) {
	p := flow.Analyze(pass)
	if p == nil {
		return (*Result)(nil), nil
	}
	if fact := p.Fact(); fact != nil {
		pass.ExportPackageFact(fact)
	}
	if len(p.Sites) == 0 && len(p.Effects) == 0 && pass.Pkg.Name() != "main" {
		return (*Result)(nil), nil
	}
	f := &finder{pass: pass, flow: p, helper: helperPath(pass)}
	result := f.result()
	if sitesFlag {
		return result, reportJSON(pass, result)
	}
	f.report(result)
	return result, nil
}

// helperPath returns the import path of the helper for a pass; "" when the
// driver does not say what module the package is of.
func helperPath(pass *analysis.Pass) string {
	switch {
	case helperFlag != "":
		return helperFlag
	case pass.Module != nil && pass.Module.Path != "":
		return path.Join(pass.Module.Path, "internal/inherit")
	}
	return ""
}

// reportJSON reports a result as one diagnostic.
func reportJSON(pass *analysis.Pass, r *Result) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: SitesCategory, Message: string(data)})
	return nil
}

// report turns the findings of a package into diagnostics: one per site here,
// and in package main one per site elsewhere that the program reaches.
func (f *finder) report(r *Result) {
	own := slices.Clone(r.Sites) // of which the levels may be lowered here
	byPlace := make(map[string]*Site)
	for i, s := range own {
		byPlace[at(s.File, s.Line, s.Col)] = &own[i]
	}
	found := lifecycles([]*Result{r}, byPlace)
	for i, s := range f.flow.Sites {
		site := &own[i]
		if site.Class != Listen {
			continue
		}
		d := analysis.Diagnostic{
			Pos: s.Expr.Pos(), End: s.Expr.End(), Category: site.Category,
			Message: fmt.Sprintf("%s binds a socket of its own: %s", flow.Short(site.Callee), describeOrigins(site.Origins)),
			Related: f.related(site.Origins),
		}
		if site.Level != Safe {
			d.Message += fmt.Sprintf(" (%s: %s)", site.Level, site.Reason)
		}
		if edits := f.fixes[i]; len(edits) > 0 {
			d.SuggestedFixes = []analysis.SuggestedFix{{
				Message:   fmt.Sprintf("Route through %s (if the package is missing, bundle it with: inheritfd init)", f.helper),
				TextEdits: edits,
			}}
		}
		f.pass.Report(d)
	}
	f.reportLifecycle(found)
	for _, j := range r.Joined {
		if len(j.Doors) == 0 && j.Package == f.pass.Pkg.Path() || j.class() != Listen {
			continue
		}
		f.pass.Report(analysis.Diagnostic{
			Pos: f.hereIn(j.Origins), Category: categoryOf(j.Origins),
			Message: fmt.Sprintf("this program listens with %s at %s:%d: %s", flow.Short(j.Callee), j.File, j.Line, describeOrigins(j.Origins)),
			Related: f.related(j.Origins),
		})
	}
}

// reportLifecycle reports the calls with an effect on a site of the package.
func (f *finder) reportLifecycle(found []Lifecycle) {
	for _, l := range found {
		s, ok := f.spares[at(l.File, l.Line, l.Col)]
		if !ok {
			continue // a site that is a probe
		}
		d := analysis.Diagnostic{
			Pos: s.pos, End: s.end, Category: l.Category,
			Message: fmt.Sprintf("%s (%s; the socket of %s)", l.Text(), l.Level, path.Base(l.Site)),
		}
		if edits := s.edits; len(edits) > 0 {
			d.SuggestedFixes = []analysis.SuggestedFix{{
				Message:   fmt.Sprintf("Spare an inherited socket, through %s", f.helper),
				TextEdits: edits,
			}}
		}
		f.pass.Report(d)
	}
}

// describeOrigins names the origins of a site in one line.
func describeOrigins(origins []Origin) string {
	var parts []string
	seen := make(map[string]bool)
	for _, o := range origins {
		if o.IsDefault {
			continue
		}
		text := o.String()
		if o.Part != "address" {
			text = o.Part + " " + text
		}
		if !seen[text] {
			seen[text] = true
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

// hereIn returns the last position of a trace that is in this package, or the
// package clause.
func (f *finder) hereIn(origins []Origin) token.Pos {
	for _, o := range origins {
		for i := len(o.Trace) - 1; i >= 0; i-- {
			if pos := f.local(o.Trace[i]); pos.IsValid() {
				return pos
			}
		}
	}
	return f.pass.Files[0].Package
}

// local returns the position of a step that is in this package.
func (f *finder) local(s Step) token.Pos {
	for _, file := range f.pass.Files {
		tf := f.pass.Fset.File(file.Package)
		if s.File == f.posn(file.Package).File && s.Line <= tf.LineCount() {
			pos := tf.LineStart(s.Line) + token.Pos(max(s.Col, 1)-1)
			if int(pos) <= tf.Base()+tf.Size() {
				return pos
			}
		}
	}
	return token.NoPos
}

// related turns the steps of traces into positions that drivers show. Steps
// in other packages get positions in made-up files of the right name, whose
// lines all have lineWidth bytes: the files themselves may not be read.
func (f *finder) related(origins []Origin) []analysis.RelatedInformation {
	var out []analysis.RelatedInformation
	for _, o := range origins {
		if o.IsDefault {
			continue
		}
		for _, s := range o.Trace {
			pos := f.local(s)
			if !pos.IsValid() {
				pos = f.synthetic(s)
			}
			out = append(out, analysis.RelatedInformation{Pos: pos, Message: s.What})
		}
	}
	return out
}

const lineWidth = 256

func (f *finder) synthetic(s Step) token.Pos {
	if f.files == nil {
		f.files = make(map[string]*token.File)
	}
	tf := f.files[s.File]
	if tf == nil || tf.LineCount() < s.Line {
		n := s.Line + 1000
		lines := make([]int, n)
		for i := range lines {
			lines[i] = i * lineWidth
		}
		tf = f.pass.Fset.AddFile(s.File, -1, n*lineWidth)
		tf.SetLines(lines)
		f.files[s.File] = tf
	}
	return tf.Pos((s.Line-1)*lineWidth + min(max(s.Col, 1), lineWidth) - 1)
}

// editable reports whether the file of a site may be edited, and if not, why:
// what the compiler read must be what is on disk, and a person's.
func (f *finder) editable(s *flow.Site) (bool, string) {
	fset := f.pass.Fset
	read, said := fset.PositionFor(s.Expr.Pos(), false), fset.PositionFor(s.Expr.Pos(), true)
	switch {
	case read.Filename != said.Filename || read.Line != said.Line:
		return false, "the file uses cgo or //line, so its positions are not those on disk: move the call to a file without, or change it by hand"
	case ast.IsGenerated(s.File):
		return false, "the file is generated: change its generator, or the call in it by hand"
	case f.helper == "":
		return false, "the driver does not say which module the package is of: set -inheritfd.helper"
	}
	return true, ""
}

// offsets converts edits for a Result.
func (f *finder) offsets(file *ast.File, edits []analysis.TextEdit) []edit.Edit {
	return edit.Offsets(f.pass.Fset.File(file.Package), edits)
}
