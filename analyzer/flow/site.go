package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A Site is one mention of a listen API in the package: a call, or the
// function used as a value.
type Site struct {
	Sink   *model.Sink
	Callee string // full name, as in the rows
	Fn     *types.Func
	File   *ast.File
	Ident  *ast.Ident    // the function's name
	Expr   ast.Expr      // the function: Ident, or a selector that ends in it
	Call   *ast.CallExpr // nil when used as a value
	Func   string        // enclosing function, without the package
	owner  string        // enclosing function, full name
	Pos    Pos
	// Instrs are the calls in SSA form: none in code that cannot be reached,
	// any number for a function value.
	Instrs []ssa.CallInstruction
	// Address and Network are the nodes where the values of the arguments
	// arrive.
	Address, Network Node
}

// findSites lists the sites of the package in source order.
func (x *index) findSites() []*Site {
	byPos := make(map[token.Pos][]ssa.CallInstruction)
	for name, calls := range x.calls {
		if model.SinkOf(name) == nil {
			continue
		}
		for _, c := range calls {
			if call := x.args[c.Pos()]; call != nil {
				byPos[call.Lparen] = append(byPos[call.Lparen], c)
			}
		}
	}
	var sites []*Site
	for _, f := range x.pass.Files {
		for _, d := range f.Decls {
			sites = append(sites, x.sitesIn(f, d, byPos)...)
		}
	}
	for _, s := range sites {
		if s.Call != nil {
			delete(byPos, s.Call.Lparen)
		}
	}
	// What is left calls a variable that SSA knows to hold the function.
	for _, s := range sites {
		for _, c := range x.calls[s.Callee] {
			if call := x.args[c.Pos()]; s.Call == nil && call != nil && byPos[call.Lparen] != nil {
				s.Instrs = append(s.Instrs, c)
			}
		}
	}
	return sites
}

// sitesIn lists the sites of one declaration.
func (x *index) sitesIn(f *ast.File, d ast.Decl, byPos map[token.Pos][]ssa.CallInstruction) []*Site {
	var sites []*Site
	funs := make(map[ast.Expr]*ast.CallExpr) // function expression → its call
	sels := make(map[*ast.Ident]ast.Expr)    // name → selector that ends in it
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			funs[ast.Unparen(n.Fun)] = n
		case *ast.SelectorExpr:
			sels[n.Sel] = n
		case *ast.Ident:
			fn, ok := x.pass.TypesInfo.Uses[n].(*types.Func)
			if !ok || fn.Pkg() == nil || !model.HasRows(fn.Pkg().Path()) {
				break
			}
			name := fn.Origin().FullName()
			sink := model.SinkOf(name)
			if sink == nil {
				break
			}
			s := &Site{Sink: sink, Callee: name, Fn: fn, File: f, Ident: n, Expr: n, Func: enclosing(d), owner: x.owner(d)}
			if sel := sels[n]; sel != nil {
				s.Expr = sel
			}
			s.Call = funs[s.Expr]
			if s.Call != nil {
				s.Instrs = byPos[s.Call.Lparen]
			}
			s.Pos = x.posn(s.Expr.Pos())
			s.Address = sinkNode(name, s.Pos, model.Whole)
			s.Network = sinkNode(name, s.Pos, model.Network)
			sites = append(sites, s)
		}
		return true
	})
	return sites
}

// owner returns the full name of a declared function, that of init for a
// package variable.
func (x *index) owner(d ast.Decl) string {
	if fd, ok := d.(*ast.FuncDecl); ok {
		if fn, ok := x.pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
			return fn.Origin().FullName()
		}
	}
	return x.pass.Pkg.Path() + ".init"
}

// enclosing returns the name of a declared function as "(*T).M" or "F"; ""
// for a package variable.
func enclosing(d ast.Decl) string {
	fd, ok := d.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return fd.Name.Name
	}
	t, star := fd.Recv.List[0].Type, ""
	if s, ok := t.(*ast.StarExpr); ok {
		t, star = s.X, "*"
	}
	switch g := t.(type) {
	case *ast.IndexExpr:
		t = g.X
	case *ast.IndexListExpr:
		t = g.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return "(" + star + id.Name + ")." + fd.Name.Name
	}
	return fd.Name.Name
}

// touches reports whether the package mentions anything that imported edges
// speak of: a function, a type, a field or a variable. Names are compared
// without their types, which can only err towards yes. A package that touches
// nothing has no edges of its own, and needs no SSA.
func touches(pass *analysis.Pass, imported []Edge) bool {
	if len(imported) == 0 {
		return false
	}
	type name struct{ pkg, last string }
	names := make(map[name]bool)
	seen := make(map[Node]bool)
	add := func(n Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		var full string
		switch n.kind() {
		case 'P', 'R', 'O', 'M', 'V':
			full = n.fn()
		case 'F', 'G', 'N':
			full = n.rest()
		default:
			return // reached through the others only, or not at all
		}
		pkg := pkgOf(full)
		rest := strings.TrimPrefix(strings.TrimLeft(full, "(*"), pkg)
		for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '.' || r == ')' || r == '$' }) {
			names[name{pkg, part}] = true
		}
	}
	for _, e := range imported {
		add(e.From)
		add(e.To)
		if e.From.kind() == 'X' || e.From.kind() == 'Y' || e.To.kind() == 'X' || e.To.kind() == 'Y' {
			return true // functions held somewhere: rare, and held by anything
		}
	}
	for _, obj := range pass.TypesInfo.Uses {
		if obj.Pkg() != nil && names[name{obj.Pkg().Path(), obj.Name()}] {
			return true
		}
	}
	return false
}

// relevant reports whether the package can have edges at all: it mentions a
// modelled source, sink or decoder, or something that it imports has a fact.
// It is the gate before the cost of SSA.
func relevant(info *types.Info, pkg *types.Package) bool {
	interesting := false
	for _, p := range pkg.Imports() {
		if model.HasRows(p.Path()) {
			interesting = true
			break
		}
	}
	if !interesting {
		return false
	}
	for _, obj := range info.Uses {
		if obj.Pkg() == nil || !model.HasRows(obj.Pkg().Path()) {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			name := obj.Origin().FullName()
			if model.SinkOf(name) != nil || model.SourceOf(name) != nil || model.DecoderOf(name) != nil {
				return true
			}
		case *types.Var:
			if kind, _ := model.RuntimeGlobal(obj.Pkg().Path() + "." + obj.Name()); kind != "" {
				return true
			}
		}
	}
	return false
}
