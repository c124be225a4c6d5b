package analyzer

// This file defines how uses of a configured address are found beside the call
// that listens on it: with an inherited socket they may say something else than
// where the program can be reached.

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// says matches the names of functions that tell people something.
var says = regexp.MustCompile(`^(Print|Fprint|Log|Info|Notice|Debug|Trace|Warn|Error|Fatal|Panic|Msg|Str|Say)(f|w|ln|Context|Ctx)?$`)

// addresses lists the uses of the address of a site in the function around it.
func (f *finder) addresses(s *flow.Site, site Site) []Lifecycle {
	x := f.configured(s)
	if x == nil || f.key(x) == "" {
		return nil
	}
	fd := declaration(s)
	if fd == nil {
		return nil
	}
	owner := fd.Body
	l, fails := f.listener(s, owner)
	var out []Lifecycle
	var stack []ast.Node
	ast.Inspect(owner, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		call, ok := n.(*ast.CallExpr)
		if !ok || call == s.Call || !f.tells(call) || fails != nil && f.afterFailure(stack, fails) {
			return true
		}
		for _, a := range call.Args {
			if f.key(a) == f.key(x) && isString(f.pass.TypesInfo.TypeOf(a)) {
				out = append(out, f.address(s, site, owner, l, a))
			}
		}
		return true
	})
	return out
}

// configured returns the expression of a site's address, nil when it has none.
func (f *finder) configured(s *flow.Site) ast.Expr {
	if s.Call == nil || s.Sink.Address == model.None || s.Sink.Address == model.Recv || s.Sink.Address.Index() >= len(s.Call.Args) {
		return nil
	}
	return s.Call.Args[s.Sink.Address.Index()]
}

// key names the variable or field that an expression is, "" for any other.
func (f *finder) key(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if v, ok := f.pass.TypesInfo.Uses[x].(*types.Var); ok {
			return f.pass.Fset.Position(v.Pos()).String()
		}
	case *ast.StarExpr:
		if k := f.key(x.X); k != "" {
			return "*" + k
		}
	case *ast.SelectorExpr:
		v, ok := f.pass.TypesInfo.Uses[x.Sel].(*types.Var)
		if !ok {
			return ""
		}
		if !v.IsField() {
			return f.key(x.Sel)
		}
		if k := f.key(x.X); k != "" {
			return k + "." + v.Name()
		}
	}
	return ""
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}

// tells reports whether a call is of a function that tells people something.
func (f *finder) tells(call *ast.CallExpr) bool {
	fn, ok := typeutil.Callee(f.pass.TypesInfo, call).(*types.Func)
	return ok && says.MatchString(fn.Name()) && fn.FullName() != "fmt.Errorf" && (fn.Pkg() == nil || !strings.HasPrefix(fn.Pkg().Path(), "net"))
}

// listener returns the variables that a site's call is assigned to: of the
// listener, and of the error; nil for none.
func (f *finder) listener(s *flow.Site, owner *ast.BlockStmt) (l, fails types.Object) {
	ast.Inspect(owner, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != s.Call || len(as.Lhs) != 2 {
			return true
		}
		object := func(x ast.Expr) types.Object {
			id, ok := x.(*ast.Ident)
			if !ok || id.Name == "_" {
				return nil
			}
			return f.pass.TypesInfo.ObjectOf(id)
		}
		l, fails = object(as.Lhs[0]), object(as.Lhs[1])
		return false
	})
	if l != nil && !types.Implements(l.Type(), listenerType(f.pass)) {
		l = nil
	}
	return l, fails
}

// listenerType returns the interface net.Listener, or one that nothing
// implements where package net is not imported.
func listenerType(pass *analysis.Pass) *types.Interface {
	for _, p := range pass.Pkg.Imports() {
		if p.Path() == "net" {
			if obj := p.Scope().Lookup("Listener"); obj != nil {
				return obj.Type().Underlying().(*types.Interface)
			}
		}
	}
	m := types.NewFunc(token.NoPos, nil, "none", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	return types.NewInterfaceType([]*types.Func{m}, nil).Complete()
}

// afterFailure reports whether the innermost node of a path stands where the
// listen has failed: the address asked for is what to tell then.
func (f *finder) afterFailure(stack []ast.Node, fails types.Object) bool {
	return slices.ContainsFunc(stack, func(n ast.Node) bool {
		is, ok := n.(*ast.IfStmt)
		if !ok {
			return false
		}
		found := false
		ast.Inspect(is.Cond, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && f.pass.TypesInfo.Uses[id] == fails {
				found = true
			}
			return true
		})
		return found
	})
}

// function returns the innermost function literal that a position is in, nil
// for none: one may run before the other, whatever their order in the file.
func function(owner *ast.BlockStmt, pos token.Pos) (lit *ast.FuncLit) {
	ast.Inspect(owner, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		if l, ok := n.(*ast.FuncLit); ok {
			lit = l
		}
		return true
	})
	return lit
}

// changes reports whether the variable or field of a key is assigned behind a
// position, so that it may be another address by then.
func (f *finder) changes(owner *ast.BlockStmt, from token.Pos, key string) bool {
	found := false
	ast.Inspect(owner, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && as.Pos() > from {
			found = found || slices.ContainsFunc(as.Lhs, func(x ast.Expr) bool { return f.key(x) == key })
		}
		return !found
	})
	return found
}

// address makes the finding of one use.
func (f *finder) address(s *flow.Site, site Site, owner *ast.BlockStmt, l types.Object, use ast.Expr) Lifecycle {
	pos := f.posn(use.Pos())
	out := Lifecycle{
		File: pos.File, Line: pos.Line, Col: pos.Col, Func: s.Func, Callee: s.Callee, Category: "address",
		Site: at(site.File, site.Line, site.Col), Level: Manual, Note: true,
		Reason: "the configured address is told here before the socket is there: with an inherited one it may be another",
	}
	if l == nil || use.Pos() < s.Call.End() || f.changes(owner, s.Call.End(), f.key(use)) ||
		function(owner, s.Call.Pos()) != function(owner, use.Pos()) {
		return out
	}
	if f.spares[at(pos.File, pos.Line, pos.Col)].edits != nil {
		return out // of another listener too
	}
	if _, obj := f.pass.Pkg.Scope().Innermost(use.Pos()).LookupParent(l.Name(), use.Pos()); obj != l {
		return out
	}
	out.Reason = "the configured address is told here: with an inherited socket it may be another"
	ok, _ := f.editable(s)
	name, imports := edit.Import(s.File, f.pass.TypesInfo, f.pass.Pkg, f.helper, path.Base(f.helper))
	if !ok || name == "" {
		return out
	}
	edits := []analysis.TextEdit{
		{Pos: use.Pos(), End: use.Pos(), NewText: []byte(name + ".Addr(" + l.Name() + ", ")},
		{Pos: use.End(), End: use.End(), NewText: []byte(")")},
	}
	if collide(imports, edits) {
		return out
	}
	out.Level, out.Note, out.Needs = Safe, false, needs("Addr")
	f.spares[at(pos.File, pos.Line, pos.Col)] = spare{use.Pos(), use.End(), append(imports, edits...)}
	out.Fix = f.offsets(s.File, f.spares[at(pos.File, pos.Line, pos.Col)].edits)
	return out
}
