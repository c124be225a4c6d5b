package extract

// This file defines how loaders of a program's own are recognised that go through
// structs by reflection, and ask for a name that they make of the fields and their
// tags. How the name is made is read off their code: what stands in front, between,
// and in which case. The rest is as with the decoders of libraries.

import (
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// maxLoader bounds the functions that one loader is spread over.
const maxLoader = 20

var (
	betweenText = regexp.MustCompile(`^[_.-]+$`)
	prefixText  = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*)([_.-]*)$`)
)

// A loaderCode is what the functions of a loader do, as far as it tells how names are
// made.
type loaderCode struct {
	root         *ssa.Function
	fields, sets bool
	names        bool // of fields, beside tags
	byName       bool // it looks fields up by the names that it reads
	asks         model.SourceKind
	tags         []string
	between      string
	prefix       string
	also         []string // other prefixes
	written      spelling
	// Of one that goes the other way, from the names of all variables to the fields: the
	// texts that it cuts off names, and what it splits them at.
	cuts   []string
	splits string
}

// loader returns the decoder that a function is one as, by a call in it that makes a
// reflect.Value of what is filled; nil when it is no loader.
func (x *index) loader(call ssa.CallInstruction) *model.Decoder {
	if dec, known := x.loaders[call]; known {
		return dec
	}
	x.loaders[call] = nil
	fn := call.Parent()
	code := loaderCode{root: fn}
	for _, part := range x.spread(x.walkers(call)) {
		for instr := range instructions(part) {
			x.readLoader(&code, instr)
		}
	}
	x.turnRound(&code)
	if code.asks == "" && code.sets && code.byName {
		x.loaders[call] = &model.Decoder{Kind: model.File}
		return x.loaders[call]
	}
	if !code.fields || !code.sets || code.asks == "" {
		return nil
	}
	dec := &model.Decoder{Kind: code.asks, Prefix: prefixParam(fn), Own: &model.OwnKeys{Fixed: code.prefix, Also: code.also, Between: code.between, Case: code.written.keyCase()}}
	for _, tag := range code.tags {
		switch tag {
		case "default", "def":
			dec.Default = tag
		case "usage", "help", "desc", "description":
			dec.Help = tag
		case "required", "validate":
		default:
			if dec.Tag == "" {
				dec.Tag = tag
			}
		}
	}
	if dec.Tag != "" && !code.names {
		dec.Style = model.Skip
	}
	x.loaders[call] = dec
	return dec
}

// turnRound has a loader that splits the names of variables, to find the fields that
// they lead to, ask for the names that it would find.
func (x *index) turnRound(code *loaderCode) {
	if code.asks != "" || !code.fields || !code.sets || len(x.calledBy["os.Environ"]) == 0 {
		return
	}
	if code.splits == "" {
		for _, call := range x.calledBy[funcName(code.root)] { // which may split the names for it
			for instr := range instructions(call.Parent()) {
				x.readSplit(code, instr)
			}
		}
	}
	if code.splits == "" {
		return
	}
	var prefixes []string
	for _, cut := range code.cuts {
		if m := prefixText.FindStringSubmatch(cut); m != nil && m[2] == code.splits {
			prefixes = append(prefixes, m[1])
		}
	}
	if len(prefixes) == 0 {
		return
	}
	code.asks, code.between, code.written = model.Env, code.splits, upper|replaced
	code.prefix, code.also = prefixes[0], prefixes[1:]
	code.names = true
}

// keyCase returns in which case keys are written.
func (s spelling) keyCase() model.KeyCase {
	switch {
	case s&upper != 0 && s&replaced != 0:
		return model.EnvCase
	case s&upper != 0:
		return model.UpperCase
	case s&lower != 0:
		return model.LowerCase
	}
	return model.SameCase
}

// goingThrough are the methods by which a function looks at the fields of a struct.
var goingThrough = []string{"(reflect.Value).NumField", "(reflect.Value).Type", "(reflect.Value).Field", "(reflect.Value).FieldByName"}

// walkers returns the functions that go through the fields of what a call makes a
// reflect.Value of: those that get it, or the one that the call is in.
func (x *index) walkers(call ssa.CallInstruction) []*ssa.Function {
	var out []*ssa.Function
	made, ok := call.(*ssa.Call)
	if !ok {
		return nil
	}
	forward(made, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		c, ok := use.(*ssa.Call)
		if !ok {
			return passesOn(use, v), true
		}
		callee := c.Call.StaticCallee()
		switch name := x.callee(&c.Call); {
		case name == "(reflect.Value).Elem" || name == "reflect.Indirect":
			return []ssa.Value{c}, true
		case callee != nil && callee.Pkg == x.pkg:
			out = append(out, callee)
		case slices.Contains(goingThrough, name):
			out = append(out, call.Parent())
		}
		return nil, true
	})
	return out
}

// spread lists functions of the package, those that they call there, and those that
// stand in them.
func (x *index) spread(out []*ssa.Function) []*ssa.Function {
	for i := 0; i < len(out) && len(out) < maxLoader; i++ {
		next := slices.Clone(out[i].AnonFuncs)
		for instr := range instructions(out[i]) {
			if c, ok := instr.(*ssa.Call); ok {
				if callee := c.Call.StaticCallee(); callee != nil && callee.Pkg == x.pkg {
					next = append(next, callee)
				}
			}
		}
		for _, f := range next {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// readLoader notes what one instruction tells.
func (x *index) readLoader(code *loaderCode, instr ssa.Instruction) {
	c, ok := instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	common := c.Common()
	name := x.callee(common)
	switch name {
	case "(reflect.Value).NumField", "reflect.Type.NumField", "reflect.VisibleFields":
		code.fields = true
	case "(reflect.Value).FieldByName":
		code.byName = code.byName || isRead(arg(common, model.Arg0))
	case "(reflect.Value).SetString", "(reflect.Value).Set", "(reflect.Value).SetInt", "(reflect.Value).Addr":
		code.sets = true
	case "(reflect.StructTag).Get", "(reflect.StructTag).Lookup":
		if tag, ok := constString(arg(common, model.Arg0)); ok && !slices.Contains(code.tags, tag) {
			code.tags = append(code.tags, tag)
		}
	}
	x.readSplit(code, instr)
	if key, kind := x.asksFor(common, name); key != nil && !isConst(key) {
		code.asks = kind
		x.readKey(code, key)
	}
}

// readSplit notes what an instruction cuts off a name, or splits it at.
func (x *index) readSplit(code *loaderCode, instr ssa.Instruction) {
	c, ok := instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	switch text, ok := constString(arg(c.Common(), model.Arg1)); x.callee(c.Common()) {
	case "strings.TrimPrefix", "strings.CutPrefix":
		if ok && !slices.Contains(code.cuts, text) {
			code.cuts = append(code.cuts, text)
		}
	case "strings.Split":
		if ok && betweenText.MatchString(text) {
			code.splits = text
		}
	}
}

// isRead reports whether the name of a field may be one that the program reads from
// somewhere: it is no constant, is not passed in by one who knows the struct, and is
// not got from the struct.
func isRead(name ssa.Value) bool {
	if _, passed := name.(*ssa.Parameter); passed || isConst(name) {
		return false
	}
	if load, ok := name.(*ssa.UnOp); ok {
		name = load.X
	}
	of, _ := structField(name)
	return of != "reflect.StructField"
}

// structField returns the type and name of the field that a value is of a struct.
func structField(v ssa.Value) (of, name string) {
	var x ssa.Value
	i := 0
	switch v := v.(type) {
	case *ssa.Field:
		x, i = v.X, v.Field
	case *ssa.FieldAddr:
		x, i = v.X, v.Field
	default:
		return "", ""
	}
	n, ok := types.Unalias(deref(x.Type())).(*types.Named)
	if !ok {
		return "", ""
	}
	return typeName(n), n.Underlying().(*types.Struct).Field(i).Name()
}

// asksFor returns the name that a call asks for a variable of the environment by, or
// declares a flag by; nil when it does neither.
func (x *index) asksFor(common *ssa.CallCommon, name string) (key ssa.Value, kind model.SourceKind) {
	if name == "" { // a function that is handed in: getenv func(string) string
		sig, ok := common.Value.Type().Underlying().(*types.Signature)
		if ok && strings.Contains(strings.ToLower(common.Value.Name()), "env") && sig.Params().Len() == 1 && isString(sig.Params().At(0).Type()) && sig.Results().Len() > 0 {
			return common.Args[0], model.Env
		}
		return nil, ""
	}
	if i, ok := x.AsksEnv(name); ok {
		return arg(common, i), model.Env
	}
	if src := x.Source(name); src != nil && src.Kind == model.Flag && !src.Lookup && src.Dest != model.None {
		return arg(common, src.Key), model.Flag
	}
	return nil, ""
}

// readKey notes how a name is put together, back over the functions of the package
// that it is handed through.
func (x *index) readKey(code *loaderCode, key ssa.Value) {
	seen := map[ssa.Value]bool{key: true}
	text := func(v ssa.Value) {
		c, ok := v.(*ssa.Const)
		if !ok || c.Value == nil || c.Value.Kind() != constant.String {
			return
		}
		switch s := constant.StringVal(c.Value); {
		case betweenText.MatchString(s):
			code.between = max(code.between, s)
		case code.prefix == "":
			if m := prefixText.FindStringSubmatch(s); m != nil {
				code.prefix = m[1]
				code.between = max(code.between, m[2])
			}
		}
	}
	for work := []ssa.Value{key}; len(work) > 0 && len(seen) < maxPieces; work = work[1:] {
		for _, next := range x.madeOfKey(code, work[0]) {
			if next == nil || seen[next] {
				continue
			}
			seen[next] = true
			if of, name := structField(next); of == "reflect.StructField" && name == "Name" {
				code.names = true
			}
			if text(next); !isConst(next) {
				work = append(work, next)
			}
		}
	}
}

// madeOfKey returns what a piece of a name is made of.
func (x *index) madeOfKey(code *loaderCode, v ssa.Value) []ssa.Value {
	switch v := v.(type) {
	case *ssa.Call:
		name := x.callee(&v.Call)
		switch name {
		case "(reflect.StructTag).Get", "(reflect.StructTag).Lookup", "reflect.Type.Field", "(reflect.Value).Field":
			return nil
		case "strings.Split", "strings.SplitN", "strings.TrimPrefix", "strings.TrimSuffix":
			return []ssa.Value{v.Call.Args[0]}
		case "strings.ToUpper":
			code.written |= upper
		case "strings.ToLower":
			code.written |= lower
		case "strings.ReplaceAll", "strings.Replace":
			code.written |= replaced
			return []ssa.Value{v.Call.Args[0]}
		}
		if format, ok := constString(arg(&v.Call, model.Arg0)); ok && strings.HasSuffix(name, ".Sprintf") {
			for _, sep := range verb.Split(format, -1) {
				if betweenText.MatchString(sep) {
					code.between = max(code.between, sep)
				}
			}
			return variadic(arg(&v.Call, model.Arg1))
		}
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			return append(variadic(v.Call.Args[1]), v.Call.Args...)
		}
		return v.Call.Args
	case *ssa.Parameter: // what the functions of the loader hand in
		if v.Parent() == code.root {
			return nil
		}
		var out []ssa.Value
		i := slices.Index(v.Parent().Params, v)
		for _, call := range x.calledBy[funcName(v.Parent())] {
			if i < len(call.Common().Args) {
				out = append(out, call.Common().Args[i])
			}
		}
		return out
	case *ssa.FieldAddr:
		return nil
	}
	of, _ := x.madeOf(v)
	return of
}

// prefixParam returns which argument of a loader is the prefix of all names.
func prefixParam(fn *ssa.Function) model.Arg {
	for i, p := range fn.Params {
		if isString(p.Type()) && (i > 0 || fn.Signature.Recv() == nil) && strings.Contains(strings.ToLower(p.Name()), "pre") {
			if fn.Signature.Recv() != nil {
				i--
			}
			return model.Arg0 + model.Arg(i)
		}
	}
	return model.None
}
