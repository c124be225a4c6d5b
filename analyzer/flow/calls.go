package flow

// This file defines how the results of calls are followed: of sources, of
// modelled functions from their arguments, of others into their bodies.

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// call follows result i of a call.
func (s *slicer) call(c *ssa.Call, i int, part model.Part) {
	common := c.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		if b.Name() == "append" || b.Name() == "min" || b.Name() == "max" {
			for _, a := range common.Args {
				s.slice(a, c, part)
			}
		}
		return
	}
	name := calleeName(common)
	if name == "" {
		s.dynamic(c, i, part)
		return
	}
	if src := model.SourceOf(name); src != nil && src.Dest == model.None && i == 0 {
		n, _ := s.x.sourceAt(c, src)
		s.put(n, part)
		return
	}
	if t := model.TransferOf(name); t != nil {
		s.transfer(c, t, i, part)
		return
	}
	if row := model.StoreOf(name); row != nil && row.Op == model.Get && i == 0 {
		s.put(s.x.entryAt(c, row), part)
		return
	}
	if isModelledFunc(common) {
		if model.CarrierOf(c.Type()) != nil && s.made(c, part) {
			return
		}
		s.put(unknownNode("result of %s, which is not modelled", Short(name)), part)
		return
	}
	if common.IsInvoke() {
		s.result(indexed('V', name, i), c, part)
		return
	}
	if recv := arg(common, model.Recv); recv != nil && i == 0 {
		if n := s.x.selfMade(recv); n != "" {
			s.put(n, part)
			return
		}
	}
	s.result(indexed('R', name, i), c, part)
}

// made follows what is stored in the fields of a carrier that a modelled
// function makes, and reports whether anything is.
func (s *slicer) made(c *ssa.Call, part model.Part) bool {
	carrier := model.CarrierOf(c.Type())
	st := deref(c.Type()).Underlying().(*types.Struct)
	found := false
	seen := make(map[ssa.Value]bool)
	var fields func(v ssa.Value)
	fields = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.FieldAddr:
				sel, ok := carrier.Fields[st.Field(r.Field).Name()]
				if ok && !(part == model.Network && sel == model.Whole) {
					s.contents(r, part, sel)
					found = true
				}
			case *ssa.Store: // kept in a variable
				if a, ok := r.Addr.(*ssa.Alloc); ok && r.Val == v {
					for _, load := range loads(a) {
						fields(load)
					}
				}
			}
		}
	}
	fields(c)
	return found
}

// loads lists the loads of a variable in its function and in the closures
// that capture it.
func loads(v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.UnOp:
			out = append(out, r)
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if b == v {
					out = append(out, loads(r.Fn.(*ssa.Function).FreeVars[i])...)
				}
			}
		}
	}
	return out
}

// isModelledFunc reports whether a call goes to a package that is never
// analysed.
func isModelledFunc(c *ssa.CallCommon) bool {
	if c.IsInvoke() {
		n, ok := types.Unalias(c.Value.Type()).(*types.Named)
		return ok && (n.Obj().Pkg() == nil || model.IsModelled(n.Obj().Pkg().Path()))
	}
	fn := c.StaticCallee()
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if obj := fn.Object(); obj != nil && obj.Pkg() != nil {
		return model.IsModelled(obj.Pkg().Path())
	}
	return false
}

// result goes to the result of a call, or to what it stores through a pointer,
// through a node of its own, so that the call on the way out is told from the
// call on the way in.
func (s *slicer) result(r Node, c ssa.CallInstruction, part model.Part) {
	at := s.x.calleePos(c.Pos())
	out := ""
	if r.kind() == 'O' {
		out = "o"
	}
	here := Node("L:" + r.fn() + "@" + at.String() + "#" + out + r.index())
	s.link(Edge{From: r, To: here, Kind: Result, Pos: at, Call: s.x.posn(c.Pos())})
	s.put(here, part)
}

// index returns the number in an R, V, Y, O, M or X node.
func (n Node) index() string {
	_, i, _ := cutLast(string(n), "#")
	return i
}

// dynamic follows the result of a call of a function value.
func (s *slicer) dynamic(c *ssa.Call, i int, part model.Part) {
	if s.shallow {
		return
	}
	s.x.targets(c.Call.Value, c, func(n Node) {
		if n.kind() == 'N' {
			s.result(indexed('R', n.rest(), i), c, part)
			return
		}
		s.result(indexed('Y', string(n), i), c, part)
	})
}

// posn returns the position of an edge from a node: that of the constant
// itself where it is known, else pos.
func (s *slicer) posn(from Node, pos token.Pos) Pos {
	if from.kind() == 'C' {
		if s.pos.IsValid() {
			pos = s.pos
		}
		pos = s.x.constPos(pos)
	}
	return s.x.posn(pos)
}

// targets calls yield with the functions (N nodes) and places that a function
// value may come from.
func (x *index) targets(v ssa.Value, at ssa.Instruction, yield func(Node)) {
	s := slicer{x: x, seen: make(map[slicePoint]bool), link: func(Edge) {}, shallow: true}
	s.emit = func(n Node, _ model.Part, _ bool) {
		switch n.kind() {
		case 'N', 'P', 'F', 'G':
			yield(n)
		}
	}
	s.slice(v, at, model.Whole)
}

// transfer follows the arguments of a modelled function.
func (s *slicer) transfer(c *ssa.Call, t *model.Transfer, result int, part model.Part) {
	common := c.Common()
	switch {
	case t.Results != nil && result < len(t.Results):
		p, ok := narrow(part, t.Results[result])
		if !ok {
			return
		}
		part = p
	case result > 0:
		return
	}
	inner := s
	if t.Rejects {
		at := s.x.calleePos(c.Pos())
		node := Node("T:" + t.Func + "@" + at.String())
		s.put(node, part)
		if s.shallow || s.x.expanded[node] {
			return
		}
		s.x.expanded[node] = true
		inner = &slicer{x: s.x, seen: make(map[slicePoint]bool), link: s.link}
		inner.emit = func(from Node, p model.Part, many bool) {
			s.link(Edge{From: from, To: node, Kind: Copy, Part: p, Many: many, Pos: inner.posn(from, c.Pos())})
		}
		part = model.Whole
	}
	if t.Format {
		inner.format(c, part)
		return
	}
	for i, from := range t.From {
		sel := model.Whole
		if t.Parts != nil {
			sel = t.Parts[i]
		}
		if p, ok := narrow(part, sel); ok {
			v := arg(common, from)
			inner.sliceAt(v, c, p, s.x.argPos(c, v))
		}
	}
}
