package port

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

// A Porter makes the edits of one package.
type Porter struct {
	pass   *analysis.Pass
	x      *extract.Package
	helper string // import path; "" when the driver does not say the module
	// told are the uses of addresses that have edits already: one may be of the
	// listeners of two calls.
	told map[ast.Expr]bool
}

// New returns the porter of a package; helper is the import path of the package
// to route calls through, "" when it is not known, and nothing is ported.
func New(pass *analysis.Pass, x *extract.Package, helper string) *Porter {
	return &Porter{pass: pass, x: x, helper: helper, told: make(map[ast.Expr]bool)}
}

// A Rewriting is how a call can be rewritten, with the edits as drivers take
// them: those of its Fix.
type Rewriting struct {
	program.Port
	Edits []analysis.TextEdit
}

// manual is a rewriting that there is none of.
func manual(reason string) Rewriting {
	return Rewriting{Port: program.Port{Level: program.Manual, Reason: reason}}
}

// Site makes the edits of a listen call, by a recipe for its networks.
func (p *Porter) Site(site *extract.Site, recipe model.Recipe, networks []string) Rewriting {
	s := withRecipe(site, recipe)
	if recipe.Kind == model.Manual {
		r := manual(s.Sink.Reason)
		r.ByRow = true
		return r
	}
	if slices.ContainsFunc(networks, func(n string) bool { return strings.HasPrefix(n, "ip") }) {
		return manual("raw IP sockets cannot be named in a .socket unit")
	}
	if ok, reason := p.editable(s.Mention); !ok {
		return manual(reason)
	}
	name, imports := p.imported(s.File)
	if name == "" {
		return manual("the file has no import declaration to add to")
	}
	if p.lastOfDotImport(s.Mention) {
		return manual("the file would no longer use its dot import of " + s.Fn.Pkg().Path() + ": import it by name first")
	}
	call, level, reason := p.rewrite(s, name+".")
	if call == nil {
		return manual(reason)
	}
	if collide(imports, call) {
		return manual("the file needs two more imports in one place: add one of them first")
	}
	r := Rewriting{Port: program.Port{Level: level, Reason: reason}, Edits: append(imports, call...)}
	r.Fix = p.offsets(s.File, r.Edits)
	if !model.HelperGeneric(recipe.Func) { // Sole cannot have generic methods
		sole, _, _ := p.rewrite(s, name+".Sole.")
		r.SoleFix = p.offsets(s.File, append(slices.Clone(imports), sole...))
	}
	r.Needs = []string{recipe.Func}
	if strings.Contains(recipe.Serve, "{l}") && p.stopped(s) {
		r.Needs = append(r.Needs, "DrainableConns")
	}
	return r
}

// Taker makes the edits of a call that takes inherited sockets with another library: to
// the function of the helper that does the same.
func (p *Porter) Taker(s *extract.Site) program.Port {
	switch {
	case s.Sink.Recipe.Func == "":
		return manual("the helper has no function like " + s.Callee).Port
	case s.Call == nil || len(s.Call.Args) > 0: // of an older version, which may leave the environment as it is
		return manual("it is not called without arguments").Port
	}
	r := p.Site(s, s.Sink.Recipe, nil)
	r.SoleFix = nil
	if r.Level == program.Safe {
		r.Level = program.Review
	}
	return r.Port
}

// withRecipe returns a site with another recipe.
func withRecipe(site *extract.Site, recipe model.Recipe) *extract.Site {
	s, sink := *site, *site.Sink
	sink.Recipe = recipe
	s.Sink = &sink
	return &s
}

// imported returns the name of the helper in a file, which is imported if need
// be; "" when it cannot be.
func (p *Porter) imported(file *ast.File) (name string, imports []analysis.TextEdit) {
	return edit.Import(file, p.pass.TypesInfo, p.pass.Pkg, p.helper, path.Base(p.helper))
}

// editable reports whether the file of a call may be edited, and if not, why:
// what the compiler read must be what is on disk, and a person's.
func (p *Porter) editable(m extract.Mention) (bool, string) {
	fset := p.pass.Fset
	read, said := fset.PositionFor(m.Expr.Pos(), false), fset.PositionFor(m.Expr.Pos(), true)
	switch {
	case read.Filename != said.Filename || read.Line != said.Line:
		return false, "the file uses cgo or //line, so its positions are not those on disk: move the call to a file without, or change it by hand"
	case ast.IsGenerated(m.File):
		return false, "the file is generated: change its generator, or the call in it by hand"
	case p.helper == "":
		return false, "the driver does not say which module the package is of: set -inheritfd.helper"
	}
	return true, ""
}

// offsets converts edits for a Port.
func (p *Porter) offsets(file *ast.File, edits []analysis.TextEdit) []edit.Edit {
	return edit.Offsets(p.pass.Fset.File(file.Package), edits)
}

// lastOfDotImport reports whether a site's file imports the package of the
// callee with a dot and uses nothing of it but sites: the import could not
// stay, and only the compiler knows whether it can go.
func (p *Porter) lastOfDotImport(m extract.Mention) bool {
	if _, plain := m.Expr.(*ast.Ident); !plain {
		return false
	}
	sites := make(map[*ast.Ident]bool)
	for _, t := range p.x.Sites {
		sites[t.Ident] = true
	}
	last := true
	ast.Inspect(m.File, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !sites[id] {
			obj := p.pass.TypesInfo.Uses[id]
			if obj != nil && obj.Pkg() == m.Fn.Pkg() && obj.Parent() == obj.Pkg().Scope() {
				last = false
			}
		}
		return last
	})
	return last
}

// rewrite applies the recipe of a site; to is what the helper's functions are
// prefixed with. It returns nil edits and the reason when it cannot.
func (p *Porter) rewrite(s *extract.Site, to string) ([]analysis.TextEdit, program.Level, string) {
	recipe := s.Sink.Recipe
	to += recipe.Func
	switch recipe.Kind {
	case model.Replace:
		return edit.Rename(s.Expr, to), program.Safe, ""
	case model.Wrap:
		return p.wrap(s, to)
	case model.By:
		return p.by(s, to)
	}
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok {
		return nil, program.Manual, "the method is not called through a selector"
	}
	if tv, ok := p.pass.TypesInfo.Types[sel.X]; ok && tv.IsType() {
		return nil, program.Manual, "method expression: call the method on a value instead"
	}
	amp, implicit := p.receiver(sel)
	switch {
	case s.Call == nil && recipe.Kind == model.Receiver:
		params, args := "", ""
		if strings.HasSuffix(recipe.Func, "TLS") {
			params, args = "certFile, keyFile string", "certFile, keyFile"
		}
		edits := edit.MethodValueToFunc(s.Expr, sel.X, to, amp, implicit, params, args)
		if p.assignedOnce(sel.X) {
			return edits, program.Safe, ""
		}
		return edits, program.Review, "the receiver is evaluated when the function runs, not where it is passed"
	case s.Call == nil:
		return nil, program.Manual, "the method is used as a value: call it in a function literal instead"
	case recipe.Kind == model.AfterContext:
		return p.moveReceiver(s.Mention, sel, to, amp, implicit)
	case hasComment(s.File, s.Call.Pos(), sel.X.Pos()) || hasComment(s.File, sel.X.End(), s.Call.Lparen):
		return nil, program.Manual, "a comment stands inside the call, and would be lost: move it first"
	}
	return edit.MethodToFunc(s.Call, sel.X, to, amp, implicit), program.Safe, ""
}

// moveReceiver rewrites x.M(ctx, args) to f(ctx, x, args); the receiver keeps
// its source text.
func (p *Porter) moveReceiver(m extract.Mention, sel *ast.SelectorExpr, to, amp, implicit string) ([]analysis.TextEdit, program.Level, string) {
	x := sel.X
	if implicit == "" {
		x = ast.Unparen(x) // (&S{}).ListenConfig needs them
	}
	text, err := p.source(x)
	switch {
	case err != nil:
		return nil, program.Manual, fmt.Sprintf("the receiver cannot be moved: %v", err)
	case hasComment(m.File, sel.X.End(), m.Call.Lparen):
		return nil, program.Manual, "a comment stands inside the call, and would be lost: move it first"
	}
	edits := edit.MethodToFuncAfterFirst(m.Call, to, amp+text+implicit)
	if hasCall(sel.X) && hasCall(m.Call.Args[0]) {
		return edits, program.Review, "the receiver would be evaluated after the context, not before"
	}
	return edits, program.Safe, ""
}

// Toggle makes the edits between inherit.F and inherit.Sole.F for a site that
// is ported already, and reports whether it has Sole.
func (p *Porter) Toggle(s *extract.Site) (port program.Port, sole bool) {
	if !p.x.Model.IsHelper(s.Fn.Pkg().Path()) {
		return port, false
	}
	if ok, _ := p.editable(s.Mention); !ok {
		return port, false
	}
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok {
		return port, false
	}
	if inner, ok := sel.X.(*ast.SelectorExpr); ok && inner.Sel.Name == "Sole" {
		// inherit.Sole becomes inherit
		port.Fix = p.offsets(s.File, []analysis.TextEdit{{Pos: inner.X.End(), End: inner.End()}})
		return port, true
	}
	return port, false
}
