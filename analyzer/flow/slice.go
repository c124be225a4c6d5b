package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// maxSlice bounds the values of one slice; beyond it the trace says so.
const maxSlice = 400

// A slicer goes backwards from one value to the nodes that it may come from,
// within one function and the functions around it.
type slicer struct {
	x    *index
	seen map[slicePoint]bool
	emit func(from Node, part model.Part, many bool)
	// link adds an edge between two nodes on the way.
	link func(Edge)
	// pos is where the value at hand stands, when that is more exact than
	// where the slice began.
	pos token.Pos
	// many says that the value at hand is an element of a list or map.
	many bool
	// shallow stops at calls of function values: which function such a call
	// returns is not asked while it is asked which function it calls.
	shallow bool
}

type slicePoint struct {
	v    ssa.Value
	part model.Part
}

// put emits a node.
func (s *slicer) put(from Node, part model.Part) { s.emit(from, part, s.many) }

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
	if len(s.seen) >= maxSlice {
		s.put(unknownNode("truncated: more than %d values in one function", maxSlice), part)
		return
	}
	s.seen[slicePoint{v, part}] = true
	switch v := v.(type) {
	case *ssa.Const:
		if text, ok := constText(v); ok {
			s.put(constNode(text), part)
		}
	case *ssa.Parameter:
		s.put(ofParam(v), part)
	case *ssa.FreeVar:
		for _, b := range bindings(v) {
			s.slice(b.val, b.at, part)
		}
	case *ssa.Function, *ssa.MakeClosure:
		if fn, _ := funcValue(v); fn != nil {
			s.put(funcNode(funcName(fn)), part)
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
		for _, r := range *v.Referrers() {
			if ia, ok := r.(*ssa.IndexAddr); ok {
				s.contents(ia, part, model.Whole)
			}
		}
	case *ssa.MakeMap:
		for _, r := range *v.Referrers() {
			if u, ok := r.(*ssa.MapUpdate); ok && u.Map == v {
				s.slice(u.Value, u, part)
			}
		}
	case *ssa.MakeInterface:
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
		s.slice(v.X, at, part)
	case *ssa.IndexAddr:
		s.element(v.X, v.Index, at, part)
	case *ssa.Index:
		s.element(v.X, v.Index, at, part)
	case *ssa.Lookup:
		if n := s.x.mapSource(v); n != "" {
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
		s.put(unknownNode("received from a channel"), part)
	default:
		s.put(unknownNode("a value that is not followed"), part)
	}
}

// sliceAt is slice for a value that stands at pos.
func (s *slicer) sliceAt(v ssa.Value, at ssa.Instruction, part model.Part, pos token.Pos) {
	outer := s.pos
	s.pos = pos
	s.slice(v, at, part)
	s.pos = outer
}

// constText returns the value of a string or number constant; "" for nil.
func constText(c *ssa.Const) (string, bool) {
	switch {
	case c.Value == nil:
		return "", true
	case c.Value.Kind() == constant.String:
		return constant.StringVal(c.Value), true
	case c.Value.Kind() == constant.Int:
		return c.Value.ExactString(), true
	}
	return "", false
}

func (s *slicer) global(v *ssa.Global, part model.Part) {
	if v.Pkg != nil {
		name := v.Pkg.Pkg.Path() + "." + v.Name()
		if kind, key := model.RuntimeGlobal(name); kind != "" {
			s.put(sourceNode(kind, key, Pos{}), part)
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
		s.put(unknownNode("received from a channel"), part)
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
	if c := model.CarrierOf(x.Type()); c != nil {
		st := deref(x.Type()).Underlying().(*types.Struct)
		if sel, ok := c.Fields[st.Field(f).Name()]; ok {
			if p, ok := narrow(part, sel); ok && !(part == model.Network && sel == model.Whole) {
				s.slice(x, at, p)
			}
		}
		return
	}
	n := s.x.fieldNode(x.Type(), f)
	if n == "" {
		return
	}
	if kind, key := model.RuntimeGlobal(n.rest()); kind != "" {
		s.put(sourceNode(kind, key, Pos{}), part)
		return
	}
	outer := s.many
	s.many = outer || fromElement(x, 0)
	defer func() { s.many = outer }()
	for _, tag := range tagSources(deref(x.Type()).Underlying().(*types.Struct).Tag(f)) {
		s.link(Edge{From: tag, To: n, Kind: Tag})
	}
	s.put(n, part)
}

// fromElement reports whether a struct is an element of a list or map, other
// than one at a constant index.
func fromElement(v ssa.Value, depth int) bool {
	if depth > 6 {
		return false
	}
	switch v := v.(type) {
	case *ssa.IndexAddr:
		_, fixed := v.Index.(*ssa.Const)
		return !fixed || fromElement(v.X, depth+1)
	case *ssa.Index:
		_, fixed := v.Index.(*ssa.Const)
		return !fixed
	case *ssa.Lookup:
		_, fixed := v.Index.(*ssa.Const)
		return !fixed
	case *ssa.Extract:
		_, next := v.Tuple.(*ssa.Next)
		return next || fromElement(v.Tuple, depth+1)
	case *ssa.UnOp:
		return fromElement(v.X, depth+1)
	case *ssa.FieldAddr:
		return fromElement(v.X, depth+1)
	case *ssa.Field:
		return fromElement(v.X, depth+1)
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return fromElement(e, depth+1) })
	case *ssa.Alloc:
		return slices.ContainsFunc(*v.Referrers(), func(r ssa.Instruction) bool {
			st, ok := r.(*ssa.Store)
			return ok && st.Addr == v && fromElement(st.Val, depth+1)
		})
	}
	return false
}

// alloc follows the contents of a local.
func (s *slicer) alloc(a *ssa.Alloc, at ssa.Instruction, part model.Part) {
	carrier := model.CarrierOf(a.Type())
	for _, d := range reaching(a, at) {
		switch d := d.(type) {
		case *ssa.Store:
			s.slice(d.Val, d, part)
		case ssa.CallInstruction:
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
			if n := s.x.literalFor(r); n != "" && r.Val == a {
				s.put(n, part)
			}
		}
	}
}

// contents follows what is stored at an address within a local.
func (s *slicer) contents(addr ssa.Value, part, sel model.Part) {
	p, ok := narrow(part, sel)
	if !ok {
		return
	}
	for _, r := range *addr.Referrers() {
		if st, ok := r.(*ssa.Store); ok && st.Addr == addr {
			s.sliceAt(st.Val, st, p, st.Pos())
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
	name := calleeName(call.Common())
	if src := model.SourceOf(name); src != nil {
		if dest := arg(call.Common(), src.Dest); src.Dest != model.None && dest != nil && unwrap(dest) == addr {
			n, _ := s.x.sourceAt(call, src)
			s.put(n, part)
		}
		return
	}
	if name == "" || isModelledFunc(call.Common()) {
		return
	}
	for i, a := range call.Common().Args {
		if a == addr && isPointerToCarrier(a.Type()) {
			s.result(indexed('O', name, i), call, part)
		}
	}
}

func (s *slicer) extract(v *ssa.Extract, at ssa.Instruction, part model.Part) {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		s.call(t, v.Index, part)
	case *ssa.Next:
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
		s.put(unknownNode("received from a channel"), part)
	}
}

// Short drops the folders of the import path in a function's full name.
func Short(name string) string {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return name
	}
	lead := name[:len(name)-len(strings.TrimLeft(name, "(*"))]
	pkg, rest, _ := strings.Cut(name[i+1:], ".")
	if isVersion(pkg) { // iris/v12.Application
		outer := strings.TrimLeft(name[:i], "(*")
		pkg = outer[strings.LastIndexByte(outer, '/')+1:]
	} else if v, after, ok := strings.Cut(rest, "."); ok && isVersion(v) { // graceful.v1.Server
		rest = after
	}
	return lead + pkg + "." + rest
}

// isVersion reports whether an element of an import path is a major version.
func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

// isText reports whether values of t can hold an address or a piece of one.
func isText(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsString|types.IsInteger) != 0
	case *types.Pointer:
		return model.CarrierOf(t) != nil || isText(u.Elem())
	case *types.Slice:
		return isText(u.Elem())
	case *types.Array:
		return isText(u.Elem())
	case *types.Map:
		return isText(u.Elem())
	case *types.Struct:
		return model.CarrierOf(t) != nil
	case *types.Interface:
		n, ok := types.Unalias(t).(*types.Named)
		return ok && n.Obj().Name() == "Addr" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "net"
	}
	return false
}
