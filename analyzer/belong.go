package analyzer

// This file defines which of the sites of a module a call with an effect
// belongs to, once all packages are analysed.

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A belonging is where a call with an effect may be found to belong to a site.
type belonging struct {
	sites map[string]*Site
	all   []*Site           // in order
	links map[string][]Link // by effect
}

// lifecycles says which calls with effects belong to which sites, and lowers
// the level of sites that an effect which cannot be fixed belongs to.
func lifecycles(results []*Result, sites map[string]*Site) []Lifecycle {
	b := belonging{sites: sites, links: make(map[string][]Link)}
	for _, s := range sites {
		b.all = append(b.all, s)
	}
	slices.SortFunc(b.all, func(x, y *Site) int { return CompareSites(*x, *y) })
	results = slices.DeleteFunc(slices.Clone(results), func(r *Result) bool { return r == nil })
	for _, r := range results {
		for _, l := range r.Links {
			b.links[l.Effect] = append(b.links[l.Effect], l)
		}
	}
	seen := make(map[string]bool)
	var found []Lifecycle
	for _, r := range results {
		for _, l := range r.Lifecycle {
			key := at(l.File, l.Line, l.Col)
			of := b.sitesOf(l, r)
			if seen[key] || len(of) == 0 {
				continue
			}
			seen[key] = true
			if l.Category == model.Form {
				reject(of, l)
				continue
			}
			for _, s := range of {
				l.Sites = append(l.Sites, s.Place())
			}
			l.Site = l.Sites[0]
			found = append(found, l)
		}
	}
	found = append(found, b.tries()...)
	found = append(found, b.unstopped(found)...)
	out := slices.DeleteFunc(slices.Clone(found), func(l Lifecycle) bool {
		return l.Category == "probe" && !b.probes(l, found) || l.Serves && !stops(l, found)
	})
	slices.SortFunc(out, func(x, y Lifecycle) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	for _, l := range out {
		if l.Level == Manual && l.Category != model.Stop && !l.Note {
			b.lower(l)
		}
	}
	return out
}

// reject notes that a program takes the address of sites apart elsewhere too,
// by a call that fails on fd://.
func reject(sites []*Site, l Lifecycle) {
	for _, s := range sites {
		if s.Rejected == "" {
			s.Rejected = fmt.Sprintf("%s at %s:%d", l.ShortCallee(), l.File, l.Line)
		}
	}
}

// sitesOf returns the sites that a call belongs to, the nearest first.
func (b *belonging) sitesOf(l Lifecycle, r *Result) []*Site {
	var out []*Site
	switch {
	case l.Path && !l.Asked:
		for _, link := range b.links[at(l.File, l.Line, l.Col)] {
			s := b.sites[link.Site]
			if s == nil || s.Class != Listen && s.Class != Inherited || slices.Contains(out, s) {
				continue
			}
			above := strings.HasSuffix(l.Callee, ".RemoveAll") && (strings.HasPrefix(s.Shape, l.Shape+"/") || strings.HasSuffix(l.Shape, "Dir("+s.Shape+")"))
			if !above && !sameShape(l.Shape, s.Shape, link.Equal) {
				continue
			}
			out = append(out, s)
		}
	case b.sites[l.Site] != nil:
		return []*Site{b.sites[l.Site]}
	case l.Category == "path" && !l.Note: // the function as a value, or of the path that a listener tells: of whichever socket
		here := func(s *Site) bool { return path.Dir(s.File) == path.Dir(l.File) }
		fits := func(s *Site) bool { return (s.Class == Listen || s.ByHelper()) && hasPath(*s) }
		near := slices.ContainsFunc(b.all, func(s *Site) bool { return fits(s) && here(s) })
		for _, s := range b.all {
			if fits(s) && (here(s) || !near) {
				out = append(out, s)
			}
		}
	default:
		if s := b.near(l, r); s != nil {
			out = []*Site{s}
		}
	}
	slices.SortStableFunc(out, func(x, y *Site) int { return cmp.Compare(away(l, x), away(l, y)) })
	return out
}

// away says how far a site is from a call: fewest lines in the same function,
// rather behind a call that removes, and before any other.
func away(l Lifecycle, s *Site) int {
	const wrongSide = 10
	removes := strings.Contains(l.Callee, "Remove") || strings.Contains(l.Callee, "Unlink") && l.Path
	lines := s.Line - l.Line
	switch {
	case s.File != l.File:
		return 1 << 31
	case s.Func != l.Func:
		return 1 << 30
	case lines < 0 && removes:
		return -lines * wrongSide
	case lines < 0:
		return -lines
	case removes:
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

// besides reports whether the shape of a path is that of another file than the
// one that its hole stands for: its folder, or one with another ending.
func besides(shape string) bool {
	rest, ok := strings.CutPrefix(shape, hole)
	return ok && rest != "" && rest[0] != '/' || strings.Contains(shape, "Dir("+hole) || strings.HasPrefix(shape, "trim(")
}

// near returns the site that a call belongs to by where it stands, nil for
// none.
func (b *belonging) near(l Lifecycle, r *Result) *Site {
	unix := strings.HasSuffix(l.Callee, "Umask") || strings.Contains(l.Callee, "UnixListener") || l.Net == "unix" || l.Asked
	fits := func(s *Site) bool {
		return (s.Class == Listen || s.Class == Inherited && len(s.Origins) > 0) && (!unix || hasPath(*s)) &&
			(l.Net != "tcp" || slices.ContainsFunc(s.Network, func(n string) bool { return strings.HasPrefix(n, "tcp") })) &&
			(l.Category != model.Stop || socketType(s.Network) == "stream" && (s.Serves == "" || s.Serves == model.ProtocolOf(l.Callee)))
	}
	elsewhere := l.Note || l.Category == model.Stop || l.Category == "environment"
	for _, is := range []func(s *Site) bool{
		func(s *Site) bool { return s.File == l.File && s.Func == l.Func && s.Line < l.Line },
		func(s *Site) bool { return s.File == l.File && s.Func == l.Func },
		func(s *Site) bool { return path.Dir(s.File) == path.Dir(l.File) },
		func(s *Site) bool { return elsewhere && slices.Contains(s.Mains, r.Package) },
		func(s *Site) bool {
			return (l.Note && r.Name != "main" || l.Category == model.Stop) && len(s.Mains) > 0
		},
	} {
		var best *Site
		for _, s := range b.all {
			if fits(s) && is(s) && (best == nil || away(l, s) < away(l, best)) {
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
func (b *belonging) tries() []Lifecycle {
	var out []Lifecycle
	for _, p := range b.all {
		if p.Class != Probe {
			continue
		}
		l := Lifecycle{
			File: p.File, Line: p.Line, Col: p.Col, Func: p.Func, Callee: p.Callee, Category: "probe", Level: Manual,
			Reason: "listens on the address to see whether it is free, which it never is while the supervisor has the socket",
		}
		for _, s := range b.all {
			if same, _ := samePlace(p.Origins, s.Origins); same && s.Class == Listen {
				l.Sites = append(l.Sites, s.Place())
			}
		}
		if len(l.Sites) > 0 {
			l.Site = l.Sites[0]
			out = append(out, l)
		}
	}
	return out
}

// unstopped lists the sites of HTTP servers in a module that shuts down none.
func (b *belonging) unstopped(found []Lifecycle) []Lifecycle {
	if slices.ContainsFunc(found, func(l Lifecycle) bool { return l.Category == model.Stop && !l.Serves }) {
		return nil
	}
	var out []Lifecycle
	for _, s := range b.all {
		if s.Class != Listen || s.Level == Manual || s.Serves != "http" || len(s.Mains) == 0 {
			continue
		}
		out = append(out, Lifecycle{
			File: s.File, Line: s.Line, Col: s.Col, Func: s.Func, Callee: s.Callee, Category: model.Stop,
			Site: s.Place(), Level: Review, Note: true,
			Reason: "is stopped by nothing but the end of the process: a restart cuts requests off; on SIGTERM call inherit.Shutdown(ctx, srv) of a *http.Server that serves inherit.Tracked(srv, l)",
		})
	}
	return out
}

// probes reports whether a call that connects to the path of a site, or looks
// for it, does so on the way to the listen, where it decides whether to. Where
// the path is removed next, it only decides whether there is anything to
// remove.
func (b *belonging) probes(l Lifecycle, all []Lifecycle) bool {
	if !l.Path {
		return true
	}
	within, near, listens := false, l.Checks && strings.Contains(l.Callee, "Dial"), 0
	for _, s := range b.all {
		if s.File == l.File && s.Func == l.Func && l.Of(s.Place()) {
			within, listens = true, max(listens, s.Line)
			near = near || s.Line > l.Line
		}
	}
	looks := strings.HasSuffix(l.Callee, "tat")
	for _, o := range all {
		if o.Category != "path" || o.File != l.File || o.Func != l.Func || o.Site != l.Site || o.Line < l.Line {
			continue
		}
		if looks && o.Level == Safe && (!within || o.Line < listens) {
			return false
		}
		near = near || !within
	}
	return near && (within || b.unix(l))
}

// unix reports whether the site that a call belongs to may have a path.
func (b *belonging) unix(l Lifecycle) bool {
	return slices.ContainsFunc(b.all, func(s *Site) bool { return s.Place() == l.Site && hasPath(*s) })
}

// stops reports whether a server that a call makes accept is shut down in its
// package.
func stops(l Lifecycle, all []Lifecycle) bool {
	return slices.ContainsFunc(all, func(o Lifecycle) bool {
		return o.Category == model.Stop && !o.Serves && path.Dir(o.File) == path.Dir(l.File) && (o.Server == l.Server || o.Server == "" || l.Server == "" || alone(l, all))
	})
}

// alone reports whether the servers that calls of a package make accept are one.
func alone(l Lifecycle, all []Lifecycle) bool {
	return !slices.ContainsFunc(all, func(o Lifecycle) bool {
		return o.Serves && path.Dir(o.File) == path.Dir(l.File) && o.Server != l.Server
	})
}

// lower makes sites that could be ported safely ones to review, because of an
// effect that nothing spares them.
func (b *belonging) lower(l Lifecycle) {
	for _, s := range b.all {
		if l.Of(s.Place()) && s.Class == Listen && s.Level == Safe {
			s.Level = Review
			s.Reason = fmt.Sprintf("%s at %s:%d %s", flow.Short(l.Callee), l.File, l.Line, l.Reason)
		}
	}
}
