package flow

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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
	Also                // another source of the same value, of less weight
	Help                // the help text of a source
	Twin                // recipe From is inferred for function To
	Fills               // decoder From fills what parameter To points to
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
	// it tells the composite literals apart.
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
// below it that an importer may need. It must be self-contained, as go vet
// shows a package the facts of its direct imports only.
type Flows struct {
	Edges []Edge // sorted, each once
	// Truncated says that edges were dropped for size.
	Truncated bool
}

// AFact marks Flows as a fact.
func (*Flows) AFact() {}

// String describes the fact for tests.
func (f *Flows) String() string { return fmt.Sprintf("flows(%d)", len(f.Edges)) }

// newFlows makes the fact of a set of edges, which it sorts.
func newFlows(edges []Edge, truncated bool) *Flows {
	slices.SortFunc(edges, compareEdges)
	return &Flows{Edges: slices.Compact(edges), Truncated: truncated}
}

// GobEncode writes the fact compactly: sorted strings once, then the edges
// column by column as varints, all compressed. Equal facts give equal bytes.
func (f *Flows) GobEncode() ([]byte, error) {
	names := f.names()
	id := func(s string) int {
		i, _ := slices.BinarySearch(names, s)
		return i
	}
	var edges []byte
	for _, column := range columns {
		last := 0
		for i := range f.Edges {
			n := column.get(&f.Edges[i], id)
			if column.rising {
				n, last = n-last, n
			}
			edges = binary.AppendUvarint(edges, uint64(n))
		}
	}
	head := []byte{factVersion, 0}
	if f.Truncated {
		head[1] = 1
	}
	var raw []byte
	raw = binary.AppendUvarint(raw, uint64(len(names)))
	for _, s := range names {
		raw = binary.AppendUvarint(raw, uint64(len(s)))
		raw = append(raw, s...)
	}
	raw = binary.AppendUvarint(raw, uint64(len(f.Edges)))
	raw = append(raw, edges...)
	out := bytes.NewBuffer(head)
	w, err := flate.NewWriterDict(out, flate.DefaultCompression, []byte(dictionary))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// factVersion changes when the encoding does.
const factVersion = 2

// dictionary is what facts have in common: most are small, and made of the
// names of few hosts and of the kinds of nodes. The most frequent stand last.
const dictionary = "cloud.google.com/go/golang.org/x/net/http2/gopkg.in/go.yaml.in/k8s.io/" +
	"google.golang.org/grpc/internal/google.golang.org/api/github.com/spf13/github.com/prometheus/" +
	"#address#network#0:ctx#1:addr#0:addr#1:network#2:address#0:name#0:key#1:opts" +
	"K:net.Listen@K:(*net/http.Server).ListenAndServe@S:file:S:flag:S:env:C:localhost:C:127.0.0.1:" +
	"U:result of , which is not modelledN:(*V:M:G:F:R:(*P:(*L:(*R:github.com/P:github.com/F:github.com/N:github.com/"

// GobDecode is the inverse of GobEncode.
func (f *Flows) GobDecode(data []byte) error {
	if len(data) < 2 || data[0] != factVersion {
		return errors.New("flow: fact of another version")
	}
	f.Truncated = data[1] == 1
	raw, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(data[2:]), []byte(dictionary)))
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	broken := false
	num := func() int {
		v, n := binary.Uvarint(raw)
		if n <= 0 {
			broken = true
			return 0
		}
		raw = raw[n:]
		return int(v)
	}
	var names []string
	for range num() {
		n := num()
		if broken || n > len(raw) {
			return errBroken
		}
		names = append(names, string(raw[:n]))
		raw = raw[n:]
	}
	name := func(i int) string {
		if i < 0 || i >= len(names) {
			broken = true
			return ""
		}
		return names[i]
	}
	count := num()
	if count > len(raw) { // each edge has bytes of its own
		return errBroken
	}
	f.Edges = make([]Edge, count)
	for _, column := range columns {
		last := 0
		for i := range f.Edges {
			n := num()
			if column.rising {
				n += last
				last = n
			}
			column.set(&f.Edges[i], n, name)
		}
	}
	if broken {
		return errBroken
	}
	return nil
}

var errBroken = errors.New("flow: broken fact")

// names lists the strings of the edges, sorted.
func (f *Flows) names() []string {
	var out []string
	for _, e := range f.Edges {
		out = append(out, string(e.From), string(e.To), e.Pos.File)
		if e.Call.IsValid() {
			out = append(out, e.Call.File)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A column is one number of each edge in the encoding.
type column struct {
	get func(e *Edge, id func(string) int) int
	set func(e *Edge, n int, name func(int) string)
	// rising says that the numbers never fall, and are written as steps.
	rising bool
}

// columns are the numbers of an edge, in the order that they are written in;
// edges are sorted by To first.
var columns = []column{
	{
		get:    func(e *Edge, id func(string) int) int { return id(string(e.To)) },
		set:    func(e *Edge, n int, name func(int) string) { e.To = Node(name(n)) },
		rising: true,
	},
	{
		get: func(e *Edge, id func(string) int) int { return id(string(e.From)) },
		set: func(e *Edge, n int, name func(int) string) { e.From = Node(name(n)) },
	},
	{
		get: func(e *Edge, _ func(string) int) int {
			flags := int(e.Kind)<<4 | int(e.Part)<<1
			if e.Many {
				flags |= 1
			}
			return flags
		},
		set: func(e *Edge, n int, _ func(int) string) {
			e.Kind, e.Part, e.Many = Kind(n>>4), model.Part(n>>1&7), n&1 == 1
		},
	},
	{
		get: func(e *Edge, id func(string) int) int { return id(e.Pos.File) },
		set: func(e *Edge, n int, name func(int) string) { e.Pos.File = name(n) },
	},
	{
		get: func(e *Edge, _ func(string) int) int { return e.Pos.Line },
		set: func(e *Edge, n int, _ func(int) string) { e.Pos.Line = n },
	},
	{
		get: func(e *Edge, _ func(string) int) int { return e.Pos.Col },
		set: func(e *Edge, n int, _ func(int) string) { e.Pos.Col = n },
	},
	{
		get: func(e *Edge, _ func(string) int) int { return e.Call.Line },
		set: func(e *Edge, n int, _ func(int) string) { e.Call.Line = n },
	},
	{
		get: func(e *Edge, _ func(string) int) int { return e.Call.Col },
		set: func(e *Edge, n int, _ func(int) string) { e.Call.Col = n },
	},
	{ // the file of the call, where Pos is that of a constant in another one
		get: func(e *Edge, id func(string) int) int {
			if e.Call.File == e.Pos.File || !e.Call.IsValid() {
				return 0
			}
			return id(e.Call.File) + 1
		},
		set: func(e *Edge, n int, name func(int) string) {
			switch {
			case n > 0:
				e.Call.File = name(n - 1)
			case e.Call.IsValid():
				e.Call.File = e.Pos.File
			}
		},
	},
}
