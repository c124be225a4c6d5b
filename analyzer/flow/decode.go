package flow

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// maxDecoded bounds the fields of one decoded type; Kubernetes objects have
// thousands.
const maxDecoded = 2000

// indexDecoder records that a decoder fills the fields of a struct.
func (x *index) indexDecoder(call ssa.CallInstruction, dec *model.Decoder) {
	dec = tagged(call, dec)
	d := x.decoding(call, dec)
	if dec.Kind == model.File {
		d.remote = x.remoteInput(call.Common(), dec)
	}
	at := keyPath{env: d.prefix(), key: d.prefix() + d.section()}
	if res := call.Common().Signature().Results(); dec.Result && res.Len() > 0 {
		d.walk(res.At(0).Type(), at, false)
	}
	for _, dest := range destinations(d.dest()) {
		d.walk(pointed(dest), at, false)
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
	if !ok || d.dec.Section == "" || calleeName(&call.Call) != d.dec.Section {
		return ""
	}
	if text, ok := constString(arg(&call.Call, model.Arg0), 0); ok && text != "" {
		return text + "."
	}
	return ""
}

// destinations returns what a decoder is given to fill: the elements of a
// variadic argument, or the argument.
func destinations(v ssa.Value) []ssa.Value {
	if v == nil {
		return nil
	}
	if all := variadic(v); all != nil {
		return all
	}
	return []ssa.Value{v}
}

// pointed returns the type that a destination points to.
func pointed(v ssa.Value) types.Type {
	t := unwrap(v).Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
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
	return x.remoteReader(v, 0)
}

// remoteReader is remoteInput for a reader, or for what was read from one.
func (x *index) remoteReader(v ssa.Value, depth int) string {
	if depth > 8 {
		return ""
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return x.remoteReader(v.X, depth+1)
	case *ssa.ChangeInterface:
		return x.remoteReader(v.X, depth+1)
	case *ssa.Extract:
		return x.remoteReader(v.Tuple, depth+1)
	case *ssa.UnOp:
		return x.remoteReader(v.X, depth+1)
	case *ssa.Call:
		switch calleeName(&v.Call) {
		case "io.ReadAll", "io/ioutil.ReadAll", "io.LimitReader":
			return x.remoteReader(arg(&v.Call, model.Arg0), depth+1)
		case "net/http.MaxBytesReader":
			return x.remoteReader(arg(&v.Call, model.Arg1), depth+1)
		}
	case *ssa.FieldAddr:
		return remoteField(v.X.Type(), v.Field)
	case *ssa.Parameter: // if all callers pass such a one
		if name := funcName(v.Parent()); exportedName(name) || len(x.values[name]) > 0 || len(x.slots[name]) > 0 {
			return "" // not all are seen
		}
		found := ""
		calls := x.calls[funcName(v.Parent())]
		for _, call := range calls {
			i := slices.Index(v.Parent().Params, v)
			if i >= len(call.Common().Args) {
				return ""
			}
			if found = x.remoteReader(call.Common().Args[i], depth+1); found == "" {
				return ""
			}
		}
		return found
	}
	return ""
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

// prefix returns the prefix of all keys that the call itself gives: as a
// string, or in the field Prefix of a struct of options.
func (d *decoding) prefix() string {
	v := arg(d.call.Common(), d.dec.Prefix)
	p := ""
	switch {
	case d.dec.PrefixField != "":
		p = optionString(arg(d.call.Common(), d.dec.Dest), d.dec.PrefixField)
	case v == nil:
		return ""
	default:
		var ok bool
		if p, ok = constString(v, 0); ok {
			break
		}
		for _, o := range destinations(v) { // options may be variadic
			p += optionString(o, "Prefix")
		}
	}
	if p == "" || d.dec.Kind != model.Env {
		return p
	}
	if d.dec.Nested == "" && d.dec.Tag != "env" { // envconfig puts in the underscore
		p = strings.ToUpper(p) + "_"
	}
	return p
}

// optionString returns the constant in a field of a struct of options.
func optionString(v ssa.Value, field string) string {
	s := optionField(v, field)
	if s == nil {
		return ""
	}
	if text, ok := constString(s, 0); ok {
		return text
	}
	return prefixIn(s, 0) // PrefixLookuper("X_", …)
}

// prefixIn returns the constant that a function with Prefix in its name is
// given, in a call or in the calls among its arguments.
func prefixIn(v ssa.Value, depth int) string {
	c, ok := unwrap(v).(*ssa.Call)
	if !ok || depth > 3 {
		return ""
	}
	if strings.Contains(calleeName(&c.Call), "Prefix") {
		text, _ := constString(arg(&c.Call, model.Arg0), 0)
		return text
	}
	for _, a := range c.Call.Args {
		for _, e := range destinations(a) {
			if p := prefixIn(e, depth+1); p != "" {
				return p
			}
		}
	}
	return ""
}

// literalFields returns what is stored in the fields of a struct that is
// made at an allocation.
func literalFields(a *ssa.Alloc) map[string][]ssa.Value {
	out := make(map[string][]ssa.Value)
	for name, stores := range fieldStores(a) {
		for _, st := range stores {
			out[name] = append(out[name], st.Val)
		}
	}
	return out
}

// fieldStores lists the stores in the fields of a struct that is made at an
// allocation.
func fieldStores(a *ssa.Alloc) map[string][]*ssa.Store {
	if _, ok := deref(a.Type()).Underlying().(*types.Struct); !ok {
		return nil
	}
	out := make(map[string][]*ssa.Store)
	for _, r := range *a.Referrers() {
		fa, ok := r.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		for _, r := range *fa.Referrers() {
			if st, ok := r.(*ssa.Store); ok && st.Addr == fa {
				out[fieldName(fa)] = append(out[fieldName(fa)], st)
			}
		}
	}
	return out
}

// walk goes through the fields of a type; many says that the input may hold
// several of it.
func (d *decoding) walk(t types.Type, at keyPath, many bool) {
	many = many || isList(t)
	t = element(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok || d.busy[t] || d.left == 0 || model.CarrierOf(t) != nil {
		return
	}
	d.busy[t] = true
	defer delete(d.busy, t)
	d.commands(t)
	for i := range st.NumFields() {
		f := st.Field(i)
		tag := d.readTag(f, st.Tag(i))
		if tag.name == "-" || !f.Exported() && !f.Embedded() {
			continue
		}
		if isText(f.Type()) {
			d.left--
			d.field(d.x.fieldNode(t, i), f, tag, at, many)
		} else if to := d.x.setter(f.Type(), d.dec.Kind); to != "" {
			d.left--
			d.field(to, f, tag, at, many)
			d.field(d.x.fieldNode(t, i), f, tag, at, many)
			continue
		}
		d.walk(f.Type(), d.below(f, tag, at), many)
	}
}

// setter returns the parameter by which a type takes its text from a decoder,
// in a method of its own; "" when it has none.
func (x *index) setter(t types.Type, kind model.SourceKind) Node {
	t = element(t)
	if !carriesMethods(t) {
		return ""
	}
	mset := x.pkg.Prog.MethodSets.MethodSet(types.NewPointer(t))
	names := []string{"UnmarshalText", "Decode", "Set"}
	if kind == model.Flag {
		names = []string{"Set", "UnmarshalText", "UnmarshalFlag", "Decode"}
	}
	for _, name := range names {
		sel := mset.Lookup(nil, name)
		if sel == nil {
			continue
		}
		m := sel.Obj().(*types.Func)
		if p := m.Signature().Params(); p.Len() == 1 && isText(p.At(0).Type()) {
			return paramNode(m.Origin().FullName(), 1, p.At(0).Name())
		}
	}
	return ""
}

// selfMade returns the field that holds a value of a type which takes its text
// itself, when v is that field: what its methods return is then what the field
// was given, and not what any other field of the type was.
func (x *index) selfMade(v ssa.Value) Node {
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
		return ""
	}
	n := x.fieldNode(outer, i)
	st := deref(outer).Underlying().(*types.Struct)
	if n == "" || isText(st.Field(i).Type()) || x.setter(st.Field(i).Type(), model.Flag) == "" {
		return ""
	}
	return n
}

// commands counts the methods by which a command-line library runs the
// commands in a struct as mentioned: it calls them by reflection.
func (d *decoding) commands(t types.Type) {
	if d.dec.Kind != model.Flag || !carriesMethods(t) {
		return
	}
	for _, name := range []string{"Run", "Execute", "BeforeApply", "AfterApply"} {
		if sel := d.x.pkg.Prog.MethodSets.MethodSet(types.NewPointer(t)).Lookup(nil, name); sel != nil {
			d.x.mention(funcName(d.call.Parent()), sel.Obj().(*types.Func).Origin().FullName(), d.call.Pos())
		}
	}
}

// field records the sources of one field.
func (d *decoding) field(to Node, f *types.Var, tag fieldTag, at keyPath, many bool) {
	pos := d.x.calleePos(d.call.Pos())
	if f.Pkg() == d.x.pass.Pkg {
		pos = d.x.posn(f.Pos())
	}
	if at.positional {
		tag.positional = true
	}
	put := func(from Node) {
		d.x.put(to, write{from: from, kind: Decode, many: many, pos: d.call.Pos(), instr: d.call})
	}
	for _, env := range tag.env {
		put(sourceNode(model.Env, at.env+env, pos))
	}
	if tag.name == "" {
		return
	}
	if d.store != "" {
		put(entryNode(d.store, at.key+tag.name))
		return
	}
	if d.remote != "" {
		put(sourceNode(model.Runtime, d.remote, pos))
		return
	}
	kind := d.dec.Kind
	if kind == model.Flag && tag.positional {
		kind = model.Args
	}
	keys := []string{at.key + tag.name}
	switch {
	case kind == model.Flag && d.dec.Dashes == 2:
		keys[0] = "-" + keys[0]
	case kind == model.Env && d.dec.Style == model.Upper && tag.given: // envconfig asks for the name alone, too
		keys[0] = strings.ToUpper(keys[0])
		if alone := strings.ToUpper(tag.name); strings.HasPrefix(alone, at.key) {
			keys[0] = alone
		} else {
			keys = append(keys, alone)
		}
	}
	for _, key := range keys {
		from := sourceNode(kind, key, pos)
		put(from)
		if tag.def != "" {
			d.x.put(from, write{from: constNode(tag.def), kind: Default, pos: d.call.Pos(), instr: d.call})
		}
		d.x.help(from, tag.help, d.call)
	}
}

// below returns what stands before the keys of a struct field.
func (d *decoding) below(f *types.Var, tag fieldTag, at keyPath) keyPath {
	at.env += tag.envPrefix
	at.positional = at.positional || tag.positionals
	switch {
	case d.dec.Kind == model.File:
		if tag.inline || tag.name == "" || f.Embedded() && !tag.given {
			return at
		}
		at.key += tag.name + "."
	case d.dec.Kind == model.Env && tag.nested == "" && d.dec.Nested == "":
		if tag.name != "" && (!f.Embedded() || tag.given) {
			at.key += strings.TrimSuffix(tag.name, "_") + "_"
		}
	default:
		at.key += tag.nested
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

// tagSources returns the sources that a field's struct tag speaks of, one of
// a kind: of last resort, for loaders by reflection that no row describes.
func tagSources(tag string) []Node {
	var out []Node
	seen := make(map[model.SourceKind]bool)
	for _, c := range model.ConfigTags {
		v, ok := reflect.StructTag(tag).Lookup(c.Tag)
		if name, _, _ := strings.Cut(v, ","); ok && name != "" && name != "-" && !seen[c.Kind] {
			seen[c.Kind] = true
			out = append(out, sourceNode(c.Kind, name, Pos{}))
		}
	}
	return out
}

// maxHelp bounds the help texts in facts.
const maxHelp = 120

// help records the help text of a source.
func (x *index) help(source Node, text string, at ssa.Instruction) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if text == "" {
		return
	}
	if rs := []rune(text); len(rs) > maxHelp {
		text = string(rs[:maxHelp-1]) + "…"
	}
	x.put(source, write{from: constNode(text), kind: Help, pos: at.Pos(), instr: at})
}

// constStrings returns the constant strings in a value: itself, or the
// elements of a list or of the arguments that it is made of.
func constStrings(v ssa.Value, depth int) []string {
	if v == nil || depth > 4 {
		return nil
	}
	if text, ok := constString(v, 0); ok {
		return []string{text}
	}
	var out []string
	switch v := v.(type) {
	case *ssa.Slice:
		for _, e := range variadic(v) {
			out = append(out, constStrings(e, depth+1)...)
		}
	case *ssa.Call: // cli.EnvVars("A", "B"), not cli.File("a")
		if _, name, _ := cutLast(calleeName(&v.Call), "."); strings.HasPrefix(name, "Env") || strings.HasPrefix(name, "New") {
			for _, a := range v.Call.Args {
				out = append(out, constStrings(a, depth+1)...)
			}
		}
	case *ssa.MakeInterface:
		return constStrings(v.X, depth+1)
	}
	return out
}
