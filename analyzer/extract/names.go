package extract

// This file defines how functions, types, fields and variables are named in the
// graph: as types.Func.FullName prints them, whatever package is analysed.

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
)

// funcName returns the full name of a function: of its origin when it is an
// instance, parent$n for a closure.
func funcName(fn *ssa.Function) string {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		return obj.Origin().FullName()
	}
	if p := fn.Parent(); p != nil {
		name := fn.Name()
		return funcName(p) + name[max(strings.LastIndexByte(name, '$'), 0):]
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg.Path() + "." + fn.Name() // init
	}
	return fn.String()
}

// methodName returns the name of an interface method: pkg.Iface.m.
func methodName(iface types.Type, m *types.Func) string {
	if n, ok := types.Unalias(iface).(*types.Named); ok {
		return typeName(n) + "." + m.Name()
	}
	return m.Origin().FullName()
}

// typeName returns pkg.Type.
func typeName(n *types.Named) string {
	obj := n.Origin().Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// paramNode names the place of a parameter.
func paramNode(p *ssa.Parameter) flow.Node {
	return flow.ParamNode(funcName(p.Parent()), slices.Index(p.Parent().Params, p), p.Name())
}

// fieldNode names field i of struct type t (or pointer to it); the zero Node when
// t is no struct. An anonymous struct is named by the package of its field.
func (x *index) fieldNode(t types.Type, i int) flow.Node {
	t = deref(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return flow.Node{}
	}
	f := st.Field(i)
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return flow.FieldNode(typeName(n) + "." + f.Name())
	}
	if f.Pkg() == nil {
		return flow.Node{}
	}
	// Two of them may have fields of one name: they are told apart by place,
	// whose file and line are the same for whoever imports the package.
	at := x.pass.Fset.PositionFor(f.Pos(), true)
	return flow.FieldNode(fmt.Sprintf("%s.struct@%s:%d.%s", f.Pkg().Path(), filepath.Base(at.Filename), at.Line, f.Name()))
}

// keysOf names the keys of the map in a field; the zero Node for one that has none of
// text.
func keysOf(field flow.Node, t types.Type) flow.Node {
	m, ok := t.Underlying().(*types.Map)
	if field == (flow.Node{}) || field.Kind() != flow.Field || !ok || !isString(m.Key()) {
		return flow.Node{}
	}
	return flow.FieldNode(field.Name() + "[]")
}

// fieldName returns the name of the field that an address is of, "" for none.
func fieldName(addr ssa.Value) string {
	fa, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	return deref(fa.X.Type()).Underlying().(*types.Struct).Field(fa.Field).Name()
}

func globalNode(g *ssa.Global) flow.Node {
	if g.Pkg == nil {
		return flow.Node{}
	}
	return flow.GlobalNode(g.Pkg.Pkg.Path() + "." + g.Name())
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
