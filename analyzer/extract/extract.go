package extract

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// An extractor finds the edges of one package on demand.
type extractor struct {
	*index
	edges []flow.Edge
	seen  map[flow.Edge]bool
	done  map[flow.Node]bool
	queue []flow.Node
}

func newExtractor(x *index) *extractor {
	return &extractor{index: x, done: make(map[flow.Node]bool), seen: make(map[flow.Edge]bool)}
}

// run finds the edges into sites and effects, and those that importers may ask
// for.
func (e *extractor) run(sites []*Site, effects []*Effect, imported *flow.Flows) {
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
	e.leads(sites, imported.Edges)
}

// want asks for the edges into n.
func (e *extractor) want(n flow.Node) {
	if n != (flow.Node{}) && !e.done[n] {
		e.done[n] = true
		e.queue = append(e.queue, n)
	}
}

func (e *extractor) edge(edge flow.Edge) {
	if edge.From == edge.To && edge.FromOf == edge.ToOf || edge.From == (flow.Node{}) || e.seen[edge] {
		return
	}
	e.seen[edge] = true
	e.edges = append(e.edges, edge)
	e.want(edge.From)
	e.want(edge.FromOf)
	e.want(edge.ToOf)
}

// into adds the edges from v to a node.
func (e *extractor) into(to flow.Node, v ssa.Value, at ssa.Instruction, how flow.Flow, pos, call token.Pos, part model.Part) {
	e.intoOf(to, flow.Node{}, v, at, how, pos, call, part)
}

// intoOf is into for a field of an object.
func (e *extractor) intoOf(to, of flow.Node, v ssa.Value, at ssa.Instruction, how flow.Flow, pos, call token.Pos, part model.Part) {
	if part == model.Whole && e.isObject(unwrap(v).Type()) {
		part = model.Object
	}
	s := slicer{x: e.index, seen: make(map[slicePoint]bool), link: e.edge}
	s.emit = func(from end) {
		e.edge(flow.Edge{
			From: from.node, FromOf: from.of, To: to, ToOf: of, Flow: how, Part: from.part, Many: from.many, Cut: from.cut,
			Pos: s.posn(from.node, pos), Call: e.calleePos(call),
		})
	}
	s.slice(v, at, part)
}

// site adds the edges into the nodes of a site.
func (e *extractor) site(s *Site) {
	if s.Call == nil {
		e.valueSite(s)
	}
	for _, call := range s.instrs {
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
		e.edge(flow.Edge{From: flow.FieldNode(field), To: s.Address, Part: part, Pos: s.Pos})
	}
	e.done[s.Address], e.done[s.Network] = true, true
}

// effect adds the edges into the node of a call with an effect on a path.
func (e *extractor) effect(f *Effect) {
	for _, call := range f.instrs {
		e.siteArg(f.Path, call, arg(call.Common(), f.Row.Path), model.Whole)
	}
	e.done[f.Path] = true
}

func (e *extractor) siteArg(to flow.Node, call ssa.CallInstruction, v ssa.Value, part model.Part) {
	if v != nil {
		e.into(to, v, call, flow.Copy, e.argPos(call, v), token.NoPos, part)
	}
}

// valueSite finds the calls that a listen function used as a value may be
// called by: those in this package, and slots for those elsewhere.
func (e *extractor) valueSite(s *Site) {
	for _, call := range e.dynamic {
		e.targets(call.Common().Value, call, func(n flow.Node) {
			if n == flow.FuncNode(s.Callee) {
				s.instrs = append(s.instrs, call)
			}
		})
	}
	for _, use := range e.values[s.Callee] {
		mc, bound := use.val.(*ssa.MakeClosure)
		if bound && s.Sink.Receiver && mc.Pos() == s.Ident.Pos() {
			e.into(s.Address, mc.Bindings[0], mc, flow.Copy, s.Expr.Pos(), token.NoPos, model.Whole)
		}
		for _, holder := range e.holders(use.val) {
			if s.Sink.Network != model.None {
				e.edge(flow.Edge{From: flow.Held(flow.HeldParam, holder, s.Sink.Network.Index()), To: s.Network, Part: model.Network, Pos: s.Pos})
			}
			if s.Sink.Address != model.None {
				e.edge(flow.Edge{From: flow.Held(flow.HeldParam, holder, s.Sink.Address.Index()), To: s.Address, Pos: s.Pos})
			}
		}
	}
}

// roots asks for what an importer may ask for: what is stored in exported
// places, and what imported facts leave open.
func (e *extractor) roots(imported *flow.Flows) {
	for _, edge := range imported.Edges {
		e.want(edge.From)
		e.want(edge.FromOf)
		e.want(edge.To)
		e.want(edge.ToOf)
	}
	for to := range e.writes {
		if to.Exported() && (to.Kind() != flow.Field || e.worthy(to)) {
			e.want(to)
		}
	}
	for fn, rets := range e.returns {
		if !flow.IsExported(fn) {
			continue
		}
		for i, r := range rets[0].Results {
			if e.isText(r.Type()) || e.holdsAddress(r.Type()) {
				e.want(flow.Indexed(flow.Result, fn, i))
			}
		}
	}
	for name, calls := range e.calledBy {
		for _, call := range calls {
			if !call.Common().IsInvoke() || e.modelled(call.Common()) {
				break
			}
			for i, a := range call.Common().Args {
				if e.isText(a.Type()) || e.holdsAddress(a.Type()) {
					e.want(flow.Indexed(flow.Slot, name, i))
				}
			}
		}
	}
	// Map order has no say in the result: edges are sorted when packed.
}

// worthy reports whether what is stored in a field may be an address: it is
// named so, or holds text that no decoder put there.
func (e *extractor) worthy(to flow.Node) bool {
	if flow.AddressLike(to.Member()) || !isDependency(e.pass) {
		return true
	}
	for _, w := range e.writes[to] {
		if w.how != flow.Decode {
			return true
		}
	}
	return false
}

// expand adds the edges into n that the package has.
func (e *extractor) expand(n flow.Node) {
	for _, w := range e.writes[n] {
		pos := e.storePos(w.pos)
		of := e.ownerOf(w)
		switch {
		case w.from != (flow.Node{}):
			part := model.Whole
			if w.from.Kind() == flow.Object {
				part = model.Object
			}
			e.edge(flow.Edge{From: w.from, To: n, ToOf: of, Flow: w.how, Part: part, Many: w.many, Pos: e.posn(pos), Call: e.calleePos(w.call)})
		case e.isText(w.val.Type()), isFunc(w.val.Type()), w.how == flow.Default, n.Kind() == flow.Entry, e.isObject(unwrap(w.val).Type()):
			e.intoOf(n, of, w.val, w.instr, w.how, pos, w.call, model.Whole)
		}
	}
	switch n.Kind() {
	case flow.Object:
		e.expandObject(n)
	case flow.Param:
		e.expandParam(n)
	case flow.Result:
		e.expandResult(n)
	case flow.Slot:
		e.expandSlot(n)
	case flow.SlotResult:
		e.expandSlotResult(n)
	case flow.HeldParam:
		e.expandHeld(n)
	case flow.HeldResult:
		e.expandHeldResult(n)
	case flow.KeyedSource:
		e.edge(flow.Edge{From: n.Of(), To: n, Flow: flow.Key})
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// expandParam finds the arguments of the calls of a function.
func (e *extractor) expandParam(n flow.Node) {
	fn, i := n.Name(), n.Index()
	for _, call := range e.calledBy[fn] {
		_, bound := funcValue(call.Common().Value) // m := x.method; m(…)
		if args := call.Common().Args; i >= bound && i-bound < len(args) {
			a := args[i-bound]
			e.into(n, a, call, flow.Arg, e.argPos(call, a), call.Pos(), model.Whole)
		}
	}
	for _, slot := range e.slots[fn] {
		if i > 0 { // the receiver has no slot
			e.edge(flow.Edge{From: flow.Indexed(flow.Slot, slot, i-1), To: n})
		}
	}
	if i == 0 {
		e.receivers(n)
	}
	for _, use := range e.values[fn] {
		if i < use.skip {
			if mc, ok := use.val.(*ssa.MakeClosure); ok {
				e.into(n, mc.Bindings[i], mc, flow.Copy, mc.Pos(), token.NoPos, model.Whole)
			}
			continue
		}
		for _, call := range e.dynamic {
			e.targets(call.Common().Value, call, func(t flow.Node) {
				if t == flow.FuncNode(fn) && i-use.skip < len(call.Common().Args) {
					a := call.Common().Args[i-use.skip]
					e.into(n, a, call, flow.Arg, e.argPos(call, a), call.Pos(), model.Whole)
				}
			})
		}
		for _, holder := range e.holders(use.val) {
			e.edge(flow.Edge{From: flow.Held(flow.HeldParam, holder, i-use.skip), To: n})
		}
	}
}

// expandResult finds what a function returns.
func (e *extractor) expandResult(n flow.Node) {
	i := n.Index()
	for _, r := range e.returns[n.Name()] {
		if i < len(r.Results) && !(isZero(r.Results[i]) && fails(r)) {
			e.into(n, r.Results[i], r, flow.Return, r.Pos(), token.NoPos, model.Whole)
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
func (e *extractor) expandSlot(n flow.Node) {
	slot, i := n.Name(), n.Index()
	for _, call := range e.calledBy[slot] {
		if args := call.Common().Args; i < len(args) {
			e.into(n, args[i], call, flow.Arg, e.argPos(call, args[i]), call.Pos(), model.Whole)
		}
	}
	for _, wide := range e.wider[slot] {
		e.edge(flow.Edge{From: flow.Indexed(flow.Slot, wide, i), To: n})
	}
}

// expandSlotResult finds what the implementations of an interface method
// return.
func (e *extractor) expandSlotResult(n flow.Node) {
	slot, i := n.Name(), n.Index()
	for _, impl := range e.impls[slot] {
		e.edge(flow.Edge{From: flow.Indexed(flow.Result, impl, i), To: n})
	}
	for _, narrow := range e.narrower[slot] {
		e.edge(flow.Edge{From: flow.Indexed(flow.SlotResult, narrow, i), To: n})
	}
}

// expandHeld finds the arguments of the calls of the function that a place
// holds.
func (e *extractor) expandHeld(n flow.Node) {
	holder, i := n.Of(), n.Index()
	for _, call := range e.dynamic {
		e.targets(call.Common().Value, call, func(t flow.Node) {
			if args := call.Common().Args; t == holder && i < len(args) {
				e.into(n, args[i], call, flow.Arg, e.argPos(call, args[i]), call.Pos(), model.Whole)
			}
		})
	}
	if holder.Kind() != flow.Param {
		return
	}
	for _, fn := range e.fns { // where a function parameter goes on to
		if funcName(fn) == holder.Name() && holder.Index() < len(fn.Params) {
			for _, next := range e.holders(fn.Params[holder.Index()]) {
				e.edge(flow.Edge{From: flow.Held(flow.HeldParam, next, i), To: n})
			}
		}
	}
}

// expandHeldResult finds what the functions return that a place may hold.
func (e *extractor) expandHeldResult(n flow.Node) {
	holder, i := n.Of(), n.Index()
	link := func(t flow.Node) {
		if t.Kind() == flow.Func {
			e.edge(flow.Edge{From: flow.Indexed(flow.Result, t.Name(), i), To: n})
			return
		}
		e.edge(flow.Edge{From: flow.Held(flow.HeldResult, t, i), To: n})
	}
	for _, w := range e.writes[holder] {
		if w.val != nil {
			e.targets(w.val, w.instr, link)
		}
	}
	if holder.Kind() == flow.Param {
		for _, call := range e.calledBy[holder.Name()] {
			if args := call.Common().Args; holder.Index() < len(args) {
				e.targets(args[holder.Index()], call, link)
			}
		}
	}
}

// holders returns the places that a function value goes to.
func (e *extractor) holders(v ssa.Value) []flow.Node {
	var out []flow.Node
	visit := func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Val == v {
				out = append(out, nodesOf(e.places(use.Addr))...)
			}
		case *ssa.MapUpdate:
			if use.Value == v {
				out = append(out, nodesOf(e.places(use.Map))...)
			}
		case ssa.CallInstruction:
			fn := use.Common().StaticCallee()
			if fn == nil {
				break
			}
			for i, a := range use.Common().Args {
				if a == v {
					out = append(out, flow.ParamNode(e.callee(use.Common()), i, paramName(fn, i)))
				}
			}
		case *ssa.ChangeType, *ssa.Phi:
			return []ssa.Value{use.(ssa.Value)}, true
		}
		return nil, true
	}
	if v.Referrers() == nil { // a function, which is a constant
		for _, use := range e.mentioning(v) {
			next, _ := visit(use, v)
			for _, n := range next {
				forward(n, visit)
			}
		}
	} else {
		forward(v, visit)
	}
	slices.SortFunc(out, flow.Node.Compare)
	return slices.Compact(out)
}

// paramName returns the name of parameter i of a function, the receiver
// counted, also of one without a body.
func paramName(fn *ssa.Function, i int) string {
	if i < len(fn.Params) {
		return fn.Params[i].Name()
	}
	if fn.Signature.Recv() != nil {
		i--
	}
	if i < 0 || i >= fn.Signature.Params().Len() {
		return ""
	}
	return fn.Signature.Params().At(i).Name()
}

// mentioning returns the instructions that mention a function: SSA keeps no list
// of them.
func (e *extractor) mentioning(v ssa.Value) []ssa.Instruction {
	var out []ssa.Instruction
	var operands [10]*ssa.Value
	for _, fn := range e.fns {
		for instr := range instructions(fn) {
			for _, op := range instr.Operands(operands[:0]) {
				if *op == v {
					out = append(out, instr)
				}
			}
		}
	}
	return out
}

// leads adds the edges that say which functions lead to a site.
func (e *extractor) leads(sites []*Site, imported []flow.Edge) {
	leads := make(map[string]bool)
	for _, edge := range imported {
		if edge.Flow.IsCall() {
			leads[edge.From.Name()] = true
		}
	}
	for _, s := range sites {
		leads[s.owner] = true
		e.edge(flow.Edge{From: flow.FuncNode(s.owner), To: s.Address, Flow: flow.Call, Pos: s.Pos})
	}
	for changed := true; changed; {
		changed = false
		for fn, callees := range e.mentions {
			if leads[fn] {
				continue
			}
			for c := range callees {
				if leads[c] {
					leads[fn], changed = true, true
					break
				}
			}
		}
	}
	for fn, callees := range e.mentions {
		for c, pos := range callees {
			if leads[fn] && leads[c] {
				edge := flow.Edge{From: flow.FuncNode(fn), To: flow.FuncNode(c), Flow: flow.Mention, Pos: e.calleePos(pos)}
				if call, ok := e.direct[[2]string{fn, c}]; ok {
					edge.Flow, edge.Pos = flow.Call, e.calleePos(call)
				}
				e.edge(edge)
			}
		}
	}
}
