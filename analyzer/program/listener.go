package program

// This file defines the logical listeners of a program, and what it takes to
// prove that one is the only one of its type.

import (
	"cmp"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Listener is a logical listener of one program: what an administrator
// thinks of as one socket. Alternatives of one branch are one; a helper that
// several configurations feed is several.
type Listener struct {
	Main string // import path
	Name string
	// Type is "stream", "packet" or "seqpacket"; "" when the network is not
	// known.
	Type string
	// Sites are the sites that serve it, by position.
	Sites []flow.Pos
	// Many says that it stands for as many sockets as a list or map in the
	// configuration has.
	Many bool
	// Select says how the configuration can name an inherited socket for it.
	Select []string
	// Uses are the calls that use its address for something else.
	Uses []flow.Called
	// Network and Origins are those of the sites in this program and context
	// alone.
	Network []string
	Origins []flow.Origin

	first   *place
	network []flow.Origin // of the network
	single  bool          // see isSingle
}

// Of reports whether a site serves the listener.
func (l Listener) Of(site flow.Pos) bool { return slices.Contains(l.Sites, site) }

// A group is what one site contributes to a program's logical listeners in
// one context.
type group struct {
	site     *place
	context  []flow.Pos
	origins  []flow.Origin
	identity string
	network  []string
	named    []flow.Origin // of the network
	kind     string
	many     bool
}

// listeners lists the logical listeners of one program, and names them at the
// sites.
func (j *joining) listeners(p *Package) []Listener {
	var out []Listener
	for _, m := range j.merged(p) {
		l := Listener{Main: p.Path, Type: m[0].kind, first: m[0].site, single: isSingle(m), Network: []string{}}
		for _, g := range m {
			l.Sites = append(l.Sites, g.site.Pos)
			l.Many = l.Many || g.many
			l.Network = append(l.Network, g.network...)
			l.network = append(l.network, g.named...)
			l.Origins = append(l.Origins, g.origins...)
		}
		slices.SortFunc(l.Sites, flow.Pos.Compare)
		l.Sites = slices.Compact(l.Sites)
		slices.Sort(l.Network)
		l.Network = slices.Compact(l.Network)
		l.Origins = Tidy(unique(l.Origins))
		out = append(out, l)
	}
	nameListeners(out, p)
	for i := range out {
		l := &out[i]
		for _, s := range j.order {
			if l.Of(s.Pos) {
				l.Uses = append(l.Uses, s.Uses...)
			}
		}
		l.Select = byName(l.first.selectsBy(l.Origins, l.network), l.Name)
		for _, s := range j.order {
			if l.Of(s.Pos) && !slices.Contains(s.Names, l.Name) {
				s.Names = append(s.Names, l.Name)
				slices.Sort(s.Names)
			}
		}
	}
	return out
}

// merged lists what the sites of a program contribute, by logical listener.
func (j *joining) merged(p *Package) [][]group {
	var merged [][]group
	reached := slices.SortedFunc(slices.Values(p.Reached), func(a, b Reached) int { return a.Pos.Compare(b.Pos) }) // as names go by the order
	for _, r := range reached {
		for _, pos := range r.Places() {
			s := j.sites[pos]
			if s == nil || !s.counts() || !slices.Contains(s.Mains, p.Path) {
				continue
			}
			for _, g := range groups(r, s) {
				i := slices.IndexFunc(merged, func(m []group) bool { return slices.ContainsFunc(m, g.same) })
				if i < 0 {
					merged = append(merged, []group{g})
				} else {
					merged[i] = append(merged[i], g)
				}
			}
		}
	}
	return merged
}

// counts reports whether a site is something that an administrator knows.
func (s *place) counts() bool {
	return s.Class == Listen || s.Class == Inherited && len(s.Origins) > 0
}

// same reports whether two groups are one logical listener: fed by the same
// configuration, or alternatives of one branch.
func (g group) same(h group) bool {
	if g.kind != h.kind {
		return false
	}
	if g.identity == h.identity && g.identity != "" {
		return true
	}
	return g.excludes(h) && (slices.Equal(g.context, h.context) || len(g.context) == 0 || len(h.context) == 0)
}

// excludes reports whether the sites of two groups never run in one pass.
func (g group) excludes(h group) bool { return slices.Contains(g.site.Excludes, h.site.Pos) }

// groups splits a site by the contexts that its configuration comes through.
func groups(r Reached, s *place) []group {
	var leaves [][]flow.Pos
	for _, o := range r.Origins {
		if !slices.ContainsFunc(r.Origins, func(p flow.Origin) bool {
			return len(p.Context) > len(o.Context) && prefix(o.Context, p.Context)
		}) && !slices.ContainsFunc(leaves, func(l []flow.Pos) bool { return slices.Equal(l, o.Context) }) {
			leaves = append(leaves, o.Context)
		}
	}
	if len(leaves) == 0 {
		leaves = [][]flow.Pos{nil}
	}
	var out []group
	for _, leaf := range leaves {
		g := group{site: s, context: leaf}
		g.named = inContext(r.Network, leaf)
		g.network = Networks(r.Fixed, g.named)
		g.kind = socketType(g.network)
		for _, o := range r.Origins {
			if prefix(o.Context, leaf) {
				g.origins = append(g.origins, o)
				g.many = g.many || o.Many
			}
		}
		g.origins = Tidy(g.origins)
		if len(leaves) > 1 && ClassOf(r.API, g.origins) == Ephemeral {
			continue // one of the callers of a helper asks for any port
		}
		g.identity = identity(g.origins)
		out = append(out, g)
	}
	return out
}

// inContext returns the origins that hold in a context, or in all of what it
// is part of.
func inContext(origins []flow.Origin, context []flow.Pos) []flow.Origin {
	var out []flow.Origin
	for _, o := range origins {
		if prefix(o.Context, context) || prefix(context, o.Context) {
			out = append(out, o)
		}
	}
	return out
}

// identity names the configuration of a logical listener: the keys of what
// decides its port or path, or of its constants when nothing does. Of a path
// below a folder what is constant counts too.
func identity(origins []flow.Origin) string {
	var keys, consts []string
	below := slices.ContainsFunc(origins, func(o flow.Origin) bool { return o.Part == model.Dir })
	for _, o := range origins {
		if o.Part == model.Network {
			continue
		}
		if o.IsConfig() && o.Part != model.Host {
			keys = append(keys, string(o.Kind)+":"+o.Key)
		}
		if o.Kind == flow.FromConst && below && o.Part == model.Path {
			keys = append(keys, o.Value)
		}
		if o.Kind == flow.FromConst {
			consts = append(consts, o.Part.String()+"="+o.Value)
		}
	}
	if len(keys) == 0 {
		keys = consts
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// isSingle reports whether the groups of a logical listener are proved to be
// one socket at a time: each site reached in one way, outside loops, with one
// configuration, and no two of them in one run.
func isSingle(groups []group) bool {
	for i, g := range groups {
		if g.many || g.site.Loop || !g.plain() {
			return false
		}
		for _, h := range groups[:i] {
			if g.site == h.site || !g.excludes(h) || !slices.Equal(g.fingerprint(), h.fingerprint()) {
				return false
			}
		}
	}
	return true
}

// plain reports whether a group has one configuration: per part, at most one
// key of a kind and nothing unknown.
func (g group) plain() bool {
	type slot struct {
		part model.Part
		kind flow.OriginKind
	}
	keys := make(map[slot]string)
	for _, o := range g.origins {
		if o.Kind == flow.FromUnknown || o.Kind == flow.FromParam {
			return false
		}
		if !o.IsConfig() {
			continue
		}
		at := slot{o.Part, o.Kind}
		if old, ok := keys[at]; ok && old != o.Key {
			return false
		}
		keys[at] = o.Key
	}
	return true
}

// A print is one of the things that decide an address.
type print struct {
	part       model.Part
	kind       flow.OriginKind
	key, value string
}

// fingerprint lists all that decides a group's address; unix or TCP may be a
// matter of what the address looks like.
func (g group) fingerprint() []print {
	var all []print
	for _, o := range g.origins {
		all = append(all, print{o.Part, o.Kind, o.Key, o.Value})
	}
	slices.SortFunc(all, func(a, b print) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
	return slices.Compact(all)
}

// count notes whether a site may claim the only socket of its type, or may no
// longer.
func (j *joining) count(s *place, all []Listener) {
	kind := socketType(s.Network)
	s.OnlyOne = kind != "" && len(s.Mains) > 0
	for _, main := range s.Mains {
		n := countType(all, main, kind)
		s.Several = s.Several || n > 1
		s.OnlyOne = s.OnlyOne && n == 1 && !j.obscure(main)
	}
	for _, l := range all {
		s.OnlyOne = s.OnlyOne && (!l.Of(s.Pos) || l.single)
	}
}

// obscure reports whether a program may listen where the analysis does not
// see it.
func (j *joining) obscure(main string) bool {
	return slices.ContainsFunc(j.programs, func(p *Package) bool { return p.Path == main && (p.Hidden > 0 || p.Truncated) })
}

// countType counts the logical listeners of a program that are, or may be, of
// a type; one that stands for a list counts as two.
func countType(all []Listener, main, kind string) int {
	n := 0
	for _, l := range all {
		if l.Main != main || l.Type != "" && l.Type != kind {
			continue
		}
		n++
		if l.Many || l.Type == "" {
			n++
		}
	}
	return n
}
