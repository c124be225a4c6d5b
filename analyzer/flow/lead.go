package flow

// This file defines what leads to a site: the functions that call on each
// other, the programs, and the doors into other modules.

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// Sinks lists the address nodes of the sites that the package sees, its own
// and those of its imports, in order.
func (p *Package) Sinks() []Node {
	var out []Node
	for _, e := range p.graph.edges {
		if e.Kind.isCall() && e.To.kind() == 'K' {
			out = append(out, e.To)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// EffectNodes lists the nodes of the calls with an effect on a path that the
// package sees, its own and those of its imports, in order.
func (p *Package) EffectNodes() []Node {
	var out []Node
	for _, e := range p.graph.edges {
		if e.To.kind() == 'D' {
			out = append(out, e.To)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Calls reports whether the package calls a function, by its full name.
func (p *Package) Calls(name string) bool { return len(p.calls[name]) > 0 }

// CallsIn reports whether a function calls another, by its full name.
func CallsIn(fn *ssa.Function, name string) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c, ok := instr.(ssa.CallInstruction); ok && calleeName(c.Common()) == name {
				return true
			}
		}
	}
	return false
}

// Sink takes the name of an address node apart.
func (n Node) Sink() (callee string, at Pos) {
	rest, _, _ := cutLast(n.rest(), "#")
	callee, posn, _ := cutLast(rest, "@")
	return callee, parsePos(posn)
}

// NetworkOf returns the network node beside an address node.
func (n Node) NetworkOf() Node {
	rest, _, _ := cutLast(string(n), "#")
	return Node(rest + "#" + model.Network.String())
}

// Reaches reports whether the program whose main package this is can reach a
// site: main.main or an init function mentions a function that leads there.
func (p *Package) Reaches(sink Node) bool {
	seen := make(map[Node]bool)
	work := []Node{sink}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, i := range p.graph.in[n] {
			e := p.graph.edges[i]
			if !e.Kind.isCall() || seen[e.From] {
				continue
			}
			name := e.From.rest()
			if strings.HasSuffix(name, ".init") || name == p.path+".main" {
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
	Callee string // full name
	Func   string // function that calls it, full name
	Pos    Pos
}

// maxDoor bounds the calls between a door and its site: the further away, the
// less the call is about listening.
const maxDoor = 6

// Doors returns the calls by which functions of a module reach a site outside
// it; within says whether an import path is the module's.
func (p *Package) Doors(sink Node, within func(pkgPath string) bool) []Door {
	var doors []Door
	seen := make(map[Node]bool)
	level := []Node{sink}
	for range maxDoor {
		var next []Node
		for _, n := range level {
			for _, i := range p.graph.in[n] {
				e := p.graph.edges[i]
				if e.Kind != Call || seen[e.From] {
					continue
				}
				if within(model.PkgOf(e.From.rest())) {
					if e.Pos.IsValid() && e.To != sink {
						doors = append(doors, Door{Callee: e.To.rest(), Func: e.From.rest(), Pos: e.Pos})
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

// leads adds the edges that say which functions lead to a site.
func (e *extractor) leads(sites []*Site, imported []Edge) {
	leads := make(map[string]bool)
	for _, edge := range imported {
		if edge.Kind.isCall() {
			leads[edge.From.rest()] = true
		}
	}
	for _, s := range sites {
		leads[s.owner] = true
		e.edge(Edge{From: funcNode(s.owner), To: s.Address, Kind: Call, Pos: s.Pos})
	}
	for changed := true; changed; {
		changed = false
		for fn, callees := range e.mentions {
			if leads[fn] {
				continue
			}
			for c := range callees {
				if leads[c] {
					leads[fn], changed = true, true
					break
				}
			}
		}
	}
	for fn, callees := range e.mentions {
		for c, pos := range callees {
			if leads[fn] && leads[c] {
				edge := Edge{From: funcNode(fn), To: funcNode(c), Kind: Mention, Pos: e.calleePos(pos)}
				if call, ok := e.direct[[2]string{fn, c}]; ok {
					edge.Kind, edge.Pos = Call, e.calleePos(call)
				}
				e.edge(edge)
			}
		}
	}
}
