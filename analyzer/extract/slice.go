package extract

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A slicer goes backwards from one value to the nodes that it may come from,
// within one function and the functions around it.
type slicer struct {
	x    *index
	seen map[slicePoint]bool
	emit func(end)
	// link adds an edge between two nodes on the way.
	link func(flow.Edge)
	// pos is where the value at hand stands, when that is more exact than
	// where the slice began.
	pos token.Pos
	// many says that the value at hand is an element of a list or map, and cut
	// that it is a piece of a text.
	many, cut bool
	// shallow stops at calls of function values: which function such a call
	// returns is not asked while it is asked which function it calls.
	shallow bool
}

// An end is a node that a value may come from.
type end struct {
	node flow.Node
	// of is the object that a field is read of, the zero Node when that is not
	// followed.
	of        flow.Node
	part      model.Part
	many, cut bool
}

type slicePoint struct {
	v    ssa.Value
	part model.Part
}

// put emits a node.
func (s *slicer) put(from flow.Node, part model.Part) {
	s.emit(end{node: from, part: part, many: s.many, cut: s.cut})
}

// element follows the list or map that holds the value at hand; an element at
// a constant index is one of its own.
func (s *slicer) element(container, index ssa.Value, at ssa.Instruction, part model.Part) {
	outer := s.many
	if _, ok := index.(*ssa.Const); !ok {
		s.many = true
	}
	s.slice(container, at, part)
	s.many = outer
}

// slice follows v, used at instr, to its nodes. A nil instr means that the
// order of statements does not count.
func (s *slicer) slice(v ssa.Value, at ssa.Instruction, part model.Part) {
	if v == nil || s.seen[slicePoint{v, part}] {
		return
	}
	if len(s.seen) >= maxWalk {
		s.put(flow.UnknownNode("truncated: more than %d values in one function", maxWalk), part)
		return
	}
	s.seen[slicePoint{v, part}] = true
	switch v := v.(type) {
	case *ssa.Const:
		if text, ok := constText(v); ok {
			s.put(flow.ConstNode(text), part)
		}
	case *ssa.Parameter:
		s.put(paramNode(v), part)
	case *ssa.FreeVar:
		for _, b := range bindings(v) {
			s.slice(b.val, b.at, part)
		}
	case *ssa.Function, *ssa.MakeClosure:
		if fn, _ := funcValue(v); fn != nil {
			s.put(flow.FuncNode(funcName(fn)), part)
		}
	case *ssa.Global:
		s.global(v, part)
	case *ssa.UnOp:
		s.unop(v, part)
	case *ssa.Phi:
		for _, e := range v.Edges {
			s.slice(e, v, part)
		}
	case *ssa.BinOp:
		s.binop(v, at, part)
	case *ssa.FieldAddr:
		s.field(v.X, v.Field, at, part)
	case *ssa.Field:
		s.field(v.X, v.Field, at, part)
	case *ssa.Alloc:
		s.alloc(v, at, part)
	case *ssa.MakeSlice:
		if part == model.Object {
			s.put(s.x.objectNode(v), part)
			return
		}
		for _, r := range *v.Referrers() {
			if ia, ok := r.(*ssa.IndexAddr); ok {
				s.contents(ia, part, model.Whole)
			}
		}
	case *ssa.MakeMap:
		if part == model.Object {
			s.put(s.x.objectNode(v), part)
			return
		}
		for _, r := range *v.Referrers() {
			if u, ok := r.(*ssa.MapUpdate); ok && u.Map == v {
				s.slice(u.Value, u, part)
			}
		}
	case *ssa.MakeInterface:
		if n, ok := types.Unalias(deref(v.X.Type())).(*types.Named); ok {
			if key := model.NoListener(typeName(n)); key != "" {
				s.put(flow.SourceNode(model.Runtime, key, s.x.posn(v.Pos())), part)
				return
			}
		}
		s.slice(v.X, at, part)
	case *ssa.ChangeType:
		s.slice(v.X, at, part)
	case *ssa.ChangeInterface:
		s.slice(v.X, at, part)
	case *ssa.Convert:
		s.slice(v.X, at, part)
	case *ssa.MultiConvert:
		s.slice(v.X, at, part)
	case *ssa.Slice:
		outer := s.cut
		if b, ok := v.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 && (v.Low != nil || v.High != nil) {
			s.cut = true
		}
		s.slice(v.X, at, part)
		s.cut = outer
	case *ssa.IndexAddr:
		s.element(v.X, v.Index, at, part)
	case *ssa.Index:
		s.element(v.X, v.Index, at, part)
	case *ssa.Lookup:
		if n := s.x.mapSource(v); n != (flow.Node{}) {
			s.put(n, part)
			return
		}
		if n := s.x.textsByKey(v); n != (flow.Node{}) {
			s.put(n, part)
			return
		}
		s.element(v.X, v.Index, at, part)
	case *ssa.TypeAssert:
		s.slice(v.X, at, part)
	case *ssa.Extract:
		s.extract(v, at, part)
	case *ssa.Next:
		if r, ok := v.Iter.(*ssa.Range); ok {
			s.element(r.X, nil, at, part)
		}
	case *ssa.Call:
		s.call(v, 0, part)
	case *ssa.Select:
		s.put(flow.UnknownNode("received from a channel"), part)
	default:
		s.put(flow.UnknownNode("a value that is not followed"), part)
	}
}

// sliceAt is slice for a value that stands at pos.
func (s *slicer) sliceAt(v ssa.Value, at ssa.Instruction, part model.Part, pos token.Pos) {
	outer := s.pos
	s.pos = pos
	s.slice(v, at, part)
	s.pos = outer
}

func (s *slicer) global(v *ssa.Global, part model.Part) {
	if v.Pkg != nil {
		name := v.Pkg.Pkg.Path() + "." + v.Name()
		if kind, key := model.RuntimeGlobal(name); kind != "" {
			s.put(flow.SourceNode(kind, key, flow.Pos{}), part)
			return
		}
	}
	s.put(globalNode(v), part)
}

func (s *slicer) unop(v *ssa.UnOp, part model.Part) {
	switch v.Op {
	case token.MUL:
		s.slice(v.X, v, part)
		s.through(v.X, part)
	case token.ARROW:
		s.put(flow.UnknownNode("received from a channel"), part)
	}
}

// through follows what is stored through a pointer that a call returned, as
// flag.String's is.
func (s *slicer) through(ptr ssa.Value, part model.Part) {
	switch ptr.(type) {
	case *ssa.Call, *ssa.Extract:
		s.contents(ptr, part, model.Whole)
	}
}

// field follows x.f, or &x.f.
func (s *slicer) field(x ssa.Value, f int, at ssa.Instruction, part model.Part) {
	if c := s.x.Carrier(x.Type()); c != nil {
		st := deref(x.Type()).Underlying().(*types.Struct)
		if sel, ok := c.Fields[st.Field(f).Name()]; ok {
			if p, ok := flow.Narrow(part, sel); ok && !(part == model.Network && sel == model.Whole) {
				s.slice(x, at, p)
			}
		}
		return
	}
	if s.record(x, f, part) {
		return
	}
	n := s.x.fieldNode(x.Type(), f)
	if n == (flow.Node{}) {
		return
	}
	if kind, key := model.RuntimeGlobal(n.Name()); kind != "" {
		s.put(flow.SourceNode(kind, key, flow.Pos{}), part)
		return
	}
	outer := s.many
	s.many = outer || fromElement(x)
	defer func() { s.many = outer }()
	for _, tag := range tagSources(deref(x.Type()).Underlying().(*types.Struct).Tag(f)) {
		s.link(flow.Edge{From: tag, To: n, Flow: flow.Tag})
	}
	s.emit(end{node: n, of: s.owner(x, at), part: part, many: s.many, cut: s.cut})
}

// owner returns the object that a field is read of.
func (s *slicer) owner(x ssa.Value, at ssa.Instruction) flow.Node {
	if s.shallow {
		return flow.Node{}
	}
	return s.x.object(x, at, s.link)
}

// fromElement reports whether a struct is an element of a list or map, other
// than one at a constant index.
func fromElement(v ssa.Value) (found bool) {
	at := func(container, index ssa.Value) []ssa.Value {
		if _, fixed := index.(*ssa.Const); fixed {
			return []ssa.Value{container}
		}
		found = true
		return nil
	}
	back(v, func(v ssa.Value) []ssa.Value {
		switch v := v.(type) {
		case *ssa.IndexAddr:
			return at(v.X, v.Index)
		case *ssa.Index:
			return at(v.X, v.Index)
		case *ssa.Lookup:
			return at(v.X, v.Index)
		case *ssa.Next:
			found = true
			return nil
		case *ssa.FieldAddr:
			return []ssa.Value{v.X}
		case *ssa.Field:
			return []ssa.Value{v.X}
		case *ssa.Alloc:
			return stored(v)
		case *ssa.FreeVar, *ssa.Call:
			return nil
		}
		return passage(v)
	})
	return found
}

// alloc follows the contents of a local.
func (s *slicer) alloc(a *ssa.Alloc, at ssa.Instruction, part model.Part) {
	if part == model.Object && isAggregate(deref(a.Type())) {
		s.put(s.x.objectNode(a), part)
		return
	}
	carrier := s.x.Carrier(a.Type())
	for _, d := range reaching(a, at) {
		switch d := d.(type) {
		case *ssa.Store:
			s.slice(d.Val, d, part)
		case ssa.CallInstruction:
			if part == model.Object { // a variable with a pointer, which is filled
				s.put(s.x.objectNode(a), part)
				continue
			}
			s.filled(a, d, part)
		}
	}
	for _, r := range *a.Referrers() {
		switch r := r.(type) {
		case *ssa.FieldAddr:
			if carrier != nil {
				st := deref(a.Type()).Underlying().(*types.Struct)
				sel, ok := carrier.Fields[st.Field(r.Field).Name()]
				if ok && !(part == model.Network && sel == model.Whole) {
					s.contents(r, part, sel)
				}
			}
		case *ssa.IndexAddr:
			s.contents(r, part, model.Whole)
		case *ssa.Slice:
			// arr[:] is what a slice literal becomes
		case *ssa.MakeClosure:
			s.captured(a, r, at, part)
		case *ssa.Store:
			if n := s.x.literalFor(r); n != (flow.Node{}) && r.Val == a {
				s.put(n, part)
			}
		}
	}
}

// contents follows what is stored at an address within a local.
func (s *slicer) contents(addr ssa.Value, part, sel model.Part) {
	p, ok := flow.Narrow(part, sel)
	if !ok {
		return
	}
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr == addr {
				s.sliceAt(r.Val, r, p, r.Pos())
			}
		case *ssa.Slice:
			s.copied(r, p)
		}
	}
}

// copied follows what copy puts into a slice of an array.
func (s *slicer) copied(dst *ssa.Slice, part model.Part) {
	for _, r := range *dst.Referrers() {
		call, ok := r.(*ssa.Call)
		if !ok {
			continue
		}
		if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "copy" && call.Call.Args[0] == dst {
			s.sliceAt(call.Call.Args[1], call, part, call.Pos())
		}
	}
}

// captured follows what a closure stores in a variable that it captured.
func (s *slicer) captured(a *ssa.Alloc, mc *ssa.MakeClosure, at ssa.Instruction, part model.Part) {
	if at != nil && at.Parent() == mc.Parent() && !mayFollow(mc, at) {
		return // the closure does not exist yet
	}
	fn := mc.Fn.(*ssa.Function)
	for i, b := range mc.Bindings {
		if b != a {
			continue
		}
		for _, r := range *fn.FreeVars[i].Referrers() {
			switch r := r.(type) {
			case *ssa.Store:
				if r.Addr == fn.FreeVars[i] {
					s.slice(r.Val, r, part)
				}
			case ssa.CallInstruction:
				s.filled(fn.FreeVars[i], r, part)
			}
		}
	}
}

// filled follows what a call puts into the variable that it is given the
// address of.
func (s *slicer) filled(addr ssa.Value, call ssa.CallInstruction, part model.Part) {
	name := s.x.callee(call.Common())
	if src := s.x.Source(name); src != nil {
		if dest := arg(call.Common(), src.Dest); src.Dest != model.None && dest != nil && unwrap(dest) == addr {
			n, _ := s.x.sourceAt(call, src)
			s.put(n, part)
		}
		return
	}
	if name == "" || s.x.modelled(call.Common()) {
		return
	}
	for i, a := range call.Common().Args {
		if a == addr && s.x.isPointerToText(a.Type()) {
			s.result(flow.Indexed(flow.Out, name, i), call, part)
		}
	}
}

// keys follows the key of a step through a map to those of the map, and reports
// whether they are known by themselves.
func (s *slicer) keys(step *ssa.Next, at ssa.Instruction, part model.Part) (known bool) {
	r, ok := step.Iter.(*ssa.Range)
	if !ok || part == model.Object {
		return false
	}
	outer := s.many
	s.many = true
	defer func() { s.many = outer }()
	for _, m := range leaves(r.X, func(v ssa.Value) bool { _, ok := v.(*ssa.FieldAddr); return ok }) {
		switch m := m.(type) {
		case *ssa.FieldAddr:
			if n := keysOf(s.x.fieldNode(m.X.Type(), m.Field), r.X.Type()); n != (flow.Node{}) {
				known = true
				s.emit(end{node: n, of: s.owner(m.X, at), part: part, many: true, cut: s.cut})
			}
		case *ssa.MakeMap:
			for _, use := range *m.Referrers() {
				if u, ok := use.(*ssa.MapUpdate); ok && u.Map == m {
					known = true
					s.slice(u.Key, u, part)
				}
			}
		}
	}
	return known
}

func (s *slicer) extract(v *ssa.Extract, at ssa.Instruction, part model.Part) {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		s.call(t, v.Index, part)
	case *ssa.Next:
		if v.Index == 1 && s.keys(t, at, part) {
			return
		}
		if v.Index > 0 { // 0: ok; 1: key; 2: value
			s.slice(t, at, part)
		}
	case *ssa.UnOp:
		s.unop(t, part)
	case *ssa.Lookup, *ssa.TypeAssert:
		if v.Index == 0 {
			s.slice(t, at, part)
		}
	case *ssa.Select:
		s.put(flow.UnknownNode("received from a channel"), part)
	}
}
