package flow

// This file defines how a search tells what it did, for people who ask why an
// address is not known.

import (
	"fmt"

	"inheritfd/analyzer/model"
)

// A Look is one place that a search looked at, on its way back from a site, or
// did not: the first answer to why an origin is missing.
type Look struct {
	// Toward is the number of the look that is one step nearer to the site, -1
	// for the site itself.
	Toward int
	// Place is what was looked at, Part which part of the address the value is
	// there, How how it goes on towards the site, and Pos where.
	Place string
	Part  model.Part
	How   string
	Pos   Pos
	// Dropped says why the search did not go on here; "" where it did.
	Dropped string
	// Ends are the origins that the search found here.
	Ends []Origin
}

// Explain traces a node of a site as Origins does, and tells what the search
// looked at, in order.
func (g *Graph) Explain(n Node, part model.Part) []Look {
	return g.search(n, part, nil, new(journal)).journal.looks
}

// A journal is what a search tells of itself. A nil journal takes no notes.
type journal struct{ looks []Look }

// visited notes that the search looks at a place, or at fields of an object there.
func (j *journal) visited(v *visit, p *paths) {
	if j == nil {
		return
	}
	l := look(v, v.edge, v.node, v.part, "")
	if v.path != 0 {
		l.Place = p.members(v.path) + " of " + l.Place
	}
	j.looks = append(j.looks, l)
	v.note = len(j.looks)
}

// look describes a place that an edge leads from, towards a visit's next.
func look(v *visit, e Edge, n Node, part model.Part, dropped string) Look {
	l := Look{Toward: -1, Place: n.describe(), Part: part, How: e.describe(), Pos: e.Pos, Dropped: dropped}
	switch n.Kind() {
	case Sink, Effect:
		l.Place, l.Pos = Short(n.Name()), n.Pos()
	case Source:
		kind, key, at := n.source()
		if l.Place = string(kind) + " " + key; kind == model.Flag {
			dash, name := dashed(key)
			l.Place = "flag " + dash + name
		}
		if at.IsValid() {
			l.Pos = at
		}
	case Const:
		l.Place = fmt.Sprintf("constant %q", n.Name())
	case Entry:
		store, key, ok := n.entry()
		if l.Place = store + " key " + key; !ok {
			l.Place = "what " + store + " is told about all keys: " + key
		}
	case KeyedSource:
		l.Place = n.Name() + " named by " + n.Of().describe()
	case Rejecting:
		l.Place = Short(n.Name())
	case CallResult:
		l.Place = "result of " + n.describe()
	case Result, SlotResult, HeldResult:
		l.Place = "what " + n.describe() + " returns"
	}
	if v.next != nil {
		l.Toward = v.next.note - 1
	}
	return l
}

// again notes that the search comes to a place that it has looked at before.
func (j *journal) again(v *visit, why string) {
	if j != nil {
		j.looks = append(j.looks, look(v, v.edge, v.node, v.part, why))
	}
}

// dropped notes that the search does not go back over an edge from a place.
func (j *journal) dropped(v *visit, e Edge, why string) {
	if j != nil {
		j.looks = append(j.looks, look(&visit{next: v}, e, e.From, v.part, why))
	}
}

// ended notes that the search found an origin at a place.
func (j *journal) ended(v *visit, o Origin) {
	if j != nil {
		l := &j.looks[v.note-1]
		l.Ends = append(l.Ends, o)
	}
}
