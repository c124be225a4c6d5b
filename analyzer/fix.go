package analyzer

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// fix decides the level of a listen site and makes its edits.
func (f *finder) fix(i int, s *flow.Site, out *Site) {
	out.Level = Manual
	switch {
	case s.Sink.Recipe.Kind == model.Manual:
		out.Reason = s.Sink.Reason
		return
	case f.taker != "":
		out.Reason = f.taker
		return
	case slices.ContainsFunc(out.Network, func(n string) bool { return strings.HasPrefix(n, "ip") }):
		out.Reason = "raw IP sockets cannot be named in a .socket unit"
		return
	}
	if ok, reason := f.editable(s); !ok {
		out.Reason = reason
		return
	}
	name, imports := edit.Import(s.File, f.pass.TypesInfo, f.pass.Pkg, f.helper, path.Base(f.helper))
	if name == "" {
		out.Reason = "the file has no import declaration to add to"
		return
	}
	if f.lastOfDotImport(s) {
		out.Reason = "the file would no longer use its dot import of " + s.Fn.Pkg().Path() + ": import it by name first"
		return
	}
	call, level, reason := f.rewrite(s, name+".")
	if call == nil {
		out.Reason = reason
		return
	}
	if collide(imports, call) {
		out.Reason = "the file needs two more imports in one place: add one of them first"
		return
	}
	out.Level, out.Reason = level, reason
	f.fixes[i] = append(imports, call...)
	out.Fix = f.offsets(s.File, f.fixes[i])
	if s.Sink.Recipe.Func != "WithPacketConn" { // Sole cannot have generic methods
		sole, _, _ := f.rewrite(s, name+".Sole.")
		out.SoleFix = f.offsets(s.File, append(slices.Clone(imports), sole...))
	}
	out.Needs = needs(s.Sink.Recipe.Func)
	if strings.Contains(s.Sink.Recipe.Serve, "{l}") && f.stopped(s) {
		out.Needs = append(out.Needs, needs("TrackedConns")...)
	}
}

// collide reports whether two edits insert different text at one place.
func collide(a, b []analysis.TextEdit) bool {
	return slices.ContainsFunc(a, func(e analysis.TextEdit) bool {
		return slices.ContainsFunc(b, func(o analysis.TextEdit) bool {
			return e.Pos == o.Pos && e.End == o.End && string(e.NewText) != string(o.NewText)
		})
	})
}

// lastOfDotImport reports whether a site's file imports the package of the
// callee with a dot and uses nothing of it but sites: the import could not
// stay, and only the compiler knows whether it can go.
func (f *finder) lastOfDotImport(s *flow.Site) bool {
	if _, plain := s.Expr.(*ast.Ident); !plain {
		return false
	}
	sites := make(map[*ast.Ident]bool)
	for _, t := range f.flow.Sites {
		sites[t.Ident] = true
	}
	last := true
	ast.Inspect(s.File, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !sites[id] {
			obj := f.pass.TypesInfo.Uses[id]
			if obj != nil && obj.Pkg() == s.Fn.Pkg() && obj.Parent() == obj.Pkg().Scope() {
				last = false
			}
		}
		return last
	})
	return last
}

// needs returns the optional files of the helper that one of its functions is
// in.
func needs(fn string) []string {
	switch fn {
	case "ListenAndServe", "ListenAndServeTLS", "ServerListenAndServe", "ServerListenAndServeTLS":
		return []string{"http.go"}
	case "ListenTLS":
		return []string{"tls.go"}
	case "Serve", "ServePacket":
		return []string{"serve.go"}
	case "ListenBy", "ListenPacketBy":
		return []string{"by.go"}
	case "WithPacketConn":
		return []string{"with.go"}
	case "Shutdown", "Tracked":
		return []string{"http.go", "path.go", "quiesce.go"}
	case "Quiesced", "TrackedConns":
		return []string{"http.go", "path.go", "quiesce.go", "stop.go"}
	case "Addr":
		return []string{"addr.go", "path.go"}
	case "Port":
		return []string{"addr.go", "path.go", "port.go"}
	case "Remove", "RemoveAll", "Chmod", "Chown", "Lchown":
		return []string{"path.go"}
	case "Unlink", "SetUnlinkOnClose":
		return []string{"path.go", "unlink.go"}
	}
	return nil
}

// rewrite applies the recipe of a site; to is what the helper's functions are
// prefixed with. It returns nil edits and the reason when it cannot.
func (f *finder) rewrite(s *flow.Site, to string) ([]analysis.TextEdit, Level, string) {
	recipe := s.Sink.Recipe
	to += recipe.Func
	switch recipe.Kind {
	case model.Replace:
		return edit.Rename(s.Expr, to), Safe, ""
	case model.Wrap:
		return f.wrap(s, to)
	case model.By:
		return f.by(s, to)
	}
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok {
		return nil, Manual, "the method is not called through a selector"
	}
	if tv, ok := f.pass.TypesInfo.Types[sel.X]; ok && tv.IsType() {
		return nil, Manual, "method expression: call the method on a value instead"
	}
	amp, implicit := f.receiver(sel)
	switch {
	case s.Call == nil && recipe.Kind == model.Receiver:
		params, args := "", ""
		if strings.HasSuffix(recipe.Func, "TLS") {
			params, args = "certFile, keyFile string", "certFile, keyFile"
		}
		edits := edit.MethodValueToFunc(s.Expr, sel.X, to, amp, implicit, params, args)
		if f.assignedOnce(sel.X) {
			return edits, Safe, ""
		}
		return edits, Review, "the receiver is evaluated when the function runs, not where it is passed"
	case s.Call == nil:
		return nil, Manual, "the method is used as a value: call it in a function literal instead"
	case recipe.Kind == model.AfterContext:
		return f.moveReceiver(s, sel, to, amp, implicit)
	case hasComment(s.File, s.Call.Pos(), sel.X.Pos()) || hasComment(s.File, sel.X.End(), s.Call.Lparen):
		return nil, Manual, "a comment stands inside the call, and would be lost: move it first"
	}
	return edit.MethodToFunc(s.Call, sel.X, to, amp, implicit), Safe, ""
}

// isVariable reports whether an expression is a variable or a field, so that
// it can stand twice.
func (f *finder) isVariable(x ast.Expr) bool {
	switch ast.Unparen(x).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return f.pass.TypesInfo.Types[x].IsValue() && !hasCall(x)
	}
	return false
}

// hasLiteral reports whether there is a function literal in an expression,
// where other fixes may be.
func hasLiteral(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		_, ok := n.(*ast.FuncLit)
		found = found || ok
		return !found
	})
	return found
}

// hidden reports whether a method is promoted through a field that this
// package cannot name.
func (f *finder) hidden(sel *ast.SelectorExpr) bool {
	selection := f.pass.TypesInfo.Selections[sel]
	if selection == nil {
		return false
	}
	t := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok {
			return false
		}
		if field := st.Field(i); !field.Exported() && field.Pkg() != f.pass.Pkg {
			return true
		}
		t = st.Field(i).Type()
	}
	return false
}

// aroundFirst rewrites x.M(a) to x.M(f(x, a)), nil when it cannot.
func (f *finder) aroundFirst(s *flow.Site, to string) []analysis.TextEdit {
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok || s.Call == nil || len(s.Call.Args) != s.Fn.Signature().Params().Len() || !f.isVariable(sel.X) || f.hidden(sel) {
		return nil
	}
	text, err := f.source(sel.X)
	if err != nil {
		return nil
	}
	amp, implicit := f.receiver(sel)
	a := s.Call.Args[0]
	return []analysis.TextEdit{
		{Pos: a.Pos(), End: a.Pos(), NewText: []byte(to + "(" + amp + text + implicit + ", ")},
		{Pos: a.End(), End: a.End(), NewText: []byte(")")},
	}
}

// aroundReceiver rewrites x.M(args) to f(x).M(args), in a function literal
// where a go or defer statement would call f at once; nil when it cannot.
func (f *finder) aroundReceiver(s *flow.Site, to string) []analysis.TextEdit {
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok || s.Call == nil || f.pass.TypesInfo.Types[sel.X].IsType() || f.hidden(sel) || hasLiteral(sel.X) {
		return nil
	}
	amp, implicit := f.receiver(sel)
	before, after := to+"("+amp, implicit+")"
	edits := []analysis.TextEdit{{Pos: sel.X.End(), End: sel.X.End(), NewText: []byte(after)}}
	if isDeferred(s.File, s.Call) {
		if len(s.Call.Args) > 0 || !f.assignedOnce(sel.X) {
			return nil
		}
		before = "func() { " + before
		edits = append(edits, analysis.TextEdit{Pos: s.Call.End(), End: s.Call.End(), NewText: []byte(" }()")})
	}
	return append(edits, analysis.TextEdit{Pos: sel.X.Pos(), End: sel.X.Pos(), NewText: []byte(before)})
}

// isDeferred reports whether a call is that of a go or defer statement.
func isDeferred(file *ast.File, call *ast.CallExpr) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = found || n.Call == call
		case *ast.DeferStmt:
			found = found || n.Call == call
		}
		return !found
	})
	return found
}

// ofReceiver rewrites x.M(args) to f(x, args), and x.M(ctx, args) to f(ctx, x,
// args); nil when it cannot.
func (f *finder) ofReceiver(s *flow.Site, to string) []analysis.TextEdit {
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok || s.Call == nil || f.pass.TypesInfo.Types[sel.X].IsType() || f.hidden(sel) || hasLiteral(sel.X) ||
		hasComment(s.File, s.Call.Pos(), sel.X.Pos()) || hasComment(s.File, sel.X.End(), s.Call.Lparen) {
		return nil
	}
	if first := s.Fn.Signature().Params(); first.Len() > 0 && first.At(0).Type().String() == "context.Context" {
		amp, implicit := f.receiver(sel)
		edits, level, _ := f.moveReceiver(s, sel, to, amp, implicit)
		if level != Safe {
			return nil
		}
		return edits
	}
	amp, implicit := f.receiver(sel)
	return edit.MethodToFunc(s.Call, sel.X, to, amp, implicit)
}

// moveReceiver rewrites x.M(ctx, args) to f(ctx, x, args); the receiver keeps
// its source text.
func (f *finder) moveReceiver(s *flow.Site, sel *ast.SelectorExpr, to, amp, implicit string) ([]analysis.TextEdit, Level, string) {
	x := sel.X
	if implicit == "" {
		x = ast.Unparen(x) // (&S{}).ListenConfig needs them
	}
	text, err := f.source(x)
	switch {
	case err != nil:
		return nil, Manual, fmt.Sprintf("the receiver cannot be moved: %v", err)
	case hasComment(s.File, sel.X.End(), s.Call.Lparen):
		return nil, Manual, "a comment stands inside the call, and would be lost: move it first"
	}
	edits := edit.MethodToFuncAfterFirst(s.Call, to, amp+text+implicit)
	if hasCall(sel.X) && hasCall(s.Call.Args[0]) {
		return edits, Review, "the receiver would be evaluated after the context, not before"
	}
	return edits, Safe, ""
}

// source returns the text of an expression as it stands in its file.
func (f *finder) source(x ast.Expr) (string, error) {
	if f.pass.ReadFile == nil {
		return "", errors.New("this driver does not let the file be read")
	}
	tf := f.pass.Fset.File(x.Pos())
	data, err := f.pass.ReadFile(tf.Name())
	if err != nil {
		return "", err
	}
	if tf.Offset(x.End()) > len(data) {
		return "", errors.New("the file changed meanwhile")
	}
	return string(data[tf.Offset(x.Pos()):tf.Offset(x.End())]), nil
}

// hasComment reports whether a comment of a file lies between two positions.
func hasComment(file *ast.File, from, to token.Pos) bool {
	return slices.ContainsFunc(file.Comments, func(g *ast.CommentGroup) bool { return from <= g.Pos() && g.End() <= to })
}

// hasCall reports whether evaluating an expression calls or receives.
func hasCall(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // not run by evaluating it
		case *ast.CallExpr:
			id, plain := n.Fun.(*ast.Ident)
			if plain && (id.Name == "new" || id.Name == "len" || id.Name == "cap") {
				break // which do nothing else
			}
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// receiver returns "&" when a method with a pointer receiver is called on an
// addressable value, and the embedded fields that the selection passes.
func (f *finder) receiver(sel *ast.SelectorExpr) (amp, implicit string) {
	selection := f.pass.TypesInfo.Selections[sel]
	if selection == nil {
		return "", ""
	}
	t := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok {
			break
		}
		implicit += "." + st.Field(i).Name()
		t = st.Field(i).Type()
	}
	if _, ok := types.Unalias(t).(*types.Pointer); !ok {
		amp = "&"
	}
	return amp, implicit
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// assignedOnce reports whether an expression is a local variable that is never
// assigned after its declaration, so that it makes no difference when it is
// evaluated. A variable of a loop is not: before Go 1.22 all rounds share it.
func (f *finder) assignedOnce(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := f.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Parent() == nil || v.Parent() == f.pass.Pkg.Scope() {
		return false
	}
	uses := func(e ast.Expr) bool {
		l, ok := ast.Unparen(e).(*ast.Ident)
		return ok && f.pass.TypesInfo.Uses[l] == v
	}
	declares := func(e ast.Expr) bool {
		l, ok := e.(*ast.Ident)
		return ok && f.pass.TypesInfo.Defs[l] == v
	}
	once := true
	for _, file := range f.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				once = once && !slices.ContainsFunc(n.Lhs, uses)
			case *ast.RangeStmt:
				for _, e := range []ast.Expr{n.Key, n.Value} {
					once = once && (e == nil || !uses(e) && !declares(e))
				}
			case *ast.ForStmt:
				if init, ok := n.Init.(*ast.AssignStmt); ok {
					once = once && !slices.ContainsFunc(init.Lhs, declares)
				}
			case *ast.UnaryExpr:
				once = once && (n.Op != token.AND || !uses(n.X))
			}
			return once
		})
	}
	return once
}

// toggle makes the edits between inherit.F and inherit.Sole.F for a site that
// is ported already.
func (f *finder) toggle(s *flow.Site, out *Site) {
	if !model.IsHelper(s.Fn.Pkg().Path()) {
		return
	}
	if ok, _ := f.editable(s); !ok {
		return
	}
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if inner, ok := sel.X.(*ast.SelectorExpr); ok && inner.Sel.Name == "Sole" {
		out.Sole = true
		// inherit.Sole becomes inherit
		out.Fix = f.offsets(s.File, []analysis.TextEdit{{Pos: inner.X.End(), End: inner.End()}})
		return
	}
	// inherit becomes inherit.Sole
	out.SoleFix = f.offsets(s.File, []analysis.TextEdit{{Pos: sel.X.End(), End: sel.X.End(), NewText: []byte(".Sole")}})
}
