package extract

// This file defines how configuration is followed through libraries that
// keep values of several sources by key (viper, koanf).
//
// A store is a namespace of W nodes, one per key, and what the program told
// the library about all keys, in the node W:store!setting: that it reads the
// environment, a file, or the flags. A search that arrives at a key asks for
// both; they are usually set up in another package than the one that reads.

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// indexStoreCall indexes what a call tells a store.
func (x *index) indexStoreCall(call ssa.CallInstruction, row *model.StoreCall) {
	common := call.Common()
	key, hasKey := constString(arg(common, row.Key))
	entry := flow.EntryNode(row.Store, x.section(arg(common, model.Recv))+key)
	value := arg(common, row.Value)
	set := func(setting flow.Setting, text string) {
		x.put(flow.SettingNode(row.Store, setting), write{from: flow.ConstNode(text), how: flow.Copy, pos: call.Pos(), instr: call})
	}
	switch row.Op {
	case model.Set, model.BindFlag:
		if row.Op == model.BindFlag && !hasKey {
			set(flow.AnyFlags, "")
		}
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), how: flow.Store, pos: x.argPos(call, value), instr: call})
		}
	case model.SetDefault:
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), how: flow.Default, pos: x.argPos(call, value), instr: call})
		}
	case model.BindFlags:
		set(flow.ReadsFlags, "")
	case model.BindEnv:
		x.bindEnv(call, row)
	case model.AutoEnv:
		prefix := ""
		if text := x.constStrings(value, nil); len(text) > 0 {
			prefix = text[0]
		} else if value != nil {
			prefix = x.optionString(value, "Prefix", "")
		}
		set(flow.ReadsEnv, prefix)
	case model.EnvPrefix:
		for _, prefix := range x.constStrings(value, nil) {
			set(flow.EnvPrefix, prefix)
		}
	case model.ReadFile:
		set(flow.ReadsFile, "")
	case model.Fill:
		for _, dest := range destinations(arg(common, row.Dest)) {
			d := x.decoding(call, storeDecoder(call, row))
			d.store = row.Store
			at := x.section(arg(common, model.Recv)) + key
			if hasKey && key != "" {
				at += "."
			}
			d.walk(pointed(dest), keyPath{key: at, of: owner{val: dest}}, false)
		}
	}
}

// storeDecoder returns how a store fills a struct: through the tag of its row,
// or that which an option of the call sets as the field TagName.
func storeDecoder(call ssa.CallInstruction, row *model.StoreCall) *model.Decoder {
	dec := &model.Decoder{Kind: model.File, Tag: row.Tag, Style: model.Lower}
	for _, a := range call.Common().Args {
		for _, option := range destinations(a) {
			fn, _ := funcValue(unwrap(option))
			if fn == nil {
				continue
			}
			for instr := range instructions(fn) {
				if st, ok := instr.(*ssa.Store); ok && fieldName(st.Addr) == model.TagName {
					if tag, ok := constString(st.Val); ok {
						dec.Tag = tag
					}
				}
			}
		}
	}
	return dec
}

// bindEnv binds a key to variables of the environment: those that are named,
// or the one of the key's own name.
func (x *index) bindEnv(call ssa.CallInstruction, row *model.StoreCall) {
	names := elements(arg(call.Common(), row.Key))
	if v := arg(call.Common(), row.Value); v != nil && row.Value != row.Key {
		names = append(names, elements(v)...)
	}
	if len(names) == 0 {
		return
	}
	key, ok := constString(names[0])
	if !ok {
		return
	}
	entry := flow.EntryNode(row.Store, x.section(arg(call.Common(), model.Recv))+key)
	if len(names) == 1 {
		x.put(entry, write{from: flow.SettingNode(row.Store, flow.BoundEnv), how: flow.Copy, pos: call.Pos(), instr: call})
	}
	for _, v := range names[1:] {
		from := flow.UnknownNode("the name of the env is not a constant")
		if name, ok := constString(handedBack(v)); ok {
			from = flow.SourceNode(model.Env, name, x.calleePos(call.Pos()))
		}
		x.put(entry, write{from: from, how: flow.Copy, pos: call.Pos(), instr: call})
	}
}

// elements returns the elements of a list that is written out, or the value.
func elements(v ssa.Value) []ssa.Value {
	if v == nil {
		return nil
	}
	if _, list := v.Type().Underlying().(*types.Slice); !list {
		return []ssa.Value{v}
	}
	return variadic(v)
}

// handedBack returns the argument that a call hands back as it is, as func
// Var(name string) string { return name } does; else the value.
func handedBack(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return v
	}
	fn := call.Call.StaticCallee()
	if fn == nil {
		return v
	}
	back := -1
	for instr := range instructions(fn) {
		if r, ok := instr.(*ssa.Return); ok {
			i := slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return len(r.Results) > 0 && r.Results[0] == p })
			if i < 0 || back >= 0 && i != back {
				return v
			}
			back = i
		}
	}
	if back < 0 {
		return v
	}
	return call.Call.Args[back]
}

// section returns what stands before the keys of a store, with a dot: the
// argument of Sub, when the store is its result.
func (x *index) section(store ssa.Value) string {
	if call, ok := store.(*ssa.Call); ok {
		if row := x.Store(x.callee(&call.Call)); row != nil && row.Op == model.Sub {
			if key, ok := constString(arg(&call.Call, row.Key)); ok {
				return x.section(arg(&call.Call, model.Recv)) + key + "."
			}
		}
	}
	return ""
}

// entryAt names the entry that a call of a store returns.
func (x *index) entryAt(call *ssa.Call, row *model.StoreCall) flow.Node {
	key, ok := constString(arg(&call.Call, row.Key))
	if !ok {
		return flow.UnknownNode("the key in %s is not a constant", row.Store)
	}
	return flow.EntryNode(row.Store, x.section(arg(&call.Call, model.Recv))+key)
}
