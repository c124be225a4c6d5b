package extract

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// Bounds of what decoders fill. Kubernetes objects have thousands of fields, and a
// client of a big API has hundreds of types that decode themselves and lead to all
// others: maxDecoded is for the fields of one decoded type, maxAllDecoded for those of
// a package, and maxDeep for how deep a key is, as no setting is in a struct of structs
// of more.
const (
	maxDecoded    = 2000
	maxAllDecoded = 20_000
	maxDeep       = 10
)

// indexDecoder records that a decoder fills the fields of a struct.
func (x *index) indexDecoder(call ssa.CallInstruction, dec *model.Decoder) {
	dec = x.tagged(call, dec)
	d := x.decoding(call, dec)
	if dec.Kind == model.File {
		d.remote = x.remoteInput(call.Common(), dec)
	}
	for _, prefix := range d.prefixes() {
		at := keyPath{env: prefix, key: prefix + d.section()}
		if res := call.Common().Signature().Results(); dec.Result && res.Len() > 0 {
			d.walk(res.At(0).Type(), at, false)
		}
		for _, dest := range destinations(d.dest()) {
			at.of = owner{val: dest}
			d.walk(pointed(dest), at, false)
		}
	}
}

// dest returns what points to the struct that is filled.
func (d *decoding) dest() ssa.Value {
	v := arg(d.call.Common(), d.dec.Dest)
	if d.dec.DestField == "" {
		return v
	}
	return optionField(v, d.dec.DestField)
}

// section returns the section that a decoder is called on, with a dot, as
// file.Section("server").MapTo(&c) is.
func (d *decoding) section() string {
	call, ok := chainReceiver(d.call.Common()).(*ssa.Call)
	if !ok || d.dec.Section == "" || d.x.callee(&call.Call) != d.dec.Section {
		return ""
	}
	if text, ok := constString(arg(&call.Call, model.Arg0)); ok && text != "" {
		return text + "."
	}
	return ""
}

// A decoding walks the type that one call decodes into.
type decoding struct {
	x      *index
	call   ssa.CallInstruction
	dec    *model.Decoder
	store  string // fills from this store when not ""
	remote string // where the input arrives from, when that is the network
	left   int
	busy   map[types.Type]bool // on the way down, against recursive types
}

// decoding begins a walk over what a call fills.
func (x *index) decoding(call ssa.CallInstruction, dec *model.Decoder) *decoding {
	return &decoding{x: x, call: call, dec: dec, left: maxDecoded, busy: make(map[types.Type]bool)}
}

// A keyPath is what stands before the keys of a struct, and before those of
// the environment where a decoder reads that besides.
type keyPath struct {
	key, env   string
	positional bool
	// of is the struct that is filled, and fields what leads to it from the one
	// that the decoder is given.
	of     owner
	fields string
}

// remoteInput returns the key of the runtime source that a decoder's input
// is, when it is what an HTTP request or response carries; else "".
func (x *index) remoteInput(c *ssa.CallCommon, dec *model.Decoder) string {
	v := arg(c, model.Recv)
	if call, ok := v.(*ssa.Call); ok { // json.NewDecoder(r.Body).Decode
		v = arg(&call.Call, model.Arg0)
	} else if v == nil && dec.Dest != model.Arg0 {
		v = arg(c, model.Arg0)
	}
	if v == nil {
		return ""
	}
	return x.remoteReader(v, make(map[*ssa.Parameter]bool))
}

// remoteReader is remoteInput for a reader, or for what was read from one; it
// asks all callers of a function for its parameters, each once.
func (x *index) remoteReader(v ssa.Value, asked map[*ssa.Parameter]bool) (key string) {
	back(v, func(v ssa.Value) []ssa.Value {
		switch v := v.(type) {
		case *ssa.Call:
			if t := x.Transfer(x.callee(&v.Call)); t != nil {
				return []ssa.Value{arg(&v.Call, t.From[0])}
			}
		case *ssa.FieldAddr:
			key = cmp.Or(key, remoteField(v.X.Type(), v.Field))
		case *ssa.Parameter:
			key = cmp.Or(key, x.remoteParam(v, asked))
		case *ssa.Phi, *ssa.FreeVar, *ssa.Alloc: // not always the same
		default:
			return passage(v)
		}
		return nil
	})
	return key
}

// remoteParam is remoteReader for a parameter, if all callers pass such a one.
func (x *index) remoteParam(p *ssa.Parameter, asked map[*ssa.Parameter]bool) (key string) {
	name := funcName(p.Parent())
	if asked[p] || flow.IsExported(name) || len(x.values[name]) > 0 || len(x.slots[name]) > 0 {
		return "" // not all are seen
	}
	asked[p] = true
	i := slices.Index(p.Parent().Params, p)
	for _, call := range x.calledBy[name] {
		if i >= len(call.Common().Args) {
			return ""
		}
		if key = x.remoteReader(call.Common().Args[i], asked); key == "" {
			return ""
		}
	}
	return key
}

// remoteField returns the key of the runtime source that a struct field is,
// "" when it is none.
func remoteField(t types.Type, i int) string {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok {
		return ""
	}
	_, key := model.RuntimeGlobal(typeName(n) + "." + n.Underlying().(*types.Struct).Field(i).Name())
	return key
}

// prefixes returns the prefixes of all keys that the call itself may give: as a
// string, or in the field Prefix of a struct of options. There is one at least.
func (d *decoding) prefixes() []string {
	v := arg(d.call.Common(), d.dec.Prefix)
	if own := d.dec.Own; own != nil {
		text, _ := constString(v)
		var found []string
		for _, fixed := range append([]string{own.Fixed}, own.Also...) {
			if fixed = text + fixed; fixed != "" && !strings.HasSuffix(fixed, own.Between) {
				fixed += own.Between
			}
			found = append(found, fixed)
		}
		return found
	}
	var found []string
	switch {
	case d.dec.PrefixField != "":
		found = d.x.optionStrings(arg(d.call.Common(), d.dec.Dest), d.dec.PrefixField, d.dec.PrefixFunc)
	case v != nil:
		if found = constsOf(v); found != nil {
			break
		}
		for _, o := range destinations(v) { // options may be variadic
			found = append(found, d.x.optionStrings(o, "Prefix", "")...)
		}
	}
	if len(found) == 0 {
		return []string{""}
	}
	for i, p := range found {
		if p != "" && d.dec.Kind == model.Env && d.dec.Nested == "" && d.dec.Tag != "env" { // envconfig puts in the underscore
			found[i] = strings.ToUpper(p) + "_"
		}
	}
	return found
}

// walk goes through the fields of a type; many says that the input may hold
// several of it.
func (d *decoding) walk(t types.Type, at keyPath, many bool) {
	many = many || isList(t)
	t = innermost(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok || d.busy[t] || len(d.busy) == maxDeep || d.left <= 0 || d.x.decoded >= maxAllDecoded || d.x.Carrier(t) != nil {
		return
	}
	d.busy[t] = true
	defer delete(d.busy, t)
	d.commands(t)
	d.defaults(t, at.of)
	for i := range st.NumFields() {
		f := st.Field(i)
		tag := d.dec.ReadTag(f.Name(), st.Tag(i))
		if tag.Name == "-" || !f.Exported() && !f.Embedded() {
			continue
		}
		if keys := keysOf(d.x.fieldNode(t, i), f.Type()); keys != (flow.Node{}) && d.dec.Kind == model.File {
			d.field(keys, f, tag, at, true)
		}
		if d.x.isText(f.Type()) {
			d.left, d.x.decoded = d.left-1, d.x.decoded+1
			d.field(d.x.fieldNode(t, i), f, tag, at, many)
		} else if to := d.x.setter(f.Type(), d.dec.Kind); to != (flow.Node{}) {
			d.left, d.x.decoded = d.left-1, d.x.decoded+1
			d.field(to, f, tag, at, many)
			d.field(d.x.fieldNode(t, i), f, tag, at, many)
			continue
		}
		d.walk(f.Type(), d.inner(t, i, d.below(f, tag, at), many), many)
	}
}

// defaults records what a type puts into itself before it is filled, in a method of
// its own that the decoder calls: *c = DefaultConfig.
func (d *decoding) defaults(t types.Type, of owner) {
	n, ok := types.Unalias(t).(*types.Named)
	into := of.node
	if a := madeAt(of.val); a != nil {
		into = d.x.objectNode(a)
	}
	if !ok || into == (flow.Node{}) {
		return
	}
	for _, fn := range d.x.fns {
		recv := fn.Signature.Recv()
		if recv == nil || !strings.HasPrefix(fn.Name(), "Unmarshal") || !types.Identical(deref(recv.Type()), n) {
			continue
		}
		for instr := range instructions(fn) {
			if st, ok := instr.(*ssa.Store); ok && st.Addr == ssa.Value(fn.Params[0]) {
				d.x.put(into, write{val: st.Val, how: flow.Copy, pos: st.Pos(), instr: st})
			}
		}
	}
}

// inner returns what stands before the keys of the struct in a field, which is an
// object that the decoder makes.
func (d *decoding) inner(t types.Type, i int, at keyPath, many bool) keyPath {
	f := t.Underlying().(*types.Struct).Field(i)
	if !d.x.isObject(f.Type()) {
		at.of = owner{}
		return at
	}
	at.fields += "." + f.Name()
	object := flow.ObjectNode(at.fields, d.x.calleePos(d.call.Pos()))
	d.x.put(d.x.fieldNode(t, i), write{
		from: object, of: at.of, how: flow.Decode, many: isList(f.Type()), pos: d.call.Pos(), instr: d.call,
	})
	at.of = owner{node: object}
	return at
}

// setter returns the parameter by which a type takes its text from a decoder,
// in a method of its own; "" when it has none.
func (x *index) setter(t types.Type, kind model.SourceKind) flow.Node {
	t = element(t)
	if !x.carriesMethods(t) {
		return flow.Node{}
	}
	mset := x.pkg.Prog.MethodSets.MethodSet(types.NewPointer(t))
	for _, name := range kind.Setters() {
		sel := mset.Lookup(nil, name)
		if sel == nil {
			continue
		}
		m := sel.Obj().(*types.Func)
		if p := m.Signature().Params(); p.Len() == 1 && x.isText(p.At(0).Type()) {
			return flow.ParamNode(m.Origin().FullName(), 1, p.At(0).Name())
		}
	}
	return flow.Node{}
}

// selfMade returns the field that holds a value of a type which takes its text
// itself, when v is that field: what its methods return is then what the field
// was given, and not what any other field of the type was.
func (x *index) selfMade(v ssa.Value) flow.Node {
	if load, ok := v.(*ssa.UnOp); ok {
		v = load.X
	}
	var outer types.Type
	i := 0
	switch f := v.(type) {
	case *ssa.FieldAddr:
		outer, i = f.X.Type(), f.Field
	case *ssa.Field:
		outer, i = f.X.Type(), f.Field
	default:
		return flow.Node{}
	}
	n := x.fieldNode(outer, i)
	st := deref(outer).Underlying().(*types.Struct)
	if n == (flow.Node{}) || x.isText(st.Field(i).Type()) || x.setter(st.Field(i).Type(), model.Flag) == (flow.Node{}) {
		return flow.Node{}
	}
	return n
}

// commands counts the methods by which a command-line library runs the
// commands in a struct as mentioned: it calls them by reflection.
func (d *decoding) commands(t types.Type) {
	if d.dec.Kind != model.Flag || !d.x.carriesMethods(t) {
		return
	}
	for _, name := range model.CommandMethods {
		if sel := d.x.pkg.Prog.MethodSets.MethodSet(types.NewPointer(t)).Lookup(nil, name); sel != nil {
			d.x.mention(funcName(d.call.Parent()), sel.Obj().(*types.Func).Origin().FullName(), d.call.Pos())
		}
	}
}

// field records the sources of one field.
func (d *decoding) field(to flow.Node, f *types.Var, tag model.FieldTag, at keyPath, many bool) {
	pos := d.x.calleePos(d.call.Pos())
	if f.Pkg() == d.x.pass.Pkg {
		pos = d.x.posn(f.Pos())
	}
	if at.positional {
		tag.Positional = true
	}
	put := func(from flow.Node) {
		d.x.put(to, write{from: from, of: at.of, how: flow.Decode, many: many, pos: d.call.Pos(), instr: d.call})
	}
	for _, env := range tag.Env {
		put(flow.SourceNode(model.Env, at.env+env, pos))
	}
	if tag.Name == "" {
		return
	}
	if d.store != "" {
		put(flow.EntryNode(d.store, at.key+tag.Name))
		return
	}
	if d.remote != "" {
		put(flow.SourceNode(model.Runtime, d.remote, pos))
		return
	}
	kind := d.dec.Kind
	if kind == model.Flag && tag.Positional {
		kind = model.Args
	}
	keys := []string{at.key + tag.Name}
	switch {
	case d.dec.Own != nil:
		keys[0] = cased(keys[0], d.dec.Own.Case)
	case kind == model.Flag && d.dec.Dashes == 2:
		keys[0] = "-" + keys[0]
	case kind == model.Env && d.dec.Style == model.Upper && tag.Given: // envconfig asks for the name alone, too
		keys[0] = strings.ToUpper(keys[0])
		if alone := strings.ToUpper(tag.Name); strings.HasPrefix(alone, at.key) {
			keys[0] = alone
		} else {
			keys = append(keys, alone)
		}
	}
	for _, key := range keys {
		from := flow.SourceNode(kind, key, pos)
		put(from)
		if tag.Default != "" {
			d.x.put(from, write{from: flow.ConstNode(tag.Default), how: flow.Default, pos: d.call.Pos(), instr: d.call})
		}
		d.x.help(from, tag.Help, d.call)
	}
}

// cased writes a key in a case.
func cased(key string, c model.KeyCase) string {
	switch c {
	case model.UpperCase:
		return strings.ToUpper(key)
	case model.LowerCase:
		return strings.ToLower(key)
	case model.EnvCase:
		return flow.EnvName(key)
	}
	return key
}

// below returns what stands before the keys of a struct field.
func (d *decoding) below(f *types.Var, tag model.FieldTag, at keyPath) keyPath {
	at.env += tag.EnvPrefix
	at.positional = at.positional || tag.Positionals
	switch {
	case d.dec.Own != nil:
		if d.dec.Own.Between != "" && tag.Name != "" && (!f.Embedded() || tag.Given) {
			at.key += tag.Name + d.dec.Own.Between
		}
	case d.dec.Kind == model.File:
		if tag.Inline || tag.Name == "" || f.Embedded() && !tag.Given {
			return at
		}
		at.key += tag.Name + "."
	case d.dec.Kind == model.Env && tag.Nested == "" && d.dec.Nested == "":
		if tag.Name != "" && (!f.Embedded() || tag.Given) {
			at.key += strings.TrimSuffix(tag.Name, "_") + "_"
		}
	default:
		at.key += tag.Nested
	}
	return at
}

// isList reports whether a type is, behind pointers, a list or map of structs.
func isList(t types.Type) bool {
	switch u := deref(t).Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	case *types.Array:
		return u.Len() > 1
	}
	return false
}

// innermost is element through named lists and maps, too.
func innermost(t types.Type) types.Type {
	for range maxNested {
		inner := element(t)
		switch inner.Underlying().(type) {
		case *types.Pointer, *types.Slice, *types.Array, *types.Map:
			t = inner.Underlying()
		default:
			return inner
		}
	}
	return t // of itself
}

// element strips pointers, slices, arrays and maps.
func element(t types.Type) types.Type {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return t
		}
	}
}

// tagSources returns the sources that a field's struct tag speaks of: of last
// resort, for loaders by reflection that no row describes.
func tagSources(tag string) []flow.Node {
	var out []flow.Node
	for _, s := range model.SourcesInTag(tag) {
		out = append(out, flow.SourceNode(s.Kind, s.Key, flow.Pos{}))
	}
	return out
}

// maxHelp bounds the help texts in facts.
const maxHelp = 120

// help records the help text of a source.
func (x *index) help(source flow.Node, text string, at ssa.Instruction) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = flow.Printable(text)
	if text == "" {
		return
	}
	if rs := []rune(text); len(rs) > maxHelp {
		text = string(rs[:maxHelp-1]) + "…"
	}
	x.put(source, write{from: flow.ConstNode(text), how: flow.Help, pos: at.Pos(), instr: at})
}
