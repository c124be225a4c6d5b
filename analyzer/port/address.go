package port

// This file defines how uses of a configured address are found beside the call
// that listens on it: with an inherited socket they may say something else than
// where the program can be reached.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

// A told is a part of the configured address that the program may tell.
type told struct {
	key string // see Porter.key
	fn  string // the helper's function that returns it as the socket has it
}

// A Told is one use of a configured address, with the edits as drivers take them.
type Told struct {
	program.EffectFacts
	Pos, End token.Pos
	Edits    []analysis.TextEdit
}

// Addresses lists the uses of the address of a site in the function around it.
func (p *Porter) Addresses(s *extract.Site) []Told {
	fd := s.Declaration()
	if fd == nil {
		return nil
	}
	parts := p.toldOf(s, fd.Body)
	if len(parts) == 0 {
		return nil
	}
	owner := fd.Body
	l, fails := p.listener(s, owner)
	var out []Told
	ast.PreorderStack(owner, nil, func(n ast.Node, stack []ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		stack = append(slices.Clone(stack), n)
		i := slices.IndexFunc(parts, func(t told) bool { return t.key == p.key(x) })
		if i < 0 || !p.tells(stack, x.Pos() > s.Call.End()) || fails != nil && p.afterFailure(stack, fails) {
			return true
		}
		out = append(out, p.address(s, owner, l, x, parts[i].fn))
		return false
	})
	return out
}

// toldOf returns what a function may tell of the address that it listens on:
// the address, and where it is composed there, the port.
func (p *Porter) toldOf(s *extract.Site, owner *ast.BlockStmt) []told {
	x := p.configured(s)
	if x == nil {
		return nil
	}
	var out []told
	if key := p.key(x); key != "" {
		if isBasic(p.pass.TypesInfo.TypeOf(x), types.IsString) {
			out = append(out, told{key, "Addr"})
		}
		x = p.definition(x, owner)
	}
	if port := p.port(x); port != nil && p.key(port) != "" && isBasic(p.pass.TypesInfo.TypeOf(port), types.IsString|types.IsInteger) {
		out = append(out, told{p.key(port), "Port"})
	}
	return out
}

// definition returns the expression that a variable of a function is defined
// by, nil when it is not known.
func (p *Porter) definition(x ast.Expr, owner *ast.BlockStmt) ast.Expr {
	if !p.assignedOnce(x) {
		return nil
	}
	var def ast.Expr
	obj := p.pass.TypesInfo.Uses[ast.Unparen(x).(*ast.Ident)]
	ast.Inspect(owner, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, l := range as.Lhs {
			if id, ok := l.(*ast.Ident); ok && p.pass.TypesInfo.Defs[id] == obj && obj != nil {
				def = as.Rhs[i]
			}
		}
		return true
	})
	return def
}

// port returns what an address is composed with last, behind a colon, nil when
// it is not composed so.
func (p *Porter) port(x ast.Expr) ast.Expr {
	text := func(x ast.Expr) string {
		if tv := p.pass.TypesInfo.Types[x]; tv.Value != nil && tv.Value.Kind() == constant.String {
			return constant.StringVal(tv.Value)
		}
		return ""
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		before := x.X
		if inner, ok := ast.Unparen(before).(*ast.BinaryExpr); ok {
			before = inner.Y
		}
		if x.Op == token.ADD && strings.HasSuffix(text(before), ":") {
			return p.digits(x.Y)
		}
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(p.pass.TypesInfo, x).(*types.Func)
		switch {
		case !ok || len(x.Args) < 2:
		case fn.FullName() == "net.JoinHostPort":
			return p.digits(x.Args[1])
		case fn.FullName() == "fmt.Sprintf" && portVerb.MatchString(text(x.Args[0])):
			return p.digits(x.Args[len(x.Args)-1])
		}
	}
	return nil
}

var portVerb = regexp.MustCompile(`:%[dsv]$`)

// digits returns what an expression writes as a number, or the expression.
func (p *Porter) digits(x ast.Expr) ast.Expr {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(call.Args) > 0 && p.isWritten(call) {
		return p.digits(call.Args[0])
	}
	return ast.Unparen(x)
}

// isWritten reports whether a call or conversion writes a number as it is.
func (p *Porter) isWritten(call *ast.CallExpr) bool {
	if p.pass.TypesInfo.Types[call.Fun].IsType() {
		return true
	}
	fn, ok := typeutil.Callee(p.pass.TypesInfo, call).(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == "strconv"
}

// isBasic reports whether a type is a basic one with one of some properties.
func isBasic(t types.Type, info types.BasicInfo) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}

// configured returns the expression of a site's address, nil when it has none.
func (p *Porter) configured(s *extract.Site) ast.Expr {
	if s.Call == nil || s.Sink.Address == model.None || s.Sink.Address == model.Recv || s.Sink.Address.Index() >= len(s.Call.Args) {
		return nil
	}
	return s.Call.Args[s.Sink.Address.Index()]
}

// key names the variable or field that an expression is, "" for any other.
func (p *Porter) key(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if v, ok := p.pass.TypesInfo.Uses[x].(*types.Var); ok {
			return p.pass.Fset.Position(v.Pos()).String()
		}
	case *ast.StarExpr:
		if k := p.key(x.X); k != "" {
			return "*" + k
		}
	case *ast.SelectorExpr:
		v, ok := p.pass.TypesInfo.Uses[x.Sel].(*types.Var)
		if !ok {
			return ""
		}
		if !v.IsField() {
			return p.key(x.Sel)
		}
		if k := p.key(x.X); k != "" {
			return k + "." + v.Name()
		}
	}
	return ""
}

// tells reports whether the last of some nodes, each within the one before it,
// is told to people, or, where what others are told counts too, to others.
func (p *Porter) tells(stack []ast.Node, others bool) bool {
	x := stack[len(stack)-1]
	for i := len(stack) - 2; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr:
		case *ast.CallExpr:
			if p.isWritten(n) && n.Fun != x {
				break
			}
			fn, ok := typeutil.Callee(p.pass.TypesInfo, n).(*types.Func)
			if !ok || n.Fun == x || p.composes(stack[:i+1]) {
				return false
			}
			to, urls := p.x.Model.Tells(fn.FullName(), fn.Name())
			switch to {
			case model.People:
				return true
			case model.Programs:
				return others && (!urls || p.isLink(n, x))
			}
			return false
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				return false
			}
			if others && n.Y == x && p.isURL(n.X) {
				return !p.composes(stack[:i+1])
			}
		case *ast.KeyValueExpr: // of labels
			lit, ok := stack[i-1].(*ast.CompositeLit)
			if !ok || n.Value != x {
				return false
			}
			t, ok := p.pass.TypesInfo.TypeOf(lit).Underlying().(*types.Map)
			return ok && others && isBasic(t.Elem(), types.IsString)
		default:
			return false
		}
		x = stack[i]
	}
	return false
}

// linkBefore matches what stands before an address, or a port, in a URL.
var linkBefore = regexp.MustCompile(`^[a-z+]+://([^/]*:)?$`)

// isURL reports whether an expression is the beginning of a URL, up to where the
// address or the port goes.
func (p *Porter) isURL(x ast.Expr) bool {
	v := p.pass.TypesInfo.Types[x].Value
	return v != nil && v.Kind() == constant.String && linkBefore.MatchString(constant.StringVal(v))
}

// isLink reports whether a call of fmt.Sprintf makes a URL, whose address or
// port its first operand is.
func (p *Porter) isLink(call *ast.CallExpr, x ast.Node) bool {
	if len(call.Args) < 2 || call.Args[1] != x {
		return false
	}
	v := p.pass.TypesInfo.Types[call.Args[0]].Value
	if v == nil || v.Kind() != constant.String {
		return false
	}
	before, _, ok := strings.Cut(constant.StringVal(v), "%")
	return ok && linkBefore.MatchString(before)
}

// composes reports whether the innermost of some nodes is part of the address
// of a call that listens.
func (p *Porter) composes(stack []ast.Node) bool {
	return slices.ContainsFunc(p.x.Sites, func(s *extract.Site) bool { return s.Call != nil && slices.Contains(stack, ast.Node(s.Call)) })
}

// listener returns the variables that a site's call is assigned to: of the
// listener, and of the error; nil for none.
func (p *Porter) listener(s *extract.Site, owner *ast.BlockStmt) (l, fails types.Object) {
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
			return p.pass.TypesInfo.ObjectOf(id)
		}
		l, fails = object(as.Lhs[0]), object(as.Lhs[1])
		return false
	})
	if l != nil && !types.Implements(l.Type(), listenerType(p.pass)) {
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
func (p *Porter) afterFailure(stack []ast.Node, fails types.Object) bool {
	return slices.ContainsFunc(stack, func(n ast.Node) bool {
		is, ok := n.(*ast.IfStmt)
		if !ok {
			return false
		}
		found := false
		ast.Inspect(is.Cond, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.pass.TypesInfo.Uses[id] == fails {
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
func (p *Porter) changes(owner *ast.BlockStmt, from token.Pos, key string) bool {
	found := false
	ast.Inspect(owner, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && as.Pos() > from {
			found = found || slices.ContainsFunc(as.Lhs, func(x ast.Expr) bool {
				k := p.key(x)
				return k != "" && (k == key || strings.HasPrefix(key, k+"."))
			})
		}
		return !found
	})
	return found
}

// reassigned reports whether the variable of a listener is assigned anything but
// the result of its call: it may be another one where it is used.
func (p *Porter) reassigned(owner *ast.BlockStmt, call *ast.CallExpr, l types.Object) bool {
	found := false
	ast.Inspect(owner, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Rhs) == 1 && ast.Unparen(as.Rhs[0]) == call {
			return true
		}
		found = found || slices.ContainsFunc(as.Lhs, func(x ast.Expr) bool {
			id, ok := x.(*ast.Ident)
			return ok && p.pass.TypesInfo.Uses[id] == l
		})
		return !found
	})
	return found
}

// address makes the finding of one use.
func (p *Porter) address(s *extract.Site, owner *ast.BlockStmt, l types.Object, use ast.Expr, fn string) Told {
	out := Told{Pos: use.Pos(), End: use.End(), EffectFacts: program.EffectFacts{
		Pos: p.x.Pos(use.Pos()), Func: s.Func, Callee: s.Callee, Op: model.Tells, Site: s.Pos, Harmless: true,
		Port: program.Port{
			Level:  program.Manual,
			Reason: "the configured address is told here before the socket is there: with an inherited one it may be another",
		},
	}}
	if l == nil || use.Pos() < s.Call.End() || p.changes(owner, s.Call.End(), p.key(use)) || p.reassigned(owner, s.Call, l) ||
		function(owner, s.Call.Pos()) != function(owner, use.Pos()) {
		return out
	}
	if p.told[use] {
		return out // of another listener too
	}
	if _, obj := p.pass.Pkg.Scope().Innermost(use.Pos()).LookupParent(l.Name(), use.Pos()); obj != l {
		return out
	}
	out.Port.Reason = "the configured address is told here: with an inherited socket it may be another"
	ok, _ := p.editable(s.Mention)
	name, imports := p.imported(s.File)
	if !ok || name == "" || model.HelperGeneric(fn) && !p.generic() {
		return out
	}
	edits := []analysis.TextEdit{
		{Pos: use.Pos(), End: use.Pos(), NewText: []byte(name + "." + fn + "(" + l.Name() + ", ")},
		{Pos: use.End(), End: use.End(), NewText: []byte(")")},
	}
	if collide(imports, edits) {
		return out
	}
	p.told[use] = true
	out.Edits = append(imports, edits...)
	out.Harmless = false
	out.Port.Level, out.Port.Needs, out.Port.Fix = program.Safe, []string{fn}, p.offsets(s.File, out.Edits)
	return out
}
