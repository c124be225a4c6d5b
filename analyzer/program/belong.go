package program

// This file defines which of the sites of a module a call with an effect
// belongs to: to those of its path, by origins and shape; to that of its server;
// or to the nearest, for a call that says neither.

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A belonging is what says where effects belong.
type belonging struct {
	*joining
	same map[flow.Pos][]SamePath // by effect
	// served are the sites whose listeners servers accept from, by where the
	// variable or field of the server is declared.
	served map[flow.Pos][]flow.Pos
}

// effects says which calls belong to which sites; what nothing spares a site is
// told by the verdict.
func (j *joining) effects() []Effect {
	b := &belonging{joining: j, same: make(map[flow.Pos][]SamePath), served: make(map[flow.Pos][]flow.Pos)}
	for _, p := range j.packages {
		for _, l := range p.SamePaths {
			b.same[l.Effect] = append(b.same[l.Effect], l)
		}
		for _, e := range p.Effects {
			if e.Op == model.Serves && e.Server != nil && e.Server.Var.IsValid() && e.Site.IsValid() {
				b.served[e.Server.Var] = append(b.served[e.Server.Var], e.Site)
			}
		}
	}
	found := b.found()
	found = append(found, b.tries()...)
	kept := slices.DeleteFunc(slices.Clone(found), func(e Effect) bool {
		switch e.Op {
		case model.Dials, model.Looks, model.MakesFolder:
			if e.Op != model.MakesFolder && b.probes(e, found) {
				return false
			}
			b.uses(e)
			return true
		}
		return e.Op == model.Serves && !stops(e, found)
	})
	kept = append(kept, b.unstopped(found)...)
	slices.SortStableFunc(kept, func(x, y Effect) int { return x.Pos.Compare(y.Pos) })
	return kept
}

// found lists the effects that belong to sites, each once, as test variants of a
// package report them again. Those that only reject the form of an address are
// noted at the sites, and are none.
func (b *belonging) found() []Effect {
	var out []Effect
	seen := make(map[flow.Pos]bool)
	for _, p := range b.packages {
		for _, e := range p.Effects {
			of := b.sitesOf(e, p)
			if seen[e.Pos] || len(of) == 0 {
				continue
			}
			seen[e.Pos] = true
			if e.Op == model.Parses {
				for _, s := range of {
					if !s.Rejected.IsValid() {
						s.Rejected = flow.Called{Callee: e.Callee, Pos: e.Pos}
					}
				}
				continue
			}
			found := Effect{EffectFacts: e}
			for _, s := range of {
				found.Sites = append(found.Sites, s.Pos)
			}
			out = append(out, found)
		}
	}
	return out
}

// uses notes at the sites of a call that it uses their address for something else
// than to listen.
func (b *belonging) uses(e Effect) {
	for _, at := range e.Sites {
		if s := b.sites[at]; s != nil && e.Op != model.Looks {
			s.Uses = append(s.Uses, flow.Called{Callee: e.Callee, Pos: e.Pos})
		}
	}
}

// sitesOf returns the sites that a call belongs to, the nearest first.
func (b *belonging) sitesOf(e EffectFacts, p *Package) []*place {
	var out []*place
	switch {
	case e.Path != nil && !e.Path.Any:
		out = b.ofPath(e)
	case e.Site.IsValid():
		out = b.named(e.Site)
	case e.Server != nil && b.served[e.Server.Var] != nil:
		out = b.named(b.served[e.Server.Var]...)
	case e.Op.OnPath() && e.Path != nil && !e.Harmless:
		out = b.ofAnyPath(e, p)
	default:
		if s := b.nearest(e, p); s != nil {
			out = []*place{s}
		}
	}
	slices.SortStableFunc(out, func(x, y *place) int { return cmp.Compare(away(e, x), away(e, y)) })
	return out
}

// named returns the sites at positions, those that are none left out.
func (b *belonging) named(at ...flow.Pos) []*place {
	var out []*place
	for _, pos := range at {
		if s := b.sites[pos]; s != nil && (s.Class == Listen || s.Class == Inherited) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// ofPath returns the sites whose address is what a call is given.
func (b *belonging) ofPath(e EffectFacts) []*place {
	var out []*place
	for _, l := range b.same[e.Pos] {
		s := b.sites[l.Site]
		if s == nil || s.Class != Listen && s.Class != Inherited || slices.Contains(out, s) {
			continue
		}
		shape := addressIn(e)
		above := e.Op == model.RemovesAll && (strings.HasPrefix(s.Shape, e.Path.Shape+"/") || strings.HasSuffix(e.Path.Shape, "dir("+s.Shape+")"))
		if above || sameShape(shape, s.Shape, l.Equal) {
			out = append(out, s)
		}
	}
	return out
}

// ofAnyPath returns the sites with paths, of whichever of which a call is given
// the path: those of its package, or else all.
func (b *belonging) ofAnyPath(e EffectFacts, p *Package) []*place {
	fits := func(s *place) bool {
		return (s.Class == Listen || s.ByHelper()) && hasPath(s.Class, s.Network) && !b.foreign(s, p)
	}
	here := func(s *place) bool { return path.Dir(s.Pos.File) == path.Dir(e.Pos.File) }
	near := slices.ContainsFunc(b.order, func(s *place) bool { return fits(s) && here(s) })
	var out []*place
	for _, s := range b.order {
		if fits(s) && (here(s) || !near) {
			out = append(out, s)
		}
	}
	return out
}

// foreign reports whether a site is one that a program does not reach: what the
// main package of that program does is none of its business.
func (b *belonging) foreign(s *place, p *Package) bool {
	return p.Name == "main" && len(s.Mains) > 0 && !slices.Contains(s.Mains, p.Path)
}

// away says how far a site is from a call: fewest lines in the same function,
// rather behind a call that removes, and before any other.
func away(e EffectFacts, s *place) int {
	const wrongSide = 10
	lines := s.Pos.Line - e.Pos.Line
	switch {
	case s.Pos.File != e.Pos.File:
		return 1 << 31
	case s.Func != e.Func:
		return 1 << 30
	case lines < 0 && e.Op.Removing():
		return -lines * wrongSide
	case lines < 0:
		return -lines
	case e.Op.Removing():
		return lines
	}
	return lines * wrongSide
}

// hole is the shape of a path that is not composed at the call.
const hole = "{}"

// sameShape reports whether two values with common origins may be one, by how
// they are composed where they are used.
func sameShape(a, b string, equal bool) bool {
	join := func(shape string) string { return strings.ReplaceAll(shape, "/", "") } // dir+"x", where dir ends in a slash
	if a == "" || b == "" || join(a) == join(b) {
		return true
	}
	return equal && (a == hole || b == hole && !besides(a))
}

// addressIn returns the shape of the address in what a call is given: in that of a
// URL, or of the folder of a path.
func addressIn(e EffectFacts) string {
	shape := e.Path.Shape
	switch e.Op {
	case model.Dials:
		if _, rest, ok := strings.Cut(shape, "://"); ok {
			shape, _, _ = strings.Cut(rest, "/")
		}
	case model.MakesFolder:
		if inner, ok := strings.CutPrefix(shape, "dir("); ok {
			shape = strings.TrimSuffix(inner, ")")
		}
	}
	return shape
}

// besides reports whether the shape of a path is that of another file than the
// one that its hole stands for: its folder, or one with another ending.
func besides(shape string) bool {
	rest, ok := strings.CutPrefix(shape, hole)
	return ok && rest != "" && rest[0] != '/' || strings.Contains(shape, "dir("+hole) || strings.HasPrefix(shape, "trim(")
}

// nearest returns the site that a call belongs to by where it stands, nil for
// none.
func (b *belonging) nearest(e EffectFacts, p *Package) *place {
	unix := e.Near.Net == "unix" || e.Path != nil && e.Path.Any
	ofServer := e.Op == model.Stops || e.Op == model.Serves
	fits := func(s *place) bool {
		return (s.Class == Listen || s.Class == Inherited && len(s.Origins) > 0) && !b.foreign(s, p) &&
			(!unix || hasPath(s.Class, s.Network)) &&
			(e.Near.Net != "tcp" || slices.ContainsFunc(s.Network, func(n string) bool { return strings.HasPrefix(n, "tcp") })) &&
			(!ofServer || socketType(s.Network) == "stream" && (s.Protocol == "" || s.Protocol == e.Server.Protocol))
	}
	here := func(s *place) bool { return s.Pos.File == e.Pos.File && s.Func == e.Func }
	elsewhere := e.Harmless || ofServer || categoryOf(e.Op) == CategoryEnvironment
	for _, is := range []func(s *place) bool{
		func(s *place) bool { return here(s) && s.Pos.Line < e.Pos.Line },
		here,
		func(s *place) bool { return path.Dir(s.Pos.File) == path.Dir(e.Pos.File) },
		func(s *place) bool { return elsewhere && slices.Contains(s.Mains, p.Path) },
		func(s *place) bool {
			return (e.Harmless && p.Name != "main" || ofServer) && len(s.Mains) > 0
		},
	} {
		var best *place
		for _, s := range b.order {
			if fits(s) && is(s) && (best == nil || away(e, s) < away(e, best)) {
				best = s
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// tries lists the calls that listen on the address of sites to see whether it
// is free.
func (b *belonging) tries() []Effect {
	var out []Effect
	for _, p := range b.order {
		if p.Class != Probe {
			continue
		}
		e := Effect{EffectFacts: EffectFacts{Pos: p.Pos, Func: p.Func, Callee: p.Callee, Op: model.Tries, Port: Port{
			Level: Manual, Reason: "listens on the address to see whether it is free, which it never is while the supervisor has the socket",
		}}}
		for _, s := range b.order {
			if same, _ := SameValue(p.Origins, s.Origins); same && s.Class == Listen {
				e.Sites = append(e.Sites, s.Pos)
			}
		}
		if len(e.Sites) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// unstopped lists the sites of HTTP servers in a module that shuts down none.
func (b *belonging) unstopped(found []Effect) []Effect {
	if slices.ContainsFunc(found, func(e Effect) bool { return e.Op == model.Stops }) {
		return nil
	}
	var out []Effect
	for _, s := range b.order {
		if _, left := b.left(s); s.Class != Listen || left || s.Protocol != "http" || len(s.Mains) == 0 {
			continue
		}
		out = append(out, Effect{Sites: []flow.Pos{s.Pos}, EffectFacts: EffectFacts{
			Pos: s.Pos, Func: s.Func, Callee: s.Callee, Op: model.Stops, Harmless: true, Port: Port{
				Level:  Review,
				Reason: "is stopped by nothing but the end of the process: a restart cuts requests off; on SIGTERM call inherit.Shutdown(ctx, srv) of a *http.Server that serves inherit.Drainable(srv, l)",
			},
		}})
	}
	return out
}

// probes reports whether a call that connects to the path of a site, or looks
// for it, does so on the way to the listen, where it decides whether to. Where
// the path is removed next, it only decides whether there is anything to
// remove.
func (b *belonging) probes(e Effect, all []Effect) bool {
	within, near, listens := false, e.Path.Checks && e.Op == model.Dials, 0
	for _, s := range b.order {
		if s.Pos.File == e.Pos.File && s.Func == e.Func && e.Of(s.Pos) {
			within, listens = true, max(listens, s.Pos.Line)
			near = near || s.Pos.Line > e.Pos.Line
		}
	}
	for _, o := range all {
		if !o.Op.OnPath() || o.Pos.File != e.Pos.File || o.Func != e.Func || o.Sites[0] != e.Sites[0] || o.Pos.Line < e.Pos.Line {
			continue
		}
		if e.Op == model.Looks && o.Port.Level == Safe && (!within || o.Pos.Line < listens) {
			return false
		}
		near = near || !within
	}
	first := b.sites[e.Sites[0]]
	return near && (within || first != nil && hasPath(first.Class, first.Network))
}

// stops reports whether a server that a call makes accept is shut down in its
// package.
func stops(e Effect, all []Effect) bool {
	return slices.ContainsFunc(all, func(o Effect) bool {
		if o.Op != model.Stops || path.Dir(o.Pos.File) != path.Dir(e.Pos.File) {
			return false
		}
		mine, its := e.Server.Var, o.Server.Var
		return mine == its || !mine.IsValid() || !its.IsValid() || alone(e, all)
	})
}

// alone reports whether the servers that calls of a package make accept are one.
func alone(e Effect, all []Effect) bool {
	return !slices.ContainsFunc(all, func(o Effect) bool {
		return o.Op == model.Serves && path.Dir(o.Pos.File) == path.Dir(e.Pos.File) && o.Server.Var != e.Server.Var
	})
}
