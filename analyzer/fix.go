package analyzer

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
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
	}
	if ok, reason := f.editable(s.File); !ok {
		out.Reason = reason
		return
	}
	name, imports := edit.Import(s.File, f.pass.TypesInfo, f.pass.Pkg, f.helper)
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
	sole, _, _ := f.rewrite(s, name+".Sole.")
	out.Level, out.Reason = level, reason
	f.fixes[i] = append(imports, call...)
	out.Fix = f.offsets(s.File, append(imports, call...))
	out.SoleFix = f.offsets(s.File, append(imports, sole...))
	out.Needs = needs(s.Sink.Recipe.Func)
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
	}
	return nil
}

// rewrite applies the recipe of a site; to is what the helper's functions are
// prefixed with. It returns nil edits and the reason when it cannot.
func (f *finder) rewrite(s *flow.Site, to string) ([]analysis.TextEdit, Level, string) {
	recipe := s.Sink.Recipe
	to += recipe.Func
	if recipe.Kind == model.Replace {
		return edit.Rename(s.Expr, to), Safe, ""
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
		var b bytes.Buffer
		if err := printer.Fprint(&b, f.pass.Fset, ast.Unparen(sel.X)); err != nil {
			return nil, Manual, fmt.Sprintf("the receiver cannot be moved: %v", err)
		}
		return edit.MethodToFuncAfterFirst(s.Call, to, amp+b.String()+implicit), Safe, ""
	}
	return edit.MethodToFunc(s.Call, sel.X, to, amp, implicit), Safe, ""
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

// assignedOnce reports whether an expression is a variable that is never
// assigned after its declaration, so that it makes no difference when it is
// evaluated.
func (f *finder) assignedOnce(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := f.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Parent() == nil || v.Parent() == f.pass.Pkg.Scope() {
		return false
	}
	once := true
	for _, file := range f.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, lhs := range n.Lhs {
					if l, ok := lhs.(*ast.Ident); ok && f.pass.TypesInfo.Uses[l] == v {
						once = false
					}
				}
			case *ast.UnaryExpr:
				if l, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && f.pass.TypesInfo.Uses[l] == v {
					once = false
				}
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
	if ok, _ := f.editable(s.File); !ok {
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
