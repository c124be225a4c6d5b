package extract

// This file defines how the keys are found of configuration that a program keeps in a
// table of its own, a map of structs by their keys, one for each setting: with a default
// where the map is made, set where the program looks the key up that it has read, and
// asked for by a key that is a constant.

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A records is such a map.
type records struct {
	set map[string]bool // fields that are set of elements whose key is none of the program's
	// stores are those in fields of elements by constant keys, by key and field.
	stores map[string]map[string][]*ssa.Store
}

// minRecords is how many settings are a table of them.
const minRecords = 2

// findRecords notes the maps of structs in fields and variables, and what is stored in
// their elements.
func (x *index) findRecords() {
	for _, fn := range x.fns {
		for instr := range instructions(fn) {
			switch instr := instr.(type) {
			case *ssa.Store:
				x.recordStore(instr)
			case *ssa.MapUpdate:
				x.recordLiteral(instr)
			}
		}
	}
}

// recordStore notes a store in a field of an element that is looked up.
func (x *index) recordStore(st *ssa.Store) {
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return
	}
	l, r := x.recordsAt(fa.X)
	if l == nil {
		return
	}
	if key, ok := constString(l.Index); ok {
		r.add(key, fieldName(fa), st)
	} else if !isConst(st.Val) {
		r.set[fieldName(fa)] = true
	}
}

// recordLiteral notes what an element has that is put into a map by a constant key.
func (x *index) recordLiteral(u *ssa.MapUpdate) {
	key, ok := constString(u.Key)
	a := madeAt(u.Value)
	if !ok || a == nil || !isRecords(u.Map.Type()) {
		return
	}
	for _, r := range *u.Map.Referrers() {
		st, ok := r.(*ssa.Store)
		if !ok || st.Val != u.Map {
			continue
		}
		for _, to := range x.places(st.Addr) {
			for field, stores := range fieldStores(a) {
				for _, st := range stores {
					x.recordsOf(to.node).add(key, field, st)
				}
			}
			x.recordsOf(to.node).add(key, "", nil)
		}
	}
}

func (r *records) add(key, field string, st *ssa.Store) {
	if r.stores[key] == nil {
		r.stores[key] = make(map[string][]*ssa.Store)
	}
	if st != nil {
		r.stores[key][field] = append(r.stores[key][field], st)
	}
}

// isRecords reports whether a type is of maps by text of structs, or of pointers to such.
func isRecords(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	if !ok || !isString(m.Key()) {
		return false
	}
	_, ok = deref(m.Elem()).Underlying().(*types.Struct)
	return ok
}

func (x *index) recordsOf(n flow.Node) *records {
	if x.records[n] == nil {
		x.records[n] = &records{set: make(map[string]bool), stores: make(map[string]map[string][]*ssa.Store)}
	}
	return x.records[n]
}

// recordsAt returns the lookup that a value is the element of, and the map in a field
// or variable that it is in; nil for any other value.
func (x *index) recordsAt(v ssa.Value) (*ssa.Lookup, *records) {
	if e, ok := v.(*ssa.Extract); ok && e.Index == 0 {
		v = e.Tuple
	}
	l, ok := v.(*ssa.Lookup)
	if !ok || !isRecords(l.X.Type()) {
		return nil, nil
	}
	load, ok := l.X.(*ssa.UnOp)
	if !ok {
		return nil, nil
	}
	for _, to := range x.places(load.X) {
		if to.node.Kind() == flow.Field || to.node.Kind() == flow.Global {
			return l, x.recordsOf(to.node)
		}
	}
	return nil, nil
}

// record follows a field of a setting that is asked for by a constant key: to the key,
// in the environment or a file as the package reads them, and to what the program puts
// there itself. It reports whether the value is one.
func (s *slicer) record(v ssa.Value, f int, part model.Part) bool {
	l, r := s.x.recordsAt(v)
	if l == nil || len(r.stores) < minRecords {
		return false
	}
	name := deref(v.Type()).Underlying().(*types.Struct).Field(f).Name()
	if !r.set[name] {
		return false
	}
	key, ok := constString(l.Index)
	if !ok || !keyText.MatchString(key) {
		return false
	}
	for _, kind := range s.x.readsText() {
		s.put(flow.SourceNode(kind, key, s.x.posn(l.Pos())), part)
	}
	for _, st := range r.stores[key][name] {
		s.slice(st.Val, st, part)
	}
	return true
}

// readsText returns where the package reads text from that it takes apart itself: the
// environment, if it lists that or asks for it, and a file, if it opens one, or for want
// of anything else.
func (x *index) readsText() []model.SourceKind {
	calls := func(names ...string) bool {
		for _, name := range names {
			if len(x.calledBy[name]) > 0 {
				return true
			}
		}
		return false
	}
	var out []model.SourceKind
	if calls("os.Environ", "os.Getenv", "os.LookupEnv") {
		out = append(out, model.Env)
	}
	if len(out) == 0 || calls("os.Open", "os.ReadFile", "os.OpenFile") {
		out = append(out, model.File)
	}
	return out
}
