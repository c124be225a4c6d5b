package extract

// This file defines how flags are found that are declared by composite
// literals (urfave/cli), by chains of calls (kingpin), or set from the
// environment in a loop.

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// indexLiteral indexes a composite literal that declares a flag.
func (x *index) indexLiteral(a *ssa.Alloc) {
	row := x.Literal(a.Type())
	if row == nil {
		return
	}
	fields := literalFields(a)
	first := func(name string) ssa.Value {
		if vs := fields[name]; len(vs) > 0 {
			return vs[0]
		}
		return nil
	}
	name, ok := constString(first(row.Name))
	if !ok { // declared in a loop: of all flags only the prefix of their variables is known
		for _, env := range destinations(first(row.Env)) {
			if prefix := leading(env); prefix != "" {
				x.put(flow.SettingNode(model.FlagStore, flow.ReadsEnv), write{from: flow.ConstNode(prefix), how: flow.Copy, pos: a.Pos(), instr: a})
			}
		}
		return
	}
	names := model.SplitNames(name)
	for _, alias := range x.constStrings(first(row.Aliases), nil) {
		names = append(names, model.SplitNames(alias)...)
	}
	if len(names) == 0 {
		return
	}
	node := x.literalNode(a, names[0])
	if v := first(row.Default); v != nil {
		x.put(node, write{val: v, how: flow.Default, pos: v.Pos(), instr: a})
	}
	for _, env := range x.constStrings(first(row.Env), row.EnvFuncs) {
		for _, env := range model.SplitNames(env) {
			x.put(node, write{from: flow.SourceNode(model.Env, env, x.posn(a.Pos())), how: flow.Also, pos: a.Pos(), instr: a})
		}
	}
	if x.isFiled(a, row.Filed) {
		for _, n := range names {
			x.put(node, write{from: flow.SourceNode(model.File, n, x.posn(a.Pos())), how: flow.Also, pos: a.Pos(), instr: a})
		}
	}
	if text, ok := constString(first(row.Help)); ok {
		x.help(node, text, a)
	}
	for _, n := range names {
		x.put(flow.SourceNode(model.Flag, "-"+n, flow.Pos{}), write{from: node, how: flow.Copy, pos: a.Pos(), instr: a})
	}
	if dest := first(row.Dest); dest != nil {
		for _, to := range x.places(unwrap(dest)) {
			x.put(to.node, write{from: node, of: to.of, how: flow.Store, pos: a.Pos(), instr: a})
		}
	}
}

// isFiled reports whether the literal of a flag is given to a function of a package that
// has it read from a file, too.
func (x *index) isFiled(a *ssa.Alloc, pkg string) bool {
	return pkg != "" && slices.ContainsFunc(*a.Referrers(), func(r ssa.Instruction) bool {
		c, ok := r.(*ssa.Call)
		return ok && strings.HasPrefix(x.callee(&c.Call), pkg+".New")
	})
}

// indexFlagLoop recognises the loop by which programs set every flag from the
// environment: a function that is given a flag, asks the environment, and sets
// the flag.
func (x *index) indexFlagLoop(call ssa.CallInstruction, name string) {
	of := model.FlagSetBy(name)
	if of == "" {
		return
	}
	fn := call.Parent()
	if !slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool {
		n, ok := types.Unalias(deref(p.Type())).(*types.Named)
		return ok && typeName(n) == of
	}) {
		return
	}
	asks, upper := false, false
	for _, fn := range x.reached(fn, 2) {
		for instr := range instructions(fn) {
			c, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := x.callee(&c.Call)
			if key, ok := x.AsksEnv(callee); ok {
				_, fixed := constString(arg(&c.Call, key))
				asks = asks || !fixed
			}
			upper = upper || callee == "strings.ToUpper"
		}
	}
	if !asks {
		return
	}
	prefix := flow.KeepsCase
	if upper {
		prefix = ""
	}
	x.put(flow.SettingNode(model.FlagStore, flow.ReadsEnv), write{from: flow.ConstNode(prefix), how: flow.Copy, pos: call.Pos(), instr: call})
}

// reached lists a function of the package and those that it calls, over few
// calls.
func (x *index) reached(fn *ssa.Function, calls int) []*ssa.Function {
	out := []*ssa.Function{fn}
	if calls == 0 {
		return out
	}
	for instr := range instructions(fn) {
		if c, ok := instr.(*ssa.Call); ok {
			if inner := c.Call.StaticCallee(); inner != nil && inner.Pkg == x.pkg {
				out = append(out, x.reached(inner, calls-1)...)
			}
		}
	}
	return out
}

// literalNode names the flag that a literal declares.
func (x *index) literalNode(a *ssa.Alloc, name string) flow.Node {
	if row := x.Literal(a.Type()); row.Kind != "" {
		return flow.SourceNode(row.Kind, name, x.posn(a.Pos()))
	}
	return flow.SourceNode(model.Flag, "-"+name, x.posn(a.Pos()))
}

// literalFor returns the flag whose literal has the address of a variable as
// its destination, when that is what a store does.
func (x *index) literalFor(s *ssa.Store) flow.Node {
	fa, ok := s.Addr.(*ssa.FieldAddr)
	if !ok {
		return flow.Node{}
	}
	a, ok := fa.X.(*ssa.Alloc)
	if !ok {
		return flow.Node{}
	}
	row := x.Literal(a.Type())
	if row == nil || row.Dest == "" || !slices.Contains(literalFields(a)[row.Dest], s.Val) {
		return flow.Node{}
	}
	for _, v := range literalFields(a)[row.Name] {
		if name, ok := constString(v); ok && len(model.SplitNames(name)) > 0 {
			return x.literalNode(a, model.SplitNames(name)[0])
		}
	}
	return flow.Node{}
}

// A declaration is what the calls of a source say about it.
type declaration struct {
	api
	kind     model.SourceKind
	key      ssa.Value
	section  string
	help     string
	defaults []ssa.Value
	env      []string
}

// declared reads what a source says about itself: in its arguments, or in the
// calls that it is built by.
func (x *index) declared(call ssa.CallInstruction, src *model.Source) declaration {
	common := call.Common()
	d := declaration{api: x.api, kind: src.Kind, key: arg(common, src.Key)}
	if def := arg(common, src.Default); def != nil {
		d.defaults = append(d.defaults, def)
	}
	if text, ok := constString(arg(common, src.Help)); ok {
		d.help = text
	}
	if src.Chain == nil {
		return d
	}
	seen := make(map[*ssa.Call]bool)
	visited := make(map[ssa.Value]bool)
	work := []ssa.Value{chainReceiver(common)}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		if v == nil || visited[v] {
			continue
		}
		visited[v] = true
		if refs := v.Referrers(); refs != nil {
			for _, r := range *refs { // built in several statements
				if c, ok := r.(*ssa.Call); ok && chainReceiver(&c.Call) == v {
					d.link(c, src.Chain, seen)
				}
			}
		}
		switch v := v.(type) {
		case *ssa.Call:
			if d.link(v, src.Chain, seen) { // above, there may be a section; other values begin there too
				if up, ok := chainReceiver(&v.Call).(*ssa.Call); ok {
					d.link(up, src.Chain, seen)
				}
				continue
			}
			work = append(work, chainReceiver(&v.Call))
		case *ssa.Phi:
			work = append(work, v.Edges...)
		}
	}
	return d
}

// link reads one call of a chain, and reports whether it begins it.
func (d *declaration) link(c *ssa.Call, chain *model.Chain, seen map[*ssa.Call]bool) bool {
	if seen[c] {
		return false
	}
	seen[c] = true
	name := d.callee(&c.Call)
	if c.Call.IsInvoke() { // a group of flags, by an interface of the caller's
		for _, start := range slices.Sorted(maps.Keys(chain.Start)) {
			if strings.HasSuffix(start, ")."+c.Call.Method.Name()) && model.PkgOf(start) == resultPkg(c) {
				name = start
			}
		}
	}
	if kind, ok := chain.Start[name]; ok {
		d.kind, d.key = kind, arg(&c.Call, model.Arg0)
		if text, ok := constString(arg(&c.Call, model.Arg1)); ok {
			d.help = text
		}
	}
	switch {
	case name == "":
	case slices.Contains(chain.Default, name):
		d.defaults = append(d.defaults, destinations(arg(&c.Call, model.Arg0))...)
	case slices.Contains(chain.Env, name):
		d.env = append(d.env, d.constStrings(arg(&c.Call, model.Arg0), nil)...)
	case name == chain.Section:
		if text, ok := constString(arg(&c.Call, model.Arg0)); ok && text != "" {
			d.section = text + "." + d.section
		}
	}
	_, begins := chain.Start[name]
	return begins
}

// resultPkg returns the import path of the package that the type of a call's
// result is of, "" when it is of none.
func resultPkg(c *ssa.Call) string {
	if n, ok := types.Unalias(deref(c.Type())).(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path()
	}
	return ""
}

// chainReceiver returns what a method is called on, without the selection of
// embedded fields.
func chainReceiver(c *ssa.CallCommon) ssa.Value {
	v := arg(c, model.Recv)
	for {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		default:
			return v
		}
	}
}
