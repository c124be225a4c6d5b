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

// GobEncode writes the fact compactly: strings once, numbers as varints, all
// compressed. Equal facts give equal bytes.
func (f *Flows) GobEncode() ([]byte, error) {
	var names []string
	ids := interner{list: &names}
	var edges []byte
	num := func(n int) { edges = binary.AppendUvarint(edges, uint64(n)) }
	for _, e := range f.Edges {
		flags := int(e.Kind)<<4 | int(e.Part)<<1
		if e.Many {
			flags |= 1
		}
		num(ids.id(string(e.From)))
		num(ids.id(string(e.To)))
		num(flags)
		num(ids.id(e.Pos.File))
		num(e.Pos.Line)
		num(e.Pos.Col)
		num(e.Call.Line)
		num(e.Call.Col)
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
const factVersion = 1

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
	name := func() string {
		i := num()
		if i >= len(names) {
			broken = true
			return ""
		}
		return names[i]
	}
	count := num()
	for i := 0; i < count && !broken; i++ {
		var e Edge
		e.From, e.To = Node(name()), Node(name())
		flags := num()
		e.Kind, e.Part, e.Many = Kind(flags>>4), model.Part(flags>>1&7), flags&1 == 1
		e.Pos = Pos{name(), num(), num()}
		if e.Call = (Pos{e.Pos.File, num(), num()}); !e.Call.IsValid() {
			e.Call = Pos{}
		}
		f.Edges = append(f.Edges, e)
	}
	if broken {
		return errBroken
	}
	return nil
}

var errBroken = errors.New("flow: broken fact")

// An interner numbers strings in the order of their first use.
type interner struct {
	list *[]string
	ids  map[string]int
}

func (n *interner) id(s string) int {
	if id, ok := n.ids[s]; ok {
		return id
	}
	if n.ids == nil {
		n.ids = make(map[string]int)
	}
	id := len(*n.list)
	n.ids[s] = id
	*n.list = append(*n.list, s)
	return id
}
