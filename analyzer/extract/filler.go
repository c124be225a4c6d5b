package extract

// This file defines how functions are found that hand a pointer on to a
// decoder, as func Load(file string, into any) error does. What the pointer
// points to is known where they are called.

import (
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// fillersOf returns what fills the things that a call is given pointers to, by
// argument, the receiver counted.
func (x *index) fillersOf(call ssa.CallInstruction) map[int]flow.Filler {
	common := call.Common()
	name := x.callee(common)
	if name == "" {
		return nil
	}
	if own := x.fillers[name]; own != nil {
		return own
	}
	if dec := x.Decoder(name); dec != nil {
		if i := slices.Index(common.Args, arg(common, dec.Dest)); i >= 0 {
			f := flow.Filler{Decoder: x.tagged(call, dec)}
			if dec.Kind == model.File {
				f.Remote = x.remoteInput(common, dec)
			}
			return map[int]flow.Filler{i: f}
		}
	}
	if name == "reflect.ValueOf" {
		if dec := x.loader(call); dec != nil {
			return map[int]flow.Filler{0: {Decoder: dec}}
		}
	}
	if row := x.Store(name); row != nil && row.Op == model.Fill {
		if i := slices.Index(common.Args, arg(common, row.Dest)); i >= 0 {
			key, _ := constString(arg(common, row.Key))
			return map[int]flow.Filler{i: {Store: row.Store, Key: key, Decoder: storeDecoder(call, row)}}
		}
	}
	return nil
}

// findFillers finds the functions of the package that hand a parameter of
// interface type on to a decoder, directly or through each other, and indexes
// the calls of all that are known as calls of their decoders.
func (x *index) findFillers() {
	names := slices.Sorted(maps.Keys(x.calledBy))
	for changed := true; changed; {
		changed = false
		for _, name := range names {
			for _, call := range x.calledBy[name] {
				changed = x.findFiller(call) || changed
			}
		}
	}
	for _, name := range names {
		for _, call := range x.calledBy[name] {
			x.indexFilled(call, name)
		}
	}
	for _, call := range x.calledBy["reflect.ValueOf"] {
		if dec := x.loader(call); dec != nil && interfaceParam(call.Common().Args[0]) == nil {
			d := x.decoding(call, dec)
			for _, prefix := range d.prefixes() {
				d.walk(pointed(call.Common().Args[0]), keyPath{key: prefix, of: owner{val: call.Common().Args[0]}}, false)
			}
		}
	}
}

// findFiller records the function that a call is in as one that fills what a
// parameter points to, if it is one by that call, and reports whether that is
// new.
func (x *index) findFiller(call ssa.CallInstruction) bool {
	found := false
	fillers := x.fillersOf(call)
	for _, i := range slices.Sorted(maps.Keys(fillers)) {
		f, dest := fillers[i], call.Common().Args[i]
		if f.Decoder.DestField != "" {
			dest = optionField(dest, f.Decoder.DestField)
			inner := *f.Decoder
			inner.DestField, inner.PrefixField, inner.PrefixFunc = "", "", ""
			f.Decoder = &inner
		}
		if p := interfaceParam(dest); p != nil {
			f.Func, f.Param = funcName(p.Parent()), slices.Index(p.Parent().Params, p)
			f.Decoder = handedPrefix(f.Decoder, call)
			found = x.addFiller(f) || found
		}
	}
	return found
}

// handedPrefix returns the decoder that a function is one as which hands the prefix of
// a loader on, or says it.
func handedPrefix(dec *model.Decoder, call ssa.CallInstruction) *model.Decoder {
	v := arg(call.Common(), dec.Prefix)
	if dec.Own == nil || v == nil || call.Common().StaticCallee() != nil && call.Common().StaticCallee().Name() == "ValueOf" {
		return dec
	}
	own, outer := *dec.Own, *dec
	if text, ok := constString(v); ok {
		own.Fixed += text
		outer.Prefix = model.None
	} else {
		outer.Prefix = prefixParam(call.Parent())
	}
	outer.Own = &own
	return &outer
}

// addFiller records what fills a parameter, and reports whether that is new.
func (x *index) addFiller(f flow.Filler) bool {
	if f.Decoder == nil || x.fillers[f.Func][f.Param].Decoder != nil {
		return false
	}
	if x.fillers[f.Func] == nil {
		x.fillers[f.Func] = make(map[int]flow.Filler)
	}
	x.fillers[f.Func][f.Param] = f
	return true
}

// ownFillers lists the functions of the package that an importer may call as
// decoders.
func (x *index) ownFillers() []flow.Filler {
	var out []flow.Filler
	for _, fn := range x.fns {
		if name := funcName(fn); flow.IsExported(name) {
			for _, i := range slices.Sorted(maps.Keys(x.fillers[name])) {
				out = append(out, x.fillers[name][i])
			}
		}
	}
	return out
}

// indexFilled indexes a call of such a function as one of its decoder.
func (x *index) indexFilled(call ssa.CallInstruction, name string) {
	for i, f := range x.fillers[name] {
		if i >= len(call.Common().Args) || interfaceParam(call.Common().Args[i]) != nil {
			continue // hands it on itself
		}
		d := x.decoding(call, f.Decoder)
		d.store, d.remote = f.Store, f.Remote
		prefixes := []string{""}
		switch {
		case f.Key != "":
			prefixes[0] = f.Key + "."
		case f.Decoder.Own != nil:
			prefixes = d.prefixes()
		}
		for _, prefix := range prefixes {
			d.walk(pointed(call.Common().Args[i]), keyPath{key: prefix, of: owner{val: call.Common().Args[i]}}, false)
		}
	}
}

// tagged returns a decoder with the struct tag that the field TagName of its
// options says, if they do.
func (x *index) tagged(call ssa.CallInstruction, dec *model.Decoder) *model.Decoder {
	if dec.DestField == "" {
		return dec
	}
	if name := x.optionString(arg(call.Common(), dec.Dest), model.TagName, ""); name != "" {
		own := *dec
		own.Tag = name
		return &own
	}
	return dec
}

// interfaceParam returns the parameter of interface type that a value is, nil
// when it is none.
func interfaceParam(v ssa.Value) *ssa.Parameter {
	if v == nil {
		return nil
	}
	if p, ok := unwrap(v).(*ssa.Parameter); ok && types.IsInterface(p.Type()) {
		return p
	}
	return nil
}
