package port

// This file defines what can be told of the expressions in a call.

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// collide reports whether two edits insert different text at one place.
func collide(a, b []analysis.TextEdit) bool {
	return slices.ContainsFunc(a, func(e analysis.TextEdit) bool {
		return slices.ContainsFunc(b, func(o analysis.TextEdit) bool {
			return e.Pos == o.Pos && e.End == o.End && string(e.NewText) != string(o.NewText)
		})
	})
}

// isVariable reports whether an expression is a variable or a field, so that
// it can stand twice.
func (p *Porter) isVariable(x ast.Expr) bool {
	switch ast.Unparen(x).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return p.pass.TypesInfo.Types[x].IsValue() && !hasCall(x)
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
func (p *Porter) hidden(sel *ast.SelectorExpr) bool {
	selection := p.pass.TypesInfo.Selections[sel]
	if selection == nil {
		return false
	}
	t := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok {
			return false
		}
		if field := st.Field(i); !field.Exported() && field.Pkg() != p.pass.Pkg {
			return true
		}
		t = st.Field(i).Type()
	}
	return false
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

// source returns the text of an expression as it stands in its file.
func (p *Porter) source(x ast.Expr) (string, error) {
	if p.pass.ReadFile == nil {
		return "", errors.New("this driver does not let the file be read")
	}
	tf := p.pass.Fset.File(x.Pos())
	data, err := p.pass.ReadFile(tf.Name())
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
func (p *Porter) receiver(sel *ast.SelectorExpr) (amp, implicit string) {
	selection := p.pass.TypesInfo.Selections[sel]
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
func (p *Porter) assignedOnce(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := p.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Parent() == nil || v.Parent() == p.pass.Pkg.Scope() {
		return false
	}
	uses := func(e ast.Expr) bool {
		l, ok := ast.Unparen(e).(*ast.Ident)
		return ok && p.pass.TypesInfo.Uses[l] == v
	}
	declares := func(e ast.Expr) bool {
		l, ok := e.(*ast.Ident)
		return ok && p.pass.TypesInfo.Defs[l] == v
	}
	once := true
	for _, file := range p.pass.Files {
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
