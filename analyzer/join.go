package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// Findings is what the results of all packages of a module say together.
type Findings struct {
	Sites     []Site
	Listeners []Listener
	Lifecycle []Lifecycle
}

// at names a place for maps: file:line:col.
func at(file string, line, col int) string { return fmt.Sprintf("%s:%d:%d", file, line, col) }

// Join puts the results of the packages of a module together: the traces that
// the programs complete, which programs reach a site, the logical listeners
// and their names, and which sites may claim the only socket.
func Join(results []*Result) *Findings {
	sites, programs := gather(results)
	complete(sites, programs)
	leave(sites, takers(programs))
	f := &Findings{Lifecycle: lifecycles(results, sites)}
	for _, s := range sites {
		s.Select = selects(s, s.Origins)
		if s.Class == Listen && s.Level == Safe && s.Reason == "" {
			s.Reason = note(*s)
		}
	}
	for _, p := range programs {
		f.Listeners = append(f.Listeners, listeners(p, sites)...)
	}
	allowSole(f.Listeners, programs, sites)
	for _, s := range sites {
		s.selectBy(f.Listeners)
		f.Sites = append(f.Sites, *s)
	}
	slices.SortFunc(f.Sites, CompareSites)
	return f
}

// CompareSites orders sites by where they stand.
func CompareSites(a, b Site) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// gather returns the sites by their place, each once, as test variants of a
// package report them again, and the programs in order.
func gather(results []*Result) (map[string]*Site, []*Result) {
	sites := make(map[string]*Site)
	var programs []*Result
	for _, r := range results {
		if r == nil {
			continue
		}
		for i := range r.Sites {
			s := r.Sites[i]
			if key := at(s.File, s.Line, s.Col); sites[key] == nil {
				sites[key] = &s
			}
		}
		if r.Name == "main" && !slices.ContainsFunc(programs, func(p *Result) bool { return p.Package == r.Package }) {
			programs = append(programs, r)
		}
	}
	slices.SortFunc(programs, func(a, b *Result) int { return cmp.Compare(a.Package, b.Package) })
	for i, p := range programs {
		programs[i] = p.withoutDoorsTo(sites)
	}
	return sites, programs
}

// complete gives the sites what only whole programs know: who reaches them,
// and the traces through all packages. Programs for tests have a say where no
// other reaches a site, which then is one for tests.
func complete(sites map[string]*Site, programs []*Result) {
	isTest := func(p *Result) bool { return isTestPackage(p.Package, p.Module) }
	joined := reach(sites, slices.DeleteFunc(slices.Clone(programs), isTest))
	tested := reach(sites, slices.DeleteFunc(slices.Clone(programs), func(p *Result) bool { return !isTest(p) }))
	for key, s := range sites {
		by, forTests := joined[key], joined[key] == nil && tested[key] != nil
		if forTests {
			by = tested[key]
		}
		if by == nil {
			continue
		}
		s.Mains = by.mains
		if len(by.origins) > 0 {
			s.Origins = tidy(unique(by.origins))
			s.reclass()
		}
		if forTests && s.Class == Listen {
			s.become(Test)
		}
	}
}

// A reached is what programs know together of a site that they reach.
type reached struct {
	mains   []string
	origins []Origin
}

// reach tells by place what some programs know of sites, and adds those in
// dependencies.
func reach(sites map[string]*Site, programs []*Result) map[string]*reached {
	out := make(map[string]*reached)
	for _, p := range programs {
		for _, j := range p.Joined {
			addDoors(sites, j)
			for _, key := range j.places() {
				if sites[key] == nil {
					continue
				}
				if out[key] == nil {
					out[key] = &reached{}
				}
				r := out[key]
				r.mains, r.origins = append(r.mains, p.Package), append(r.origins, j.Origins...)
			}
		}
	}
	for _, r := range out {
		slices.Sort(r.mains)
		r.mains = slices.Compact(r.mains)
	}
	return out
}

// withoutDoorsTo returns r without the doors to sites that are known
// themselves: those in another module of the workspace.
func (r *Result) withoutDoorsTo(sites map[string]*Site) *Result {
	c := *r
	c.Joined = slices.Clone(r.Joined)
	for i, j := range c.Joined {
		if sites[at(j.File, j.Line, j.Col)] != nil {
			c.Joined[i].Doors = nil
		}
	}
	return &c
}

// places returns where a joined site stands in the module: at itself, or at
// the doors to it.
func (j Joined) places() []string {
	if len(j.Doors) == 0 {
		return []string{at(j.File, j.Line, j.Col)}
	}
	var out []string
	for _, d := range j.Doors {
		out = append(out, at(d.File, d.Line, d.Col))
	}
	return out
}

// addDoors makes a site of each call in the module that listens inside a
// dependency: silence would be the worst answer.
func addDoors(sites map[string]*Site, j Joined) {
	for _, d := range j.Doors {
		key := at(d.File, d.Line, d.Col)
		if sites[key] != nil || j.class() == Inherited {
			continue
		}
		class := j.class()
		s := &Site{
			File: d.File, Line: d.Line, Col: d.Col, Func: d.Func, Callee: d.Callee, Origins: []Origin{},
			Network: networks(j.Fixed, j.Network), Class: class, Mains: []string{}, Select: []string{},
		}
		if class == Listen {
			s.Level = Manual
			s.Category = categoryOf(j.Origins)
			s.Reason = fmt.Sprintf("listens inside a dependency, at %s:%d (%s): hand it a listener if its API takes one", j.File, j.Line, flow.Short(j.Callee))
		}
		sites[key] = s
	}
}

// unique drops origins that several programs or contexts give alike, and
// keeps the first.
func unique(origins []Origin) []Origin {
	seen := make(map[string]bool)
	var out []Origin
	for _, o := range origins {
		key := strings.Join([]string{o.Part, o.Kind, o.Key, o.Value, o.Reason}, "\x00")
		if !seen[key] {
			seen[key] = true
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Origin) int { return cmp.Compare(partOrder(a.Part), partOrder(b.Part)) })
	return out
}

func partOrder(part string) int {
	return slices.Index([]string{"address", "path", "host", "port", "network"}, part)
}

// reclass decides again, by the joined origins, what only they show.
func (s *Site) reclass() {
	switch s.Class {
	case Listen, Ephemeral, Runtime:
		was := s.Class
		s.Class = classOf(s.Callee, s.Origins)
		if was != Listen && s.Class == Listen && s.Level == "" {
			s.Class = was // this package alone knew better
		}
	}
	if s.Class == Inherited {
		return
	}
	s.become(s.Class)
}

// become gives a site a class, with nothing left that only others have.
func (s *Site) become(class Class) {
	s.Class = class
	if class != Listen {
		s.Category, s.Level, s.Reason, s.Fix, s.SoleFix, s.Needs = "", "", "", nil, nil, nil
		return
	}
	s.Category = categoryOf(s.Origins)
}

// selects says how the configuration can name an inherited socket at a site:
// where the whole address reaches it untouched.
func selects(s *Site, origins []Origin) []string {
	out := []string{}
	if s.Class != Listen && s.Class != Inherited || s.Level == Manual || s.Rejected != "" || !takesText(s.Callee) {
		return out
	}
	for _, o := range origins {
		if o.Part != "address" || o.Rejected != "" {
			continue
		}
		switch o.Kind {
		case "flag":
			out = append(out, o.Dash+o.Key+" fd://3")
		case "env":
			out = append(out, o.Key+"=fd://3")
		case "file":
			out = append(out, o.Key+": fd://3")
		}
	}
	return out
}

// takesText reports whether a callee takes the address as a string, so that
// it can be fd://.
func takesText(callee string) bool {
	switch callee[strings.LastIndexByte(callee, '.')+1:] {
	case "ListenTCP", "ListenUDP", "ListenUnix", "ListenUnixgram":
		return false
	}
	return true
}

// note tells why a safe site cannot be selected by fd://.
func note(s Site) string {
	if s.Rejected != "" {
		return s.Rejected + " rejects fd://: the socket is found by its address"
	}
	for _, o := range s.Origins {
		if o.Rejected != "" {
			return o.Rejected + " rejects fd://: the socket is found by its address"
		}
	}
	return ""
}

// takers returns, by program, a site that takes inherited sockets in some way
// other than the helper: through go-systemd, or from a file.
func takers(programs []*Result) map[string]Joined {
	out := make(map[string]Joined)
	for _, p := range programs {
		for _, j := range p.Joined {
			if _, ok := out[p.Package]; !ok && j.class() == Inherited && !model.IsHelper(model.PkgOf(j.Callee)) {
				out[p.Package] = j
			}
		}
	}
	return out
}

// leave makes sites manual whose programs take inherited sockets already: the
// helper reads the environment first, and would leave the other way nothing.
func leave(sites map[string]*Site, takers map[string]Joined) {
	for _, s := range sites {
		for _, main := range s.Mains {
			t, ok := takers[main]
			if !ok || s.Class != Listen {
				continue
			}
			if s.Takes = t.Callee; s.Level != Manual {
				s.Level, s.Fix, s.SoleFix, s.Needs = Manual, nil, nil, nil
				s.Reason = takerReason(t.Callee, t.File, t.Line)
			}
		}
	}
}
