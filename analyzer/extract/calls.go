package extract

// This file defines how the results of calls are followed: of sources, of
// modelled functions from their arguments, of others into their bodies.

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
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
	name := s.x.callee(common)
	if name == "" {
		s.dynamic(c, i, part)
		return
	}
	if src := s.x.Source(name); src != nil && src.Dest == model.None && i == 0 {
		n, _ := s.x.sourceAt(c, src)
		s.put(n, part)
		return
	}
	if t := s.x.Transfer(name); t != nil {
		s.transfer(c, t, i, part)
		return
	}
	if row := s.x.Store(name); row != nil && row.Op == model.Get && i == 0 {
		s.put(s.x.entryAt(c, row), part)
		return
	}
	if s.x.modelled(common) {
		if s.made(c, part) {
			return
		}
		s.put(flow.UnknownNode("result of %s, which is not modelled", flow.Short(name)), part)
		return
	}
	if common.IsInvoke() {
		s.result(flow.Indexed(flow.SlotResult, name, i), c, part)
		return
	}
	if recv := arg(common, model.Recv); recv != nil && i == 0 {
		if n := s.x.selfMade(recv); n != (flow.Node{}) {
			s.put(n, part)
			return
		}
	}
	s.result(flow.Indexed(flow.Result, name, i), c, part)
}

// made follows what is stored in the fields of a carrier that a modelled
// function makes, and reports whether anything is.
func (s *slicer) made(c *ssa.Call, part model.Part) bool {
	carrier := s.x.Carrier(c.Type())
	st, ok := deref(c.Type()).Underlying().(*types.Struct)
	if carrier == nil || !ok {
		return false
	}
	found := false
	forward(c, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch use := use.(type) {
		case *ssa.FieldAddr:
			sel, ok := carrier.Fields[st.Field(use.Field).Name()]
			if ok && use.X == v && !(part == model.Network && sel == model.Whole) {
				s.contents(use, part, sel)
				found = true
			}
			return nil, true
		case *ssa.Store, *ssa.UnOp, *ssa.MakeClosure: // kept in a variable
			return passesOn(use, v), true
		}
		return nil, true
	})
	return found
}

// result goes to the result of a call, or to what it stores through a pointer,
// through a node of its own, so that the call on the way out is told from the
// call on the way in.
func (s *slicer) result(r flow.Node, c ssa.CallInstruction, part model.Part) {
	at := s.x.calleePos(c.Pos())
	here := flow.CallNode(r, at)
	s.link(flow.Edge{From: r, To: here, Flow: flow.FromCall, Pos: at, Call: at})
	s.put(here, part)
}

// dynamic follows the result of a call of a function value.
func (s *slicer) dynamic(c *ssa.Call, i int, part model.Part) {
	if s.shallow {
		return
	}
	s.x.targets(c.Call.Value, c, func(n flow.Node) {
		if n.Kind() == flow.Func {
			s.result(flow.Indexed(flow.Result, n.Name(), i), c, part)
			return
		}
		s.result(flow.Held(flow.HeldResult, n, i), c, part)
	})
}

// posn returns the position of an edge from a node: that of the constant
// itself where it is known, else pos.
func (s *slicer) posn(from flow.Node, pos token.Pos) flow.Pos {
	if from.Kind() == flow.Const {
		if s.pos.IsValid() {
			pos = s.pos
		}
		pos = s.x.constPos(pos)
	}
	return s.x.posn(pos)
}

// targets calls yield with the functions (N nodes) and places that a function
// value may come from.
func (x *index) targets(v ssa.Value, at ssa.Instruction, yield func(flow.Node)) {
	s := slicer{x: x, seen: make(map[slicePoint]bool), link: func(flow.Edge) {}, shallow: true}
	s.emit = func(from end) {
		switch from.node.Kind() {
		case flow.Func, flow.Param, flow.Field, flow.Global:
			yield(from.node)
		}
	}
	s.slice(v, at, model.Whole)
}

// transfer follows the arguments of a modelled function.
func (s *slicer) transfer(c *ssa.Call, t *model.Transfer, result int, part model.Part) {
	common := c.Common()
	switch {
	case t.Results != nil && result < len(t.Results):
		p, ok := flow.Narrow(part, t.Results[result])
		if !ok {
			return
		}
		part = p
	case result > 0:
		return
	}
	inner := s
	if t.Rejects && !s.x.tolerated(c) {
		at := s.x.calleePos(c.Pos())
		node := flow.RejectingNode(t.Func, at)
		s.put(node, part)
		if s.shallow || s.x.expanded[node] {
			return
		}
		s.x.expanded[node] = true
		inner = &slicer{x: s.x, seen: make(map[slicePoint]bool), link: s.link}
		inner.emit = func(from end) {
			s.link(flow.Edge{From: from.node, FromOf: from.of, To: node, Flow: flow.Copy, Part: from.part, Many: from.many, Cut: from.cut, Pos: inner.posn(from.node, c.Pos())})
		}
		part = model.Whole
	}
	outer := inner.cut
	defer func() { inner.cut = outer }()
	inner.cut = outer || t.Rejects || cutsForm(arg(common, t.Cuts))
	if t.Format {
		inner.format(c, part)
		return
	}
	if t.Composes == model.Joins && inner.joined(c, variadic(arg(common, t.From[0])), part) {
		return
	}
	for i, from := range t.From {
		sel := model.Whole
		if t.Parts != nil {
			sel = t.Parts[i]
		}
		if p, ok := flow.Narrow(part, sel); ok {
			v := arg(common, from)
			inner.sliceAt(v, c, p, s.x.argPos(c, v))
		}
	}
}

// tolerated reports whether a program goes on where a call fails: it does not ask
// for the error, or neither returns nor ends where there is one.
func (m api) tolerated(c *ssa.Call) bool {
	res := c.Common().Signature().Results()
	if res.Len() < 2 {
		return false
	}
	for _, r := range *c.Referrers() {
		e, ok := r.(*ssa.Extract)
		if !ok || e.Index != res.Len()-1 {
			continue
		}
		for _, use := range *e.Referrers() {
			if _, ok := use.(*ssa.DebugRef); ok {
				continue
			}
			if failed := failureOf(use); failed == nil || !m.goesOn(failed) {
				return false
			}
		}
	}
	return true
}

// failureOf returns the block that runs where the error is not nil which an
// instruction compares with nil; nil for any other instruction.
func failureOf(use ssa.Instruction) *ssa.BasicBlock {
	cond, ok := use.(*ssa.BinOp)
	if !ok || cond.Op != token.NEQ && cond.Op != token.EQL || !isNil(cond.X) && !isNil(cond.Y) || len(*cond.Referrers()) != 1 {
		return nil
	}
	branch, ok := (*cond.Referrers())[0].(*ssa.If)
	if !ok {
		return nil
	}
	if cond.Op == token.NEQ {
		return branch.Block().Succs[0]
	}
	return branch.Block().Succs[1]
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

// goesOn reports whether a block, which one branch leads to, leads back to the way
// that the other takes.
func (m api) goesOn(b *ssa.BasicBlock) bool {
	for range maxNested {
		if len(b.Preds) > 1 {
			return true
		}
		if len(b.Succs) != 1 || m.noReturn(b) {
			return false
		}
		b = b.Succs[0]
	}
	return false
}

// cutsForm reports whether a text that is cut at a separator is cut where it is of
// the form fd://name; a nil separator cuts nothing.
func cutsForm(sep ssa.Value) bool {
	if sep == nil {
		return false
	}
	text, ok := constString(sep)
	return !ok || strings.Contains("fd://", text)
}

// joined follows the elements of a path, of which all but the last are folders; it
// reports whether they are known.
func (s *slicer) joined(c *ssa.Call, elements []ssa.Value, part model.Part) bool {
	if len(elements) < 2 {
		return false
	}
	for i, v := range elements {
		sel := model.Dir
		if i == len(elements)-1 {
			sel = model.Path
		}
		if p, ok := flow.Narrow(part, sel); ok {
			s.sliceAt(v, c, p, s.x.elementPos(c, i, len(elements)))
		}
	}
	return true
}
