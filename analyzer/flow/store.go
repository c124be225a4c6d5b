package flow

// This file defines how configuration is followed through libraries that
// keep values of several sources by key (viper, koanf).
//
// A store is a namespace of W nodes, one per key, and what the program told
// the library about all keys, in the node W:store!setting: that it reads the
// environment, a file, or the flags. A search that arrives at a key asks for
// both; they are usually set up in another package than the one that reads.

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// The settings of a store.
const (
	readsFlags = "flags"
	readsEnv   = "env"
	readsFile  = "file"
	envPrefix  = "prefix"
	// boundEnv says that a key is read from the environment.
	boundEnv = "bound"
	// anyFlags says that flags are bound to keys which are known at run time
	// only: to those of fields whose struct tag names a flag.
	anyFlags = "anyflags"
)

func entryNode(store, key string) Node { return Node("W:" + store + ":" + strings.ToLower(key)) }

func settingNode(store, setting string) Node { return Node("W:" + store + "!" + setting) }

// entry takes the name of an entry of a store apart; false for a setting.
func (n Node) entry() (store, key string, ok bool) {
	store, key, ok = strings.Cut(n.rest(), ":")
	return store, key, ok && !strings.Contains(store, "!")
}

// indexStoreCall indexes what a call tells a store.
func (x *index) indexStoreCall(call ssa.CallInstruction, row *model.StoreCall) {
	common := call.Common()
	key, hasKey := constString(arg(common, row.Key), 0)
	entry := entryNode(row.Store, x.section(arg(common, model.Recv))+key)
	value := arg(common, row.Value)
	set := func(setting, text string) {
		x.put(settingNode(row.Store, setting), write{from: constNode(text), kind: Copy, pos: call.Pos(), instr: call})
	}
	switch row.Op {
	case model.Set, model.BindFlag:
		if row.Op == model.BindFlag && !hasKey {
			set(anyFlags, "")
		}
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), kind: Store, pos: x.argPos(call, value), instr: call})
		}
	case model.SetDefault:
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), kind: Default, pos: x.argPos(call, value), instr: call})
		}
	case model.BindFlags:
		set(readsFlags, "")
	case model.BindEnv:
		x.bindEnv(call, row)
	case model.AutoEnv:
		prefix := ""
		if text := constStrings(value, 0); len(text) > 0 {
			prefix = text[0]
		} else if value != nil {
			prefix = optionString(value, "Prefix")
		}
		set(readsEnv, prefix)
	case model.EnvPrefix:
		for _, prefix := range constStrings(value, 0) {
			set(envPrefix, prefix)
		}
	case model.ReadFile:
		set(readsFile, "")
	case model.Fill:
		for _, dest := range destinations(arg(common, row.Dest)) {
			d := x.decoding(call, storeDecoder(call, row))
			d.store = row.Store
			at := x.section(arg(common, model.Recv)) + key
			if hasKey && key != "" {
				at += "."
			}
			d.walk(pointed(dest), keyPath{key: at}, false)
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
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if st, ok := instr.(*ssa.Store); ok && fieldName(st.Addr) == "TagName" {
						if tag, ok := constString(st.Val, 0); ok {
							dec.Tag = tag
						}
					}
				}
			}
		}
	}
	return dec
}

// fieldName returns the name of the field that an address is of, "" for none.
func fieldName(addr ssa.Value) string {
	fa, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	return deref(fa.X.Type()).Underlying().(*types.Struct).Field(fa.Field).Name()
}

// bindEnv binds a key to variables of the environment: those that are named,
// or the one of the key's own name.
func (x *index) bindEnv(call ssa.CallInstruction, row *model.StoreCall) {
	names := constStrings(arg(call.Common(), row.Key), 0)
	if v := arg(call.Common(), row.Value); v != nil && row.Value != row.Key {
		names = append(names, constStrings(v, 0)...)
	}
	if len(names) == 0 {
		return
	}
	entry := entryNode(row.Store, x.section(arg(call.Common(), model.Recv))+names[0])
	if len(names) == 1 {
		x.put(entry, write{from: settingNode(row.Store, boundEnv), kind: Copy, pos: call.Pos(), instr: call})
	}
	for _, name := range names[1:] {
		x.put(entry, write{from: sourceNode(model.Env, name, x.calleePos(call.Pos())), kind: Copy, pos: call.Pos(), instr: call})
	}
}

// section returns what stands before the keys of a store, with a dot: the
// argument of Sub, when the store is its result.
func (x *index) section(store ssa.Value) string {
	if call, ok := store.(*ssa.Call); ok {
		if row := model.StoreOf(calleeName(&call.Call)); row != nil && row.Op == model.Sub {
			if key, ok := constString(arg(&call.Call, row.Key), 0); ok {
				return x.section(arg(&call.Call, model.Recv)) + key + "."
			}
		}
	}
	return ""
}

// entryAt names the entry that a call of a store returns.
func (x *index) entryAt(call *ssa.Call, row *model.StoreCall) Node {
	key, ok := constString(arg(&call.Call, row.Key), 0)
	if !ok {
		return unknownNode("the key in %s is not a constant", row.Store)
	}
	return entryNode(row.Store, x.section(arg(&call.Call, model.Recv))+key)
}
