package flow

// This file defines what leads to a site: the functions that call on each
// other, the programs, and the doors into other modules.

import (
	"cmp"
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Sinks lists the address nodes of the sites that the graph knows, in order.
func (g *Graph) Sinks() []Node {
	return g.targets(func(e Edge) bool { return e.Flow.IsCall() && e.To.Kind() == Sink })
}

// Effects lists the nodes of the calls with an effect on a path that the graph
// knows, in order.
func (g *Graph) Effects() []Node {
	return g.targets(func(e Edge) bool { return e.To.Kind() == Effect })
}

// targets lists where edges lead.
func (g *Graph) targets(of func(Edge) bool) []Node {
	var out []Node
	for _, e := range g.edges {
		if of(e) {
			out = append(out, e.To)
		}
	}
	slices.SortFunc(out, Node.Compare)
	return slices.Compact(out)
}

// Reaches reports whether the program whose main package is main can reach a
// site: main.main or an init function mentions a function that leads there.
func (g *Graph) Reaches(sink Node, main string) bool {
	seen := make(map[Node]bool)
	work := []Node{sink}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for e := range g.Into(n) {
			if !e.Flow.IsCall() || seen[e.From] {
				continue
			}
			name := e.From.Name()
			if strings.HasSuffix(name, ".init") || name == main+".main" {
				return true
			}
			seen[e.From] = true
			work = append(work, e.From)
		}
	}
	return false
}

// A Door is a call in one module of a function outside it that leads to a
// site.
type Door struct {
	Callee string `json:"callee"` // full name
	Func   string `json:"func"`   // function that calls it, full name
	Pos    Pos    `json:"pos"`
}

// maxDoor bounds the calls between a door and its site: the further away, the
// less the call is about listening.
const maxDoor = 6

// Doors returns the calls by which functions of a module reach a site outside
// it; within says whether an import path is the module's.
func (g *Graph) Doors(sink Node, within func(pkgPath string) bool) []Door {
	var doors []Door
	seen := make(map[Node]bool)
	level := []Node{sink}
	for range maxDoor {
		var next []Node
		for _, n := range level {
			for e := range g.Into(n) {
				if e.Flow != Call || seen[e.From] {
					continue
				}
				if within(model.PkgOf(e.From.Name())) {
					if e.Pos.IsValid() && e.To != sink {
						doors = append(doors, Door{Callee: e.To.Name(), Func: e.From.Name(), Pos: e.Pos})
					}
					continue
				}
				seen[e.From] = true
				next = append(next, e.From)
			}
		}
		level = next
	}
	slices.SortFunc(doors, func(a, b Door) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Callee, b.Callee))
	})
	return slices.Compact(doors)
}
