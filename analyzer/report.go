package analyzer

// This file defines the diagnostics of a package.

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

// shown is what diagnostics show of the calls of a package: the range, and the
// edits as drivers take them.
type shown map[flow.Pos]extent

type extent struct {
	pos, end token.Pos
	edits    []analysis.TextEdit
}

func (s shown) add(at flow.Pos, x ast.Expr, edits []analysis.TextEdit) {
	s.addRange(at, x.Pos(), x.End(), edits)
}

// addRange notes what stands at a position; edits are not taken back.
func (s shown) addRange(at flow.Pos, pos, end token.Pos, edits []analysis.TextEdit) {
	if old, ok := s[at]; !ok || old.edits == nil {
		s[at] = extent{pos, end, edits}
	}
}

// report turns what was found into diagnostics: one per site here, and in
// package main one per site elsewhere that the program reaches.
func (f *finder) report(p *program.Package) {
	found := program.Join([]*program.Package{p}, program.Options{})
	sites := make(map[flow.Pos]program.Site)
	for _, s := range found.Sites {
		sites[s.Pos] = s
	}
	for _, facts := range p.Sites {
		if s := sites[facts.Pos]; s.Class == program.Listen {
			f.reportSite(s)
		}
	}
	for _, e := range found.Effects { // those at sites say what only a whole program tells
		_, ofSite := sites[e.Pos]
		if at, ok := f.shown[e.Pos]; ok && !ofSite {
			f.reportEffect(e, at)
		}
	}
	for _, r := range p.Reached {
		if len(r.Doors) == 0 && r.Package == p.Path || r.Class() != program.Listen {
			continue
		}
		f.pass.Report(analysis.Diagnostic{
			Pos: f.hereIn(r.Origins), Category: string(program.CategoryOf(r.Origins)),
			Message: fmt.Sprintf("this program listens with %s at %s: %s", flow.Short(r.Callee), r.Pos.InFile(), describe(r.Origins)),
			Related: f.related(r.Origins),
		})
	}
}

// reportSite reports a site of the package.
func (f *finder) reportSite(s program.Site) {
	at := f.shown[s.Pos]
	d := analysis.Diagnostic{
		Pos: at.pos, End: at.end, Category: string(s.Category),
		Message: fmt.Sprintf("%s binds a socket of its own: %s", s.ShortCallee(), describe(s.Origins)),
		Related: f.related(s.Origins),
	}
	if s.Level != program.Safe {
		d.Message += fmt.Sprintf(" (%s: %s)", s.Level, s.Reason)
	}
	if len(at.edits) > 0 && s.Level != program.Manual && !s.With.IsValid() { // with another, which only port does
		d.SuggestedFixes = []analysis.SuggestedFix{{
			Message:   fmt.Sprintf("Route through %s (if the package is missing, bundle it with: inheritfd init)", f.helper),
			TextEdits: at.edits,
		}}
	}
	f.pass.Report(d)
}

// reportEffect reports a call with an effect on a site of the package.
func (f *finder) reportEffect(e program.Effect, at extent) {
	d := analysis.Diagnostic{
		Pos: at.pos, End: at.end, Category: string(e.Category()),
		Message: fmt.Sprintf("%s (%s; the socket of %s)", e.Text(), e.Port.Level, path.Base(e.Sites[0].InFile())),
	}
	if len(at.edits) > 0 {
		d.SuggestedFixes = []analysis.SuggestedFix{{
			Message:   fmt.Sprintf("Spare an inherited socket, through %s", f.helper),
			TextEdits: at.edits,
		}}
	}
	f.pass.Report(d)
}

// describe names the origins of a site in one line.
func describe(origins []flow.Origin) string {
	var parts []string
	seen := make(map[string]bool)
	for _, o := range origins {
		if o.IsDefault {
			continue
		}
		text := o.String()
		if o.Part != model.Whole {
			text = o.Part.String() + " " + text
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
func (f *finder) hereIn(origins []flow.Origin) token.Pos {
	for _, o := range origins {
		for i := len(o.Trace) - 1; i >= 0; i-- {
			if pos := f.local(o.Trace[i].Pos); pos.IsValid() {
				return pos
			}
		}
	}
	return f.pass.Files[0].Package
}

// local returns a position that is in this package as the driver has it.
func (f *finder) local(p flow.Pos) token.Pos {
	for _, file := range f.pass.Files {
		tf := f.pass.Fset.File(file.Package)
		if p.File == f.x.Pos(file.Package).File && p.Line <= tf.LineCount() {
			pos := tf.LineStart(p.Line) + token.Pos(max(p.Col, 1)-1)
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
func (f *finder) related(origins []flow.Origin) []analysis.RelatedInformation {
	var out []analysis.RelatedInformation
	for _, o := range origins {
		if o.IsDefault {
			continue
		}
		for _, s := range o.Trace {
			pos := f.local(s.Pos)
			if !pos.IsValid() {
				pos = f.synthetic(s.Pos)
			}
			out = append(out, analysis.RelatedInformation{Pos: pos, Message: s.What})
		}
	}
	return out
}

const lineWidth = 256

func (f *finder) synthetic(p flow.Pos) token.Pos {
	tf := f.files[p.File]
	if tf == nil || tf.LineCount() < p.Line {
		n := p.Line + 1000
		lines := make([]int, n)
		for i := range lines {
			lines[i] = i * lineWidth
		}
		tf = f.pass.Fset.AddFile(p.File, -1, n*lineWidth)
		tf.SetLines(lines)
		f.files[p.File] = tf
	}
	return tf.Pos((p.Line-1)*lineWidth + min(max(p.Col, 1), lineWidth) - 1)
}
