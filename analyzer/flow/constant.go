package flow

// This file defines which constants a place can be, and whether a field is set to
// anything else: what is said of a flag, the keys of composed sources and the defaults
// of struct tags go by it.

import (
	"slices"

	"inheritfd/analyzer/model"
)

// hasSource reports whether a field is filled from configuration by more
// than constants, so that its struct tag need not be asked.
func (s *search) hasSource(n Node) bool {
	_, fixed := s.fixed(n)
	return !fixed
}

// maxFixed bounds the places that are looked at to see that a value is a constant.
const maxFixed = 30

// fixed returns the constants that a field is set to, as by a function that sets a
// default, and reports whether it is set to nothing else but what it has already; its
// tags are left out.
func (s *search) fixed(field Node) (values []string, ok bool) {
	for e := range s.g.Into(field) {
		if e.Flow == Tag {
			continue
		}
		more, ok := s.fixedBy(e, field)
		if !ok {
			return nil, false
		}
		values = append(values, more...)
	}
	slices.Sort(values)
	return slices.Compact(values), true
}

// fixedBy is fixed for what one edge brings to the field.
func (s *search) fixedBy(into Edge, field Node) (values []string, ok bool) {
	type place struct {
		node Node
		call Pos // to return through
	}
	var work []place
	seen := make(map[place]bool)
	from := func(e Edge, at Pos) bool {
		switch {
		case e.From == field || e.Flow == Arg && at.IsValid() && e.Call != at:
			return true
		case e.Flow == FromCall:
			at = e.Call
		case e.Flow == Arg:
			at = Pos{}
		}
		if p := (place{e.From, at}); !seen[p] {
			seen[p] = true
			work = append(work, p)
		}
		return len(seen) <= maxFixed
	}
	for from(into, Pos{}); len(work) > 0; work = work[1:] {
		here := work[0]
		switch here.node.Kind() {
		case Const:
			values = append(values, here.node.Name())
			continue
		case Unknown:
			if here.node != into.From {
				return nil, false
			}
			continue
		case Field, Global, Slot: // which may be configured, whatever is seen of it
			return nil, false
		}
		leaf := true
		for e := range s.g.Into(here.node) {
			if !e.Flow.passes() {
				continue
			}
			if leaf = false; !from(e, here.call) {
				return nil, false
			}
		}
		if leaf {
			return nil, false
		}
	}
	return values, true
}

// constant returns the only constant that a node can be.
func (s *search) constant(n Node, stack callStack) (string, bool) {
	values := s.constants(n, stack, make(map[constantState]bool))
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// maxConstants bounds the places that one search for constants visits.
const maxConstants = 500

// A constantState is a place on the way of a search for constants.
type constantState struct {
	node  Node
	stack callStack
}

// constants returns the constants that a node can be, given the calls to
// return through.
func (s *search) constants(n Node, stack callStack, seen map[constantState]bool) []string {
	if n.Kind() == Const {
		return []string{n.Name()}
	}
	if seen[constantState{n, stack}] || len(seen) > maxConstants {
		return nil
	}
	seen[constantState{n, stack}] = true
	var out []string
	for e := range s.g.Into(n) {
		rest := stack
		if e.Flow.IsCall() || e.Flow == Tag || e.Flow == Also || e.Flow == Help || e.Part == model.Object {
			continue
		}
		if e.Flow == Arg && stack != 0 {
			var top Pos
			if top, rest = s.pop(stack); top != e.Call {
				continue
			}
		}
		out = append(out, s.constants(e.From, rest, seen)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
