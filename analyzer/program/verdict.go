package program

// This file defines what becomes of a site: the first of the rules that has
// something to say decides. Nothing changes a verdict afterwards.

import (
	"cmp"
	"fmt"
	"slices"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A rule decides about flagged sites; ok is false where it has nothing to say.
type rule struct {
	level Level
	says  func(j *joining, s *place) (reason string, ok bool)
}

// rules are in order: what makes a site manual, then what makes it one to
// review.
var rules = []rule{
	// left out of the build
	{Manual, func(_ *joining, s *place) (string, bool) {
		switch s.LeftOut {
		case OtherTags:
			return "this build leaves the file out: run again with the -tags that it is for", true
		case OtherSystem:
			return "built for other systems only, where no socket is inherited", true
		}
		return "", false
	}},
	// in a dependency
	{Manual, func(j *joining, s *place) (string, bool) {
		if s.within == nil {
			return "", false
		}
		takers := ""
		if j.Takers != nil {
			takers = j.Takers(s.Callee)
		}
		return fmt.Sprintf("listens inside a dependency, at %s (%s): %s", j.at(s.within.Pos), flow.Short(s.within.Callee), cmp.Or(takers, "hand it a listener if its API takes one")), true
	}},
	// no recipe
	{Manual, func(_ *joining, s *place) (string, bool) {
		return s.Alone.Port.Reason, s.Alone.Port.ByRow
	}},
	// beside a taker that its package knows
	{Manual, func(j *joining, s *place) (string, bool) {
		if s.of == nil || !s.of.Taker.IsValid() || j.replaced(s.of.Taker) {
			return "", false
		}
		return j.takerReason(s.of.Taker), true
	}},
	// cannot be rewritten
	{Manual, func(_ *joining, s *place) (string, bool) {
		return s.Alone.Port.Reason, s.Alone.Port.Level == Manual
	}},
	// beside a taker of its program
	{Manual, func(j *joining, s *place) (string, bool) {
		taker, ok := j.taker(s)
		return j.takerReason(taker), ok && !j.replaced(taker)
	}},
	// not reached
	{Manual, func(j *joining, s *place) (string, bool) {
		return "no program of this module reaches it: port it with the program that does", j.Whole && len(j.programs) > 0 && len(s.Mains) == 0
	}},
	// the rewritten call may differ
	{Review, func(_ *joining, s *place) (string, bool) {
		return s.Alone.Port.Reason, s.Alone.Port.Level == Review
	}},
	// beside a taker that goes
	{Review, func(j *joining, s *place) (string, bool) {
		taker, ok := j.taker(s)
		return fmt.Sprintf("the program takes inherited sockets already, with %s at %s, which is replaced too", flow.Short(taker.Callee), j.at(taker.Pos)), ok
	}},
	// something that nothing spares it
	{Review, func(j *joining, s *place) (string, bool) {
		for _, e := range j.found {
			if e.Port.Level == Manual && !e.Harmless && e.Op != model.Stops && e.Op != model.Serves && e.Of(s.Pos) {
				return fmt.Sprintf("%s at %s %s", e.ShortCallee(), j.at(e.Pos), e.Port.Reason), true
			}
		}
		return "", false
	}},
}

// takerReason says why a site beside a call that takes inherited sockets is not
// ported.
func (j *joining) takerReason(t flow.Called) string {
	return fmt.Sprintf("the program takes inherited sockets already, with %s at %s, which would find none beside the helper: use that way here too, or replace it first",
		flow.Short(t.Callee), j.at(t.Pos))
}

// taker returns what takes inherited sockets in a program that reaches a site,
// in some way other than the helper: the helper reads the environment first, and
// would leave that way nothing. One that cannot be replaced goes before others.
func (j *joining) taker(s *place) (found flow.Called, ok bool) {
	for _, main := range s.Mains {
		for _, t := range j.takers[main] {
			if !ok || j.replaced(found) && !j.replaced(t) {
				found, ok = t, true
			}
		}
	}
	return found, ok
}

// replaced reports whether a call that takes inherited sockets becomes one of the
// helper's in a port.
func (j *joining) replaced(taker flow.Called) bool {
	s := j.sites[taker.Pos]
	return s != nil && s.API.Activation && s.Alone.Port.Fix != nil
}

// gives reports whether a call that takes inherited sockets stands in the way of a site
// that can be ported, and can be replaced.
func (j *joining) gives(t *place) bool {
	return j.replaced(flow.Called{Callee: t.Callee, Pos: t.Pos}) && slices.ContainsFunc(j.order, func(s *place) bool {
		taker, ok := j.taker(s)
		_, left := j.left(s)
		return ok && taker.Pos == t.Pos && s.Class == Listen && !left
	})
}

// besides reports whether a site is what a program does where it has taken no
// inherited socket: the first listen behind the call that takes them, or one that is
// in no file with that call.
func (j *joining) besides(s *place, taker flow.Called) bool {
	var first *place
	for _, o := range j.order {
		if o.Class == Listen && o.Pos.File == taker.Pos.File && o.Pos.Line > taker.Pos.Line && (first == nil || o.Pos.Line < first.Pos.Line) {
			first = o
		}
	}
	return first == nil || first == s
}

// left says why a site is not to be ported, whatever is done to its socket.
func (j *joining) left(s *place) (reason string, ok bool) {
	for _, r := range rules {
		if r.level == Manual {
			if reason, ok := r.says(j, s); ok {
				return reason, true
			}
		}
	}
	return "", false
}

// judge decides about a site.
func (j *joining) judge(s *place) Verdict {
	v := Verdict{Takes: s.API.Takes}
	if s.Class == Inherited && j.gives(s) {
		v.Level, v.Reason = Review, "replaced together with the calls that listen"
	}
	if s.Class != Listen {
		return v
	}
	v.Category, v.Level = CategoryOf(s.Origins), Safe
	if t, ok := j.taker(s); ok && j.besides(s, t) {
		v.Takes = t.Callee
	}
	if t, ok := j.taker(s); ok && j.replaced(t) {
		v.With = t.Pos
	}
	for _, r := range rules {
		if reason, ok := r.says(j, s); ok {
			v.Level, v.Reason = r.level, reason
			return v
		}
	}
	switch reject := j.rejects(s); {
	case reject != "":
		v.Reason = reject + " rejects fd://: the socket is found by its address"
	case s.Asserts.IsValid():
		v.Reason = j.at(s.Asserts) + " asks for the type of the listener: inheritfd run -workers needs -gate 0"
	}
	return v
}

// rejects returns the call that fails on an address fd:// at a site, "" for
// none.
func (j *joining) rejects(s *place) string {
	if s.Rejected.IsValid() {
		return flow.Short(s.Rejected.Callee) + " at " + j.at(s.Rejected.Pos)
	}
	i := slices.IndexFunc(s.Origins, func(o flow.Origin) bool { return o.Rejected.IsValid() })
	if i < 0 {
		return ""
	}
	r := s.Origins[i].Rejected
	return fmt.Sprintf("%s at %s:%d", flow.Short(r.Callee), j.at(r.Pos), r.Pos.Col)
}
