package flow

// This file defines how a recipe is inferred for a function of a dependency
// that listens and that no row describes: its package may offer a sibling that
// takes the listener and does the rest of the same work, as Run and
// RunListener do.

import (
	"encoding/json"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A hand is a parameter that a listener is handed to.
type hand struct {
	fn string
	i  int // index in the arguments, the receiver counted
}

// serveTwins gives for the functions that listen and serve the parameter that
// takes the listener in their siblings.
var serveTwins = map[string]hand{
	"net/http.ListenAndServe":              {"net/http.Serve", 0},
	"net/http.ListenAndServeTLS":           {"net/http.ServeTLS", 0},
	"(*net/http.Server).ListenAndServe":    {"(*net/http.Server).Serve", 1},
	"(*net/http.Server).ListenAndServeTLS": {"(*net/http.Server).ServeTLS", 1},
}

// twins adds an edge from a recipe to each exported function of the package
// that one can be inferred for.
func (e *extractor) twins(sites []*Site) {
	takers := e.takers()
	if len(takers) == 0 {
		return
	}
	g := newGraph(slices.Clone(e.edges))
	for _, fn := range e.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() {
			continue
		}
		for _, s := range sites {
			if row := e.twin(g, fn, s, takers); row != nil {
				data, err := json.Marshal(row)
				if err == nil {
					e.edge(Edge{From: Node("J:" + string(data)), To: funcNode(funcName(fn)), Kind: Twin, Pos: e.posn(fn.Pos())})
				}
				break
			}
		}
	}
}

// inferred is what a recipe node holds.
type inferred struct {
	Func    string
	Network model.Arg `json:",omitempty"`
	Fixed   string    `json:",omitempty"`
	Address model.Arg `json:",omitempty"`
	Field   string    `json:",omitempty"` // of the receiver, with the address
	Helper  string
	Serve   string
	Sibling string
}

// inferredSink returns the row that a recipe node stands for, nil when it is broken.
func (n Node) inferredSink() *model.Sink {
	var r inferred
	if json.Unmarshal([]byte(n.rest()), &r) != nil {
		return nil
	}
	s := &model.Sink{
		Func: r.Func, Network: r.Network, Fixed: r.Fixed, Address: r.Address, Inferred: true, Reason: r.Sibling,
		Recipe: model.Recipe{Kind: model.Wrap, Func: r.Helper, Serve: r.Serve},
	}
	if r.Field != "" {
		_, name, _ := cutLast(r.Field, ".")
		s.Fields = map[string]model.Part{r.Field: model.Whole}
		s.Recipe.Address = "{x}." + name
	}
	return s
}

// takers lists the exported functions of the package that take a listener or
// packet connection, with where they hand it to.
func (e *extractor) takers() []*taker {
	var out []*taker
	for _, fn := range e.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() {
			continue
		}
		t := &taker{fn: fn, i: -1}
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

// A taker is a function that takes a listener as argument i.
type taker struct {
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

// twin infers the recipe for a function that leads to a site, nil for none.
func (e *extractor) twin(g *graph, fn *ssa.Function, s *Site, takers []*taker) *inferred {
	if s.Sink.Inherited || s.Sink.Virtual || s.Call == nil || len(s.Instrs) != 1 || !e.leadsTo(funcName(fn), s.owner, 0) {
		return nil
	}
	hands := make(map[hand]bool)
	if h, ok := serveTwins[s.Callee]; ok {
		hands[h] = true
	} else if call, ok := s.Instrs[0].(*ssa.Call); ok && call.Referrers() != nil {
		e.handsOn(call, hands, 0)
	}
	row := &inferred{Func: funcName(fn), Helper: "Serve"}
	var taken map[int]bool
	if row.Fixed, row.Network, row.Address, row.Field, taken = e.addressOf(g, fn, s); row.Address == model.None && row.Field == "" {
		return nil
	}
	var best *taker
	for _, t := range takers {
		if t.fn == fn || !shareHand(t.hands, hands) || !sameResults(fn, t.fn) {
			continue
		}
		if serve := siblingCall(fn, t, taken); serve != "" && (best == nil || hands[hand{funcName(t.fn), t.i}] && !hands[hand{funcName(best.fn), best.i}]) {
			best, row.Serve = t, serve
		}
	}
	if best == nil {
		return nil
	}
	row.Sibling = Short(funcName(best.fn))
	if best.kind == "PacketConn" {
		row.Helper = "ServePacket"
	}
	if fn.Signature.Results().Len() == 2 && best.kind == "PacketConn" {
		row.Helper = "WithPacketConn"
	}
	if fn.Signature.Results().Len() != 1 && row.Helper != "WithPacketConn" {
		return nil
	}
	return row
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

// handsOn collects where a listener goes: the parameters that it is passed as,
// in functions of the package those that these pass it as, too.
func (e *extractor) handsOn(v ssa.Value, hands map[hand]bool, depth int) {
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] || v.Referrers() == nil || depth > 4 {
			return
		}
		seen[v] = true
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.Extract:
				if r.Index == 0 {
					follow(r)
				}
			case *ssa.MakeInterface:
				follow(r)
			case *ssa.ChangeInterface:
				follow(r)
			case *ssa.ChangeType:
				follow(r)
			case *ssa.TypeAssert:
				follow(r)
			case *ssa.Phi:
				follow(r)
			case *ssa.UnOp:
				follow(r)
			case *ssa.Store: // part of a struct that is a listener itself
				if fa, ok := r.Addr.(*ssa.FieldAddr); ok && r.Val == v {
					if a, ok := fa.X.(*ssa.Alloc); ok {
						follow(a)
					}
				} else if a, ok := r.Addr.(*ssa.Alloc); ok && r.Val == v {
					follow(a)
				}
			case *ssa.Return:
				e.handsOnCallers(r, v, hands, depth)
			case ssa.CallInstruction:
				e.handsOnCall(r, v, hands, depth, follow)
			}
		}
	}
	follow(v)
}

// handsOnCallers follows a listener that a function of the package returns.
func (e *extractor) handsOnCallers(r *ssa.Return, v ssa.Value, hands map[hand]bool, depth int) {
	if slices.Index(r.Results, v) != 0 {
		return
	}
	for _, call := range e.calls[funcName(r.Parent())] {
		if c, ok := call.(*ssa.Call); ok {
			e.handsOn(c, hands, depth+1)
		}
	}
}

func (e *extractor) handsOnCall(call ssa.CallInstruction, v ssa.Value, hands map[hand]bool, depth int, follow func(ssa.Value)) {
	common := call.Common()
	name := calleeName(common)
	if name == "" || common.IsInvoke() {
		return
	}
	for i, a := range common.Args {
		if a != v {
			continue
		}
		h := hand{name, i}
		if c, ok := call.(*ssa.Call); ok && wrapsListener(c) {
			follow(c)
		}
		if common.Signature().Recv() != nil && i == 0 || hands[h] {
			continue
		}
		hands[h] = true
		if fn := common.StaticCallee(); fn != nil && fn.Pkg == e.pkg && i < len(fn.Params) {
			e.handsOn(fn.Params[i], hands, depth+1)
		}
	}
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
func (e *extractor) addressOf(g *graph, fn *ssa.Function, s *Site) (fixed string, network, address model.Arg, field string, taken map[int]bool) {
	taken = make(map[int]bool)
	ends := func(n Node, part model.Part) []Node {
		var out []Node
		seen := make(map[Node]bool)
		var back func(n Node, part model.Part)
		back = func(n Node, part model.Part) {
			if seen[n] {
				return
			}
			seen[n] = true
			if n.kind() == 'P' && n.fn() == funcName(fn) || n.kind() == 'C' || fn.Signature.Recv() != nil && e.hasField(fn.Params[0].Type(), n) {
				out = append(out, n)
				return
			}
			for _, i := range g.in[n] {
				if edge := g.edges[i]; !edge.Kind.isCall() && (edge.Part == model.Whole || edge.Part == part) {
					back(edge.From, part)
				}
			}
		}
		back(n, part)
		return out
	}
	shift := 0
	if fn.Signature.Recv() != nil {
		shift = 1
	}
	for _, n := range ends(s.Address, model.Whole) {
		switch n.kind() {
		case 'P':
			if i := n.number() - shift; i >= 0 && (address == model.None || address == model.Arg0+model.Arg(i)) {
				address, taken[n.number()] = model.Arg0+model.Arg(i), true
			}
		case 'F':
			if exportedName(n.rest()) {
				field = n.rest()
			}
		}
	}
	if address != model.None {
		field = ""
	}
	fixed = s.Sink.Fixed
	if fixed == "" {
		for _, n := range ends(s.Network, model.Network) {
			switch n.kind() {
			case 'P':
				if i := n.number() - shift; i >= 0 {
					network, taken[n.number()] = model.Arg0+model.Arg(i), true
				}
			case 'C':
				if fixed == "" {
					fixed = n.rest()
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

// hasField reports whether a place is a field of a struct, or of what a
// pointer points to.
func (x *index) hasField(t types.Type, field Node) bool {
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

// siblingCall writes the function that serves a listener with a taker instead
// of with fn, "" when its parameters are not those of fn.
func siblingCall(fn *ssa.Function, t *taker, taken map[int]bool) string {
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
