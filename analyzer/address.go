package analyzer

// This file defines how uses of a configured address are found beside the call
// that listens on it: with an inherited socket they may say something else than
// where the program can be reached.

import (
	"go/ast"
	"go/constant"
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

// says matches the names of functions that tell people something, and links
// those that make or take what is told to others: a URL, a label of a metric, an
// entry of a registry.
var (
	says  = regexp.MustCompile(`^(Print|Fprint|Log|Info|Notice|Debug|Trace|Warn|Error|Fatal|Panic|Msg|Str|Int|Say)(f|w|ln|Context|Ctx)?$`)
	links = regexp.MustCompile(`^(Sprintf|WithLabelValues|Register\w*|Advertise|Announce|Publish)$`)
)

// A told is a part of the configured address that the program may tell.
type told struct {
	key string // see finder.key
	fn  string // the helper's function that returns it as the socket has it
}

// addresses lists the uses of the address of a site in the function around it.
func (f *finder) addresses(s *flow.Site, site Site) []Lifecycle {
	fd := declaration(s)
	if fd == nil {
		return nil
	}
	parts := f.toldOf(s, fd.Body)
	if len(parts) == 0 {
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
		x, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		i := slices.IndexFunc(parts, func(t told) bool { return t.key == f.key(x) })
		if i < 0 || !f.tells(stack, x.Pos() > s.Call.End()) || fails != nil && f.afterFailure(stack, fails) {
			return true
		}
		out = append(out, f.address(s, site, owner, l, x, parts[i].fn))
		return false
	})
	return out
}

// toldOf returns what a function may tell of the address that it listens on:
// the address, and where it is composed there, the port.
func (f *finder) toldOf(s *flow.Site, owner *ast.BlockStmt) []told {
	x := f.configured(s)
	if x == nil {
		return nil
	}
	var out []told
	if key := f.key(x); key != "" {
		if isBasic(f.pass.TypesInfo.TypeOf(x), types.IsString) {
			out = append(out, told{key, "Addr"})
		}
		x = f.definition(x, owner)
	}
	if port := f.port(x); port != nil && f.key(port) != "" && isBasic(f.pass.TypesInfo.TypeOf(port), types.IsString|types.IsInteger) {
		out = append(out, told{f.key(port), "Port"})
	}
	return out
}

// definition returns the expression that a variable of a function is defined
// by, nil when it is not known.
func (f *finder) definition(x ast.Expr, owner *ast.BlockStmt) ast.Expr {
	if !f.assignedOnce(x) {
		return nil
	}
	var def ast.Expr
	obj := f.pass.TypesInfo.Uses[ast.Unparen(x).(*ast.Ident)]
	ast.Inspect(owner, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, l := range as.Lhs {
			if id, ok := l.(*ast.Ident); ok && f.pass.TypesInfo.Defs[id] == obj && obj != nil {
				def = as.Rhs[i]
			}
		}
		return true
	})
	return def
}

// port returns what an address is composed with last, behind a colon, nil when
// it is not composed so.
func (f *finder) port(x ast.Expr) ast.Expr {
	text := func(x ast.Expr) string {
		if tv := f.pass.TypesInfo.Types[x]; tv.Value != nil && tv.Value.Kind() == constant.String {
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
			return f.digits(x.Y)
		}
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(f.pass.TypesInfo, x).(*types.Func)
		switch {
		case !ok || len(x.Args) < 2:
		case fn.FullName() == "net.JoinHostPort":
			return f.digits(x.Args[1])
		case fn.FullName() == "fmt.Sprintf" && portVerb.MatchString(text(x.Args[0])):
			return f.digits(x.Args[len(x.Args)-1])
		}
	}
	return nil
}

var portVerb = regexp.MustCompile(`:%[dsv]$`)

// digits returns what an expression writes as a number, or the expression.
func (f *finder) digits(x ast.Expr) ast.Expr {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(call.Args) > 0 && f.isWritten(call) {
		return f.digits(call.Args[0])
	}
	return ast.Unparen(x)
}

// isWritten reports whether a call or conversion writes a number as it is.
func (f *finder) isWritten(call *ast.CallExpr) bool {
	if f.pass.TypesInfo.Types[call.Fun].IsType() {
		return true
	}
	fn, ok := typeutil.Callee(f.pass.TypesInfo, call).(*types.Func)
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

// tells reports whether the last of some nodes, each within the one before it,
// is told to people, or, where what others are told counts too, to others.
func (f *finder) tells(stack []ast.Node, others bool) bool {
	x := stack[len(stack)-1]
	for i := len(stack) - 2; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr:
		case *ast.CallExpr:
			if f.isWritten(n) && n.Fun != x {
				break
			}
			fn, ok := typeutil.Callee(f.pass.TypesInfo, n).(*types.Func)
			if !ok || n.Fun == x || f.composes(stack[:i+1]) {
				return false
			}
			if says.MatchString(fn.Name()) {
				return fn.FullName() != "fmt.Errorf" && (fn.Pkg() == nil || !strings.HasPrefix(fn.Pkg().Path(), "net"))
			}
			return others && links.MatchString(fn.Name()) && (fn.FullName() != "fmt.Sprintf" || f.isLink(n, x))
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				return false
			}
			if others && n.Y == x && f.isURL(n.X) {
				return !f.composes(stack[:i+1])
			}
		case *ast.KeyValueExpr: // of labels
			lit, ok := stack[i-1].(*ast.CompositeLit)
			if !ok || n.Value != x {
				return false
			}
			t, ok := f.pass.TypesInfo.TypeOf(lit).Underlying().(*types.Map)
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
func (f *finder) isURL(x ast.Expr) bool {
	v := f.pass.TypesInfo.Types[x].Value
	return v != nil && v.Kind() == constant.String && linkBefore.MatchString(constant.StringVal(v))
}

// isLink reports whether a call of fmt.Sprintf makes a URL, whose address or
// port its first operand is.
func (f *finder) isLink(call *ast.CallExpr, x ast.Node) bool {
	if len(call.Args) < 2 || call.Args[1] != x {
		return false
	}
	v := f.pass.TypesInfo.Types[call.Args[0]].Value
	if v == nil || v.Kind() != constant.String {
		return false
	}
	before, _, ok := strings.Cut(constant.StringVal(v), "%")
	return ok && linkBefore.MatchString(before)
}

// composes reports whether the innermost of some nodes is part of the address
// of a call that listens.
func (f *finder) composes(stack []ast.Node) bool {
	return slices.ContainsFunc(f.flow.Sites, func(s *flow.Site) bool { return s.Call != nil && slices.Contains(stack, ast.Node(s.Call)) })
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
			found = found || slices.ContainsFunc(as.Lhs, func(x ast.Expr) bool {
				k := f.key(x)
				return k != "" && (k == key || strings.HasPrefix(key, k+"."))
			})
		}
		return !found
	})
	return found
}

// reassigned reports whether the variable of a listener is assigned anything but
// the result of its call: it may be another one where it is used.
func (f *finder) reassigned(owner *ast.BlockStmt, call *ast.CallExpr, l types.Object) bool {
	found := false
	ast.Inspect(owner, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Rhs) == 1 && ast.Unparen(as.Rhs[0]) == call {
			return true
		}
		found = found || slices.ContainsFunc(as.Lhs, func(x ast.Expr) bool {
			id, ok := x.(*ast.Ident)
			return ok && f.pass.TypesInfo.Uses[id] == l
		})
		return !found
	})
	return found
}

// address makes the finding of one use.
func (f *finder) address(s *flow.Site, site Site, owner *ast.BlockStmt, l types.Object, use ast.Expr, fn string) Lifecycle {
	pos := f.posn(use.Pos())
	out := Lifecycle{
		File: pos.File, Line: pos.Line, Col: pos.Col, Func: s.Func, Callee: s.Callee, Category: "address",
		Site: at(site.File, site.Line, site.Col), Level: Manual, Note: true,
		Reason: "the configured address is told here before the socket is there: with an inherited one it may be another",
	}
	if l == nil || use.Pos() < s.Call.End() || f.changes(owner, s.Call.End(), f.key(use)) || f.reassigned(owner, s.Call, l) ||
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
	if !ok || name == "" || fn == "Port" && !f.generic() {
		return out
	}
	edits := []analysis.TextEdit{
		{Pos: use.Pos(), End: use.Pos(), NewText: []byte(name + "." + fn + "(" + l.Name() + ", ")},
		{Pos: use.End(), End: use.End(), NewText: []byte(")")},
	}
	if collide(imports, edits) {
		return out
	}
	out.Level, out.Note, out.Needs = Safe, false, needs(fn)
	f.spares[at(pos.File, pos.Line, pos.Col)] = spare{use.Pos(), use.End(), append(imports, edits...)}
	out.Fix = f.offsets(s.File, f.spares[at(pos.File, pos.Line, pos.Col)].edits)
	return out
}
