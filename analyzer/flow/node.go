package flow

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A Node names a place that a value passes. Its first letter is its kind:
//
//	P:func#i:name   parameter i of a function (receiver counted)
//	R:func#i        result i
//	O:func#i        what a function stores through pointer parameter i
//	F:pkg.Type.f    struct field
//	G:pkg.v         package variable
//	M:iface.m#i     parameter i of an interface method (receiver not counted)
//	V:iface.m#i     result i of an interface method
//	X:node#i        parameter i of the functions that node may hold
//	Y:node#i        result i of the functions that node may hold
//	C:value         constant
//	S:kind:key@pos  configuration source; without @pos looked up by its key
//	T:func@pos      passes through a function that rejects fd:// addresses
//	K:func@pos#part sink site
//	D:func@pos#part call with an effect on a socket's path
//	N:func          function, in Mention edges
//	U:reason        unknown
//	L:func@pos#i    result of one call
//	Q:kind:P…@pos   configuration source whose key is a parameter
//	J:json          recipe, in Twin edges, or decoder, in Fills edges
//	W:store:key     entry of a configuration library's store
//	W:store!setting what the program told the library about all keys
type Node string

func (n Node) kind() byte {
	if n == "" {
		return 0
	}
	return n[0]
}

// rest returns the name without the kind.
func (n Node) rest() string { return string(n[2:]) }

// fn returns the function of a P, R or O node.
func (n Node) fn() string {
	name, _, _ := strings.Cut(n.rest(), "#")
	return name
}

// param returns the name of the parameter of a P node, "" when it has none.
func (n Node) param() string {
	if i := strings.LastIndexByte(string(n), ':'); i > 1 && strings.LastIndexByte(string(n), '#') < i {
		return string(n[i+1:])
	}
	return ""
}

func paramNode(fn string, i int, name string) Node {
	if name == "_" {
		name = ""
	}
	return Node("P:" + fn + "#" + strconv.Itoa(i) + ":" + name)
}

// ofParam names the place of a parameter.
func ofParam(p *ssa.Parameter) Node {
	return paramNode(funcName(p.Parent()), slices.Index(p.Parent().Params, p), p.Name())
}

// exported reports whether code outside the package can reach the place.
func exported(n Node) bool {
	switch n.kind() {
	case 'F', 'G':
		return exportedName(n.rest())
	case 'R', 'O':
		return exportedName(n.fn())
	case 'M', 'V', 'S', 'W':
		return true
	case 'X', 'Y':
		holder, _ := n.held()
		return exported(holder) || holder.kind() == 'P' && exportedName(holder.fn())
	}
	return false
}

// exportedName reports whether the last part of a full name is exported.
func exportedName(name string) bool {
	_, last, ok := cutLast(name, ".")
	return ok && token.IsExported(last) && !strings.Contains(last, "$")
}

func indexed(kind byte, of string, i int) Node {
	return Node(string(kind) + ":" + of + "#" + strconv.Itoa(i))
}

func constNode(value string) Node { return Node("C:" + value) }

func unknownNode(format string, args ...any) Node {
	return Node("U:" + fmt.Sprintf(format, args...))
}

func funcNode(fn string) Node { return Node("N:" + fn) }

// sinkNode names a site. Sites are told apart by position: two calls of one
// function are two sinks.
func sinkNode(callee string, at Pos, part model.Part) Node {
	return Node("K:" + callee + "@" + at.String() + "#" + part.String())
}

// sourceNode names a source; at is the zero Pos for one that is looked up.
func sourceNode(kind model.SourceKind, key string, at Pos) Node {
	n := "S:" + string(kind) + ":" + key
	if at.IsValid() {
		n += "@" + at.String()
	}
	return Node(n)
}

// source takes the name of an S node apart.
func (n Node) source() (kind model.SourceKind, key string, at Pos) {
	k, rest, _ := strings.Cut(n.rest(), ":")
	key, posn, ok := cutLast(rest, "@")
	if !ok {
		return model.SourceKind(k), rest, Pos{}
	}
	return model.SourceKind(k), key, parsePos(posn)
}

// cutLast slices s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// parsePos is the inverse of Pos.String.
func parsePos(s string) Pos {
	s, col, _ := cutLast(s, ":")
	file, line, _ := cutLast(s, ":")
	l, _ := strconv.Atoi(line)
	c, _ := strconv.Atoi(col)
	return Pos{file, l, c}
}

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

// fieldNode names field i of struct type t (or pointer to it); "" when t is
// no struct. An anonymous struct is named by the package of its field.
func (x *index) fieldNode(t types.Type, i int) Node {
	t = deref(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	f := st.Field(i)
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return Node("F:" + typeName(n) + "." + f.Name())
	}
	if f.Pkg() == nil {
		return ""
	}
	// Two of them may have fields of one name: they are told apart by place,
	// whose file and line are the same for whoever imports the package.
	at := x.pass.Fset.PositionFor(f.Pos(), true)
	return Node(fmt.Sprintf("F:%s.struct@%s:%d.%s", f.Pkg().Path(), filepath.Base(at.Filename), at.Line, f.Name()))
}

func globalNode(g *ssa.Global) Node {
	if g.Pkg == nil {
		return ""
	}
	return Node("G:" + g.Pkg.Pkg.Path() + "." + g.Name())
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
