package extract

// This file defines how a recipe is inferred for a function of a dependency
// that listens and that no row describes: its package may offer a sibling that
// takes the listener and does the rest of the same work, as Run and
// RunListener do.

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A hand is a parameter that a listener is handed to.
type hand struct {
	fn string
	i  int // index in the arguments, the receiver counted
}

// recipes lists those that can be inferred for exported functions of the
// package.
func (e *extractor) recipes(sites []*Site) []flow.Recipe {
	siblings := e.siblings()
	if len(siblings) == 0 {
		return nil
	}
	g := flow.NewGraph(e.Model, flow.Merge(&flow.Flows{Edges: slices.Clone(e.edges)}))
	var out []flow.Recipe
	for _, fn := range e.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() {
			continue
		}
		for _, s := range sites {
			if r, ok := e.recipe(g, fn, s, siblings); ok {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// siblings lists the exported functions of the package that take a listener or
// packet connection, with where they hand it to.
func (e *extractor) siblings() []*sibling {
	var out []*sibling
	for _, fn := range e.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() {
			continue
		}
		t := &sibling{fn: fn, i: -1}
		for i, p := range fn.Params {
			if kind := socketInterface(p.Type()); kind != "" && (i > 0 || obj.Signature().Recv() == nil) {
				if t.i >= 0 {
					t.i = -2 // takes several
					break
				}
				t.i, t.kind = i, kind
			}
		}
		if t.i < 0 {
			continue
		}
		t.hands = map[hand]bool{{funcName(fn), t.i}: true}
		e.handsOn(fn.Params[t.i], t.hands, 0)
		out = append(out, t)
	}
	return out
}

// A sibling is a function that takes a listener as argument i.
type sibling struct {
	fn    *ssa.Function
	i     int
	kind  string // Listener or PacketConn
	hands map[hand]bool
}

func socketInterface(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "net" {
		return ""
	}
	if name := n.Obj().Name(); name == "Listener" || name == "PacketConn" {
		return name
	}
	return ""
}

// recipe infers the recipe for a function that leads to a site.
func (e *extractor) recipe(g *flow.Graph, fn *ssa.Function, s *Site, siblings []*sibling) (flow.Recipe, bool) {
	none := flow.Recipe{}
	if s.Sink.Inherited || s.Sink.Virtual || s.Call == nil || len(s.instrs) != 1 || !e.leadsTo(funcName(fn), s.owner, 0) {
		return none, false
	}
	hands := make(map[hand]bool)
	if twin, i := model.ServeTwin(s.Callee); twin != "" {
		hands[hand{twin, i}] = true
	} else if call, ok := s.instrs[0].(*ssa.Call); ok {
		e.handsOn(call, hands, 0)
	}
	r := flow.Recipe{Func: funcName(fn), Helper: "Serve"}
	var taken map[int]bool
	if r.Fixed, r.Network, r.Address, r.Field, taken = e.addressOf(g, fn, s); r.Address == model.None && r.Field == "" {
		return none, false
	}
	var best *sibling
	for _, t := range siblings {
		if t.fn == fn || !shareHand(t.hands, hands) || !sameResults(fn, t.fn) {
			continue
		}
		if serve := siblingCall(fn, t, taken); serve != "" && (best == nil || hands[hand{funcName(t.fn), t.i}] && !hands[hand{funcName(best.fn), best.i}]) {
			best, r.Serve = t, serve
		}
	}
	if best == nil {
		return none, false
	}
	r.Sibling = flow.Short(funcName(best.fn))
	if best.kind == "PacketConn" {
		r.Helper = "ServePacket"
	}
	if fn.Signature.Results().Len() == 2 && best.kind == "PacketConn" {
		r.Helper = "StartPacket"
	}
	return r, fn.Signature.Results().Len() == 1 || r.Helper == "StartPacket"
}

// leadsTo reports whether a function calls another of the package, over few
// calls.
func (e *extractor) leadsTo(fn, to string, depth int) bool {
	if fn == to {
		return true
	}
	if depth == 3 {
		return false
	}
	for callee := range e.mentions[fn] {
		if _, ok := e.direct[[2]string{fn, callee}]; ok && e.leadsTo(callee, to, depth+1) {
			return true
		}
	}
	return false
}

func shareHand(a, b map[hand]bool) bool {
	for h := range a {
		if b[h] {
			return true
		}
	}
	return false
}

func sameResults(a, b *ssa.Function) bool {
	return types.Identical(a.Signature.Results(), b.Signature.Results())
}

// maxHands bounds the functions that a listener is followed through.
const maxHands = 4

// handsOn collects where a listener goes: the parameters that it is passed as,
// in functions of the package those that these pass it as, too.
func (e *extractor) handsOn(v ssa.Value, hands map[hand]bool, depth int) {
	if depth > maxHands {
		return
	}
	forward(v, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch use := use.(type) {
		case *ssa.Store: // part of a struct that is a listener itself
			if fa, ok := use.Addr.(*ssa.FieldAddr); ok && use.Val == v {
				if a, ok := fa.X.(*ssa.Alloc); ok {
					return []ssa.Value{a}, true
				}
			}
		case *ssa.MakeClosure:
			return nil, true
		case *ssa.Return:
			if slices.Index(use.Results, v) != 0 {
				return nil, true
			}
			for _, call := range e.calledBy[funcName(use.Parent())] {
				if c, ok := call.(*ssa.Call); ok {
					e.handsOn(c, hands, depth+1)
				}
			}
		case ssa.CallInstruction:
			return e.handsOnCall(use, v, hands, depth), true
		}
		return passesOn(use, v), true
	})
}

// handsOnCall is handsOn for a call, and returns the listener that it makes of
// the one that it is given.
func (e *extractor) handsOnCall(call ssa.CallInstruction, v ssa.Value, hands map[hand]bool, depth int) (around []ssa.Value) {
	common := call.Common()
	name := e.callee(common)
	if name == "" || common.IsInvoke() {
		return nil
	}
	for i, a := range common.Args {
		if a != v {
			continue
		}
		if c, ok := call.(*ssa.Call); ok && wrapsListener(c) {
			around = append(around, c)
		}
		h := hand{name, i}
		if common.Signature().Recv() != nil && i == 0 || hands[h] {
			continue
		}
		hands[h] = true
		if fn := common.StaticCallee(); fn != nil && fn.Pkg == e.pkg && i < len(fn.Params) {
			e.handsOn(fn.Params[i], hands, depth+1)
		}
	}
	return around
}

// wrapsListener reports whether a call makes one listener of another, as
// tls.NewListener does.
func wrapsListener(c *ssa.Call) bool {
	res := c.Call.Signature().Results()
	return res.Len() > 0 && socketInterface(res.At(0).Type()) != ""
}

// addressOf finds what a function passes as the address of a site: one of its
// parameters, or an exported field of its receiver. taken are the parameters
// that go into the address and the network.
func (e *extractor) addressOf(g *flow.Graph, fn *ssa.Function, s *Site) (fixed string, network, address model.Arg, field string, taken map[int]bool) {
	taken = make(map[int]bool)
	ends := func(n flow.Node, part model.Part) []flow.Node { return e.ends(g, fn, n, part) }
	shift := 0
	if fn.Signature.Recv() != nil {
		shift = 1
	}
	for _, n := range ends(s.Address, model.Whole) {
		switch n.Kind() {
		case flow.Param:
			if i := n.Index() - shift; i >= 0 && (address == model.None || address == model.Arg0+model.Arg(i)) {
				address, taken[n.Index()] = model.Arg0+model.Arg(i), true
			}
		case flow.Field:
			if flow.IsExported(n.Name()) {
				field = n.Name()
			}
		}
	}
	if address != model.None {
		field = ""
	}
	fixed = s.Sink.Fixed
	if fixed == "" {
		for _, n := range ends(s.Network, model.Network) {
			switch n.Kind() {
			case flow.Param:
				if i := n.Index() - shift; i >= 0 {
					network, taken[n.Index()] = model.Arg0+model.Arg(i), true
				}
			case flow.Const:
				if fixed == "" {
					fixed = n.Name()
				}
			}
		}
	}
	if network != model.None {
		fixed = ""
	}
	if fixed == "" && network == model.None {
		return "", model.None, model.None, "", taken
	}
	return fixed, network, address, field, taken
}

// ends returns what a function passes to a node: its parameters, fields of its
// receiver, and constants.
func (e *extractor) ends(g *flow.Graph, fn *ssa.Function, n flow.Node, part model.Part) []flow.Node {
	var out []flow.Node
	seen := map[flow.Node]bool{n: true}
	for work := []flow.Node{n}; len(work) > 0; work = work[1:] {
		n := work[0]
		if n.Kind() == flow.Param && n.Name() == funcName(fn) || n.Kind() == flow.Const ||
			fn.Signature.Recv() != nil && e.hasField(fn.Params[0].Type(), n) {
			out = append(out, n)
			continue
		}
		for edge := range g.Into(n) {
			if !edge.Flow.IsCall() && (edge.Part == model.Whole || edge.Part == part) && !seen[edge.From] {
				seen[edge.From] = true
				work = append(work, edge.From)
			}
		}
	}
	return out
}

// hasField reports whether a place is a field of a struct, or of what a
// pointer points to.
func (x *index) hasField(t types.Type, field flow.Node) bool {
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if x.fieldNode(t, i) == field {
			return true
		}
	}
	return false
}

// siblingCall writes the function that serves a listener with a sibling instead
// of with fn, "" when its parameters are not those of fn.
func siblingCall(fn *ssa.Function, t *sibling, taken map[int]bool) string {
	recv := fn.Signature.Recv() != nil
	if recv != (t.fn.Signature.Recv() != nil) || recv && !types.Identical(fn.Params[0].Type(), t.fn.Params[0].Type()) {
		return ""
	}
	callee := "{pkg}." + t.fn.Name()
	shift := 0
	if recv {
		callee, shift = "{x}."+t.fn.Name(), 1
	}
	var args []string
	next := shift
	for i := shift; i < len(t.fn.Params); i++ {
		if i == t.i {
			args = append(args, "l")
			continue
		}
		for next < len(fn.Params) && taken[next] {
			next++
		}
		if next == len(fn.Params) || !types.Identical(fn.Params[next].Type(), t.fn.Params[i].Type()) {
			return ""
		}
		args = append(args, fmt.Sprintf("{%d}", next-shift))
		next++
	}
	for next < len(fn.Params) && taken[next] {
		next++
	}
	variadic := fn.Signature.Variadic() && !taken[len(fn.Params)-1]
	switch {
	case next < len(fn.Params) || variadic != t.fn.Signature.Variadic():
		return ""
	case variadic && t.i != shift:
		return ""
	case variadic: // any number of arguments, in one piece
		args = []string{"l", "{rest}"}
	}
	if len(args) == 1 && fn.Signature.Results().Len() == 1 {
		return callee
	}
	result := "error"
	if res := fn.Signature.Results(); res.Len() == 2 {
		foreign := false
		result = "(" + types.TypeString(res.At(0).Type(), func(p *types.Package) string {
			switch p.Path() {
			case fn.Pkg.Pkg.Path():
				return "{pkg}"
			case "net":
				return "{net}"
			}
			foreign = true
			return ""
		}) + ", error)"
		if foreign {
			return ""
		}
	}
	return "func(l {net}." + t.kind + ") " + result + " { return " + callee + "(" + strings.Join(args, ", ") + ") }"
}
