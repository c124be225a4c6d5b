package flow

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A Package is what is known about the flows into the listen sites of one
// package and of everything below it.
type Package struct {
	Sites []*Site
	// Effects are the calls with an effect on a socket, if the package is of a
	// module at work: on which, if any, the program knows.
	Effects []*Site
	path    string
	// Truncated says that something was dropped for size, here or below.
	Truncated bool

	graph    *graph
	calls    map[string][]ssa.CallInstruction // by callee
	inferred map[string]*model.Sink
	fact     *Flows
}

// Analyze finds the sites of a package and joins its edges with those of the
// packages that it imports. It returns nil for a package that has nothing to
// do with listening: most of them.
func Analyze(pass *analysis.Pass) *Package {
	if pass.Module == nil || pass.Module.Path == "" {
		if model.IsStd(pass.Pkg.Path()) {
			return nil
		}
	}
	if model.IsModelled(pass.Pkg.Path()) && !model.IsStd(pass.Pkg.Path()) {
		return nil
	}
	imported, truncated := importedEdges(pass)
	if !relevant(pass) && !touches(pass, imported) {
		if len(imported) == 0 {
			return nil
		}
		p := &Package{path: pass.Pkg.Path(), graph: newGraph(imported), inferred: inferredSinks(imported), Truncated: truncated}
		if pass.Pkg.Name() != "main" {
			p.fact = p.graph.export(nil, isDependency(pass), truncated)
		}
		return p
	}
	e := &extractor{index: build(pass, imported), done: make(map[Node]bool), seen: make(map[Edge]bool)}
	sites, effects := e.findSites()
	if isDependency(pass) {
		effects = nil
	}
	for _, s := range sites {
		e.site(s)
	}
	for _, s := range effects {
		e.effect(s)
	}
	e.roots(imported)
	for len(e.queue) > 0 {
		n := e.queue[len(e.queue)-1]
		e.queue = e.queue[:len(e.queue)-1]
		e.expand(n)
	}
	e.leads(sites, imported)
	e.wrapperEdges()
	if isDependency(pass) {
		e.twins(sites)
	}
	p := &Package{Sites: sites, Effects: effects, path: pass.Pkg.Path(), calls: e.calls, inferred: e.inferred, Truncated: truncated}
	p.graph = newGraph(append(e.edges, imported...))
	if pass.Pkg.Name() != "main" {
		p.fact = p.graph.export(e.edges, isDependency(pass), truncated)
	}
	return p
}

// isDependency reports whether the package is of a module that is not worked
// on: a released version of one.
func isDependency(pass *analysis.Pass) bool {
	return pass.Module != nil && pass.Module.Version != ""
}

// Fact returns what importers need of p, nil for nothing.
func (p *Package) Fact() *Flows {
	if p == nil || p.fact == nil || len(p.fact.Edges) == 0 {
		return nil
	}
	return p.fact
}

// importedEdges returns the edges in the facts of the direct imports, which
// is all that every driver shows.
func importedEdges(pass *analysis.Pass) (edges []Edge, truncated bool) {
	seen := make(map[Edge]bool)
	imports := slices.Clone(pass.Pkg.Imports())
	slices.SortFunc(imports, func(a, b *types.Package) int { return cmp.Compare(a.Path(), b.Path()) })
	for _, p := range imports {
		var f Flows
		if model.IsModelled(p.Path()) || !pass.ImportPackageFact(p, &f) {
			continue
		}
		truncated = truncated || f.Truncated
		for _, e := range f.Edges {
			if !seen[e] {
				seen[e] = true
				edges = append(edges, e)
			}
		}
	}
	return edges, truncated
}

// inferredSinks returns the sinks that imported facts have inferred recipes
// for.
func inferredSinks(imported []Edge) map[string]*model.Sink {
	var out map[string]*model.Sink
	for _, e := range imported {
		if e.Kind != Twin {
			continue
		}
		if s := e.From.inferredSink(); s != nil {
			if out == nil {
				out = make(map[string]*model.Sink)
			}
			out[s.Func] = s
		}
	}
	return out
}

// SinkOf returns the row of a function that listens, or the one that is
// inferred for it; nil for none.
func (p *Package) SinkOf(name string) *model.Sink {
	if s := model.SinkOf(name); s != nil {
		return s
	}
	return p.inferred[name]
}

// An extractor finds the edges of one package on demand.
type extractor struct {
	*index
	edges []Edge
	seen  map[Edge]bool
	done  map[Node]bool
	queue []Node
}

// want asks for the edges into n.
func (e *extractor) want(n Node) {
	if n != "" && !e.done[n] {
		e.done[n] = true
		e.queue = append(e.queue, n)
	}
}

func (e *extractor) edge(edge Edge) {
	if edge.From == edge.To || edge.From == "" || e.seen[edge] {
		return
	}
	e.seen[edge] = true
	e.edges = append(e.edges, edge)
	e.want(edge.From)
}

// into adds the edges from v to a node.
func (e *extractor) into(to Node, v ssa.Value, at ssa.Instruction, kind Kind, pos, call token.Pos, part model.Part) {
	s := slicer{x: e.index, seen: make(map[slicePoint]bool), link: e.edge}
	s.emit = func(from Node, p model.Part, many bool) {
		e.edge(Edge{From: from, To: to, Kind: kind, Part: p, Many: many, Pos: s.posn(from, pos), Call: e.posn(call)})
	}
	s.slice(v, at, part)
}

// site adds the edges into the nodes of a site.
func (e *extractor) site(s *Site) {
	if s.Call == nil {
		e.valueSite(s)
	}
	for _, call := range s.Instrs {
		common := call.Common()
		if s.Sink.Network != model.None {
			e.siteArg(s.Network, call, arg(common, s.Sink.Network), model.Network)
		}
		switch {
		case s.Sink.Receiver:
			e.siteArg(s.Address, call, arg(common, model.Recv), model.Whole)
			if s.Sink.Network == model.None && s.Sink.Fixed == "" {
				e.siteArg(s.Network, call, arg(common, model.Recv), model.Network)
			}
		case s.Sink.Address != model.None:
			e.siteArg(s.Address, call, arg(common, s.Sink.Address), model.Whole)
		}
	}
	for field, part := range s.Sink.Fields {
		e.edge(Edge{From: Node("F:" + field), To: s.Address, Part: part, Pos: s.Pos})
	}
	e.done[s.Address], e.done[s.Network] = true, true
}

// effect adds the edges into the node of a call with an effect on a path.
func (e *extractor) effect(s *Site) {
	for _, call := range s.Instrs {
		e.siteArg(s.Address, call, arg(call.Common(), s.Effect.Path), model.Whole)
	}
	e.done[s.Address] = true
}

func (e *extractor) siteArg(to Node, call ssa.CallInstruction, v ssa.Value, part model.Part) {
	if v != nil {
		e.into(to, v, call, Copy, e.argPos(call, v), token.NoPos, part)
	}
}

// valueSite finds the calls that a listen function used as a value may be
// called by: those in this package, and slots for those elsewhere.
func (e *extractor) valueSite(s *Site) {
	for _, call := range e.dynamic {
		e.targets(call.Common().Value, call, func(n Node) {
			if n == funcNode(s.Callee) {
				s.Instrs = append(s.Instrs, call)
			}
		})
	}
	for _, use := range e.values[s.Callee] {
		mc, bound := use.val.(*ssa.MakeClosure)
		if bound && s.Sink.Receiver && mc.Pos() == s.Ident.Pos() {
			e.into(s.Address, mc.Bindings[0], mc, Copy, s.Expr.Pos(), token.NoPos, model.Whole)
		}
		for _, holder := range e.holders(use.val) {
			if s.Sink.Network != model.None {
				e.edge(Edge{From: indexed('X', string(holder), s.Sink.Network.Index()), To: s.Network, Part: model.Network, Pos: s.Pos})
			}
			if s.Sink.Address != model.None {
				e.edge(Edge{From: indexed('X', string(holder), s.Sink.Address.Index()), To: s.Address, Pos: s.Pos})
			}
		}
	}
}

// roots asks for what an importer may ask for: what is stored in exported
// places, and what imported facts leave open.
func (e *extractor) roots(imported []Edge) {
	for _, edge := range imported {
		e.want(edge.From)
		e.want(edge.To)
	}
	for to := range e.writes {
		if exported(to) && (to.kind() != 'F' || e.worthy(to)) {
			e.want(to)
		}
	}
	for fn, rets := range e.returns {
		if !exportedName(fn) {
			continue
		}
		for i, r := range rets[0].Results {
			if isText(r.Type()) {
				e.want(indexed('R', fn, i))
			}
		}
	}
	for name, calls := range e.calls {
		for _, call := range calls {
			if !call.Common().IsInvoke() || isModelledFunc(call.Common()) {
				break
			}
			for i, a := range call.Common().Args {
				if isText(a.Type()) {
					e.want(indexed('M', name, i))
				}
			}
		}
	}
	// Map order has no say in the result: edges are sorted when packed.
}

// worthy reports whether what is stored in a field may be an address: it is
// named so, or holds text that no decoder put there.
func (e *extractor) worthy(to Node) bool {
	if addressLike(member(to)) || !isDependency(e.pass) {
		return true
	}
	for _, w := range e.writes[to] {
		if w.kind != Decode {
			return true
		}
	}
	return false
}

// expand adds the edges into n that the package has.
func (e *extractor) expand(n Node) {
	for _, w := range e.writes[n] {
		pos := e.storePos(w.pos)
		switch {
		case w.from != "":
			e.edge(Edge{From: w.from, To: n, Kind: w.kind, Many: w.many, Pos: e.posn(pos), Call: e.posn(w.call)})
		case isText(w.val.Type()), isFunc(w.val.Type()), w.kind == Default, n.kind() == 'W':
			e.into(n, w.val, w.instr, w.kind, pos, w.call, model.Whole)
		}
	}
	switch n.kind() {
	case 'P':
		e.expandParam(n)
	case 'R':
		e.expandResult(n)
	case 'M':
		e.expandSlot(n)
	case 'V':
		e.expandSlotResult(n)
	case 'X':
		e.expandHeld(n)
	case 'Y':
		e.expandHeldResult(n)
	case 'Q':
		param, _, _ := cutLast(n.rest(), "@")
		_, param, _ = strings.Cut(param, ":")
		e.edge(Edge{From: Node(param), To: n, Kind: Key})
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// number returns the index in a node's name.
func (n Node) number() int {
	_, rest, _ := cutLast(string(n), "#")
	rest, _, _ = strings.Cut(rest, ":")
	i := 0
	for _, c := range rest {
		i = i*10 + int(c-'0')
	}
	return i
}

// expandParam finds the arguments of the calls of a function.
func (e *extractor) expandParam(n Node) {
	fn, i := n.fn(), n.number()
	for _, call := range e.calls[fn] {
		_, bound := funcValue(call.Common().Value) // m := x.method; m(…)
		if args := call.Common().Args; i >= bound && i-bound < len(args) {
			a := args[i-bound]
			e.into(n, a, call, Arg, e.argPos(call, a), call.Pos(), model.Whole)
		}
	}
	for _, slot := range e.slots[fn] {
		if i > 0 { // the receiver has no slot
			e.edge(Edge{From: indexed('M', slot, i-1), To: n})
		}
	}
	for _, use := range e.values[fn] {
		if i < use.skip {
			continue
		}
		for _, call := range e.dynamic {
			e.targets(call.Common().Value, call, func(t Node) {
				if t == funcNode(fn) && i-use.skip < len(call.Common().Args) {
					a := call.Common().Args[i-use.skip]
					e.into(n, a, call, Arg, e.argPos(call, a), call.Pos(), model.Whole)
				}
			})
		}
		for _, holder := range e.holders(use.val) {
			e.edge(Edge{From: indexed('X', string(holder), i-use.skip), To: n})
		}
	}
}

// expandResult finds what a function returns.
func (e *extractor) expandResult(n Node) {
	i := n.number()
	for _, r := range e.returns[n.fn()] {
		if i < len(r.Results) && !(isZero(r.Results[i]) && fails(r)) {
			e.into(n, r.Results[i], r, Return, r.Pos(), token.NoPos, model.Whole)
		}
	}
}

// isZero reports whether a value is the zero value of its type.
func isZero(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok {
		return false
	}
	text, ok := constText(c)
	return ok && (text == "" || text == "0")
}

// fails reports whether a return statement returns an error, so that nobody
// looks at its other results.
func fails(r *ssa.Return) bool {
	last := r.Results[len(r.Results)-1]
	n, ok := types.Unalias(last.Type()).(*types.Named)
	return ok && n.Obj().Pkg() == nil && n.Obj().Name() == "error" && !isZero(last)
}

// expandSlot finds the arguments that an interface method is called with.
func (e *extractor) expandSlot(n Node) {
	slot, i := n.fn(), n.number()
	for _, call := range e.calls[slot] {
		if args := call.Common().Args; i < len(args) {
			e.into(n, args[i], call, Arg, e.argPos(call, args[i]), call.Pos(), model.Whole)
		}
	}
	for _, wide := range e.wider[slot] {
		e.edge(Edge{From: indexed('M', wide, i), To: n})
	}
}

// expandSlotResult finds what the implementations of an interface method
// return.
func (e *extractor) expandSlotResult(n Node) {
	slot, i := n.fn(), n.number()
	for _, impl := range e.impls[slot] {
		e.edge(Edge{From: indexed('R', impl, i), To: n})
	}
	for _, narrow := range e.narrower[slot] {
		e.edge(Edge{From: indexed('V', narrow, i), To: n})
	}
}

// held takes the name of an X or Y node apart.
func (n Node) held() (holder Node, i int) {
	rest, _, _ := cutLast(n.rest(), "#")
	return Node(rest), n.number()
}

// expandHeld finds the arguments of the calls of the function that a place
// holds.
func (e *extractor) expandHeld(n Node) {
	holder, i := n.held()
	for _, call := range e.dynamic {
		e.targets(call.Common().Value, call, func(t Node) {
			if args := call.Common().Args; t == holder && i < len(args) {
				e.into(n, args[i], call, Arg, e.argPos(call, args[i]), call.Pos(), model.Whole)
			}
		})
	}
	if holder.kind() != 'P' {
		return
	}
	for _, fn := range e.fns { // where a function parameter goes on to
		if funcName(fn) == holder.fn() && holder.number() < len(fn.Params) {
			for _, next := range e.holders(fn.Params[holder.number()]) {
				e.edge(Edge{From: indexed('X', string(next), i), To: n})
			}
		}
	}
}

// expandHeldResult finds what the functions return that a place may hold.
func (e *extractor) expandHeldResult(n Node) {
	holder, i := n.held()
	link := func(t Node) {
		if t.kind() == 'N' {
			e.edge(Edge{From: indexed('R', t.rest(), i), To: n})
			return
		}
		e.edge(Edge{From: indexed('Y', string(t), i), To: n})
	}
	for _, w := range e.writes[holder] {
		if w.val != nil {
			e.targets(w.val, w.instr, link)
		}
	}
	if holder.kind() == 'P' {
		for _, call := range e.calls[holder.fn()] {
			if args := call.Common().Args; holder.number() < len(args) {
				e.targets(args[holder.number()], call, link)
			}
		}
	}
}

// holders returns the places that a function value goes to.
func (e *extractor) holders(v ssa.Value) []Node {
	var out []Node
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] || v.Referrers() == nil && !isFuncConst(v) {
			return
		}
		seen[v] = true
		for _, r := range e.referrers(v) {
			switch r := r.(type) {
			case *ssa.Store:
				if r.Val == v {
					out = append(out, e.places(r.Addr)...)
				}
			case *ssa.MapUpdate:
				if r.Value == v {
					out = append(out, e.places(r.Map)...)
				}
			case ssa.CallInstruction:
				name := calleeName(r.Common())
				for i, a := range r.Common().Args {
					if fn := r.Common().StaticCallee(); a == v && fn != nil && i < len(fn.Params) {
						out = append(out, paramNode(name, i, fn.Params[i].Name()))
					} else if a == v && fn != nil {
						out = append(out, paramNode(name, i, paramName(fn.Signature, i)))
					}
				}
			case *ssa.ChangeType:
				follow(r)
			case *ssa.Phi:
				follow(r)
			}
		}
	}
	follow(v)
	slices.Sort(out)
	return slices.Compact(out)
}

func isFuncConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Function)
	return ok
}

// paramName returns the name of parameter i of a function without a body.
func paramName(sig *types.Signature, i int) string {
	if sig.Recv() != nil {
		i--
	}
	if i < 0 || i >= sig.Params().Len() {
		return ""
	}
	return sig.Params().At(i).Name()
}

// referrers returns the instructions that use v; SSA keeps none for
// functions, which are constants.
func (e *extractor) referrers(v ssa.Value) []ssa.Instruction {
	if r := v.Referrers(); r != nil {
		return *r
	}
	var out []ssa.Instruction
	var operands [10]*ssa.Value
	for _, fn := range e.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				for _, op := range instr.Operands(operands[:0]) {
					if *op == v {
						out = append(out, instr)
					}
				}
			}
		}
	}
	return out
}
