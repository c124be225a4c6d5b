package extract

// This file defines how objects are followed, so that one field of a type is
// told from the same field of another value of it: structs, and lists and maps of
// structs. In the graph they are nodes like others, joined by edges of the part
// Object.
//
// In dependencies they are not followed: there the type of a field has to tell
// enough.

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// isObject reports whether values of a type are objects that are followed.
func (x *index) isObject(t types.Type) bool {
	if x.dependency {
		return false
	}
	t = innermost(t)
	_, ok := t.Underlying().(*types.Struct)
	return ok && x.Carrier(t) == nil && !x.foreign(t)
}

// foreign reports whether a type is of a package that is not analysed.
func (x *index) foreign(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && (model.IsStd(n.Obj().Pkg().Path()) || x.IsModelled(n.Obj().Pkg().Path()))
}

// holdsAddress reports whether a type is one of objects that may hold an address
// in a field, or in a field of a field.
func (x *index) holdsAddress(t types.Type) bool { return x.isObject(t) && x.addressIn(t, 3) }

func (x *index) addressIn(t types.Type, depth int) bool {
	st, ok := innermost(t).Underlying().(*types.Struct)
	if !ok || depth == 0 || x.foreign(innermost(t)) {
		return false
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if x.isText(f.Type()) && flow.AddressLike(f.Name()) || x.addressIn(f.Type(), depth-1) {
			return true
		}
	}
	return false
}

// isAggregate reports whether a variable of a type is an object itself, and not
// a pointer to one.
func isAggregate(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}

// objectNode names the object that is made by an instruction.
func (x *index) objectNode(v ssa.Value) flow.Node {
	n := flow.ObjectNode(x.register(v), x.posn(v.Pos()))
	x.made[n] = v
	return n
}

// register names a value which has no place in the source by its function and
// register; "" for one that has.
func (x *index) register(v ssa.Value) string {
	if v.Pos().IsValid() {
		return ""
	}
	return funcName(v.Parent()) + "#" + v.Name()
}

// object returns the node of the object that a field is read of, or stored in,
// and links it to what it may be; the zero Node when objects of its type are not
// followed.
func (x *index) object(v ssa.Value, at ssa.Instruction, link func(flow.Edge)) flow.Node {
	v = unwrap(v)
	if !x.isObject(v.Type()) {
		return flow.Node{}
	}
	if a, ok := v.(*ssa.Alloc); ok { // also a variable with a pointer, which is filled
		return x.objectNode(a)
	}
	if n, ok := x.objects[v]; ok {
		return n
	}
	join := flow.ObjectNode(funcName(at.Parent())+"#"+v.Name(), flow.Pos{})
	x.objects[v] = join // for what is made of itself
	var ends []end
	s := slicer{x: x, seen: make(map[slicePoint]bool), link: link}
	s.emit = func(from end) { ends = append(ends, from) }
	s.slice(v, at, model.Object)
	if len(ends) == 1 && ends[0].of == (flow.Node{}) && !ends[0].many {
		x.objects[v] = ends[0].node
		return ends[0].node
	}
	for _, from := range ends {
		link(flow.Edge{From: from.node, FromOf: from.of, To: join, Part: model.Object, Many: from.many, Pos: x.posn(at.Pos())})
	}
	return join
}

// ownerOf returns the object that a field is stored in.
func (e *extractor) ownerOf(w write) flow.Node {
	if w.of.val == nil || w.instr == nil {
		return w.of.node
	}
	return e.object(w.of.val, w.instr, e.edge)
}

// expandObject finds what an object that is made in the package is a copy of, or
// made of.
func (e *extractor) expandObject(n flow.Node) {
	v := e.made[n]
	if v == nil {
		return
	}
	into := func(val ssa.Value, at ssa.Instruction) {
		if e.isObject(unwrap(val).Type()) {
			e.into(n, val, at, flow.Copy, at.Pos(), token.NoPos, model.Object)
		}
	}
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr == v {
				into(r.Val, r)
			}
		case *ssa.IndexAddr:
			for _, st := range *r.Referrers() {
				if st, ok := st.(*ssa.Store); ok && st.Addr == r {
					into(st.Val, st)
				}
			}
		case *ssa.MapUpdate:
			if r.Map == v {
				into(r.Value, r)
			}
		case *ssa.MakeClosure:
			for _, free := range captured(r, v) {
				for _, val := range stored(free) {
					into(val, r)
				}
			}
		}
	}
}

// receivers finds the receivers of a method that is called through an interface:
// all values of its type which the package converts to one.
func (e *extractor) receivers(n flow.Node) {
	for _, conv := range e.converted[receiverOf(n.Name())] {
		e.into(n, conv.X, conv, flow.Copy, conv.Pos(), token.NoPos, model.Whole)
	}
}

// receiverOf returns the type that a method is of, by its full name: pkg.T; ""
// for a function.
func receiverOf(fn string) string {
	if len(fn) == 0 || fn[0] != '(' {
		return ""
	}
	for i := range fn {
		if fn[i] == ')' {
			fn = fn[1:i]
			break
		}
	}
	if fn[0] == '*' {
		fn = fn[1:]
	}
	return fn
}
