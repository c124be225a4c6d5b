package extract

// This file defines what the index records of function values, of conversions
// to interfaces, and of configuration sources.

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A dynamicUse is a function used as a value.
type dynamicUse struct {
	val  ssa.Value
	skip int // parameters bound already: 1 for a method value
}

// indexValue indexes a function that is used as a value.
func (x *index) indexValue(v ssa.Value) {
	fn, skip := funcValue(v)
	if fn == nil {
		return
	}
	name := funcName(fn)
	x.values[name] = append(x.values[name], dynamicUse{v, skip})
}

// funcValue returns the function that v is a value of, and how many of its
// parameters are bound; nil when v is no function.
func funcValue(v ssa.Value) (fn *ssa.Function, skip int) {
	switch v := v.(type) {
	case *ssa.Function:
		return v, 0
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if fn.Synthetic != "" && fn.Signature.Recv() == nil && fn.Object() != nil {
			return fn, 1 // method value: the receiver is bound
		}
		return fn, 0
	case *ssa.ChangeType:
		return funcValue(v.X)
	}
	return nil, 0
}

// indexConversion records that a type is converted to an interface.
func (x *index) indexConversion(t, iface types.Type, mention func(string)) {
	it, ok := iface.Underlying().(*types.Interface)
	if !ok {
		return
	}
	if x.carriesMethods(t) {
		x.mentionMethods(t, mention)
	}
	if it.NumMethods() == 0 || x.ifaces[[2]types.Type{t, iface}] {
		return
	}
	x.ifaces[[2]types.Type{t, iface}] = true
	if n, ok := types.Unalias(iface).(*types.Named); ok && n.Obj().Pkg() == nil {
		return // error
	}
	mset := x.pkg.Prog.MethodSets.MethodSet(t)
	for i := range it.NumMethods() {
		m := it.Method(i)
		sel := mset.Lookup(m.Pkg(), m.Name())
		if sel == nil {
			continue
		}
		impl := sel.Obj().(*types.Func).Origin().FullName()
		slot := methodName(iface, m)
		x.slots[impl] = append(x.slots[impl], slot)
		x.impls[slot] = append(x.impls[slot], impl)
	}
}

// mentionMethods counts a conversion to an interface as a mention of every
// method of the type: whoever holds the interface may call them.
func (x *index) mentionMethods(t types.Type, mention func(string)) {
	mset := x.pkg.Prog.MethodSets.MethodSet(t)
	for i := range mset.Len() {
		mention(mset.At(i).Obj().(*types.Func).Origin().FullName())
	}
}

// indexWidening records a conversion between interfaces.
func (x *index) indexWidening(from, to types.Type) {
	it, ok := to.Underlying().(*types.Interface)
	if !ok || x.ifaces[[2]types.Type{from, to}] {
		return
	}
	x.ifaces[[2]types.Type{from, to}] = true
	for i := range it.NumMethods() {
		m := it.Method(i)
		a, b := methodName(from, m), methodName(to, m)
		x.wider[a] = append(x.wider[a], b)
		x.narrower[b] = append(x.narrower[b], a)
	}
}

// indexSource indexes a source that fills a variable or calls a function.
func (x *index) indexSource(call ssa.CallInstruction, src *model.Source) {
	if x.indexRows(call, src) {
		return
	}
	node, key := x.sourceAt(call, src)
	common := call.Common()
	d := x.declared(call, src)
	if !src.Lookup {
		for _, def := range d.defaults {
			x.put(node, write{val: def, how: flow.Default, pos: x.argPos(call, def), instr: call})
		}
		if lookup := flow.SourceNode(d.kind, key, flow.Pos{}); lookup != node && src.Kind == model.Flag && key != "" {
			x.put(lookup, write{from: node, how: flow.Copy, pos: call.Pos(), instr: call})
		}
		if src.Upper && key != "" {
			d.env = append(d.env, flow.EnvName(strings.TrimPrefix(key, "-")))
		}
		for _, env := range d.env {
			x.put(node, write{from: flow.SourceNode(model.Env, env, x.calleePos(call.Pos())), how: flow.Also, pos: call.Pos(), instr: call})
		}
		x.help(node, d.help, call)
	}
	if dest := arg(common, src.Dest); dest != nil {
		for _, to := range x.places(unwrap(dest)) {
			x.put(to.node, write{from: node, of: to.of, how: flow.Store, pos: x.argPos(call, dest), instr: call})
		}
	}
	if cb := arg(common, src.Callback); cb != nil {
		x.indexCallback(node, cb, call)
	}
}

// indexCallback passes a source to the function, or the Set or UnmarshalText
// method, that the flag package calls with it.
func (x *index) indexCallback(node flow.Node, cb ssa.Value, call ssa.CallInstruction) {
	if fn, skip := funcValue(cb); fn != nil && len(fn.Params) > skip {
		to := flow.ParamNode(funcName(fn), skip, fn.Params[skip].Name())
		x.put(to, write{from: node, how: flow.Arg, pos: call.Pos(), instr: call})
		return
	}
	mset := x.pkg.Prog.MethodSets.MethodSet(unwrap(cb).Type())
	for _, name := range model.CallbackMethods {
		sel := mset.Lookup(nil, name)
		if sel == nil {
			continue
		}
		m := sel.Obj().(*types.Func)
		to := flow.ParamNode(m.Origin().FullName(), 1, m.Signature().Params().At(0).Name())
		x.put(to, write{from: node, how: flow.Arg, pos: call.Pos(), instr: call})
	}
}

// sourceAt names the source of a call, and its key: "" when the key is no
// constant.
func (x *index) sourceAt(call ssa.CallInstruction, src *model.Source) (flow.Node, string) {
	at := x.calleePos(call.Pos())
	if src.Key == model.None && src.Chain == nil && !src.Map {
		return flow.SourceNode(src.Kind, src.Unkeyed, at), src.Unkeyed
	}
	d := x.declared(call, src)
	key, ok := constString(d.key)
	switch {
	case !ok:
		if form, of := x.keyForm(d.key); of != (flow.Node{}) {
			form = d.section + form
			if src.Dashes == 2 && d.kind == model.Flag {
				form = "-" + form
			}
			return flow.KeyedNode(d.kind, form, of, at), ""
		}
		return flow.UnknownNode("the name of the %s is not a constant", d.kind), ""
	case src.Dashes == 2 && d.kind == model.Flag:
		key = "-" + strings.TrimLeft(key, "-")
	case d.kind == model.Args:
		d.kind, key = dashed(d.kind, key)
	}
	key = d.section + key
	if src.Lookup {
		return flow.SourceNode(d.kind, key, flow.Pos{}), key
	}
	return flow.SourceNode(d.kind, key, at), key
}

// mapSource names the source of an element of a map that a source returns, or
// that a decoder fills.
func (x *index) mapSource(l *ssa.Lookup) flow.Node {
	kind, key, ok := x.mapKey(l)
	if !ok {
		return flow.Node{}
	}
	kind, key = dashed(kind, key)
	return flow.SourceNode(kind, key, x.posn(l.Pos()))
}

// mapKey returns the kind of the source that an element of a map comes from,
// and its key: in a map of maps, with dots.
func (x *index) mapKey(l *ssa.Lookup) (kind model.SourceKind, key string, ok bool) {
	if key, ok = constString(l.Index); !ok {
		return "", "", false
	}
	v := l.X
	for {
		switch w := v.(type) {
		case *ssa.Extract:
			v = w.Tuple
			continue
		case *ssa.TypeAssert:
			v = w.X
			continue
		case *ssa.ChangeType:
			v = w.X
			continue
		case *ssa.Lookup:
			kind, outer, ok := x.mapKey(w)
			return kind, outer + "." + key, ok
		case *ssa.Call:
			src := x.Source(x.callee(&w.Call))
			if src == nil || !src.Map {
				return "", "", false
			}
			return src.Kind, key, true
		case *ssa.UnOp:
			if a, ok := w.X.(*ssa.Alloc); ok {
				kind := x.decodedInto(a)
				return kind, key, kind != ""
			}
		}
		return "", "", false
	}
}

// decodedInto returns the kind of the decoder that is given a pointer to a
// variable, "" for none.
func (x *index) decodedInto(a *ssa.Alloc) (kind model.SourceKind) {
	forward(a, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch use := use.(type) {
		case *ssa.MakeInterface:
			return []ssa.Value{use}, true
		case ssa.CallInstruction:
			dec := x.Decoder(x.callee(use.Common()))
			if dec != nil && arg(use.Common(), dec.Dest) == v {
				kind = dec.Kind
			}
		}
		return nil, kind == ""
	})
	return kind
}

// dashed tells options by their dashes, where a library returns them and
// arguments under such keys.
func dashed(kind model.SourceKind, key string) (model.SourceKind, string) {
	if (kind == model.Args || kind == model.Flag) && strings.HasPrefix(key, "-") {
		return model.Flag, key[1:]
	}
	return kind, key
}

// keyForm returns the form of a source's key, and the parameter or field that it is
// made of, as in func getenv(key, def string) string; the zero Node where it is, or
// may be, something else. See [flow.KeyedNode].
func (x *index) keyForm(key ssa.Value) (form string, of flow.Node) {
	if key == nil {
		return "", flow.Node{}
	}
	key, written := x.spelled(key)
	var before, after strings.Builder
	var open ssa.Value
	for _, p := range x.composed(key) {
		switch {
		case p.val != nil && p.text == "" && open != nil:
			return "", flow.Node{}
		case p.val != nil && p.text == "":
			open = p.val
		case open == nil:
			before.WriteString(written.text(p.text))
		default:
			after.WriteString(written.text(p.text))
		}
	}
	if open == nil || strings.ContainsAny(before.String()+after.String(), "%:") {
		return "", flow.Node{}
	}
	of, inner := x.keyOf(open)
	return before.String() + (written | inner).verb() + after.String(), of
}

// A spelling says how a key is written that passes through functions on text.
type spelling int

const (
	upper spelling = 1 << iota
	lower
	replaced // characters, by others
)

// verb returns the verb of a form; see [flow.KeyedNode].
func (s spelling) verb() string {
	switch {
	case s&upper != 0 && s&replaced != 0:
		return "%E"
	case s&upper != 0:
		return "%U"
	case s&lower != 0:
		return "%L"
	}
	return "%s"
}

// text spells a constant piece.
func (s spelling) text(text string) string {
	switch {
	case s&upper != 0 && s&replaced != 0:
		return flow.EnvName(text)
	case s&upper != 0:
		return strings.ToUpper(text)
	case s&lower != 0:
		return strings.ToLower(text)
	}
	return text
}

// spelled goes back over the functions on text that a key passes through.
func (x *index) spelled(v ssa.Value) (ssa.Value, spelling) {
	s := spelling(0)
	for {
		call, ok := v.(*ssa.Call)
		if !ok {
			return v, s
		}
		name := x.callee(&call.Call)
		t := x.Transfer(name)
		if t == nil || t.Format || len(t.From) != 1 {
			return v, s
		}
		switch name {
		case "strings.ToUpper":
			s |= upper
		case "strings.ToLower":
			s |= lower
		case "strings.ReplaceAll", "strings.Replace", "(*strings.Replacer).Replace":
			s |= replaced
		}
		v = arg(&call.Call, t.From[0])
	}
}

// composed returns the pieces of a key that is put together by + or Sprintf.
func (x *index) composed(key ssa.Value) []piece {
	if c, ok := key.(*ssa.Call); ok {
		if t := x.Transfer(x.callee(&c.Call)); t != nil && t.Format {
			if format, ok := constString(arg(&c.Call, model.Arg0)); ok {
				return formatPieces(format, variadic(arg(&c.Call, model.Arg1)))
			}
		}
	}
	return operands(key)
}

// keyOf returns the parameter or field that the open piece of a key is.
func (x *index) keyOf(v ssa.Value) (of flow.Node, written spelling) {
	var found []ssa.Value
	whole := back(v, func(v ssa.Value) []ssa.Value {
		if inner, s := x.spelled(v); inner != v {
			written |= s
			return []ssa.Value{inner}
		}
		if load, ok := v.(*ssa.UnOp); ok {
			if fa, ok := load.X.(*ssa.FieldAddr); ok {
				found = append(found, fa)
				return nil
			}
		}
		next := passage(v)
		if len(next) == 0 {
			found = append(found, v)
		}
		return next
	})
	if !whole || len(found) != 1 {
		return flow.Node{}, 0
	}
	switch v := found[0].(type) {
	case *ssa.Parameter:
		return paramNode(v), written
	case *ssa.FieldAddr:
		return x.fieldNode(v.X.Type(), v.Field), written
	case *ssa.Field:
		return x.fieldNode(v.X.Type(), v.Field), written
	}
	return flow.Node{}, 0
}

// indexOut indexes what a call may store through its pointer arguments.
func (x *index) indexOut(call ssa.CallInstruction, name string) {
	common := call.Common()
	if x.modelled(common) {
		return
	}
	for i, a := range common.Args {
		if !x.isPointerToText(a.Type()) {
			continue
		}
		for _, to := range x.places(a) {
			x.put(to.node, write{from: flow.Indexed(flow.Out, name, i), of: to.of, how: flow.FromCall, pos: x.argPos(call, a), call: call.Pos(), instr: call})
		}
	}
}
