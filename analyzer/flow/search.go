package flow

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Budgets of one search; beyond them the result says that it is truncated.
const (
	maxStates   = 20000
	maxExact    = 8000 // while objects are told apart
	maxContexts = 64
	maxStack    = 4
)

// Origins traces a node of a site back to its origins, shortest trace first
// and one per origin and context.
func (g *Graph) Origins(n Node, part model.Part) []Origin {
	return g.OriginsBut(n, part, nil)
}

// OriginsBut is Origins without what some calls pass.
func (g *Graph) OriginsBut(n Node, part model.Part, calls map[Pos]bool) []Origin {
	return g.search(n, part, calls, nil).out
}

// A callStack is a list of calls, innermost last: those to return through, or
// those that make up a context. Lists are numbered by the search, 0 being the
// empty one.
type callStack int

// stacks numbers lists of calls.
type stacks struct {
	frames []frame
	ids    map[frame]callStack
}

// A frame is a list of calls: another one, and the innermost.
type frame struct {
	below callStack
	call  Pos
}

// with returns a list with one more call.
func (s *stacks) with(below callStack, call Pos) callStack {
	f := frame{below, call}
	id, ok := s.ids[f]
	if !ok {
		s.frames = append(s.frames, f)
		id = callStack(len(s.frames))
		s.ids[f] = id
	}
	return id
}

// calls lists the calls of a list.
func (s *stacks) calls(id callStack) []Pos {
	var out []Pos
	for ; id != 0; id = s.frames[id-1].below {
		out = append(out, s.frames[id-1].call)
	}
	slices.Reverse(out)
	return out
}

// push adds a call; of long lists the outermost call is forgotten.
func (s *stacks) push(id callStack, call Pos) callStack {
	all := s.calls(id)
	if len(all) < maxStack {
		return s.with(id, call)
	}
	id = 0
	for _, c := range all[len(all)-maxStack+1:] {
		id = s.with(id, c)
	}
	return s.with(id, call)
}

// pop takes the innermost call off; the zero Pos for an empty list.
func (s *stacks) pop(id callStack) (top Pos, rest callStack) {
	if id == 0 {
		return Pos{}, 0
	}
	f := s.frames[id-1]
	return f.call, f.below
}

// A state is a place on the way back: what part of the address the value is
// there, the calls to return through, and the context so far.
type state struct {
	node Node
	// path is how the value is reached from node where that is an object: over
	// which fields. The empty path says that node is the value.
	path  fieldPath
	part  model.Part
	stack callStack
	ctx   callStack
	// lost says that the object which a field was read of could not be followed,
	// and the field is that of any object of its type.
	lost bool
	// cut says that the address is a piece of the value, which one of the form
	// fd://name would be cut at, too.
	cut bool
}

// A visit is a state with the edge that led to it.
type visit struct {
	state
	edge Edge // from state.node towards the site
	next *visit
	// ofObject says that the edge is on the way of an object, and not of the value.
	ofObject bool
	note     int // of the journal, from 1; copies of a visit share it
}

// An originKey is what makes two origins of one search the same.
type originKey struct {
	part               model.Part
	kind               OriginKind
	key, value, reason string
	ctx                callStack
}

type search struct {
	stacks
	paths
	g        *Graph
	seen     map[state]bool
	found    map[originKey]int // in out
	contexts map[callStack]bool
	kin      map[Node]*ancestry
	but      map[Pos]bool // calls not to go out to
	out      []Origin
	queue    []*visit
	places   int
	full     bool
	byType   bool // objects of a type are not told apart
	journal  *journal
}

// search traces a node, but for what some calls pass, and takes notes of what it
// does. Where telling objects apart takes it to too many places, or to none, as
// around in a circle, it goes by the types of fields alone.
func (g *Graph) search(n Node, part model.Part, but map[Pos]bool, j *journal) *search {
	s := g.newSearch(but, j)
	if s.run(n, part, maxExact); !s.full && (len(s.hops) == 0 || slices.ContainsFunc(s.out, Origin.telling)) {
		return s
	}
	if j != nil {
		j.looks = nil
	}
	s = g.newSearch(but, j)
	s.byType = true
	s.run(n, part, maxStates)
	return s
}

func (g *Graph) newSearch(but map[Pos]bool, j *journal) *search {
	return &search{
		journal: j, but: but,
		stacks: stacks{ids: make(map[frame]callStack)}, g: g,
		paths: paths{ids: make(map[hop]fieldPath)}, kin: make(map[Node]*ancestry),
		seen: make(map[state]bool), found: make(map[originKey]int), contexts: make(map[callStack]bool),
	}
}

// run searches at most some places.
func (s *search) run(n Node, part model.Part, places int) {
	s.queue = []*visit{{state: state{node: n, part: part}}}
	s.places = places
	for len(s.queue) > 0 {
		v := s.queue[0]
		s.queue = s.queue[1:]
		s.visit(v)
	}
	if s.full {
		s.out = append(s.out, Origin{Part: part, Kind: FromUnknown, Reason: fmt.Sprintf("truncated: more than %d places on the way", places)})
	}
	s.out = dropLost(s.out)
	slices.SortStableFunc(s.out, compareOrigins)
}

// visit looks at one place: it ends there, or goes on over the edges in.
func (s *search) visit(v *visit) {
	if s.seen[v.state] {
		s.journal.again(v, "seen before")
		return
	}
	if s.full = s.full || len(s.seen) >= s.places; s.full {
		s.journal.again(v, "too many places")
		return
	}
	s.seen[v.state] = true
	s.journal.visited(v, &s.paths)
	if v.path != 0 {
		s.object(v)
		return
	}
	if s.origin(v) {
		return
	}
	moved := s.over(v, s.g.Into(v.node))
	moved = s.tags(v, v.node) || moved
	if !moved {
		s.deadEnd(v)
	}
}

// over goes back over those of some edges into one place that a value passes,
// and reports whether there was one.
func (s *search) over(v *visit, edges iter.Seq[Edge]) (moved bool) {
	splits := splits(edges)
	for e := range edges {
		if !e.Flow.passes() {
			continue
		}
		if next, ok := s.step(v, e, splits); ok {
			moved = true
			s.queue = append(s.queue, next)
		}
	}
	return moved
}

// tags goes on at the struct tags of a field, which are of last resort, and
// reports whether there is one.
func (s *search) tags(v *visit, field Node) (moved bool) {
	if field.Kind() != Field || s.hasSource(field) {
		return false
	}
	for e := range s.g.Into(field) {
		if e.Flow == Tag {
			moved = true
			s.queue = append(s.queue, &visit{state: state{node: e.From, part: v.part, ctx: v.ctx, lost: v.lost, cut: v.cut}, edge: e, next: v})
		}
	}
	return moved
}

// splits reports whether edges into a place are of several calls or literals.
func splits(edges iter.Seq[Edge]) bool {
	var first Pos
	for e := range edges {
		if e.Flow != Arg && e.Flow != Init {
			continue
		}
		if first.IsValid() && e.Call != first {
			return true
		}
		first = e.Call
	}
	return false
}

// step goes back over one edge; false when the calls do not match or the
// parts of the address cannot.
func (s *search) step(v *visit, e Edge, splits bool) (*visit, bool) {
	st := v.state
	if !s.enters(&st, e) {
		if s.journal != nil {
			s.journal.dropped(v, e, fmt.Sprintf("the %s of the value, which is only the %s of the address", e.Part, v.part))
		}
		return nil, false
	}
	if !s.through(&st, e) {
		s.journal.dropped(v, e, "another call than the one whose result is followed")
		return nil, false
	}
	if splits && v.stack == 0 && (e.Flow == Arg || e.Flow == Init) {
		st.ctx = s.enter(v.ctx, e.Call)
	}
	return &visit{state: st, edge: e, next: v, ofObject: v.path != 0}, true
}

// through changes the calls of a state, which is at the start of an edge, to
// those after going back over it; false when it is another call than the one to
// return through.
func (s *search) through(st *state, e Edge) bool {
	switch e.Flow {
	case FromCall: // into the callee: remember where to come out
		st.stack = s.push(st.stack, e.Call)
	case Arg: // out to the caller
		top, rest := s.pop(st.stack)
		if s.but[e.Call] || top.IsValid() && top != e.Call {
			return false
		}
		st.stack = rest
	}
	if st.node.heaped() {
		st.stack = 0
	}
	return true
}

// enters changes a state to that at the start of an edge, but for the calls;
// false when the parts do not fit. A field that is read of a known object is
// looked for there.
func (s *search) enters(st *state, e Edge) bool {
	of := st.part
	if st.path != 0 {
		of = model.Object
	}
	part, ok := Narrow(of, e.Part)
	if !ok {
		return false
	}
	if st.path == 0 {
		st.part = part
	}
	st.node, st.cut = e.From, st.cut || e.Cut
	if st.lost = st.lost || s.byType && e.FromOf != (Node{}); e.FromOf != (Node{}) && !s.byType {
		if path, ok := s.paths.below(e.From, st.path); ok {
			st.node, st.path = e.FromOf, path
		}
	}
	return true
}

// enter adds a call or literal to a context.
func (s *search) enter(ctx callStack, at Pos) callStack {
	if slices.Contains(s.calls(ctx), at) {
		return ctx // recursion
	}
	next := s.push(ctx, at)
	if !s.contexts[next] && len(s.contexts) >= maxContexts {
		return ctx
	}
	s.contexts[next] = true
	return next
}

// origin reports whether the search ends at v, and records it.
func (s *search) origin(v *visit) bool {
	switch v.node.Kind() {
	case Const:
		s.add(v, Origin{Kind: FromConst, Value: v.node.Name()})
	case Source:
		s.source(v)
	case KeyedSource:
		s.keyed(v)
	case Entry:
		s.store(v)
	case HeldParam:
		holder := v.node.Of()
		row := s.g.model.Field(holder.Name())
		if holder.Kind() != Field || row == nil || row.Param != v.node.Index() {
			return false
		}
		s.add(v, Origin{Kind: OriginKind(row.Kind), Key: row.Unkeyed})
	case Unknown:
		s.add(v, Origin{Kind: FromUnknown, Reason: v.node.Name()})
	default:
		return false
	}
	return true
}

// source records a configuration source with its default.
func (s *search) source(v *visit) {
	kind, key, _ := v.node.source()
	o := Origin{Kind: OriginKind(kind), Key: key}
	switch kind {
	case model.Flag:
		o.Dash, o.Key = dashed(key)
	case model.Runtime:
		o.Key, o.Reason = "", key
	}
	n := s.registered(v.node, &o)
	s.said(v, n, &o)
	if at := n.Pos(); at.IsValid() && v.node != n { // looked up by its key: where it is declared says more
		w := *v
		w.node = n
		v = &w
	}
	s.add(v, o)
	if kind == model.Flag {
		s.flagsAlso(key, func(kind model.SourceKind, key string, at Pos) {
			s.addSource(v, kind, key, at, Origin{})
		})
	}
}

// addSource records a source that a place stands for, with what else is known
// of it.
func (s *search) addSource(v *visit, kind model.SourceKind, key string, at Pos, o Origin) {
	w := *v
	w.node = SourceNode(kind, key, at)
	o.Kind, o.Key = OriginKind(kind), key
	s.add(&w, o)
}

// registered returns the node of a flag, or of another source that is looked up
// by its key, where the program declares it, and corrects how an origin writes
// it.
func (s *search) registered(n Node, o *Origin) Node {
	kind, key, _ := n.source()
	if kind == model.Flag && len(s.g.in[n]) == 0 {
		// of package flag, added to a set of another library; or said by a struct tag
		if other := SourceNode(kind, otherDashes(key), Pos{}); len(s.g.in[other]) > 0 {
			n = other
			if d, _ := dashed(otherDashes(key)); d == "--" {
				o.Dash = d
			}
		}
	}
	for e := range s.g.Into(n) {
		if e.Flow != Copy || e.From.Kind() != Source {
			continue
		}
		n = e.From
		if _, name, _ := n.source(); kind == model.Flag && strings.HasPrefix(name, "-") == strings.HasPrefix(key, "-") {
			_, o.Key = dashed(name) // looked up by an alias
		}
	}
	return n
}

// dashed tells how a flag is written by its key, and the rest of that.
func dashed(key string) (dash, name string) {
	if name, ok := strings.CutPrefix(key, "-"); ok {
		return "--", name
	}
	return "-", key
}

// otherDashes returns the key of a flag with two dashes for one with one, and
// the other way around.
func otherDashes(key string) string {
	if plain, ok := strings.CutPrefix(key, "-"); ok {
		return plain
	}
	return "-" + key
}

// said notes what is said of a source: its default and help text. Other sources of
// the same value, and what its default is taken from, are looked at next.
func (s *search) said(v *visit, n Node, o *Origin) {
	var defaults []Edge
	for e := range s.g.Into(n) {
		switch e.Flow {
		case Also:
			s.enqueue(v, e.From, e)
		case Help:
			o.Help = e.From.Name()
		case Default:
			defaults = append(defaults, e)
		}
	}
	slices.SortStableFunc(defaults, func(a, b Edge) int { return a.Pos.Compare(b.Pos) })
	for _, e := range defaults {
		value, ok := s.constant(e.From, v.stack)
		switch {
		case !ok: // the default is configured itself
			s.enqueue(v, e.From, e)
		case o.HasDefault && o.Default != value: // a list
			o.Default += "," + value
		default:
			o.Default, o.HasDefault = value, true
		}
	}
}

// keyed records a source whose key is made of a parameter of the function that
// reads it, or of a field, once for each constant that the calls on the way pass.
func (s *search) keyed(v *visit) {
	kind, of := model.SourceKind(v.node.Name()), v.node.Of()
	keys := s.constants(of, v.stack, make(map[constantState]bool))
	if len(keys) == 0 || of.Kind() == Field && len(keys) > 1 {
		s.add(v, Origin{Kind: FromUnknown, Reason: fmt.Sprintf("the name of the %s is not a constant", kind)})
		return
	}
	for _, key := range keys {
		key = fillKey(v.node.Label(), key)
		o := Origin{}
		s.said(v, v.node, &o)
		w := *v
		w.node = SourceNode(kind, key, v.node.Pos())
		o.Kind, o.Key = OriginKind(kind), key
		if kind == model.Flag {
			o.Dash, o.Key = dashed(key)
		}
		s.add(&w, o)
		if kind == model.Flag {
			s.flagsAlso(key, func(kind model.SourceKind, key string, at Pos) {
				s.addSource(v, kind, key, at, Origin{})
			})
		}
	}
}

// fillKey puts a text into the form of a key; see [KeyedNode].
func fillKey(form, text string) string {
	before, after, ok := strings.Cut(form, "%")
	if !ok || after == "" {
		return text
	}
	switch after[0] {
	case 'U':
		text = strings.ToUpper(text)
	case 'L':
		text = strings.ToLower(text)
	case 'E':
		text = EnvName(text)
	}
	return before + text + after[1:]
}

// deadEnd records why a trace cannot go on.
func (s *search) deadEnd(v *visit) {
	n, unknown := v.node, func(format string, args ...any) Origin {
		return Origin{Kind: FromUnknown, Reason: fmt.Sprintf(format, args...)}
	}
	var o Origin
	switch n.Kind() {
	case Param:
		o = Origin{Kind: FromParam, Reason: fmt.Sprintf("parameter %s of %s, which nothing seen here calls", n.Label(), Short(n.Name()))}
	case Slot:
		o = Origin{Kind: FromParam, Reason: fmt.Sprintf("argument of interface method %s, which nothing seen here calls", Short(n.Name()))}
	case HeldParam:
		o = Origin{Kind: FromParam, Reason: "argument of the function in " + n.Of().describe()}
	case Field:
		o = unknown("nothing seen here stores in field %s", n.Name()[strings.LastIndexByte(n.Name(), '/')+1:])
	case Global:
		o = Origin{Kind: FromConst}
	case Result:
		o = unknown("result of %s", Short(n.Name()))
	case SlotResult:
		o = unknown("result of interface method %s", Short(n.Name()))
	case Sink:
		o = unknown("no value is seen to arrive: the code cannot be reached, or passes it in a way that is not followed")
	default:
		o = unknown("the value is not followed further")
	}
	s.add(v, o)
}

// alsoFile records the file that the program fills its environment from as
// another source of a variable.
func (s *search) alsoFile(v *visit, o Origin) {
	if o.Kind != FromEnv {
		return
	}
	for e := range s.g.Into(SettingNode(model.EnvStore, ReadsFile)) {
		s.addSource(v, model.File, o.Key, e.Pos, Origin{Default: o.Default, HasDefault: o.HasDefault})
		return
	}
}

// add records an origin once per part and context.
func (s *search) add(v *visit, o Origin) {
	o.Part = v.part
	if s.g.truncated && (o.Kind == FromParam || o.Kind == FromUnknown) {
		o.Reason += " (truncated: what leads there may have been dropped for size)"
	}
	o.ByType, o.Cut = v.lost, v.cut
	key := originKey{o.Part, o.Kind, o.Key, o.Value, o.Reason, v.ctx}
	at, again := s.found[key]
	if again && cmp.Or(compareBools(o.ByType, s.out[at].ByType), compareBools(o.Cut, s.out[at].Cut)) >= 0 {
		return
	}
	s.alsoFile(v, o)
	o.Context = s.calls(v.ctx)
	o.Trace, o.Rejected = trace(v, o)
	for w := v; w.next != nil; w = w.next {
		o.Many = o.Many || w.edge.Many && (!w.ofObject || w.edge.Flow == Decode) // not for a list that the program makes
	}
	s.journal.ended(v, o)
	if again { // known less well until now
		s.out[at] = o
		return
	}
	s.found[key] = len(s.out)
	s.out = append(s.out, o)
}
