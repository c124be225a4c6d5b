package flow

// This file defines what the index records of function values, of conversions
// to interfaces, and of configuration sources.

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

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
	if carriesMethods(t) {
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

// carriesMethods reports whether t is a type whose methods may matter: one of
// a package that is analysed.
func carriesMethods(t types.Type) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !model.IsModelled(n.Obj().Pkg().Path())
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
	node, key := x.sourceAt(call, src)
	common := call.Common()
	d := declared(call, src)
	if !src.Lookup {
		for _, def := range d.defaults {
			x.put(node, write{val: def, kind: Default, pos: x.argPos(call, def), instr: call})
		}
		if lookup := sourceNode(d.kind, key, Pos{}); lookup != node && src.Kind == model.Flag && key != "" {
			x.put(lookup, write{from: node, kind: Copy, pos: call.Pos(), instr: call})
		}
		if src.Upper && key != "" {
			d.env = append(d.env, envName(strings.TrimPrefix(key, "-")))
		}
		for _, env := range d.env {
			x.put(node, write{from: sourceNode(model.Env, env, x.calleePos(call.Pos())), kind: Also, pos: call.Pos(), instr: call})
		}
		x.help(node, d.help, call)
	}
	if dest := arg(common, src.Dest); dest != nil {
		for _, to := range x.places(unwrap(dest)) {
			x.put(to, write{from: node, kind: Store, pos: x.argPos(call, dest), instr: call})
		}
	}
	if cb := arg(common, src.Callback); cb != nil {
		x.indexCallback(node, cb, call)
	}
}

// indexCallback passes a source to the function, or the Set or UnmarshalText
// method, that the flag package calls with it.
func (x *index) indexCallback(node Node, cb ssa.Value, call ssa.CallInstruction) {
	if fn, skip := funcValue(cb); fn != nil && len(fn.Params) > skip {
		to := paramNode(funcName(fn), skip, fn.Params[skip].Name())
		x.put(to, write{from: node, kind: Arg, pos: call.Pos(), instr: call})
		return
	}
	mset := x.pkg.Prog.MethodSets.MethodSet(unwrap(cb).Type())
	for _, name := range []string{"Set", "UnmarshalText"} {
		sel := mset.Lookup(nil, name)
		if sel == nil {
			continue
		}
		m := sel.Obj().(*types.Func)
		to := paramNode(m.Origin().FullName(), 1, m.Signature().Params().At(0).Name())
		x.put(to, write{from: node, kind: Arg, pos: call.Pos(), instr: call})
	}
}

// unwrap strips conversions.
func unwrap(v ssa.Value) ssa.Value {
	for {
		switch w := v.(type) {
		case *ssa.MakeInterface:
			v = w.X
		case *ssa.ChangeType:
			v = w.X
		case *ssa.ChangeInterface:
			v = w.X
		case *ssa.Convert:
			v = w.X
		default:
			return v
		}
	}
}

// sourceAt names the source of a call, and its key: "" when the key is no
// constant.
func (x *index) sourceAt(call ssa.CallInstruction, src *model.Source) (Node, string) {
	at := x.calleePos(call.Pos())
	if src.Key == model.None && src.Chain == nil && !src.Map {
		return sourceNode(src.Kind, src.Unkeyed, at), src.Unkeyed
	}
	d := declared(call, src)
	key, ok := constString(d.key, 0)
	switch {
	case !ok:
		if p := keyParam(d.key, 0); p != "" {
			return Node("Q:" + string(d.kind) + ":" + string(p) + "@" + at.String()), ""
		}
		return unknownNode("the name of the %s is not a constant", d.kind), ""
	case src.Dashes == 2 && d.kind == model.Flag:
		key = "-" + strings.TrimLeft(key, "-")
	case d.kind == model.Args:
		d.kind, key = dashed(d.kind, key)
	}
	key = d.section + key
	if src.Lookup {
		return sourceNode(d.kind, key, Pos{}), key
	}
	return sourceNode(d.kind, key, at), key
}

// mapSource names the source of an element of a map that a source returns, or
// that a decoder fills.
func (x *index) mapSource(l *ssa.Lookup) Node {
	kind, key, ok := x.mapKey(l)
	if !ok {
		return ""
	}
	kind, key = dashed(kind, key)
	return sourceNode(kind, key, x.posn(l.Pos()))
}

// mapKey returns the kind of the source that an element of a map comes from,
// and its key: in a map of maps, with dots.
func (x *index) mapKey(l *ssa.Lookup) (kind model.SourceKind, key string, ok bool) {
	if key, ok = constString(l.Index, 0); !ok {
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
			src := model.SourceOf(calleeName(&w.Call))
			if src == nil || !src.Map {
				return "", "", false
			}
			return src.Kind, key, true
		case *ssa.UnOp:
			if a, ok := w.X.(*ssa.Alloc); ok {
				return decodedInto(a), key, decodedInto(a) != ""
			}
		}
		return "", "", false
	}
}

// decodedInto returns the kind of the decoder that is given a pointer to a
// variable, "" for none.
func decodedInto(a *ssa.Alloc) model.SourceKind {
	for _, r := range *a.Referrers() {
		uses := []ssa.Instruction{r}
		if mi, ok := r.(*ssa.MakeInterface); ok {
			uses = *mi.Referrers()
		}
		for _, use := range uses {
			if call, ok := use.(ssa.CallInstruction); ok {
				dec := model.DecoderOf(calleeName(call.Common()))
				if dest := arg(call.Common(), decoderDest(dec)); dest != nil && unwrap(dest) == a {
					return dec.Kind
				}
			}
		}
	}
	return ""
}

func decoderDest(dec *model.Decoder) model.Arg {
	if dec == nil {
		return model.None
	}
	return dec.Dest
}

// dashed tells options by their dashes, where a library returns them and
// arguments under such keys.
func dashed(kind model.SourceKind, key string) (model.SourceKind, string) {
	if (kind == model.Args || kind == model.Flag) && strings.HasPrefix(key, "-") {
		return model.Flag, key[1:]
	}
	return kind, key
}

// keyParam returns the parameter node that a source's key comes from, as in
// func getenv(key, def string) string, or "".
func keyParam(v ssa.Value, depth int) Node {
	if depth > 8 {
		return ""
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		return ofParam(v)
	case *ssa.Call:
		if t := model.TransferOf(calleeName(&v.Call)); t != nil {
			return keyParam(arg(&v.Call, t.From[0]), depth+1)
		}
	case *ssa.UnOp:
		if alloc, ok := v.X.(*ssa.Alloc); ok {
			for _, r := range *alloc.Referrers() {
				if s, ok := r.(*ssa.Store); ok && s.Addr == alloc {
					return keyParam(s.Val, depth+1)
				}
			}
		}
	}
	return ""
}

// constString evaluates a constant string expression.
func constString(v ssa.Value, depth int) (string, bool) {
	if depth > 8 {
		return "", false
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value), true
		}
	case *ssa.BinOp:
		a, ok := constString(v.X, depth+1)
		b, ok2 := constString(v.Y, depth+1)
		return a + b, ok && ok2 && v.Op == token.ADD
	case *ssa.ChangeType:
		return constString(v.X, depth+1)
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok {
			return constField(fa, depth+1)
		}
	}
	return "", false
}

// constField evaluates a field of a package variable that is set where the
// variable is declared, as listenFlag.Name is.
func constField(fa *ssa.FieldAddr, depth int) (string, bool) {
	v := fa.X
	if load, ok := v.(*ssa.UnOp); ok { // a pointer to the struct
		v = load.X
	}
	g, ok := v.(*ssa.Global)
	if !ok || g.Pkg == nil || g.Pkg.Func("init") == nil {
		return "", false
	}
	for _, b := range g.Pkg.Func("init").Blocks {
		for _, instr := range b.Instrs {
			st, ok := instr.(*ssa.Store)
			if !ok {
				continue
			}
			if to, ok := st.Addr.(*ssa.FieldAddr); ok && to.X == g && to.Field == fa.Field {
				return constString(st.Val, depth)
			}
			val := st.Val
			if load, ok := val.(*ssa.UnOp); ok { // the struct itself
				val = load.X
			}
			if a, ok := val.(*ssa.Alloc); ok && st.Addr == g {
				name := deref(a.Type()).Underlying().(*types.Struct).Field(fa.Field).Name()
				for _, val := range literalFields(a)[name] {
					return constString(val, depth)
				}
			}
		}
	}
	return "", false
}

// indexOut indexes what a call may store through its pointer arguments.
func (x *index) indexOut(call ssa.CallInstruction, name string) {
	common := call.Common()
	if isModelledFunc(common) {
		return
	}
	for i, a := range common.Args {
		if !isPointerToCarrier(a.Type()) {
			continue
		}
		for _, to := range x.places(a) {
			x.put(to, write{from: indexed('O', name, i), kind: Result, pos: x.argPos(call, a), call: call.Pos(), instr: call})
		}
	}
}

func isPointerToCarrier(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && isText(p.Elem())
}
