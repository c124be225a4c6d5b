package flow

import (
	"cmp"
	"fmt"
	"slices"

	"inheritfd/analyzer/model"
)

// A Flow says how a value goes along an edge.
type Flow uint8

const (
	Copy     Flow = iota // assigned, converted, or made part of
	Store                // stored in a field, variable or element that exists
	Init                 // stored in a composite literal
	Arg                  // passed at a call
	Return               // returned
	FromCall             // used as the result of a call
	Default              // the default value of a source
	Decode               // filled in by a decoder
	Tag                  // the field's struct tag says so; a source of last resort
	Key                  // parameter From holds the key of source To
	Mention              // function From starts or mentions To
	Call                 // function From calls To
	Also                 // another source of the same value, of less weight
	Help                 // the help text of a source
)

// String returns a word for f, for tests.
func (f Flow) String() string {
	return [...]string{"copy", "store", "init", "arg", "return", "result", "default", "decode", "tag", "key", "mention", "call", "also", "help"}[f]
}

// IsCall reports whether an edge is between functions, not values.
func (f Flow) IsCall() bool { return f == Mention || f == Call }

// passes reports whether a value comes through an edge, rather than something
// that is said of it.
func (f Flow) passes() bool {
	switch f {
	case Mention, Call, Key, Default, Also, Help, Tag:
		return false
	}
	return true
}

// An Edge says that a value goes from one node to the next.
type Edge struct {
	From, To Node
	// FromOf is the object that the field From is read of, ToOf the one that the
	// field To is stored in; the zero Node where that is not known.
	FromOf, ToOf Node
	Flow         Flow
	// Part is what From fills of To; model.Whole when it passes unchanged.
	Part model.Part
	// Many says that To is one element of the list or map that From is.
	Many bool
	// Cut says that To is a piece which an address of the form fd://name would be
	// cut at, too.
	Cut bool
	// Pos is where; for Arg the argument, for Store and Init the value.
	Pos Pos
	// Call tells the calls of one function apart (Arg and FromCall); for Init
	// it tells the composite literals apart.
	Call Pos
}

func compareEdges(a, b Edge) int {
	if c := a.To.Compare(b.To); c != 0 {
		return c
	}
	if c := a.From.Compare(b.From); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Part, b.Part),
		a.Pos.Compare(b.Pos), a.Call.Compare(b.Call), compareBools(a.Many, b.Many), compareBools(a.Cut, b.Cut),
		a.FromOf.Compare(b.FromOf), a.ToOf.Compare(b.ToOf))
}

// A Filler is a function that hands what a parameter points to on to a decoder.
type Filler struct {
	Func string `json:"f"`
	// Param is the parameter, the receiver counted.
	Param   int            `json:"p,omitempty"`
	Decoder *model.Decoder `json:"d,omitempty"`
	// Store is the library that the keys are of, and Key what stands before
	// them, for a store's Fill.
	Store string `json:"s,omitempty"`
	Key   string `json:"k,omitempty"`
	// Remote is the runtime source that is decoded, "" for none.
	Remote string `json:"r,omitempty"`
}

// A Recipe is the row that is inferred for a function of a dependency which
// listens and has none.
type Recipe struct {
	Func    string    `json:"f"`
	Network model.Arg `json:"n,omitempty"`
	Fixed   string    `json:"x,omitempty"`
	Address model.Arg `json:"a,omitempty"`
	Field   string    `json:"l,omitempty"` // of the receiver, with the address
	Helper  string    `json:"h"`
	Serve   string    `json:"e"`
	Sibling string    `json:"s"` // takes the listener
}

// Sink returns the row that a recipe stands for.
func (r Recipe) Sink() *model.Sink {
	s := &model.Sink{
		Func: r.Func, Network: r.Network, Fixed: r.Fixed, Address: r.Address, Inferred: true, Reason: r.Sibling,
		Recipe: model.Recipe{Kind: model.Wrap, Func: r.Helper, Serve: r.Serve},
	}
	if r.Field != "" {
		_, name, _ := cutLast(r.Field, ".")
		s.Fields = map[string]model.Part{r.Field: model.Whole}
		s.Recipe.Address = "{x}." + name
	}
	return s
}

// Flows is the fact of one package: the edges of its own and of everything
// below it that an importer may need. It must be self-contained, as go vet
// shows a package the facts of its direct imports only.
type Flows struct {
	Edges   []Edge   // sorted, each once
	Fillers []Filler // by function and parameter
	Recipes []Recipe // by function
	// Truncated says that edges were dropped for size.
	Truncated bool
}

// AFact marks Flows as a fact.
func (*Flows) AFact() {}

// String describes the fact for tests.
func (f *Flows) String() string { return fmt.Sprintf("flows(%d)", len(f.Edges)) }

// Empty reports whether an importer needs nothing of f.
func (f *Flows) Empty() bool {
	return f == nil || len(f.Edges)+len(f.Fillers)+len(f.Recipes) == 0
}

// Merge joins facts with what a package adds to them, each thing once.
func Merge(facts ...*Flows) *Flows {
	out := &Flows{}
	var edges [][]Edge
	for _, f := range facts {
		sorted := f.Edges
		if !slices.IsSortedFunc(sorted, compareEdges) {
			sorted = slices.SortedFunc(slices.Values(f.Edges), compareEdges)
		}
		edges = append(edges, sorted)
		out.Fillers = append(out.Fillers, f.Fillers...)
		out.Recipes = append(out.Recipes, f.Recipes...)
		out.Truncated = out.Truncated || f.Truncated
	}
	out.Edges = slices.Compact(mergeEdges(edges))
	slices.SortStableFunc(out.Fillers, func(a, b Filler) int {
		return cmp.Or(cmp.Compare(a.Func, b.Func), cmp.Compare(a.Param, b.Param))
	})
	out.Fillers = slices.CompactFunc(out.Fillers, func(a, b Filler) bool { return a.Func == b.Func && a.Param == b.Param })
	slices.SortStableFunc(out.Recipes, func(a, b Recipe) int { return cmp.Compare(a.Func, b.Func) })
	out.Recipes = slices.CompactFunc(out.Recipes, func(a, b Recipe) bool { return a.Func == b.Func })
	return out
}

// mergeEdges merges lists that are sorted into one that is.
func mergeEdges(lists [][]Edge) []Edge {
	switch len(lists) {
	case 0:
		return nil
	case 1:
		return slices.Clone(lists[0])
	}
	half := len(lists) / 2
	a, b := mergeEdges(lists[:half]), mergeEdges(lists[half:])
	out := make([]Edge, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := compareEdges(a[0], b[0]); {
		case c == 0: // most packages hand on what others do too
			b = b[1:]
		case c < 0:
			out = append(out, a[0])
			a = a[1:]
		default:
			out = append(out, b[0])
			b = b[1:]
		}
	}
	return append(append(out, a...), b...)
}
