package flow

import (
	"path"
	"slices"
	"strings"
)

// Budgets for what a fact carries of edges that neither lead to a known sink
// nor come from a known source. They grow with depth, so they are small.
const (
	maxTransit      = 32  // of a dependency's own
	maxTransitCarry = 128 // of what a dependency imports
	maxModule       = 1024
	maxPrefix       = 4000
)

// A graph is the edges that one package sees, its own and imported ones.
type graph struct {
	edges []Edge
	in    map[Node][]int
	out   map[Node][]int
}

func newGraph(edges []Edge) *graph {
	slices.SortFunc(edges, compareEdges)
	edges = slices.Compact(edges)
	g := &graph{edges: edges, in: make(map[Node][]int), out: make(map[Node][]int)}
	for i, e := range edges {
		g.in[e.To] = append(g.in[e.To], i)
		g.out[e.From] = append(g.out[e.From], i)
	}
	for n, in := range g.in {
		if n.kind() == 'F' {
			g.in[n] = g.genuine(in)
		}
	}
	return g
}

// genuine drops, beside others, the edges in files of mocks: what a stand-in
// for tests configures says nothing about the program.
func (g *graph) genuine(in []int) []int {
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
func (g *graph) closure(start func(Node) bool, next map[Node][]int, end func(Edge) Node, use func(Edge) bool) map[Node]bool {
	reached := make(map[Node]bool)
	var work []Node
	push := func(n Node) {
		if !reached[n] {
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
			if use(g.edges[i]) {
				push(end(g.edges[i]))
			}
		}
	}
	return reached
}

func all(Edge) bool        { return true }
func from(e Edge) Node     { return e.From }
func to(e Edge) Node       { return e.To }
func isSink(n Node) bool   { return n.kind() == 'K' || n.kind() == 'D' }
func isSource(n Node) bool { return n.kind() == 'S' || n.kind() == 'Q' || n.kind() == 'W' }

// export prunes the graph to what an importer may need and packs it: what
// leads to a sink, what brings a source to a place that importers can reach,
// and a few edges between such places that look like an address's.
//
// Of a dependency only what is named like an address counts: most of what
// they decode are the answers of services, most of their functions on strings
// have nothing to do with listening. In the module at work everything does.
func (g *graph) export(own []Edge, dependency, truncated bool) *Flows {
	named := func(n Node) bool { return !dependency || addressLike(member(n)) }
	ownBudget, carryBudget := maxTransit, maxTransitCarry
	if !dependency {
		ownBudget, carryBudget = maxModule, maxModule
	}
	toSink := g.closure(isSink, g.in, from, all)
	fromSource := g.closure(isSource, g.out, to, func(e Edge) bool {
		return e.Kind != Tag && (e.Kind != Decode || named(e.To))
	})
	// live are the nodes from which a value can still leave the package.
	live := g.closure(exported, g.in, from, all)
	// feeds are the nodes that give what comes from a source its other
	// values, its key or its default.
	feeds := g.closure(func(n Node) bool { return fromSource[n] && live[n] }, g.in, from, func(e Edge) bool { return !e.Kind.isCall() })

	// through are the nodes that something which an importer puts in passes
	// on its way out again: of the module's own packages only.
	through := make(map[Node]bool)
	if !dependency {
		through = g.closure(lasting, g.out, to, func(e Edge) bool { return !e.Kind.isCall() })
	}

	isOwn := make(map[Edge]bool, len(own))
	for _, e := range own {
		isOwn[e] = true
	}
	var keep []Edge
	transit, carried, prefix := 0, 0, 0
	for _, e := range g.edges {
		switch {
		case toSink[e.To]:
		case e.Kind.isCall() || e.Kind == Tag:
			continue
		case e.Kind == Decode && !named(e.To):
			continue
		case fromSource[e.From] && live[e.To] || feeds[e.To] || e.To.kind() == 'W' || e.Kind == Fills:
			if prefix++; prefix > maxPrefix {
				truncated = true
				continue
			}
		case (!exported(e.To) || !named(e.To) || !lasting(e.From)) && !(through[e.From] && live[e.To]):
			continue
		case isOwn[e]:
			if transit++; transit > ownBudget {
				truncated = true
				continue
			}
		default:
			if carried++; carried > carryBudget {
				truncated = true
				continue
			}
		}
		keep = append(keep, e)
	}
	keep = append(keep, g.tagsOf(keep)...)
	return newFlows(keep, truncated)
}

// tagsOf returns the struct tags of the fields that edges start from.
func (g *graph) tagsOf(edges []Edge) []Edge {
	fields := make(map[Node]bool)
	for _, e := range edges {
		if e.From.kind() == 'F' {
			fields[e.From] = true
		}
	}
	var out []Edge
	for _, e := range g.edges {
		if e.Kind == Tag && fields[e.To] {
			out = append(out, e)
		}
	}
	return out
}

// lasting reports whether an importer can still put something into a place,
// or a constant is there already.
func lasting(n Node) bool {
	return exported(n) || n.kind() == 'P' && exportedName(n.fn()) || n.kind() == 'C' && n != "C:"
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

// addressLike reports whether one of the words of a name is in addressWords.
// Words are told apart by case and punctuation: Transport is no Port.
func addressLike(name string) bool {
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

// member returns the name of a place without what it is in: the name of a
// field, a variable, a function or a parameter.
func member(n Node) string {
	switch n.kind() {
	case 'P':
		return n.param()
	case 'F', 'G':
		_, last, _ := cutLast(n.rest(), ".")
		return last
	}
	_, last, _ := cutLast(n.fn(), ".")
	return last
}

// lastName returns the name of a place without its package.
func lastName(n Node) string {
	name := n.rest()
	if p := n.param(); p != "" {
		return p
	}
	_, last, _ := cutLast(name, "/")
	if last == "" {
		last = name
	}
	return last
}
