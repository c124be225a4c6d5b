package port

// This file defines the edits that spare an inherited socket what a program does
// to its own.

import (
	"go/ast"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

// Effect makes the edits that put the helper's drop-in in the place of a call
// with an effect, or around something in it.
func (p *Porter) Effect(e *extract.Effect) Rewriting {
	row := e.Row
	cannot := func(why string) Rewriting { return manual(row.Reason + "; " + why) }
	if ok, reason := p.editable(e.Mention); !ok {
		return cannot(reason)
	}
	if model.HelperGeneric(row.Recipe) && !p.generic() {
		return cannot("what would spare it needs go 1.18 in go.mod")
	}
	name, imports := p.imported(e.File)
	if name == "" || p.lastOfDotImport(e.Mention) {
		return cannot("the file has no import declaration to add the helper to")
	}
	to := name + "." + row.Recipe
	var edits []analysis.TextEdit
	switch {
	case e.Fn.Signature().Recv() == nil:
		edits = edit.Rename(e.Expr, to)
	case row.Around == model.Arg0:
		edits = p.aroundFirst(e.Mention, to)
	case row.Around == model.Recv:
		edits = p.aroundReceiver(e.Mention, to)
	default:
		edits = p.ofReceiver(e.Mention, to)
	}
	if edits == nil || collide(imports, edits) {
		return cannot("the call cannot be taken apart")
	}
	edits = append(imports, edits...)
	return Rewriting{Edits: edits, Port: program.Port{
		Level: program.Safe, Reason: row.Reason, Needs: []string{row.Recipe}, Fix: p.offsets(e.File, edits),
	}}
}

// generic reports whether the package may call generic functions.
func (p *Porter) generic() bool {
	v := p.pass.Pkg.GoVersion()
	return v == "" || version.Compare(v, "go1.18") >= 0
}

// IsTracked reports whether what the helper's function is to go around comes
// from the helper already.
func (p *Porter) IsTracked(e *extract.Effect) bool {
	var x ast.Expr
	switch sel, ok := e.Expr.(*ast.SelectorExpr); {
	case e.Call != nil && e.Row.Around == model.Arg0 && len(e.Call.Args) > 0:
		x = e.Call.Args[0]
	case e.Row.Around == model.Recv && ok:
		x = sel.X
	default:
		return false
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(p.pass.TypesInfo, call).(*types.Func)
	return ok && fn.Pkg() != nil && p.x.Model.IsHelper(fn.Pkg().Path())
}

// stopped reports whether the package stops the server of a site gracefully,
// by a call that is to go through the helper.
func (p *Porter) stopped(s *extract.Site) bool {
	for _, e := range p.x.Effects {
		if e.Row.Op == model.Stops && e.Row.Around == model.Recv && model.PkgOf(e.Callee) == model.PkgOf(s.Callee) {
			return true
		}
	}
	return false
}

// aroundFirst rewrites x.M(a) to x.M(f(x, a)), nil when it cannot.
func (p *Porter) aroundFirst(m extract.Mention, to string) []analysis.TextEdit {
	sel, ok := m.Expr.(*ast.SelectorExpr)
	if !ok || m.Call == nil || len(m.Call.Args) != m.Fn.Signature().Params().Len() || !p.isVariable(sel.X) || p.hidden(sel) {
		return nil
	}
	text, err := p.source(sel.X)
	if err != nil {
		return nil
	}
	amp, implicit := p.receiver(sel)
	a := m.Call.Args[0]
	return []analysis.TextEdit{
		{Pos: a.Pos(), End: a.Pos(), NewText: []byte(to + "(" + amp + text + implicit + ", ")},
		{Pos: a.End(), End: a.End(), NewText: []byte(")")},
	}
}

// aroundReceiver rewrites x.M(args) to f(x).M(args), in a function literal
// where a go or defer statement would call f at once; nil when it cannot.
func (p *Porter) aroundReceiver(m extract.Mention, to string) []analysis.TextEdit {
	sel, ok := m.Expr.(*ast.SelectorExpr)
	if !ok || m.Call == nil || p.pass.TypesInfo.Types[sel.X].IsType() || p.hidden(sel) || hasLiteral(sel.X) {
		return nil
	}
	amp, implicit := p.receiver(sel)
	before, after := to+"("+amp, implicit+")"
	edits := []analysis.TextEdit{{Pos: sel.X.End(), End: sel.X.End(), NewText: []byte(after)}}
	if isDeferred(m.File, m.Call) {
		if len(m.Call.Args) > 0 || !p.assignedOnce(sel.X) {
			return nil
		}
		before = "func() { " + before
		edits = append(edits, analysis.TextEdit{Pos: m.Call.End(), End: m.Call.End(), NewText: []byte(" }()")})
	}
	return append(edits, analysis.TextEdit{Pos: sel.X.Pos(), End: sel.X.Pos(), NewText: []byte(before)})
}

// ofReceiver rewrites x.M(args) to f(x, args), and x.M(ctx, args) to f(ctx, x,
// args); nil when it cannot.
func (p *Porter) ofReceiver(m extract.Mention, to string) []analysis.TextEdit {
	sel, ok := m.Expr.(*ast.SelectorExpr)
	if !ok || m.Call == nil || p.pass.TypesInfo.Types[sel.X].IsType() || p.hidden(sel) || hasLiteral(sel.X) ||
		hasComment(m.File, m.Call.Pos(), sel.X.Pos()) || hasComment(m.File, sel.X.End(), m.Call.Lparen) {
		return nil
	}
	if first := m.Fn.Signature().Params(); first.Len() > 0 && first.At(0).Type().String() == "context.Context" {
		amp, implicit := p.receiver(sel)
		edits, level, _ := p.moveReceiver(m, sel, to, amp, implicit)
		if level != program.Safe {
			return nil
		}
		return edits
	}
	amp, implicit := p.receiver(sel)
	return edit.MethodToFunc(m.Call, sel.X, to, amp, implicit)
}
