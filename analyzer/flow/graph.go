package flow

import (
	"iter"
	"path"
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Budgets for what a fact carries of edges that neither lead to a known sink
// nor come from a known source. They grow with depth, so they are small.
const (
	maxTransit      = 32  // of a dependency's own
	maxTransitCarry = 128 // of what a dependency imports
	maxModule       = 1024
	maxObjects      = 4096
	maxPrefix       = 4000
)

// A Graph is the edges that one package sees, its own and imported ones. It is
// immutable.
type Graph struct {
	model   *model.Model
	edges   []Edge
	in, out map[Node][]int
	// truncated says that edges were dropped for size, here or below.
	truncated bool
}

// NewGraph returns the graph of some facts.
func NewGraph(m *model.Model, f *Flows) *Graph {
	g := &Graph{model: m, edges: f.Edges, in: make(map[Node][]int), out: make(map[Node][]int), truncated: f.Truncated}
	for i, e := range g.edges {
		g.in[e.To] = append(g.in[e.To], i)
		g.out[e.From] = append(g.out[e.From], i)
	}
	for n, in := range g.in {
		if n.Kind() == Field {
			g.in[n] = g.genuine(in)
		}
	}
	return g
}

// Into yields the edges that lead to a node.
func (g *Graph) Into(n Node) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for _, i := range g.in[n] {
			if !yield(g.edges[i]) {
				return
			}
		}
	}
}

// Flows returns the graph as a fact, not pruned.
func (g *Graph) Flows() *Flows { return &Flows{Edges: g.edges, Truncated: g.truncated} }

// Truncated reports whether traces may be incomplete, for size.
func (g *Graph) Truncated() bool { return g.truncated }

// genuine drops, beside others, the edges in files of mocks: what a stand-in
// for tests configures says nothing about the program.
func (g *Graph) genuine(in []int) []int {
	mock := func(i int) bool { return IsMock(g.edges[i].Pos.File) }
	if !slices.ContainsFunc(in, mock) || !slices.ContainsFunc(in, func(i int) bool { return !mock(i) }) {
		return in
	}
	return slices.DeleteFunc(slices.Clone(in), mock)
}

// IsMock reports whether a file, by its name, stands in for something else in
// tests, as mockoidc.go does.
func IsMock(file string) bool { return strings.HasPrefix(path.Base(file), "mock") }

// closure returns the nodes that can be reached from those that start admits,
// over edges that follow names.
func (g *Graph) closure(start func(Node) bool, next map[Node][]int, ends func(Edge) []Node, use func(Edge) bool) map[Node]bool {
	reached := make(map[Node]bool)
	var work []Node
	push := func(n Node) {
		if n != (Node{}) && !reached[n] {
			reached[n] = true
			work = append(work, n)
		}
	}
	for _, e := range g.edges {
		for _, n := range [2]Node{e.From, e.To} {
			if start(n) {
				push(n)
			}
		}
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, i := range next[n] {
			if !use(g.edges[i]) {
				continue
			}
			for _, end := range ends(g.edges[i]) {
				push(end)
			}
		}
	}
	return reached
}

func all(Edge) bool    { return true }
func to(e Edge) []Node { return []Node{e.To} }

// from returns where an edge comes from, and the objects that it is about.
func from(e Edge) []Node {
	if e.FromOf == (Node{}) && e.ToOf == (Node{}) {
		return []Node{e.From}
	}
	return []Node{e.From, e.FromOf, e.ToOf}
}

func isSink(n Node) bool   { return n.Kind() == Sink || n.Kind() == Effect }
func isSource(n Node) bool { return n.Kind() == Source || n.Kind() == KeyedSource || n.Kind() == Entry }

// Export prunes the graph to what an importer may need: what leads to a sink,
// what brings a source to a place that importers can reach, and a few edges
// between such places that look like an address's; of the recipes those of
// functions that lead to a sink. own is what the package itself adds.
//
// Of a dependency only what is named like an address counts: most of what
// they decode are the answers of services, most of their functions on strings
// have nothing to do with listening. In the module at work everything does.
func (g *Graph) Export(own []Edge, f *Flows, dependency bool) *Flows {
	p := &pruning{Graph: g, own: make(map[Edge]bool, len(own)), dependency: dependency, truncated: g.truncated}
	for _, e := range own {
		p.own[e] = true
	}
	toSink := g.closure(isSink, g.in, from, all)
	edges := p.chosen(toSink)
	out := Merge(&Flows{Edges: append(edges, g.tagsOf(edges)...), Fillers: f.Fillers, Truncated: p.truncated})
	for _, r := range f.Recipes {
		if toSink[FuncNode(r.Func)] {
			out.Recipes = append(out.Recipes, r)
		}
	}
	return out
}

// A pruning chooses the edges of a graph that an importer may need.
type pruning struct {
	*Graph
	own              map[Edge]bool
	dependency       bool
	truncated        bool
	transit, carried int
	prefix, objects  int
}

// named reports whether a place may hold an address, by its name.
func (p *pruning) named(n Node) bool { return !p.dependency || AddressLike(n.Member()) }

func (p *pruning) chosen(toSink map[Node]bool) []Edge {
	g := p.Graph
	fromSource := g.closure(isSource, g.out, to, func(e Edge) bool {
		return e.Flow != Tag && (e.Flow != Decode || p.named(e.To))
	})
	// live are the nodes from which a value can still leave the package.
	live := g.closure(Node.Exported, g.in, from, all)
	// feeds are the nodes that give what comes from a source its other
	// values, its key or its default.
	feeds := g.closure(func(n Node) bool { return fromSource[n] && live[n] }, g.in, from, func(e Edge) bool { return !e.Flow.IsCall() })
	// through are the nodes that something which an importer puts in passes
	// on its way out again: in a dependency, what is named like an address.
	through := g.closure(func(n Node) bool { return lasting(n) && p.named(n) }, g.out, to, func(e Edge) bool { return !e.Flow.IsCall() })
	var keep []Edge
	for _, e := range g.edges {
		switch {
		case toSink[e.To]:
		case e.Flow.IsCall() || e.Flow == Tag || e.Part == model.Object:
			continue
		case e.Flow == Decode && !p.named(e.To):
			continue
		case fromSource[e.From] && live[e.To] || feeds[e.To] || e.To.Kind() == Entry:
			if !p.within(&p.prefix, maxPrefix) {
				continue
			}
		case (!e.To.Exported() || !p.named(e.To) || !lasting(e.From)) && !(through[e.From] && live[e.To]):
			continue
		case !p.transits(e):
			continue
		}
		keep = append(keep, e)
	}
	return append(keep, p.about(keep)...)
}

// about returns the edges of the objects that some edges are about, and of those
// that an importer can reach: by them it tells which object a field is read of.
func (p *pruning) about(keep []Edge) []Edge {
	if p.dependency {
		return nil
	}
	objects := make(map[Node]bool)
	for _, e := range keep {
		objects[e.FromOf], objects[e.ToOf] = true, true
	}
	for _, e := range p.edges {
		if e.Part == model.Object && e.To.Exported() {
			objects[e.To] = true
		}
	}
	delete(objects, Node{})
	passes := func(e Edge) bool { return e.Flow.passes() && (e.Part == model.Object || e.Part == model.Whole) }
	needed := p.closure(func(n Node) bool { return objects[n] }, p.in, from, passes)
	kept := make(map[Edge]bool, len(keep))
	for _, e := range keep {
		kept[e] = true
	}
	var out []Edge
	for _, e := range p.edges {
		if passes(e) && needed[e.To] && !kept[e] && p.within(&p.objects, maxObjects) {
			out = append(out, e)
		}
	}
	return out
}

// transits reports whether there is room for an edge between two places that
// neither leads to a sink nor comes from a source.
func (p *pruning) transits(e Edge) bool {
	own, carried := maxModule, maxModule
	if p.dependency {
		own, carried = maxTransit, maxTransitCarry
	}
	if p.own[e] {
		return p.within(&p.transit, own)
	}
	return p.within(&p.carried, carried)
}

// within counts, and reports whether the count is within a budget.
func (p *pruning) within(n *int, budget int) bool {
	*n++
	p.truncated = p.truncated || *n > budget
	return *n <= budget
}

// tagsOf returns the struct tags of the fields that edges start from.
func (g *Graph) tagsOf(edges []Edge) []Edge {
	fields := make(map[Node]bool)
	for _, e := range edges {
		if e.From.Kind() == Field {
			fields[e.From] = true
		}
	}
	var out []Edge
	for _, e := range g.edges {
		if e.Flow == Tag && fields[e.To] {
			out = append(out, e)
		}
	}
	return out
}

// lasting reports whether an importer can still put something into a place,
// or a constant is there already.
func lasting(n Node) bool {
	return n.Exported() || n.Kind() == Param && IsExported(n.Name()) || n.Kind() == Const && n.Name() != ""
}

// addressWords are the words in the names of things that usually hold an
// address or a piece of one.
var addressWords = map[string]bool{
	"addr": true, "addrs": true, "address": true, "addresses": true,
	"listen": true, "listener": true, "listeners": true, "bind": true,
	"host": true, "hostname": true, "port": true, "ports": true, "hostport": true,
	"sock": true, "socket": true, "unix": true, "network": true,
	"iface": true, "interface": true, "server": true, "http": true, "https": true, "grpc": true, "tcp": true, "udp": true,
}

// AddressLike reports whether one of the words of a name is in addressWords.
// Words are told apart by case and punctuation: Transport is no Port.
func AddressLike(name string) bool {
	start := 0
	for i := 1; i <= len(name); i++ {
		boundary := i == len(name) || !isLetter(name[i]) || !isLetter(name[i-1]) ||
			isUpper(name[i]) && (!isUpper(name[i-1]) || i+1 < len(name) && isLetter(name[i+1]) && !isUpper(name[i+1]))
		if !boundary {
			continue
		}
		if addressWords[strings.ToLower(name[start:i])] {
			return true
		}
		start = i
	}
	return false
}

func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isUpper(c) || 'a' <= c && c <= 'z' }

// Member returns the name of a place without what it is in: the name of a
// field, a variable, a function or a parameter.
func (n Node) Member() string {
	switch n.Kind() {
	case Param:
		return n.Label()
	case HeldParam, HeldResult, KeyedSource:
		return n.Of().Member()
	}
	_, last, _ := cutLast(n.Name(), ".")
	return last
}

// Knows reports whether anything leads to a node.
func (g *Graph) Knows(n Node) bool { return len(g.in[n]) > 0 }
