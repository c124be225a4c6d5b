package extract

// This file defines what is known of values without following them: constants,
// what stands in composite literals, and the arguments of variadic calls.

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// constText returns the value of a string or number constant; "" for nil.
func constText(c *ssa.Const) (string, bool) {
	switch {
	case c.Value == nil:
		return "", true
	case c.Value.Kind() == constant.String:
		return constant.StringVal(c.Value), true
	case c.Value.Kind() == constant.Int:
		return c.Value.ExactString(), true
	}
	return "", false
}

// constString evaluates a constant string expression.
func constString(v ssa.Value) (string, bool) {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value), true
		}
	case *ssa.BinOp:
		if v.Op != token.ADD {
			return "", false
		}
		a, ok := constString(v.X)
		b, ok2 := constString(v.Y)
		return a + b, ok && ok2
	case *ssa.ChangeType:
		return constString(v.X)
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok {
			return constField(fa)
		}
	}
	return "", false
}

// constField evaluates a field of a package variable that is set where the
// variable is declared, as listenFlag.Name is.
func constField(fa *ssa.FieldAddr) (string, bool) {
	v := fa.X
	if load, ok := v.(*ssa.UnOp); ok { // a pointer to the struct
		v = load.X
	}
	g, ok := v.(*ssa.Global)
	if !ok || g.Pkg == nil || g.Pkg.Func("init") == nil {
		return "", false
	}
	for instr := range instructions(g.Pkg.Func("init")) {
		st, ok := instr.(*ssa.Store)
		if !ok {
			continue
		}
		if to, ok := st.Addr.(*ssa.FieldAddr); ok && to.X == g && to.Field == fa.Field {
			return constString(st.Val)
		}
		val := st.Val
		if load, ok := val.(*ssa.UnOp); ok { // the struct itself
			val = load.X
		}
		if a, ok := val.(*ssa.Alloc); ok && st.Addr == g {
			for _, val := range literalFields(a)[fieldName(fa)] {
				return constString(val)
			}
		}
	}
	return "", false
}

// constStrings returns the constant strings in a value: itself, the elements of
// a list, or the arguments of a call of the functions that through names.
func (m api) constStrings(v ssa.Value, through []string) []string {
	if v == nil {
		return nil
	}
	if text, ok := constString(v); ok {
		return []string{text}
	}
	var within []ssa.Value
	switch v := v.(type) {
	case *ssa.Slice:
		within = variadic(v)
	case *ssa.Call:
		for _, name := range through {
			if m.callee(&v.Call) == name {
				within = v.Call.Args
			}
		}
	case *ssa.MakeInterface:
		within = []ssa.Value{v.X}
	}
	var out []string
	for _, e := range within {
		out = append(out, m.constStrings(e, through)...)
	}
	return out
}

// leading returns the constant that a string which is put together begins
// with, "" for none.
func leading(v ssa.Value) string {
	b, ok := v.(*ssa.BinOp)
	if !ok {
		return ""
	}
	if text, ok := constString(b.X); ok {
		return text
	}
	return leading(b.X)
}

// constPiece returns the text of a constant operand.
func constPiece(v ssa.Value) (string, bool) {
	c, ok := unwrap(v).(*ssa.Const)
	if !ok {
		return "", false
	}
	return constText(c)
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

// optionField returns what is stored in a field of a struct of options, nil
// when that is not seen.
func optionField(options ssa.Value, field string) ssa.Value {
	if a := madeAt(options); a != nil {
		for _, v := range literalFields(a)[field] {
			return v
		}
	}
	return nil
}

// optionString is the first of optionStrings, "" for none.
func (m api) optionString(options ssa.Value, field, wrapper string) string {
	for _, text := range m.optionStrings(options, field, wrapper) {
		return text
	}
	return ""
}

// optionStrings returns the constants that a field of a struct of options may have, or
// the one that a function is given which wraps it there.
func (m api) optionStrings(options ssa.Value, field, wrapper string) []string {
	s := optionField(options, field)
	if s == nil {
		return nil
	}
	if texts := constsOf(s); texts != nil {
		return texts
	}
	if text := m.wrappedString(s, wrapper); text != "" {
		return []string{text}
	}
	return nil
}

// constsOf returns the constant strings of which a value is one, nil when it may be
// something else.
func constsOf(v ssa.Value) []string {
	var out []string
	for _, leaf := range leaves(v, func(v ssa.Value) bool { _, ok := constString(v); return ok }) {
		text, ok := constString(leaf)
		if !ok {
			return nil
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// wrappedString returns the constant that a function is given, in a call or in
// the calls among its arguments.
func (m api) wrappedString(v ssa.Value, wrapper string) string {
	c, ok := unwrap(v).(*ssa.Call)
	if !ok || wrapper == "" {
		return ""
	}
	if m.callee(&c.Call) == wrapper {
		text, _ := constString(arg(&c.Call, model.Arg0))
		return text
	}
	for _, a := range c.Call.Args {
		for _, e := range destinations(a) {
			if p := m.wrappedString(e, wrapper); p != "" {
				return p
			}
		}
	}
	return ""
}

// variadic returns the elements of a variadic argument.
func variadic(v ssa.Value) []ssa.Value {
	sl, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	alloc, ok := sl.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var out []ssa.Value
	for _, r := range *alloc.Referrers() {
		ia, ok := r.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, r := range *ia.Referrers() {
			if st, ok := r.(*ssa.Store); ok {
				out = append(out, st.Val)
			}
		}
	}
	return out
}

// destinations returns what a function is given to fill: the elements of a
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
