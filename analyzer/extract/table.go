package extract

// This file defines how tables of settings are read that a program goes through in a
// loop: a literal list of structs, or a map, with names, pointers to variables, and
// defaults. Each row is a setting of its own.

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// maxRows bounds the rows of a table.
const maxRows = 400

// Names of what a row of a map has in place of fields.
const (
	rowKey   = "#key"
	rowValue = "#value"
)

// A row is an element of a literal table: what stands in its fields, and the
// instruction that puts the first of them there.
type row struct {
	base   ssa.Value // that stands for any row, where the table is gone through
	fields map[string]ssa.Value
	at     ssa.Instruction
}

// sub returns what a value is in one row: that of the row, where it is a field of
// any.
func (r *row) sub(v ssa.Value) ssa.Value {
	if v == nil {
		return nil
	}
	if base, name := rowField(v); base != nil && rowBase(base) == r.base && r.fields[name] != nil {
		return r.fields[name]
	}
	return v
}

// rowField returns the struct that a value is a field of, and which; nil for another
// value.
func rowField(v ssa.Value) (base ssa.Value, name string) {
	switch v := unwrap(v).(type) {
	case *ssa.Field:
		return v.X, v.X.Type().Underlying().(*types.Struct).Field(v.Field).Name()
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok && v.Op == token.MUL {
			return fa.X, fieldName(fa)
		}
	case *ssa.Extract:
		if next, ok := v.Tuple.(*ssa.Next); ok && v.Index == 1 {
			return next, rowKey
		} else if ok && v.Index == 2 {
			return next, rowValue
		}
	}
	return nil, ""
}

// rowBase returns the element of a list, or the step through a map, that a struct is.
func rowBase(v ssa.Value) ssa.Value {
	for range maxNested {
		switch w := v.(type) {
		case *ssa.IndexAddr, *ssa.Next:
			return v
		case *ssa.UnOp:
			v = w.X
		case *ssa.Extract:
			v = w.Tuple
		case *ssa.Alloc:
			vals := stored(w)
			if len(vals) != 1 {
				return nil
			}
			v = vals[0]
		default:
			return nil
		}
	}
	return nil
}

// rows returns the rows of the table that a value is a field of; nil when it is none
// of a table that is written out.
func (x *index) rows(v ssa.Value) []row {
	if v == nil {
		return nil
	}
	outer, _ := rowField(v)
	if outer == nil {
		return nil
	}
	base := rowBase(outer)
	var table ssa.Value
	switch b := base.(type) {
	case *ssa.IndexAddr:
		table = b.X
	case *ssa.Next:
		if r, ok := b.Iter.(*ssa.Range); ok {
			table = r.X
		}
	}
	if table == nil {
		return nil
	}
	out := x.literalRows(table)
	for i := range out {
		out[i].base = base
	}
	return out
}

// literalRows returns the rows of a list or map that is written out where it is made,
// or as the value of a variable of the package.
func (x *index) literalRows(table ssa.Value) []row {
	for _, made := range leaves(table, nil) {
		switch made := made.(type) {
		case *ssa.Slice:
			if array, ok := made.X.(*ssa.Alloc); ok {
				return listRows(array)
			}
		case *ssa.Alloc:
			return listRows(made)
		case *ssa.MakeMap:
			return mapRows(made)
		case *ssa.Global:
			if v := x.initial(made); v != nil {
				return x.literalRows(v)
			}
		}
	}
	return nil
}

// initial returns what a variable of the package is initialised with, if it is never
// set otherwise by its package's other functions.
func (x *index) initial(g *ssa.Global) ssa.Value {
	init := x.pkg.Func("init")
	if g.Pkg != x.pkg || init == nil {
		return nil
	}
	for instr := range instructions(init) {
		if st, ok := instr.(*ssa.Store); ok && st.Addr == g {
			return st.Val
		}
	}
	return nil
}

func listRows(array *ssa.Alloc) []row {
	var out []row
	for _, r := range *array.Referrers() {
		ia, ok := r.(*ssa.IndexAddr)
		if !ok || len(out) == maxRows {
			continue
		}
		if _, fixed := ia.Index.(*ssa.Const); !fixed {
			continue
		}
		fields := rowStores(ia)
		for _, r := range *ia.Referrers() { // a pointer to a literal, or a literal that is copied
			if st, ok := r.(*ssa.Store); ok && st.Addr == ia {
				if a := madeAt(st.Val); a != nil {
					fields = rowStores(a)
				}
			}
		}
		if len(fields) > 0 {
			out = append(out, rowOf(fields))
		}
	}
	return out
}

// rowStores returns the stores in the fields of a struct by its address.
func rowStores(addr ssa.Value) map[string]*ssa.Store {
	out := make(map[string]*ssa.Store)
	for _, r := range *addr.Referrers() {
		fa, ok := r.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		for _, r := range *fa.Referrers() {
			if st, ok := r.(*ssa.Store); ok && st.Addr == fa {
				out[fieldName(fa)] = st
			}
		}
	}
	return out
}

func rowOf(stores map[string]*ssa.Store) row {
	r := row{fields: make(map[string]ssa.Value)}
	for name, st := range stores {
		r.fields[name] = st.Val
		if r.at == nil || st.Pos() < r.at.Pos() {
			r.at = st
		}
	}
	return r
}

func mapRows(m *ssa.MakeMap) []row {
	var out []row
	for _, r := range *m.Referrers() {
		if u, ok := r.(*ssa.MapUpdate); ok && u.Map == m && len(out) < maxRows {
			out = append(out, row{fields: map[string]ssa.Value{rowKey: u.Key, rowValue: u.Value}, at: u})
		}
	}
	return out
}

// indexRows indexes a call of a source in a loop over a table, and reports whether it
// is one.
func (x *index) indexRows(call ssa.CallInstruction, src *model.Source) bool {
	common := call.Common()
	key, dest := arg(common, src.Key), arg(common, src.Dest)
	if key == nil || dest == nil {
		return false
	}
	rows := x.rows(key)
	for i := range rows {
		r := &rows[i]
		node := x.rowSource(r, key, src, r.at)
		if node == (flow.Node{}) {
			continue
		}
		if def := r.sub(arg(common, src.Default)); def != nil {
			x.put(node, write{val: def, how: flow.Default, pos: r.at.Pos(), instr: r.at})
		}
		if help, ok := constString(r.sub(arg(common, src.Help))); ok {
			x.help(node, help, r.at)
		}
		for _, to := range x.places(unwrap(r.sub(dest))) {
			x.put(to.node, write{from: node, of: to.of, how: flow.Store, pos: r.at.Pos(), instr: r.at})
		}
	}
	return len(rows) > 0
}

// rowSource names the source that a row declares, or whose value is asked for it; the
// zero Node when its key is no constant.
func (x *index) rowSource(r *row, key ssa.Value, src *model.Source, at ssa.Instruction) flow.Node {
	text, ok := constString(r.sub(key))
	if !ok || text == "" {
		return flow.Node{}
	}
	if src.Dashes == 2 && src.Kind == model.Flag {
		text = "-" + text
	}
	if src.Lookup {
		return flow.SourceNode(src.Kind, text, flow.Pos{})
	}
	return flow.SourceNode(src.Kind, text, x.posn(at.Pos()))
}

// indexRowStores indexes a store through the pointer in a row of a table, for each
// row, and reports whether it is one.
func (x *index) indexRowStores(s *ssa.Store) bool {
	rows := x.rows(s.Addr)
	for i := range rows {
		r := &rows[i]
		for _, to := range x.places(r.sub(s.Addr)) {
			for _, w := range x.rowValues(r, s) {
				w.of, w.how, w.pos, w.instr = to.of, flow.Store, r.at.Pos(), r.at
				x.put(to.node, w)
			}
		}
	}
	return len(rows) > 0
}

// rowValues returns what a store stores for a row: what stands in the row, or what a
// source has by the key there.
func (x *index) rowValues(r *row, s *ssa.Store) []write {
	var out []write
	seen := func(w write) {
		if !slices.ContainsFunc(out, func(o write) bool { return o.val == w.val && o.from == w.from }) {
			out = append(out, w)
		}
	}
	back(s.Val, func(v ssa.Value) []ssa.Value {
		if own := r.sub(v); own != v {
			seen(write{val: own})
			return nil
		}
		if call, ok := v.(*ssa.Call); ok {
			name := x.callee(&call.Call)
			if src := x.Source(name); src != nil && src.Dest == model.None {
				if n := x.rowSource(r, arg(&call.Call, src.Key), src, r.at); n != (flow.Node{}) {
					seen(write{from: n})
				}
				return nil
			}
			if t := x.Transfer(name); t != nil && len(t.From) == 1 {
				return []ssa.Value{arg(&call.Call, t.From[0])}
			}
		}
		return passage(v)
	})
	return out
}
