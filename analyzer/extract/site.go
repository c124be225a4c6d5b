package extract

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Mention is one use of a modelled function in the package: a call, or the
// function used as a value.
type Mention struct {
	Callee string // full name, as in the rows
	Fn     *types.Func
	File   *ast.File
	Ident  *ast.Ident    // the function's name
	Expr   ast.Expr      // the function: Ident, or a selector that ends in it
	Call   *ast.CallExpr // nil when used as a value
	Func   string        // enclosing function, without the package
	Pos    flow.Pos

	owner string // enclosing function, full name
	// instrs are the calls in SSA form: none in code that cannot be reached,
	// any number for a function value.
	instrs []ssa.CallInstruction
}

// Declaration returns the declared function that a mention is in, nil for none.
func (m Mention) Declaration() *ast.FuncDecl {
	for _, d := range m.File.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Pos() <= m.Expr.Pos() && m.Expr.End() <= fd.End() {
			return fd
		}
	}
	return nil
}

// A Site is one mention of a function that listens.
type Site struct {
	Mention
	Sink *model.Sink
	// Address and Network are the nodes where the values of the arguments
	// arrive.
	Address, Network flow.Node
}

// An Effect is one mention of a function that does something else to a socket.
type Effect struct {
	Mention
	Row *model.Effect
	// Path is the node where the path or address arrives.
	Path flow.Node
}

// findSites lists the sites of the package, and the calls with an effect on
// sockets, in source order.
func (x *index) findSites() (sites []*Site, effects []*Effect) {
	byPos := make(map[token.Pos][]ssa.CallInstruction)
	for name, calls := range x.calledBy {
		if x.sink(name) == nil && x.Effect(name) == nil {
			continue
		}
		for _, c := range calls {
			if call := x.args[c.Pos()]; call != nil {
				byPos[call.Lparen] = append(byPos[call.Lparen], c)
			}
		}
	}
	for _, f := range x.pass.Files {
		for _, d := range f.Decls {
			s, e := x.mentionsIn(f, d, byPos)
			sites, effects = append(sites, s...), append(effects, e...)
		}
	}
	effects = slices.DeleteFunc(effects, func(e *Effect) bool {
		return e.Call == nil && e.Row.Recipe == "" || isTestFile(x.pass.Fset, e.File)
	})
	for _, s := range sites {
		if s.Call != nil {
			delete(byPos, s.Call.Lparen)
		}
	}
	// What is left calls a variable that SSA knows to hold the function.
	for _, s := range sites {
		for _, c := range x.calledBy[s.Callee] {
			if call := x.args[c.Pos()]; s.Call == nil && call != nil && byPos[call.Lparen] != nil {
				s.instrs = append(s.instrs, c)
			}
		}
	}
	return sites, effects
}

// mentionsIn lists the sites and effects of one declaration.
func (x *index) mentionsIn(f *ast.File, d ast.Decl, byPos map[token.Pos][]ssa.CallInstruction) (sites []*Site, effects []*Effect) {
	funs := make(map[ast.Expr]*ast.CallExpr) // function expression → its call
	sels := make(map[*ast.Ident]ast.Expr)    // name → selector that ends in it
	inner := make(map[ast.Node]bool)         // what ported calls hand to the helper
	ast.PreorderStack(d, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			funs[ast.Unparen(n.Fun)] = n
			if fn, ok := typeutil.Callee(x.pass.TypesInfo, n).(*types.Func); ok && fn.Pkg() != nil && x.IsHelper(fn.Pkg().Path()) {
				for _, a := range n.Args {
					inner[a] = true
				}
			}
		case *ast.SelectorExpr:
			sels[n.Sel] = n
		case *ast.Ident:
			fn, ok := x.pass.TypesInfo.Uses[n].(*types.Func)
			if !ok || fn.Pkg() == nil {
				break
			}
			m := Mention{Callee: sinkName(fn), Fn: fn, File: f, Ident: n, Expr: n, Func: enclosing(d), owner: x.owner(d)}
			sink, row := x.sink(m.Callee), x.Effect(m.Callee)
			within := func() bool { return slices.ContainsFunc(append(stack, n), func(n ast.Node) bool { return inner[n] }) }
			if sink == nil && row == nil || sink != nil && servesItself(sink, fn) && within() {
				break
			}
			if sel := sels[n]; sel != nil {
				m.Expr = sel
			}
			m.Call = funs[m.Expr]
			if m.Call != nil {
				m.instrs = byPos[m.Call.Lparen]
			}
			m.Pos = x.posn(m.Expr.Pos())
			if row != nil {
				effects = append(effects, &Effect{m, row, flow.EffectNode(m.Callee, m.Pos)})
			}
			if sink != nil {
				sites = append(sites, &Site{m, sink, flow.SinkNode(m.Callee, m.Pos, model.Whole), flow.SinkNode(m.Callee, m.Pos, model.Network)})
			}
		}
		return true
	})
	return sites, effects
}

// sink returns the row of a function, or the one inferred for it, or nil.
func (x *index) sink(name string) *model.Sink {
	if s := x.Sink(name); s != nil {
		return s
	}
	return x.inferred[name]
}

// servesItself reports whether a ported call still mentions the function: the
// recipe calls it with the socket in place, or hands it to the helper.
func servesItself(sink *model.Sink, fn *types.Func) bool {
	return sink.Recipe.Kind == model.By ||
		sink.Recipe.Kind == model.Wrap && strings.Contains(sink.Recipe.Serve, "."+fn.Name()+"(")
}

// sinkName returns the name by which the model knows a function as a sink.
func sinkName(fn *types.Func) string {
	name := fn.Origin().FullName()
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) && model.IsListenMethod(fn) {
		return model.InterfacePrefix + name
	}
	return name
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
