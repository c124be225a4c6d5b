package flow

import (
	"cmp"
	"fmt"
	"slices"

	"inheritfd/analyzer/model"
)

// A Pos is a source position that survives the trip through a fact: imported
// objects lose their column under go vet, and absolute paths differ between
// machines. File is the import path of the package followed by the file's
// base name; Line and Col count from 1. The zero Pos is no position.
type Pos struct {
	File      string
	Line, Col int
}

// IsValid reports whether p is a position.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns "file:line:col".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// A Kind says how a value goes along an edge.
type Kind uint8

const (
	Copy    Kind = iota // assigned, converted, or made part of
	Store               // stored in a field, variable or element that exists
	Init                // stored in a composite literal
	Arg                 // passed at a call
	Result              // used as the result of a call
	Return              // returned
	Default             // the default value of a source
	Decode              // filled in by a decoder
	Tag                 // the field's struct tag says so; a source of last resort
	Key                 // parameter From holds the key of source To
	Mention             // function From starts or mentions To
	Call                // function From calls To
)

// isCall reports whether an edge is between functions, not values.
func (k Kind) isCall() bool { return k == Mention || k == Call }

// An Edge says that a value goes from one node to the next.
type Edge struct {
	From, To Node
	Kind     Kind
	// Part is what From fills of To; model.Whole when it passes unchanged.
	Part model.Part
	// Many says that To is one element of the list or map that From is.
	Many bool
	// Pos is where; for Arg the argument, for Store and Init the value.
	Pos Pos
	// Call tells the calls of one function apart (Arg and Result); for Init
	// it tells the composite literals apart. Its File is Pos.File.
	Call Pos
}

func compareEdges(a, b Edge) int {
	return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Part, b.Part), a.Pos.Compare(b.Pos), a.Call.Compare(b.Call), compareBools(a.Many, b.Many))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Flows is the fact of one package: the edges of its own and of everything
// below it that an importer may need, in a compact form. It must be
// self-contained, as go vet shows a package the facts of its direct imports
// only.
type Flows struct {
	// Files and Nodes are the strings that Edges index.
	Files, Nodes []string
	Edges        []packedEdge
	// Truncated says that edges were dropped for size.
	Truncated bool
}

// A packedEdge is an Edge with its strings interned; gob leaves zeros out.
type packedEdge struct {
	F, T       uint32 // From, To
	K, P       uint8  // Kind, Part
	File       uint32
	L, C, M, N uint32 // Pos line and column, Call line and column
	Many       bool
}

// AFact marks Flows as a fact.
func (*Flows) AFact() {}

// String describes the fact for tests.
func (f *Flows) String() string { return fmt.Sprintf("flows(%d)", len(f.Edges)) }

// pack makes the fact of a set of edges; edges are sorted, so that equal sets
// give byte-identical facts.
func pack(edges []Edge, truncated bool) *Flows {
	slices.SortFunc(edges, compareEdges)
	edges = slices.Compact(edges)
	f := &Flows{Truncated: truncated}
	files, nodes := interner{list: &f.Files}, interner{list: &f.Nodes}
	for _, e := range edges {
		f.Edges = append(f.Edges, packedEdge{
			F: nodes.id(string(e.From)), T: nodes.id(string(e.To)),
			K: uint8(e.Kind), P: uint8(e.Part),
			File: files.id(e.Pos.File),
			L:    uint32(e.Pos.Line), C: uint32(e.Pos.Col),
			M: uint32(e.Call.Line), N: uint32(e.Call.Col),
			Many: e.Many,
		})
	}
	return f
}

// unpack is the inverse of pack.
func (f *Flows) unpack() []Edge {
	edges := make([]Edge, len(f.Edges))
	for i, e := range f.Edges {
		file := f.Files[e.File]
		edges[i] = Edge{
			From: Node(f.Nodes[e.F]), To: Node(f.Nodes[e.T]),
			Kind: Kind(e.K), Part: model.Part(e.P),
			Pos: Pos{file, int(e.L), int(e.C)}, Many: e.Many,
		}
		if e.M > 0 {
			edges[i].Call = Pos{file, int(e.M), int(e.N)}
		}
	}
	return edges
}

// An interner numbers strings in the order of their first use.
type interner struct {
	list *[]string
	ids  map[string]uint32
}

func (n *interner) id(s string) uint32 {
	if id, ok := n.ids[s]; ok {
		return id
	}
	if n.ids == nil {
		n.ids = make(map[string]uint32)
	}
	id := uint32(len(*n.list))
	n.ids[s] = id
	*n.list = append(*n.list, s)
	return id
}
