package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Budgets of one search; beyond them the result says that it is truncated.
const (
	maxStates   = 20000
	maxContexts = 64
	maxStack    = 4
)

// An OriginKind says what a trace ends in: a model.SourceKind, or one of
// these.
const (
	Const   = "const"
	Param   = "param"
	Unknown = "unknown"
)

// An Origin is where a value of a site comes from, with the way that it took.
type Origin struct {
	Part model.Part
	Kind string
	// Key names the flag, variable or file key.
	Key string
	// Default is the source's default value, and HasDefault whether there is
	// one.
	Default    string
	HasDefault bool
	// Value is the value of a constant.
	Value string
	// Reason says why the origin is unknown, or a parameter or runtime value.
	Reason string
	// Trace leads from the origin to the site, excluding the site.
	Trace []Step
	// Context lists the calls and composite literals that the trace passes
	// and that have alternatives, from the site up: what tells the logical
	// listeners of one site apart.
	Context []Pos
	// Rejected is the function on the way that fails on fd:// addresses.
	Rejected string
	// Many says that the value is one of a list or map.
	Many bool
	// Dash is what a flag is written with on the command line.
	Dash string
	// Help is the help text of the source; "" when none is known.
	Help string
}

// A Step is one hop of a trace.
type Step struct {
	Pos  Pos
	What string
}

// Origins traces a node of a site back to its origins, shortest trace first
// and one per origin and context.
func (p *Package) Origins(n Node, part model.Part) []Origin {
	s := &search{g: p.graph, truncated: p.Truncated, seen: make(map[state]bool), found: make(map[string]bool)}
	return s.run(n, part)
}

// pkgOfMember is model.PkgOf for a field pkg.T.f or an interface method pkg.I.m.
func pkgOfMember(name string) string {
	if strings.HasPrefix(name, "(") {
		return model.PkgOf(name)
	}
	owner, _, _ := cutLast(name, ".")
	return model.PkgOf(owner)
}

// A state is a place on the way back: what part of the address the value is
// there, the calls to return through, and the context so far.
type state struct {
	node  Node
	part  model.Part
	stack string
	ctx   string
}

// A visit is a state with the edge that led to it.
type visit struct {
	state
	edge Edge // from state.node towards the site
	next *visit
}

type search struct {
	g        *graph
	seen     map[state]bool
	found    map[string]bool
	contexts map[string]bool
	out      []Origin
	queue    []*visit
	full     bool
	// truncated says that the graph is incomplete.
	truncated bool
}

func (s *search) run(n Node, part model.Part) []Origin {
	s.contexts = make(map[string]bool)
	s.queue = []*visit{{state: state{node: n, part: part}}}
	for len(s.queue) > 0 {
		v := s.queue[0]
		s.queue = s.queue[1:]
		s.visit(v)
	}
	if s.full {
		s.out = append(s.out, Origin{Part: part, Kind: Unknown, Reason: fmt.Sprintf("truncated: more than %d places on the way", maxStates)})
	}
	slices.SortStableFunc(s.out, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), slices.CompareFunc(a.Context, b.Context, Pos.Compare),
			cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a.Trace), len(b.Trace)),
			cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Reason, b.Reason))
	})
	return s.out
}

// rank orders origins as an administrator looks for them.
func rank(o Origin) int {
	switch o.Kind {
	case string(model.Flag):
		return 0
	case string(model.Env):
		return 1
	case string(model.File):
		return 2
	case string(model.Args):
		return 3
	case Const:
		return 4
	}
	return 5
}

// visit looks at one place: it ends there, or goes on over the edges in.
func (s *search) visit(v *visit) {
	if s.seen[v.state] || s.full {
		return
	}
	if len(s.seen) >= maxStates {
		s.full = true
		return
	}
	s.seen[v.state] = true
	if s.origin(v) {
		return
	}
	moved, tags := false, []Edge(nil)
	splits := s.splits(v.node)
	for _, i := range s.g.in[v.node] {
		e := s.g.edges[i]
		switch e.Kind {
		case Mention, Call, Key, Default, Also, Help, Twin, Fills:
			continue
		case Tag:
			tags = append(tags, e)
			continue
		}
		if next, ok := s.step(v, e, splits); ok {
			moved = true
			s.queue = append(s.queue, next)
		}
	}
	if !s.hasSource(v.node) {
		for _, e := range tags {
			moved = true
			s.queue = append(s.queue, &visit{state: state{node: e.From, part: v.part, ctx: v.ctx}, edge: e, next: v})
		}
	}
	if !moved {
		s.deadEnd(v)
	}
}

// hasSource reports whether a field is filled from configuration by more
// than constants, so that its struct tag need not be asked.
func (s *search) hasSource(n Node) bool {
	for _, i := range s.g.in[n] {
		if e := s.g.edges[i]; e.Kind != Tag && e.From.kind() != 'C' && e.From.kind() != 'U' {
			return true
		}
	}
	return false
}

// splits reports whether several calls or literals lead into a node.
func (s *search) splits(n Node) bool {
	var first Pos
	for _, i := range s.g.in[n] {
		e := s.g.edges[i]
		if e.Kind != Arg && e.Kind != Init {
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
	st := state{node: e.From, stack: v.stack, ctx: v.ctx}
	part, ok := narrow(v.part, e.Part)
	if !ok {
		return nil, false
	}
	st.part = part
	switch e.Kind {
	case Result: // into the callee: remember where to come out
		st.stack = push(v.stack, e.Call.String())
	case Arg: // out to the caller
		top, rest := pop(v.stack)
		if top != "" {
			if top != e.Call.String() {
				return nil, false
			}
			st.stack = rest
		} else if splits {
			st.ctx = s.enter(v.ctx, e.Call)
		}
	case Init:
		if splits && v.stack == "" {
			st.ctx = s.enter(v.ctx, e.Call)
		}
	}
	switch st.node.kind() {
	case 'F', 'G', 'M': // not tied to a call
		st.stack = ""
	}
	return &visit{state: st, edge: e, next: v}, true
}

// enter adds a call or literal to a context.
func (s *search) enter(ctx string, at Pos) string {
	if slices.Contains(strings.Fields(ctx), at.String()) {
		return ctx // recursion
	}
	next := push(ctx, at.String())
	if !s.contexts[next] && len(s.contexts) >= maxContexts {
		return ctx
	}
	s.contexts[next] = true
	return next
}

func push(stack, call string) string {
	if stack == "" {
		return call
	}
	if strings.Count(stack, " ") >= maxStack-1 {
		_, stack, _ = strings.Cut(stack, " ") // forget the outermost
	}
	return stack + " " + call
}

func pop(stack string) (top, rest string) {
	if rest, top, ok := cutLast(stack, " "); ok {
		return top, rest
	}
	return stack, ""
}

// origin reports whether the search ends at v, and records it.
func (s *search) origin(v *visit) bool {
	switch v.node.kind() {
	case 'C':
		s.add(v, Origin{Kind: Const, Value: v.node.rest()})
	case 'S':
		s.source(v)
	case 'Q':
		s.keyed(v)
	case 'W':
		s.store(v)
	case 'X':
		holder, i := v.node.held()
		row := model.FieldOf(holder.rest())
		if holder.kind() != 'F' || row == nil || row.Param != i {
			return false
		}
		s.add(v, Origin{Kind: string(row.Kind), Key: row.Unkeyed})
	case 'U':
		s.add(v, Origin{Kind: Unknown, Reason: v.node.rest()})
	default:
		return false
	}
	return true
}

// source records a configuration source with its default.
func (s *search) source(v *visit) {
	kind, key, _ := v.node.source()
	o := Origin{Kind: string(kind), Key: key}
	if kind == model.Flag {
		o.Dash = "-"
		if strings.HasPrefix(key, "-") {
			o.Dash, o.Key = "--", key[1:]
		}
	}
	if kind == model.Runtime {
		o.Key, o.Reason = "", key
	}
	n := v.node
	if other := sourceNode(kind, otherDashes(key), Pos{}); kind == model.Flag && len(s.g.in[n]) == 0 && len(s.g.in[other]) > 0 {
		n = other // of package flag, added to a set of another library; or said by a struct tag
		if strings.HasPrefix(otherDashes(key), "-") {
			o.Dash = "--"
		}
	}
	for _, i := range s.g.in[n] { // looked up: registered elsewhere
		if e := s.g.edges[i]; e.Kind == Copy && e.From.kind() == 'S' {
			n = e.From
			if _, name, _ := n.source(); kind == model.Flag && strings.HasPrefix(name, "-") == strings.HasPrefix(key, "-") {
				o.Key = strings.TrimPrefix(name, "-") // looked up by an alias
			}
		}
	}
	var defaults []Edge
	for _, i := range s.g.in[n] {
		switch e := s.g.edges[i]; e.Kind {
		case Also:
			s.enqueue(v, e.From, e)
		case Help:
			o.Help = e.From.rest()
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
	s.add(v, o)
	if kind == model.Flag {
		s.flagsAlso(key, func(kind model.SourceKind, key string, at Pos) {
			w := *v
			w.node = sourceNode(kind, key, at)
			s.add(&w, Origin{Kind: string(kind), Key: key})
		})
	}
}

// otherDashes returns the key of a flag with two dashes for one with one, and
// the other way around.
func otherDashes(key string) string {
	if plain, ok := strings.CutPrefix(key, "-"); ok {
		return plain
	}
	return "-" + key
}

// keyed records a source whose key is a parameter of the function that reads
// it, once for each constant that the calls on the way pass.
func (s *search) keyed(v *visit) {
	rest, posn, _ := cutLast(v.node.rest(), "@")
	kind, param, _ := strings.Cut(rest, ":")
	keys := s.constants(Node(param), v.stack, make(map[[2]string]bool))
	if len(keys) == 0 {
		s.add(v, Origin{Kind: Unknown, Reason: fmt.Sprintf("the name of the %s is not a constant", kind)})
	}
	for _, key := range keys {
		w := *v
		w.node = sourceNode(model.SourceKind(kind), key, parsePos(posn))
		s.add(&w, Origin{Kind: kind, Key: key})
	}
}

// constant returns the only constant that a node can be.
func (s *search) constant(n Node, stack string) (string, bool) {
	values := s.constants(n, stack, make(map[[2]string]bool))
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// maxConstants bounds the places that one search for constants visits.
const maxConstants = 500

// constants returns the constants that a node can be, given the calls to
// return through.
func (s *search) constants(n Node, stack string, seen map[[2]string]bool) []string {
	if n.kind() == 'C' {
		return []string{n.rest()}
	}
	if seen[[2]string{string(n), stack}] || len(seen) > maxConstants {
		return nil
	}
	seen[[2]string{string(n), stack}] = true
	var out []string
	for _, i := range s.g.in[n] {
		e, rest := s.g.edges[i], stack
		if e.Kind.isCall() || e.Kind == Tag || e.Kind == Also || e.Kind == Help || e.Kind == Fills {
			continue
		}
		if e.Kind == Arg && stack != "" {
			var top string
			if top, rest = pop(stack); top != e.Call.String() {
				continue
			}
		}
		out = append(out, s.constants(e.From, rest, seen)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// deadEnd records why a trace cannot go on.
func (s *search) deadEnd(v *visit) {
	switch v.node.kind() {
	case 'P':
		s.add(v, Origin{Kind: Param, Reason: fmt.Sprintf("parameter %s of %s, which nothing seen here calls", v.node.param(), Short(v.node.fn()))})
	case 'M':
		s.add(v, Origin{Kind: Param, Reason: fmt.Sprintf("argument of interface method %s, which nothing seen here calls", Short(v.node.fn()))})
	case 'X':
		holder, _ := v.node.held()
		s.add(v, Origin{Kind: Param, Reason: "argument of the function in " + holder.describe()})
	case 'F':
		s.add(v, Origin{Kind: Unknown, Reason: fmt.Sprintf("nothing seen here stores in field %s", lastName(v.node))})
	case 'G':
		s.add(v, Origin{Kind: Const, Value: ""})
	case 'R':
		s.add(v, Origin{Kind: Unknown, Reason: fmt.Sprintf("result of %s", Short(v.node.fn()))})
	case 'V':
		s.add(v, Origin{Kind: Unknown, Reason: fmt.Sprintf("result of interface method %s", Short(v.node.fn()))})
	case 'K':
		s.add(v, Origin{Kind: Unknown, Reason: "no value is seen to arrive: the code cannot be reached, or passes it in a way that is not followed"})
	default:
		s.add(v, Origin{Kind: Unknown, Reason: "the value is not followed further"})
	}
}

// alsoFile records the file that the program fills its environment from as
// another source of a variable.
func (s *search) alsoFile(v *visit, o Origin) {
	if in := s.g.in[settingNode(model.EnvStore, readsFile)]; o.Kind == string(model.Env) && len(in) > 0 {
		w := *v
		w.node = sourceNode(model.File, o.Key, s.g.edges[in[0]].Pos)
		s.add(&w, Origin{Kind: string(model.File), Key: o.Key, Default: o.Default, HasDefault: o.HasDefault})
	}
}

// add records an origin once per part and context.
func (s *search) add(v *visit, o Origin) {
	o.Part = v.part
	if s.truncated && (o.Kind == Param || o.Kind == Unknown) {
		o.Reason += " (truncated: what leads there may have been dropped for size)"
	}
	key := fmt.Sprintf("%d|%s|%s|%s|%s|%s", o.Part, o.Kind, o.Key, o.Value, o.Reason, v.ctx)
	if s.found[key] {
		return
	}
	s.found[key] = true
	s.alsoFile(v, o)
	if v.ctx != "" {
		for _, c := range strings.Split(v.ctx, " ") {
			o.Context = append(o.Context, parsePos(c))
		}
	}
	o.Trace, o.Rejected = trace(v, o)
	for w := v; w.next != nil; w = w.next {
		o.Many = o.Many || w.edge.Many
	}
	s.out = append(s.out, o)
}
