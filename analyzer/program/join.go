package program

// This file defines how the results of the packages of a module are put
// together.

import (
	"cmp"
	"slices"

	"inheritfd/analyzer/flow"
)

// Options say what is known of the module besides its packages.
type Options struct {
	// Whole says that the packages are all of the module, without errors: a site
	// that no program of them reaches is reached by none.
	Whole bool
	// File says how reasons name a file; nil leaves its name as it is.
	File func(name string) string
	// Takers says which functions beside one of a dependency take a listener; nil and
	// "" are not known.
	Takers func(callee string) string
}

// Join puts the results of the packages of a module together: the traces that
// the programs complete, which programs reach a site, what else is done to its
// socket, what becomes of it, the logical listeners and their names, and which
// sites may claim the only socket. Nil results are left out; of several for one
// package, as of its test variants, the first counts for what they share.
func Join(packages []*Package, o Options) *Findings {
	j := &joining{Options: o, sites: make(map[flow.Pos]*place), takers: make(map[string][]flow.Called)}
	j.gather(packages)
	j.complete()
	j.found = j.effects()
	for _, s := range j.order {
		s.Verdict = j.judge(s)
	}
	f := &Findings{Effects: j.found}
	for _, p := range j.packages {
		if p.OfFamily.IsValid() && (!f.OfFamily.IsValid() || p.OfFamily.Compare(f.OfFamily) < 0) {
			f.OfFamily = p.OfFamily
		}
	}
	for _, p := range j.programs {
		f.Listeners = append(f.Listeners, j.listeners(p)...)
	}
	for _, s := range j.order {
		j.count(s, f.Listeners)
		s.Select = s.selects(f.Listeners)
	}
	for _, s := range j.sites {
		if s.LeftOut != Built {
			s.Verdict = j.judge(s)
		}
		f.Sites = append(f.Sites, s.Site)
	}
	slices.SortFunc(f.Sites, func(a, b Site) int { return a.Pos.Compare(b.Pos) })
	return f
}

// A joining is one run of Join.
type joining struct {
	Options
	packages []*Package
	programs []*Package // in order of their paths
	sites    map[flow.Pos]*place
	order    []*place                 // the sites that are built, by position
	takers   map[string][]flow.Called // by program
	found    []Effect
}

// at writes a position as reasons have it.
func (o Options) at(p flow.Pos) string {
	if o.File != nil {
		p.File = o.File(p.File)
	}
	return p.InFile()
}

// A place is a site while it is judged.
type place struct {
	Site
	of *Package // that shows it; nil for a call into a dependency
	// within is the site in a dependency that a call leads to.
	within *Reached
}

// gather takes the sites by position, each once, and the programs in order.
func (j *joining) gather(packages []*Package) {
	for _, p := range packages {
		if p == nil {
			continue
		}
		j.packages = append(j.packages, p)
		for _, s := range p.Sites {
			if j.sites[s.Pos] == nil {
				j.sites[s.Pos] = &place{of: p, Site: Site{SiteFacts: s, Class: s.Alone.Class, Origins: s.Alone.Origins}}
			}
		}
		if p.Name == "main" && !slices.ContainsFunc(j.programs, func(o *Package) bool { return o.Path == p.Path }) {
			j.programs = append(j.programs, p)
		}
	}
	slices.SortFunc(j.programs, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
	speaks := slices.ContainsFunc(j.packages, func(p *Package) bool { return p.Speaks })
	for i, p := range j.programs {
		j.programs[i] = j.withoutKnownDoors(p)
		for _, r := range p.Reached {
			s := j.sites[r.Pos]
			ownWay := s != nil && s.OwnWay && !speaks
			if r.API.Inherited && !r.API.Helper && !ownWay {
				j.takers[p.Path] = append(j.takers[p.Path], flow.Called{Callee: r.Callee, Pos: r.Pos})
			}
		}
	}
}

// withoutKnownDoors returns a program without the doors to sites that are known
// themselves: those in another module of the workspace.
func (j *joining) withoutKnownDoors(p *Package) *Package {
	c := *p
	c.Reached = slices.Clone(p.Reached)
	for i, r := range c.Reached {
		if j.sites[r.Pos] != nil {
			c.Reached[i].Doors = nil
		}
	}
	return &c
}

// Places returns where a reached site stands in the module: at itself, or at
// the doors to it.
func (r Reached) Places() []flow.Pos {
	if len(r.Doors) == 0 {
		return []flow.Pos{r.Pos}
	}
	var out []flow.Pos
	for _, d := range r.Doors {
		out = append(out, d.Pos)
	}
	return out
}

// Class tells the class of a reached site by what the program knows.
func (r Reached) Class() Class {
	if r.API.Inherited {
		return Inherited
	}
	return ClassOf(r.API, r.Origins)
}

// complete gives the sites what only whole programs know: who reaches them,
// and the traces through all packages. Programs for tests have a say where no
// other reaches a site, which then is one for tests.
func (j *joining) complete() {
	forTests := func(p *Package) bool { return IsForTests(p.Path, p.Module) }
	joined := j.reach(slices.DeleteFunc(slices.Clone(j.programs), forTests))
	tested := j.reach(slices.DeleteFunc(slices.Clone(j.programs), func(p *Package) bool { return !forTests(p) }))
	for pos, s := range j.sites {
		by, onlyTests := joined[pos], joined[pos] == nil && tested[pos] != nil
		if onlyTests {
			by = tested[pos]
		}
		if by != nil {
			s.Mains = by.mains
			if len(by.origins) > 0 {
				s.Origins = Tidy(unique(by.origins))
				s.Class = s.classJoined()
			}
			if onlyTests && s.Class == Listen {
				s.Class = Test
			}
		}
		if s.LeftOut == Built {
			j.order = append(j.order, s)
		}
	}
	slices.SortFunc(j.order, func(a, b *place) int { return a.Pos.Compare(b.Pos) })
}

// classJoined decides again, by the joined origins, what only they show.
func (s *place) classJoined() Class {
	switch was := s.Class; was {
	case Listen, Ephemeral, Runtime:
		is := ClassOf(s.API, s.Origins)
		if was != Listen && is == Listen {
			return was // its package alone knew better
		}
		return is
	default:
		return was
	}
}

// A reached site is what programs know of it together.
type reached struct {
	mains   []string
	origins []flow.Origin
}

// reach tells by position what some programs know of sites, and adds those in
// dependencies.
func (j *joining) reach(programs []*Package) map[flow.Pos]*reached {
	out := make(map[flow.Pos]*reached)
	for _, p := range programs {
		for i := range p.Reached {
			r := &p.Reached[i]
			j.addDoors(r)
			for _, pos := range r.Places() {
				if j.sites[pos] == nil {
					continue
				}
				if out[pos] == nil {
					out[pos] = &reached{}
				}
				by := out[pos]
				by.mains, by.origins = append(by.mains, p.Path), append(by.origins, r.Origins...)
			}
		}
	}
	for _, by := range out {
		slices.Sort(by.mains)
		by.mains = slices.Compact(by.mains)
	}
	return out
}

// addDoors makes a site of each call in the module that listens inside a
// dependency: silence would be the worst answer.
func (j *joining) addDoors(r *Reached) {
	for _, d := range r.Doors {
		if j.sites[d.Pos] != nil || r.Class() == Inherited {
			continue
		}
		j.sites[d.Pos] = &place{within: r, Site: Site{
			Class:     r.Class(),
			SiteFacts: SiteFacts{Pos: d.Pos, Func: d.Func, Callee: d.Callee, Network: Networks(r.Fixed, r.Network)},
		}}
	}
}
