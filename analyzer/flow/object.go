package flow

// This file defines how a search tells the objects of one type apart: a field
// that is read of a struct is looked for in what is stored in that struct, and
// only where the struct cannot be followed, in what is stored in the field of
// any struct of the type.

import (
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Budgets of the search for objects.
const (
	maxPath     = 4
	maxAncestry = 400
	maxWays     = 4 // by which one object gets to a function
)

// A fieldPath is a list of fields, outermost first: how a value is reached from
// an object. Paths are numbered by the search, 0 being the empty one.
type fieldPath int

// paths numbers lists of fields.
type paths struct {
	hops []hop
	ids  map[hop]fieldPath
}

// A hop is a list of fields: the outermost, and the others.
type hop struct {
	field Node
	rest  fieldPath
	len   int
	// deep says that the outermost field may stand several times, as in a tree.
	deep bool
}

// below returns a path with one more field in front; false when it gets too
// long.
func (p *paths) below(field Node, rest fieldPath) (fieldPath, bool) {
	h := hop{field: field, rest: rest, len: 1}
	if rest != 0 {
		inner := p.hops[rest-1]
		h.len += inner.len
		if inner.field == field {
			h = inner
			h.deep = true
		}
	}
	if h.len > maxPath {
		return 0, false
	}
	id, ok := p.ids[h]
	if !ok {
		p.hops = append(p.hops, h)
		id = fieldPath(len(p.hops))
		p.ids[h] = id
	}
	return id, true
}

// members writes down the fields of a path: Web.Addr.
func (p *paths) members(path fieldPath) string {
	var out []string
	for ; path != 0; path = p.hops[path-1].rest {
		out = append(out, p.hops[path-1].field.Member())
	}
	return strings.Join(out, ".")
}

// object goes on from an object, with the fields that lead from it to the
// value: at what is stored in them, and at where the object comes from. When
// neither is known it falls back to the field of the type.
func (s *search) object(v *visit) {
	moved, comes := false, false
	switch v.node.Kind() {
	case Const:
		return // nil
	case Unknown: // of which all are alike
	default:
		moved = s.stored(v)
		comes = s.over(v, s.g.Into(v.node))
	}
	tagged := s.flagTag(v)
	if !comes { // from elsewhere: the fields that lead from here are all that there are
		tagged = s.keyTags(v) || tagged
	}
	if moved || comes || tagged {
		return
	}
	h := s.hops[v.path-1]
	st := v.state
	st.node, st.path, st.stack, st.lost = h.field, h.rest, 0, true
	s.queue = append(s.queue, &visit{state: st, edge: Edge{From: h.field, To: v.node}, next: v, ofObject: true})
}

// flagTag goes on at the struct tags of a field that name a flag or a variable, where
// nothing else is seen to fill it; false when there is none.
func (s *search) flagTag(v *visit) bool {
	h := s.hops[v.path-1]
	if h.rest != 0 || s.hasSource(h.field) {
		return false
	}
	found := false
	for e := range s.g.Into(h.field) {
		if kind, _, _ := e.From.source(); e.Flow == Tag && kind != model.File {
			found = true
			s.queue = append(s.queue, &visit{state: state{node: e.From, part: v.part, ctx: v.ctx, lost: v.lost, cut: v.cut}, edge: e, next: v})
		}
	}
	return found
}

// keyTags records the key in a file that the struct tags of the fields give which
// lead from an object to the value, where nothing is seen to fill it; false when
// something is, or a field has no such tag.
func (s *search) keyTags(v *visit) bool {
	var keys []string
	var last Edge
	o := Origin{}
	for path := v.path; path != 0; path = s.hops[path-1].rest {
		field := s.hops[path-1].field
		key := ""
		for e := range s.g.Into(field) {
			if kind, k, _ := e.From.source(); e.Flow == Tag && kind == model.File {
				key, last = k, e
			}
		}
		if key == "" {
			return false
		}
		if s.hops[path-1].rest == 0 {
			values, fixed := s.fixed(field)
			if !fixed {
				return false
			}
			if len(values) == 1 {
				o.Default, o.HasDefault = values[0], true
			}
		}
		keys = append(keys, key)
	}
	for p := v; p != nil && !last.Pos.IsValid(); p = p.next { // a tag has no place of its own
		last.Pos = p.edge.Pos
	}
	w := &visit{state: v.state, edge: last, next: v, note: v.note}
	w.node, w.path = last.From, 0
	s.addSource(w, model.File, strings.Join(keys, "."), Pos{}, o)
	return true
}

// stored goes on at what is stored in the fields of an object: in the first of
// the path, in the second of the struct that the first is, and so on. It
// reports whether anything is for certain.
func (s *search) stored(v *visit) (moved bool) {
	var outer []Node
	for path := v.path; path != 0; path = s.hops[path-1].rest {
		h := s.hops[path-1]
		var same, perhaps []Edge
		var alike []aliased
		for e := range s.g.Into(h.field) {
			if !e.Flow.passes() {
				continue
			}
			switch kin, ways := s.holds(e.ToOf, v, outer); kin {
			case isSame:
				same = append(same, e)
			case isAlias:
				alike = append(alike, aliased{e, ways})
			case maybeAlias:
				perhaps = append(perhaps, e)
			}
		}
		inner := v.state
		inner.path = h.rest
		left := []state{inner}
		if h.deep {
			inner.path = path
			left = append(left, inner)
		}
		for _, st := range left {
			moved = s.overOf(v, st, same) || moved
			for _, other := range alike { // stored elsewhere: in a function that was given the object
				for _, way := range other.ways {
					st.stack = way
					moved = s.overOf(v, st, []Edge{other.edge}) || moved
				}
			}
			st.stack, st.lost = 0, true
			s.overOf(v, st, perhaps)
		}
		outer = append(outer, h.field)
	}
	return moved
}

// overOf is over for what is stored in a field, from a state of its own.
func (s *search) overOf(v *visit, from state, edges []Edge) bool {
	if len(edges) == 0 {
		return false
	}
	w := *v
	w.state = from
	before := len(s.queue)
	moved := s.over(&w, slices.Values(edges))
	for _, next := range s.queue[before:] {
		next.next = v
	}
	return moved
}

// A kinship says whether two objects are one.
type kinship int

const (
	isOther kinship = iota
	maybeAlias
	isAlias
	isSame // at the same place
)

// An aliased edge stores in a struct that is known to be the one looked for, with
// the calls by which the function that stores was given it: those to return
// through.
type aliased struct {
	edge Edge
	ways []callStack
}

// holds tells whether holder is the object of a visit, or the struct that outer
// leads to from there, and for an alias by which calls.
func (s *search) holds(holder Node, v *visit, outer []Node) (kinship, []callStack) {
	if holder == (Node{}) {
		return maybeAlias, nil
	}
	if len(outer) == 0 && holder == v.node {
		return isSame, nil
	}
	kin := s.ancestry(holder)
	found := isOther
	if kin.open {
		found = maybeAlias
	}
	var ways []callStack
	alias := func(way callStack) {
		found = isAlias
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	if len(outer) == 0 {
		for _, l := range kin.of[v.node] {
			if s.agree(l.stack, v.stack) {
				alias(s.reversed(l.doors))
			}
		}
		return found, s.few(ways)
	}
	last := len(outer) - 1
	for _, n := range kin.order {
		for e := range s.g.Into(n) {
			if e.From != outer[last] {
				continue
			}
			is, _ := s.holds(e.FromOf, v, outer[:last])
			if is < isAlias {
				found = max(found, is)
				continue
			}
			if n == holder && is == isSame && e.Flow != Arg {
				return isSame, nil
			}
			for _, l := range kin.of[n] {
				alias(s.reversed(s.door(l, e).doors))
			}
		}
	}
	return found, s.few(ways)
}

// few gives up to tell many calls apart.
func (s *search) few(ways []callStack) []callStack {
	if len(ways) > maxWays {
		return []callStack{0}
	}
	return ways
}

// reversed returns the calls of a list the other way around: those by which a
// function was reached are, innermost last, those to return through.
func (s *search) reversed(doors callStack) callStack {
	out := callStack(0)
	for doors != 0 {
		var call Pos
		call, doors = s.pop(doors)
		out = s.with(out, call)
	}
	return out
}

// An ancestry is where an object may come from: the places that it passes, and
// how it comes from each. Fields on the way are those of any object of their type.
type ancestry struct {
	of    map[Node][]lineage
	order []Node // of the places
	// open says that it may come from elsewhere, too.
	open bool
}

// A lineage is how an object comes from a place: the calls to return through, and
// the calls that it was passed in by, the first to be gone back through at the
// bottom. Left says that it was kept somewhere in between, so that no other
// call is of the same way.
type lineage struct {
	stack, doors callStack
	left         bool
}

// ancestry returns where an object may come from.
func (s *search) ancestry(n Node) *ancestry {
	if known := s.kin[n]; known != nil {
		return known
	}
	out := &ancestry{of: map[Node][]lineage{n: {{}}}, order: []Node{n}}
	s.kin[n] = out
	type at struct {
		node Node
		lineage
	}
	ways := 1
	for work := []at{{node: n}}; len(work) > 0; work = work[1:] {
		here, moved := work[0], false
		for e := range s.g.Into(here.node) {
			if !e.Flow.passes() || e.Part != model.Object && e.Part != model.Whole {
				continue
			}
			st := state{node: e.From, stack: here.stack}
			if moved = true; !s.through(&st, e) {
				continue
			}
			l := s.door(here.lineage, e)
			l.stack, l.left = st.stack, l.left || st.node.heaped()
			if slices.Contains(out.of[st.node], l) {
				continue
			}
			if ways++; ways > maxAncestry {
				out.open = true
				return out
			}
			if out.of[st.node] == nil {
				out.order = append(out.order, st.node)
			}
			out.of[st.node] = append(out.of[st.node], l)
			work = append(work, at{st.node, l})
		}
		out.open = out.open || !moved && here.node.passing()
	}
	return out
}

// door adds the call that a lineage goes back through over an edge, if it does.
func (s *search) door(l lineage, e Edge) lineage {
	if e.Flow != Arg || l.stack != 0 || l.left {
		return l
	}
	if known := s.calls(l.doors); len(known) < maxStack && !slices.Contains(known, e.Call) {
		l.doors = s.with(l.doors, e.Call)
	}
	return l
}

// heaped reports whether a place is not tied to a call.
func (n Node) heaped() bool {
	switch n.Kind() {
	case Field, Global, Slot:
		return true
	}
	return false
}

// passing reports whether an object at a place must come from another one.
func (n Node) passing() bool {
	switch n.Kind() {
	case Const, Object, Field, Global, Func:
		return false
	}
	return true
}

// agree reports whether two lists of calls to return through may be of one way:
// the innermost are the same, as far as both are known.
func (s *search) agree(a, b callStack) bool {
	for a != 0 && b != 0 {
		var x, y Pos
		x, a = s.pop(a)
		y, b = s.pop(b)
		if x != y {
			return false
		}
	}
	return true
}

// dropLost drops, beside others that configure the same part of the same listener,
// origins that were found only by the type of an object.
func dropLost(origins []Origin) []Origin {
	var known []*Origin
	for i := range origins {
		if o := &origins[i]; !o.ByType && o.IsConfig() {
			known = append(known, o)
		}
	}
	return slices.DeleteFunc(slices.Clone(origins), func(lost Origin) bool {
		return lost.ByType && slices.ContainsFunc(known, func(o *Origin) bool {
			return o.Part == lost.Part && within(o.Context, lost.Context)
		})
	})
}

// within reports whether one of two contexts is part of the other.
func within(a, b []Pos) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}
