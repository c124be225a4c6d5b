package flow

// This file defines how a search goes on at an entry of a store: what the
// program told the library to read is asked of the whole graph.

import (
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// store records the sources of one entry of a store: those that the program
// told the library to read, in order of precedence.
func (s *search) store(v *visit) {
	store, key, ok := v.node.entry()
	if !ok {
		return
	}
	x := &entrySearch{search: s, v: v, store: store, key: key}
	x.defaults()
	x.flags()
	x.values()
	x.environment()
	if e, ok := x.reads(ReadsFile); ok {
		x.add(model.File, key, e)
	}
	switch {
	case x.found:
	case x.hasDefault:
		s.add(v, Origin{Kind: FromConst, Value: x.def})
	default:
		s.add(v, Origin{Kind: FromUnknown, Reason: "key " + key + " of " + store + ", which nothing seen here sets"})
	}
}

// An entrySearch looks for the sources of one entry.
type entrySearch struct {
	*search
	v          *visit
	store, key string
	def        string
	hasDefault bool
	found      bool // a source, or a way to go on
}

// enqueue goes on at a node.
func (x *entrySearch) enqueue(n Node, e Edge) {
	x.found = true
	x.search.enqueue(x.v, n, e)
}

// reads returns where the program told the library something about all keys.
func (x *entrySearch) reads(setting Setting) (Edge, bool) {
	for e := range x.g.Into(SettingNode(x.store, setting)) {
		return e, true
	}
	return Edge{}, false
}

// add records a source; e is where the library was told of it.
func (x *entrySearch) add(kind model.SourceKind, key string, e Edge) {
	x.found = true
	x.addSource(x.v, kind, key, e.Pos, Origin{Default: x.def, HasDefault: x.hasDefault})
}

// defaults looks for the default; one that is configured itself is gone on at.
func (x *entrySearch) defaults() {
	for e := range x.g.Into(x.v.node) {
		if e.Flow != Default {
			continue
		}
		if value, ok := x.constant(e.From, x.v.stack); ok {
			x.def, x.hasDefault = value, true
		} else {
			x.enqueue(e.From, e)
		}
	}
}

// flags goes on at the flag of the key's name, where all flags are bound.
func (x *entrySearch) flags() {
	e, ok := x.reads(ReadsFlags)
	for _, name := range []string{"-" + x.key, x.key} {
		if n := SourceNode(model.Flag, name, Pos{}); ok && len(x.g.in[n]) > 0 {
			x.enqueue(n, Edge{From: n, To: x.v.node, Pos: e.Pos})
			return
		}
	}
}

// values goes on at what the key was given, or bound to.
func (x *entrySearch) values() {
	for e := range x.g.Into(x.v.node) {
		switch {
		case e.Flow == Default:
		case e.From == SettingNode(x.store, BoundEnv):
			for _, name := range x.envNames(x.store, x.key, Edge{}) {
				x.add(model.Env, name, e)
			}
		default:
			x.enqueue(e.From, e)
		}
	}
}

// environment records the variables that the key is read from where all keys
// are. Where flags are bound by struct tags, only the keys of such fields are
// known to the library, which asks for no others.
func (x *entrySearch) environment() {
	flags := x.flagTags(x.v)
	if _, dynamic := x.reads(AnyFlags); dynamic {
		if len(flags) == 0 {
			return
		}
		for _, e := range flags {
			x.enqueue(e.From, e)
		}
	}
	if e, ok := x.reads(ReadsEnv); ok {
		for _, name := range x.envNames(x.store, x.key, e) {
			x.add(model.Env, name, e)
		}
	}
}

// flagTags returns the edges from the flags that the struct tag of the field
// names which an entry was found through.
func (s *search) flagTags(v *visit) []Edge {
	var out []Edge
	if v.edge.To.Kind() != Field {
		return nil
	}
	for e := range s.g.Into(v.edge.To) {
		if kind, _, _ := e.From.source(); e.Flow == Tag && kind == model.Flag {
			out = append(out, e)
		}
	}
	return out
}

// enqueue goes on at a node over an edge that is no ordinary one.
func (s *search) enqueue(v *visit, n Node, e Edge) {
	part, ok := Narrow(v.part, e.Part)
	if !ok {
		return
	}
	s.queue = append(s.queue, &visit{state: state{node: n, part: part, stack: v.stack, ctx: v.ctx, lost: v.lost, cut: v.cut}, edge: e, next: v})
}

// envNames returns the names that a key has in the environment, under the
// prefixes that the program sets.
func (s *search) envNames(store, key string, auto Edge) []string {
	var prefixes []string
	for e := range s.g.Into(SettingNode(store, EnvPrefix)) {
		prefixes = append(prefixes, e.From.Name())
	}
	if prefix := auto.From.Name(); prefix != "" {
		prefixes = append(prefixes, prefix)
	}
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	var out []string
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(p, KeepsCase); ok {
			out = append(out, rest+strings.NewReplacer("-", "_", ".", "_").Replace(key))
			continue
		}
		if p != "" && !strings.HasSuffix(p, "_") {
			p += "_"
		}
		out = append(out, EnvName(p+key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// KeepsCase before a prefix says that names in the environment are written as
// the keys are.
const KeepsCase = "="

// EnvName spells a key as the name of an environment variable.
func EnvName(key string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", "/", "_").Replace(key))
}

// flagsAlso returns the names under which a flag is read from the environment
// and from a file, and where the program says so.
func (s *search) flagsAlso(key string, yield func(model.SourceKind, string, Pos)) {
	key = strings.TrimPrefix(key, "-")
	for e := range s.g.Into(SettingNode(model.FlagStore, ReadsEnv)) {
		for _, name := range s.envNames(model.FlagStore, key, e) {
			yield(model.Env, name, e.Pos)
		}
	}
	for e := range s.g.Into(SettingNode(model.FlagStore, ReadsFile)) {
		yield(model.File, key, e.Pos)
		return
	}
}
