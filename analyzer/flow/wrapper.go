package flow

// This file defines how functions are found that hand a pointer on to a
// decoder, as func Load(file string, into any) error does. What the pointer
// points to is known where they are called.

import (
	"encoding/json"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A filler is a decoder behind a parameter.
type filler struct {
	Decoder *model.Decoder `json:",omitempty"`
	// Store is the library that the keys are of, and Key what stands before
	// them, for a store's Fill.
	Store string `json:",omitempty"`
	Key   string `json:",omitempty"`
	// Remote is the runtime source that is decoded, "" for none.
	Remote string `json:",omitempty"`
}

// fillers returns what fills the things that a call is given pointers to, by
// argument, the receiver counted.
func (x *index) fillers(call ssa.CallInstruction) map[int]filler {
	common := call.Common()
	name := calleeName(common)
	if name == "" {
		return nil
	}
	if own := x.wrappers[name]; own != nil {
		return own
	}
	if dec := model.DecoderOf(name); dec != nil {
		if i := slices.Index(common.Args, arg(common, dec.Dest)); i >= 0 {
			f := filler{Decoder: tagged(call, dec)}
			if dec.Kind == model.File {
				f.Remote = x.remoteInput(common, dec)
			}
			return map[int]filler{i: f}
		}
	}
	if row := model.StoreOf(name); row != nil && row.Op == model.Fill {
		if i := slices.Index(common.Args, arg(common, row.Dest)); i >= 0 {
			key, _ := constString(arg(common, row.Key), 0)
			return map[int]filler{i: {Store: row.Store, Key: key, Decoder: storeDecoder(call, row)}}
		}
	}
	return nil
}

// findWrappers finds the functions of the package that hand a parameter of
// interface type on to a decoder, directly or through each other, and indexes
// the calls of all that are known as calls of their decoders.
func (x *index) findWrappers() {
	names := slices.Sorted(maps.Keys(x.calls))
	for changed := true; changed; {
		changed = false
		for _, name := range names {
			for _, call := range x.calls[name] {
				changed = x.findWrapper(call) || changed
			}
		}
	}
	for _, name := range names {
		for _, call := range x.calls[name] {
			x.indexWrapper(call, name)
		}
	}
}

// findWrapper records the function that a call is in as a wrapper, if it is
// one by that call, and reports whether that is new.
func (x *index) findWrapper(call ssa.CallInstruction) bool {
	found := false
	fillers := x.fillers(call)
	for _, i := range slices.Sorted(maps.Keys(fillers)) {
		f, dest := fillers[i], call.Common().Args[i]
		if f.Decoder.DestField != "" {
			dest = optionField(dest, f.Decoder.DestField)
			inner := *f.Decoder
			inner.DestField, inner.PrefixField = "", ""
			f.Decoder = &inner
		}
		if p := interfaceParam(dest); p != nil {
			found = x.addWrapper(funcName(p.Parent()), slices.Index(p.Parent().Params, p), f) || found
		}
	}
	return found
}

// addWrapper records what fills a parameter, and reports whether that is new.
func (x *index) addWrapper(fn string, param int, f filler) bool {
	if x.wrappers[fn][param].Decoder != nil {
		return false
	}
	if x.wrappers[fn] == nil {
		x.wrappers[fn] = make(map[int]filler)
	}
	x.wrappers[fn][param] = f
	return true
}

// tagged returns a decoder with the struct tag that the field TagName of its
// options says, if they do.
func tagged(call ssa.CallInstruction, dec *model.Decoder) *model.Decoder {
	if dec.DestField == "" {
		return dec
	}
	if name := optionString(arg(call.Common(), dec.Dest), "TagName"); name != "" {
		own := *dec
		own.Tag = name
		return &own
	}
	return dec
}

// optionField returns what is stored in a field of a struct of options, nil
// when that is not seen.
func optionField(options ssa.Value, field string) ssa.Value {
	if a := allocOf(options, 0); a != nil {
		for _, v := range literalFields(a)[field] {
			return v
		}
	}
	return nil
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

// importWrappers takes the wrappers in imported edges.
func (x *index) importWrappers(imported []Edge) {
	for _, e := range imported {
		var f filler
		if e.Kind != Fills || json.Unmarshal([]byte(e.From.rest()), &f) != nil || f.Decoder == nil {
			continue
		}
		x.addWrapper(e.To.fn(), e.To.number(), f)
	}
}

// wrapperEdges adds the edges of the package's own wrappers.
func (e *extractor) wrapperEdges() {
	for _, fn := range e.fns {
		for i, f := range e.wrappers[funcName(fn)] {
			if data, err := json.Marshal(f); err == nil && exportedName(funcName(fn)) {
				e.edge(Edge{From: Node("J:" + string(data)), To: paramNode(funcName(fn), i, fn.Params[i].Name()), Kind: Fills, Pos: e.posn(fn.Pos())})
			}
		}
	}
}

// indexWrapper indexes a call of a wrapper as one of its decoder.
func (x *index) indexWrapper(call ssa.CallInstruction, name string) {
	for i, f := range x.wrappers[name] {
		if i >= len(call.Common().Args) || interfaceParam(call.Common().Args[i]) != nil {
			continue // a wrapper itself
		}
		d := x.decoding(call, f.Decoder)
		d.store, d.remote = f.Store, f.Remote
		at := keyPath{}
		if f.Key != "" {
			at.key = f.Key + "."
		}
		d.walk(pointed(call.Common().Args[i]), at, false)
	}
}
