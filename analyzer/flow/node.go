package flow

import (
	"cmp"
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unique"

	"inheritfd/analyzer/model"
)

// A Kind says what place a node is.
type Kind uint8

const (
	NoNode      Kind = iota
	Const            // a constant
	Effect           // the path of a call with an effect on it
	Field            // a struct field
	Global           // a package variable
	Sink             // the address, or the network, of a site
	CallResult       // what one call gives: a result, or through a pointer
	Slot             // a parameter of an interface method, the receiver not counted
	Func             // a function, in edges between functions
	Out              // what a function stores through a pointer parameter
	Param            // a parameter of a function, the receiver counted
	KeyedSource      // a configuration source whose key is made of a parameter
	Result           // a result of a function
	Source           // a configuration source
	Rejecting        // passes through a function that rejects fd:// addresses
	Unknown          // a value that is not followed, and why
	SlotResult       // a result of an interface method
	Entry            // an entry of a configuration library's store
	HeldParam        // a parameter of the functions that a place may hold
	HeldResult       // a result of the functions that a place may hold
	Object           // a struct, or a list or map of structs, where it is made
)

// A Node names a place that a value passes. Nodes are interned values: two are
// the same place just when they are ==. The zero Node is none.
type Node struct{ h unique.Handle[place] }

// A place is what a node stands for. Which fields it has is a matter of its
// kind; the constructors below say which.
type place struct {
	kind  Kind
	name  string
	label string
	index int
	other bool
	part  model.Part
	pos   Pos
	of    Node
}

func intern(p place) Node { return Node{unique.Make(p)} }

// noPlace is what the zero Node stands for.
var noPlace place

func (n Node) place() place {
	if n == (Node{}) {
		return noPlace
	}
	return n.h.Value()
}

// Kind returns what place n is; NoNode for the zero Node.
func (n Node) Kind() Kind { return n.place().kind }

// Name returns the full name of a function, field, variable or interface
// method, the text of a constant, or why a value is unknown.
func (n Node) Name() string { return n.place().name }

// Index returns the number of a parameter or result.
func (n Node) Index() int { return n.place().index }

// Label returns the name of a parameter, "" when it has none, the key of a source,
// and the form of that of a KeyedSource.
func (n Node) Label() string { return n.place().label }

// Pos returns where a site, an effect, a source, or the call of a CallResult is.
func (n Node) Pos() Pos { return n.place().pos }

// Of returns what holds the functions of a HeldParam or HeldResult, and the
// parameter with the key of a KeyedSource.
func (n Node) Of() Node { return n.place().of }

// ParamNode names parameter i of a function, the receiver counted.
func ParamNode(fn string, i int, name string) Node {
	if name == "_" {
		name = ""
	}
	return intern(place{kind: Param, name: fn, index: i, label: name})
}

// Indexed names place i of a function or interface method: of kind Result, Out,
// Slot or SlotResult.
func Indexed(kind Kind, fn string, i int) Node { return intern(place{kind: kind, name: fn, index: i}) }

// Held names parameter or result i, as kind says, of the functions that a place
// may hold.
func Held(kind Kind, holder Node, i int) Node { return intern(place{kind: kind, of: holder, index: i}) }

// FieldNode names a struct field, as pkg.Type.Field.
func FieldNode(name string) Node { return intern(place{kind: Field, name: name}) }

// GlobalNode names a package variable, as pkg.Name.
func GlobalNode(name string) Node { return intern(place{kind: Global, name: name}) }

// ConstNode names a constant.
func ConstNode(text string) Node { return intern(place{kind: Const, name: text}) }

// UnknownNode names a value that is not followed.
func UnknownNode(format string, args ...any) Node {
	return intern(place{kind: Unknown, name: fmt.Sprintf(format, args...)})
}

// FuncNode names a function.
func FuncNode(fn string) Node { return intern(place{kind: Func, name: fn}) }

// SinkNode names a site. Sites are told apart by position: two calls of one
// function are two sinks.
func SinkNode(callee string, at Pos, part model.Part) Node {
	return intern(place{kind: Sink, name: callee, pos: at, part: part})
}

// EffectNode names the path that a call with an effect is given.
func EffectNode(callee string, at Pos) Node {
	return intern(place{kind: Effect, name: callee, pos: at})
}

// SourceNode names a source; at is the zero Pos for one that is looked up by its
// key. The key of a flag that is written with two dashes begins with one.
func SourceNode(kind model.SourceKind, key string, at Pos) Node {
	return intern(place{kind: Source, name: string(kind), label: Printable(key), pos: at})
}

// Printable writes characters that control a terminal, or begin a line, as Go's
// escapes: keys and names of files are those of whoever wrote the program, and are
// shown to people, and written in units.
func Printable(text string) string {
	if !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError }) {
		return text
	}
	var out strings.Builder
	for _, c := range text {
		if unicode.IsPrint(c) && c != utf8.RuneError {
			out.WriteRune(c)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(c)
		out.WriteString(quoted[1 : len(quoted)-1])
	}
	return out.String()
}

// KeyedNode names a source whose key is made of a parameter, or of a field. Form is
// the key with %s where that stands; %U for it in upper case, %L in lower case, and
// %E as the name of a variable. A key that has a percent sign or a colon of its own
// has no form.
func KeyedNode(kind model.SourceKind, form string, of Node, at Pos) Node {
	return intern(place{kind: KeyedSource, name: string(kind), label: form, of: of, pos: at})
}

// RejectingNode names a call of a function that fails on fd:// addresses.
func RejectingNode(fn string, at Pos) Node {
	return intern(place{kind: Rejecting, name: fn, pos: at})
}

// CallNode names what one call gives of a Result, SlotResult, HeldResult or Out:
// a node of its own for each call, so that the call on the way out of a function
// is told from the one on the way in.
func CallNode(of Node, at Pos) Node {
	return intern(place{kind: CallResult, name: of.Name(), of: of.Of(), pos: at, index: of.Index(), other: of.Kind() == Out})
}

// ObjectNode names a struct, or a list or map of structs, by where it is made;
// name tells apart those of one place.
func ObjectNode(name string, at Pos) Node {
	return intern(place{kind: Object, name: name, pos: at})
}

// EntryNode names the entry of a store at a key, whose case does not count.
func EntryNode(store, key string) Node {
	return intern(place{kind: Entry, name: store, label: strings.ToLower(key), other: true})
}

// A Setting is what a program tells a store about all keys.
type Setting string

// The settings of a store.
const (
	ReadsFlags Setting = "flags"
	ReadsEnv   Setting = "env"
	ReadsFile  Setting = "file"
	EnvPrefix  Setting = "prefix"
	// BoundEnv says that a key is read from the environment.
	BoundEnv Setting = "bound"
	// AnyFlags says that flags are bound to keys which are known at run time
	// only: to those of fields whose struct tag names a flag.
	AnyFlags Setting = "anyflags"
)

// SettingNode names a setting of a store; what flows into it is its value.
func SettingNode(store string, s Setting) Node {
	return intern(place{kind: Entry, name: store, label: string(s)})
}

// entry takes an entry of a store apart; false for a setting.
func (n Node) entry() (store, key string, ok bool) {
	p := n.place()
	return p.name, p.label, p.other
}

// source takes a source apart.
func (n Node) source() (kind model.SourceKind, key string, at Pos) {
	p := n.place()
	return model.SourceKind(p.name), p.label, p.pos
}

// NetworkOf returns the network node beside the address node of a site.
func (n Node) NetworkOf() Node {
	p := n.place()
	return SinkNode(p.name, p.pos, model.Network)
}

// Exported reports whether code outside the package can reach the place.
func (n Node) Exported() bool {
	switch n.Kind() {
	case Field, Global, Result, Out:
		return IsExported(n.Name())
	case Slot, SlotResult, Source, Entry:
		return true
	case HeldParam, HeldResult:
		holder := n.Of()
		return holder.Exported() || holder.Kind() == Param && IsExported(holder.Name())
	}
	return false
}

// IsExported reports whether the last part of a full name is exported.
func IsExported(name string) bool {
	_, last, ok := cutLast(name, ".")
	return ok && token.IsExported(last) && !strings.Contains(last, "$")
}

// Compare orders nodes by kind, name and the rest, calls of one function by
// where they are.
func (n Node) Compare(o Node) int {
	if n == o {
		return 0
	}
	a, b := n.place(), o.place()
	if a.kind != b.kind {
		return cmp.Compare(a.kind, b.kind)
	}
	if a.name != b.name {
		return cmp.Compare(a.name, b.name)
	}
	if a.kind == CallResult {
		if c := a.pos.Compare(b.pos); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(a.index, b.index), compareBools(a.other, b.other), cmp.Compare(a.label, b.label),
		a.pos.Compare(b.pos), cmp.Compare(a.part, b.part), a.of.Compare(b.of))
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
