package analyzer

// This file defines the logical listeners of a program, and what it takes to
// prove that one is the only one of its type.

import (
	"cmp"
	"slices"
	"strings"
)

// A Listener is a logical listener of one program: what an administrator
// thinks of as one socket. Alternatives of one branch are one; a helper that
// several configurations feed is several.
type Listener struct {
	Main string `json:"main"`
	Name string `json:"name"`
	// Type is "stream", "packet" or "seqpacket"; "" when the network is not
	// known.
	Type string `json:"type"`
	// Sites are the sites that serve it, as file:line.
	Sites []string `json:"sites"`
	// Many says that it stands for as many sockets as a list or map in the
	// configuration has.
	Many bool `json:"many,omitempty"`

	// Select says how the configuration can name an inherited socket for it.
	Select []string `json:"select"`
	// Network and Origins are those of the sites in this program and context
	// alone.
	Network []string `json:"network"`
	Origins []Origin `json:"origins"`

	site   *Site
	single bool // see isSingle
}

// A group is what one site contributes to a program's logical listeners in
// one context.
type group struct {
	site     *Site
	context  []string
	origins  []Origin
	identity string
	network  []string
	kind     string
	many     bool
}

// listeners lists the logical listeners of one program.
func listeners(p *Result, sites map[string]*Site) []Listener {
	var merged [][]group
	joined := slices.SortedFunc(slices.Values(p.Joined), func(a, b Joined) int { // as names go by the order
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	for _, j := range joined {
		for _, key := range j.places() {
			s := sites[key]
			if s == nil || !counts(s) || !slices.Contains(s.Mains, p.Package) {
				continue
			}
			for _, g := range groups(j, s) {
				i := slices.IndexFunc(merged, func(m []group) bool { return slices.ContainsFunc(m, g.same) })
				if i < 0 {
					merged = append(merged, []group{g})
				} else {
					merged[i] = append(merged[i], g)
				}
			}
		}
	}
	var out []Listener
	for _, m := range merged {
		l := Listener{Main: p.Package, Type: m[0].kind, site: m[0].site, single: isSingle(m), Network: []string{}}
		for _, g := range m {
			l.Sites = append(l.Sites, g.site.Place())
			l.Many = l.Many || g.many
			l.Network = append(l.Network, g.network...)
			l.Origins = append(l.Origins, g.origins...)
		}
		slices.Sort(l.Sites)
		l.Sites = slices.Compact(l.Sites)
		slices.Sort(l.Network)
		l.Network = slices.Compact(l.Network)
		l.Origins = tidy(unique(l.Origins))
		out = append(out, l)
	}
	nameListeners(out, p)
	for i := range out {
		l := &out[i]
		l.Select = byName(selects(l.site, l.Origins), l.Name)
		for _, s := range sites {
			if l.has(s) {
				s.Names = append(s.Names, l.Name)
				slices.Sort(s.Names)
				s.Names = slices.Compact(s.Names)
			}
		}
	}
	return out
}

// selectBy takes over what selects a socket for the listeners of a site.
func (s *Site) selectBy(all []Listener) {
	if len(s.Names) == 0 {
		return
	}
	s.Select = []string{}
	for _, l := range all {
		if l.has(s) {
			for _, sel := range l.Select {
				if !slices.Contains(s.Select, sel) {
					s.Select = append(s.Select, sel)
				}
			}
		}
	}
}

// byName adds to what selects a socket by its number what does by its name.
func byName(selects []string, name string) []string {
	out := []string{}
	for _, s := range selects {
		out = append(out, s, strings.TrimSuffix(s, "3")+name)
	}
	return out
}

// counts reports whether a site is something that an administrator knows.
func counts(s *Site) bool {
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
	alternative := g.site.File == h.site.File && g.site.Func == h.site.Func &&
		slices.Contains(g.site.Excludes, h.site.Line)
	return alternative && (slices.Equal(g.context, h.context) || len(g.context) == 0 || len(h.context) == 0)
}

// groups splits a site by the contexts that its configuration comes through.
func groups(j Joined, s *Site) []group {
	var leaves [][]string
	for _, o := range j.Origins {
		if !slices.ContainsFunc(j.Origins, func(p Origin) bool {
			return len(p.Context) > len(o.Context) && prefix(o.Context, p.Context)
		}) && !slices.ContainsFunc(leaves, func(l []string) bool { return slices.Equal(l, o.Context) }) {
			leaves = append(leaves, o.Context)
		}
	}
	if len(leaves) == 0 {
		leaves = [][]string{nil}
	}
	var out []group
	for _, leaf := range leaves {
		g := group{site: s, context: leaf}
		g.network = networks(j.Fixed, inContext(j.Network, leaf))
		g.kind = socketType(g.network)
		for _, o := range j.Origins {
			if prefix(o.Context, leaf) {
				g.origins = append(g.origins, o)
				g.many = g.many || o.Many
			}
		}
		g.origins = tidy(g.origins)
		if len(leaves) > 1 && classOf(j.Callee, g.origins) == Ephemeral {
			continue // one of the callers of a helper asks for any port
		}
		g.identity = identity(g.origins)
		out = append(out, g)
	}
	return out
}

// inContext returns the origins that hold in a context, or in all of what it
// is part of.
func inContext(origins []Origin, context []string) []Origin {
	var out []Origin
	for _, o := range origins {
		if prefix(o.Context, context) || prefix(context, o.Context) {
			out = append(out, o)
		}
	}
	return out
}

// identity names the configuration of a logical listener: the keys of what
// decides its port or path, or of its constants when nothing does.
func identity(origins []Origin) string {
	var keys, consts []string
	for _, o := range origins {
		if o.Part == "network" {
			continue
		}
		if o.IsConfig() && o.Part != "host" {
			keys = append(keys, o.Kind+":"+o.Key)
		}
		if o.Kind == "const" {
			consts = append(consts, o.Part+"="+o.Value)
		}
	}
	if len(keys) == 0 {
		keys = consts
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// socketType returns the type of socket that network names have in common.
func socketType(networks []string) string {
	found := ""
	for _, n := range networks {
		t := ""
		switch strings.TrimSuffix(n, "-tls") { // as package dns says
		case "tcp", "tcp4", "tcp6", "unix":
			t = "stream"
		case "udp", "udp4", "udp6", "unixgram":
			t = "packet"
		case "unixpacket":
			t = "seqpacket"
		}
		if t == "" || found != "" && t != found {
			return ""
		}
		found = t
	}
	return found
}

// allowSole keeps SoleFix for the sites whose every program is proved to have
// one logical listener of the site's type, and drops it for the others. For a
// ported site it keeps Fix where Sole has to be taken back: where a program
// has a second one.
func allowSole(all []Listener, programs []*Result, sites map[string]*Site) {
	for _, s := range sites {
		kind := socketType(s.Network)
		sole, several := kind != "" && len(s.Mains) > 0, false
		for _, main := range s.Mains {
			n := countType(all, main, kind)
			several = several || n > 1
			sole = sole && n == 1 && !obscure(programs, main)
		}
		for _, l := range all {
			sole = sole && (!l.has(s) || l.single)
		}
		switch {
		case s.Class == Inherited:
			// A port leaves it to people to add Sole where they wrote the
			// call themselves.
			s.SoleFix = nil
			if !s.Sole || !several {
				s.Fix = nil
			}
		case !sole:
			s.SoleFix = nil
		}
	}
}

// obscure reports whether a program may listen where the analysis does not
// see it.
func obscure(programs []*Result, main string) bool {
	return slices.ContainsFunc(programs, func(p *Result) bool { return p.Package == main && (p.Hidden > 0 || p.Truncated) })
}

// has reports whether a listener is served by a site.
func (l Listener) has(s *Site) bool {
	return slices.Contains(l.Sites, s.Place())
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
			if g.site == h.site || g.site.File != h.site.File || g.site.Func != h.site.Func ||
				!slices.Contains(g.site.Excludes, h.site.Line) || g.fingerprint() != h.fingerprint() {
				return false
			}
		}
	}
	return true
}

// plain reports whether a group has one configuration: per part, at most one
// key of a kind and nothing unknown.
func (g group) plain() bool {
	keys := make(map[[2]string]string)
	for _, o := range g.origins {
		if o.Kind == "unknown" || o.Kind == "param" {
			return false
		}
		if !o.IsConfig() {
			continue
		}
		at := [2]string{o.Part, o.Kind}
		if old, ok := keys[at]; ok && old != o.Key {
			return false
		}
		keys[at] = o.Key
	}
	return true
}

// fingerprint names all that decides a group's address; unix or TCP may be a
// matter of what the address looks like.
func (g group) fingerprint() string {
	var all []string
	for _, o := range g.origins {
		all = append(all, strings.Join([]string{o.Part, o.Kind, o.Key, o.Value}, "\x00"))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\x01")
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
