package flow

// This file defines the form of a fact on disk: the names of nodes and files
// once, in order, then the edges column by column as varints, all compressed.
// Nodes are strings here and nowhere else. Equal facts give equal bytes.

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer/model"
)

// The letters that the names of nodes begin with, by kind.
//
//	C:value         constant
//	D:func@pos#part effect
//	F:pkg.Type.f    field
//	G:pkg.v         package variable
//	K:func@pos#part site
//	L:func@pos#i    result of one call; #oi for what it stores
//	M:iface.m#i     parameter of an interface method
//	N:func          function
//	O:func#i        what a function stores through parameter i
//	P:func#i:name   parameter
//	Q:kind:P…@pos   source whose key is a parameter
//	R:func#i        result
//	S:kind:key@pos  source; without @pos looked up by its key
//	T:func@pos      passes through a function that rejects fd:// addresses
//	U:reason        unknown
//	V:iface.m#i     result of an interface method
//	W:store:key     entry of a store
//	W:store!setting setting of a store
//	X:node#i        parameter of the functions that node may hold
//	Y:node#i        result of the functions that node may hold
//	Z:name@pos      object
const letters = "-CDFGKLMNOPQRSTUVWXYZ"

// String returns the name of n as facts have it, for tests; "" for the zero Node.
func (n Node) String() string { return n.encode() }

// encode returns the name of a node.
func (n Node) encode() string {
	p := n.place()
	if p.kind == NoNode {
		return ""
	}
	head := letters[p.kind:p.kind+1] + ":"
	index := "#" + strconv.Itoa(p.index)
	switch p.kind {
	case Effect, Sink:
		return head + p.name + "@" + p.pos.String() + "#" + p.part.String()
	case CallResult:
		if p.other {
			index = "#o" + index[1:]
		}
		return head + p.name + p.of.encode() + "@" + p.pos.String() + index
	case Slot, SlotResult, Out, Result:
		return head + p.name + index
	case HeldParam, HeldResult:
		return head + p.of.encode() + index
	case Param:
		return head + p.name + index + ":" + p.label
	case KeyedSource:
		return head + p.name + ":" + p.label + ":" + p.of.encode() + "@" + p.pos.String()
	case Source:
		at := ""
		if p.pos.IsValid() {
			at = "@" + p.pos.String()
		}
		return head + p.name + ":" + p.label + at
	case Rejecting, Object:
		return head + p.name + "@" + p.pos.String()
	case Entry:
		if p.other {
			return head + p.name + ":" + p.label
		}
		return head + p.name + "!" + p.label
	}
	return head + p.name
}

// decodeNode is the inverse of encode; false for what is no node's name.
func decodeNode(text string) (Node, bool) {
	if text == "" {
		return Node{}, true
	}
	kind := Kind(max(strings.IndexByte(letters, text[0]), 0))
	if kind == NoNode || len(text) < 2 || text[1] != ':' {
		return Node{}, false
	}
	p, rest, ok := place{kind: kind}, text[2:], true
	switch kind {
	case Effect, Sink:
		var part string
		rest, part, ok = cutLast(rest, "#")
		if part == model.Network.String() {
			p.part = model.Network
		}
		p.name, ok = p.at(rest, ok)
	case CallResult:
		rest, p.other, ok = p.numbered(rest, ok)
		p.name, ok = p.at(rest, ok)
		if len(p.name) > 1 && p.name[1] == ':' { // of what a place holds
			var known bool
			p.of, known = decodeNode(p.name)
			p.name, ok = "", ok && known
		}
	case Slot, SlotResult, Out, Result:
		p.name, _, ok = p.numbered(rest, ok)
	case HeldParam, HeldResult:
		rest, _, ok = p.numbered(rest, ok)
		if ok {
			p.of, ok = decodeNode(rest)
		}
	case Param:
		i := strings.LastIndexByte(rest, '#')
		j := strings.IndexByte(rest[max(i, 0):], ':')
		if i < 0 || j < 0 {
			return Node{}, false
		}
		p.label = rest[i+j+1:]
		p.name, _, ok = p.numbered(rest[:i+j], ok)
	case KeyedSource:
		var param string
		rest, ok = p.at(rest, ok)
		p.name, param, _ = strings.Cut(rest, ":")
		p.label, param, _ = strings.Cut(param, ":")
		if ok {
			p.of, ok = decodeNode(param)
		}
	case Source:
		p.name, p.label, ok = strings.Cut(rest, ":")
		if key, posn, has := cutLast(p.label, "@"); has {
			if at, is := parsePos(posn); is {
				p.label, p.pos = key, at
			}
		}
	case Rejecting, Object:
		p.name, ok = p.at(rest, ok)
	case Entry:
		i := strings.IndexAny(rest, "!:")
		if i < 0 {
			return Node{}, false
		}
		p.name, p.label, p.other = rest[:i], rest[i+1:], rest[i] == ':'
	default:
		p.name = rest
	}
	if !ok {
		return Node{}, false
	}
	return intern(p), true
}

// at takes the position off the end of a name.
func (p *place) at(s string, ok bool) (string, bool) {
	before, posn, has := cutLast(s, "@")
	at, is := parsePos(posn)
	p.pos = at
	return before, ok && has && is
}

// numbered takes the number off the end of a name; other says that it is that of
// a pointer parameter.
func (p *place) numbered(s string, ok bool) (rest string, other, is bool) {
	before, digits, has := cutLast(s, "#")
	digits, other = strings.CutPrefix(digits, "o")
	i, err := strconv.Atoi(digits)
	p.index = i
	return before, other, ok && has && err == nil
}

// factVersion changes when the encoding does.
const factVersion = 4

// dictionary is what facts have in common: most are small, and made of the
// names of few hosts and of the kinds of nodes. The most frequent stand last.
const dictionary = "cloud.google.com/go/golang.org/x/net/http2/gopkg.in/go.yaml.in/k8s.io/" +
	"google.golang.org/grpc/internal/google.golang.org/api/github.com/spf13/github.com/prometheus/" +
	"#address#network#0:ctx#1:addr#0:addr#1:network#2:address#0:name#0:key#1:opts" +
	"K:net.Listen@K:(*net/http.Server).ListenAndServe@S:file:S:flag:S:env:C:localhost:C:127.0.0.1:" +
	"U:result of , which is not modelledN:(*V:M:G:F:R:(*P:(*L:(*R:github.com/P:github.com/F:github.com/N:github.com/"

// An encoder has the nodes and files of a fact, in order, and their numbers.
type encoder struct {
	nodes []Node
	ids   map[Node]int
	files []string
}

func newEncoder(f *Flows) *encoder {
	e := &encoder{ids: make(map[Node]int)}
	for _, edge := range f.Edges {
		e.nodes = append(e.nodes, edge.From, edge.To, edge.FromOf, edge.ToOf)
		e.files = append(e.files, edge.Pos.File)
		if edge.Call.IsValid() {
			e.files = append(e.files, edge.Call.File)
		}
	}
	slices.SortFunc(e.nodes, Node.Compare)
	e.nodes = slices.Compact(e.nodes)
	for i, n := range e.nodes {
		e.ids[n] = i
	}
	slices.Sort(e.files)
	e.files = slices.Compact(e.files)
	return e
}

func (e *encoder) node(n Node) int { return e.ids[n] }

func (e *encoder) file(name string) int {
	i, _ := slices.BinarySearch(e.files, name)
	return i
}

// appendBytes adds a length and what has it.
func appendBytes[T string | []byte](raw []byte, data T) []byte {
	return append(binary.AppendUvarint(raw, uint64(len(data))), data...)
}

// GobEncode writes the fact in its form on disk.
func (f *Flows) GobEncode() ([]byte, error) {
	e := newEncoder(f)
	raw := binary.AppendUvarint(nil, uint64(len(e.nodes)))
	for _, n := range e.nodes {
		raw = appendBytes(raw, n.encode())
	}
	raw = binary.AppendUvarint(raw, uint64(len(e.files)))
	for _, name := range e.files {
		raw = appendBytes(raw, name)
	}
	raw = binary.AppendUvarint(raw, uint64(len(f.Edges)))
	for _, column := range columns {
		last := 0
		for i := range f.Edges {
			n := column.get(&f.Edges[i], e)
			if column.rising {
				n, last = n-last, n
			}
			raw = binary.AppendUvarint(raw, uint64(n))
		}
	}
	for _, list := range []any{f.Fillers, f.Recipes} {
		data, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		if string(data) == "null" {
			data = nil
		}
		raw = appendBytes(raw, data)
	}
	head := []byte{factVersion, 0}
	if f.Truncated {
		head[1] = 1
	}
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

var errBroken = errors.New("flow: broken fact")

// A decoder reads the form on disk; the first mistake is kept.
type decoder struct {
	raw    []byte
	nodes  []Node
	files  []string
	broken bool
}

func (d *decoder) num() int {
	v, n := binary.Uvarint(d.raw)
	if n <= 0 || v > 1<<31 {
		d.broken = true
		return 0
	}
	d.raw = d.raw[n:]
	return int(v)
}

func (d *decoder) bytes() []byte {
	n := d.num()
	if d.broken || n > len(d.raw) {
		d.broken = true
		return nil
	}
	out := d.raw[:n]
	d.raw = d.raw[n:]
	return out
}

// strings reads a list of strings.
func (d *decoder) strings(yield func(string)) {
	for range d.num() {
		if text := d.bytes(); !d.broken {
			yield(string(text))
		} else {
			return
		}
	}
}

func (d *decoder) node(i int) Node { return element(d, d.nodes, i) }

func (d *decoder) file(i int) string { return element(d, d.files, i) }

func element[T any](d *decoder, list []T, i int) (zero T) {
	if i >= len(list) {
		d.broken = true
		return zero
	}
	return list[i]
}

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
	d := &decoder{raw: raw}
	d.strings(func(text string) {
		n, ok := decodeNode(text)
		d.nodes, d.broken = append(d.nodes, n), d.broken || !ok
	})
	d.strings(func(name string) { d.files = append(d.files, name) })
	count := d.num()
	if d.broken || count > len(d.raw) { // each edge has bytes of its own
		return errBroken
	}
	f.Edges = make([]Edge, count)
	for _, column := range columns {
		last := 0
		for i := range f.Edges {
			n := d.num()
			if column.rising {
				n += last
				last = n
			}
			column.set(&f.Edges[i], n, d)
		}
	}
	for _, list := range []any{&f.Fillers, &f.Recipes} {
		if data := d.bytes(); len(data) > 0 && json.Unmarshal(data, list) != nil {
			d.broken = true
		}
	}
	if d.broken || !slices.IsSortedFunc(f.Edges, compareEdges) {
		return errBroken
	}
	return nil
}

// A column is one number of each edge in the encoding.
type column struct {
	get func(e *Edge, of *encoder) int
	set func(e *Edge, n int, of *decoder)
	// rising says that the numbers never fall, and are written as steps.
	rising bool
}

// columns are the numbers of an edge, in the order that they are written in;
// edges are sorted by To first.
var columns = []column{
	{
		get:    func(e *Edge, of *encoder) int { return of.node(e.To) },
		set:    func(e *Edge, n int, of *decoder) { e.To = of.node(n) },
		rising: true,
	},
	{
		get: func(e *Edge, of *encoder) int { return of.node(e.From) },
		set: func(e *Edge, n int, of *decoder) { e.From = of.node(n) },
	},
	{
		get: func(e *Edge, of *encoder) int { return of.node(e.FromOf) },
		set: func(e *Edge, n int, of *decoder) { e.FromOf = of.node(n) },
	},
	{
		get: func(e *Edge, of *encoder) int { return of.node(e.ToOf) },
		set: func(e *Edge, n int, of *decoder) { e.ToOf = of.node(n) },
	},
	{
		get: func(e *Edge, _ *encoder) int {
			flags := int(e.Flow)<<5 | int(e.Part)<<2
			if e.Many {
				flags |= 1
			}
			if e.Cut {
				flags |= 2
			}
			return flags
		},
		set: func(e *Edge, n int, _ *decoder) {
			e.Flow, e.Part, e.Many, e.Cut = Flow(n>>5), model.Part(n>>2&7), n&1 == 1, n&2 == 2
		},
	},
	{
		get: func(e *Edge, of *encoder) int { return of.file(e.Pos.File) },
		set: func(e *Edge, n int, of *decoder) { e.Pos.File = of.file(n) },
	},
	{
		get: func(e *Edge, _ *encoder) int { return e.Pos.Line },
		set: func(e *Edge, n int, _ *decoder) { e.Pos.Line = n },
	},
	{
		get: func(e *Edge, _ *encoder) int { return e.Pos.Col },
		set: func(e *Edge, n int, _ *decoder) { e.Pos.Col = n },
	},
	{
		get: func(e *Edge, _ *encoder) int { return e.Call.Line },
		set: func(e *Edge, n int, _ *decoder) { e.Call.Line = n },
	},
	{
		get: func(e *Edge, _ *encoder) int { return e.Call.Col },
		set: func(e *Edge, n int, _ *decoder) { e.Call.Col = n },
	},
	{ // the file of the call, where Pos is that of a constant in another one
		get: func(e *Edge, of *encoder) int {
			if e.Call.File == e.Pos.File || !e.Call.IsValid() {
				return 0
			}
			return of.file(e.Call.File) + 1
		},
		set: func(e *Edge, n int, of *decoder) {
			switch {
			case n > 0:
				e.Call.File = of.file(n - 1)
			case e.Call.IsValid():
				e.Call.File = e.Pos.File
			}
		},
	},
}
