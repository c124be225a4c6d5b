package extract

// This file defines the two walks over SSA that questions about a value are
// asked by: back, over what it is made of, and forward, over what is done with
// it. Each has a function that says where values only pass, and one bound.

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// maxWalk bounds the values of one walk, and of one slice.
const maxWalk = 400

// back visits a value and what it is made of, each once, nearest first: visit
// returns the values to go on at, of which [passage] gives the usual ones. It
// reports whether the walk came to its end.
func back(v ssa.Value, visit func(ssa.Value) []ssa.Value) bool {
	seen := map[ssa.Value]bool{v: true}
	for work := []ssa.Value{v}; len(work) > 0; work = work[1:] {
		for _, next := range visit(work[0]) {
			if next != nil && !seen[next] {
				if len(seen) == maxWalk {
					return false
				}
				seen[next] = true
				work = append(work, next)
			}
		}
	}
	return true
}

// passage returns what a value that is made nowhere else is: what is converted,
// chosen between, loaded from a local or captured variable, or one of several
// results; nil for a value that is made where it stands.
func passage(v ssa.Value) []ssa.Value {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return []ssa.Value{v.X}
	case *ssa.ChangeInterface:
		return []ssa.Value{v.X}
	case *ssa.ChangeType:
		return []ssa.Value{v.X}
	case *ssa.Convert:
		return []ssa.Value{v.X}
	case *ssa.TypeAssert:
		return []ssa.Value{v.X}
	case *ssa.Extract:
		return []ssa.Value{v.Tuple}
	case *ssa.Phi:
		return v.Edges
	case *ssa.FreeVar:
		var out []ssa.Value
		for _, b := range bindings(v) {
			out = append(out, b.val)
		}
		return out
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return []ssa.Value{v.X}
		}
	case *ssa.Alloc:
		if !escapes(v) {
			return stored(v)
		}
	}
	return nil
}

// escapes reports whether the address of a local variable goes anywhere but to
// closures, whose stores [stored] finds: then anything may store in it.
func escapes(a *ssa.Alloc) bool {
	return slices.ContainsFunc(*a.Referrers(), func(r ssa.Instruction) bool {
		switch r := r.(type) {
		case *ssa.Store:
			return r.Addr != a
		case *ssa.UnOp, *ssa.DebugRef, *ssa.MakeClosure:
			return false
		}
		return true
	})
}

// stored returns what is stored in a local variable, also by closures; that of a
// struct's fields is not counted.
func stored(a ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, r := range *a.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr == a {
				out = append(out, r.Val)
			}
		case *ssa.MakeClosure:
			for _, v := range captured(r, a) {
				out = append(out, stored(v)...)
			}
		}
	}
	return out
}

// leaves returns what a value is made of, back over passages: the values for
// which stop says so, and those that are made where they stand; nil when that is
// too much to tell.
func leaves(v ssa.Value, stop func(ssa.Value) bool) []ssa.Value {
	var out []ssa.Value
	whole := back(v, func(v ssa.Value) []ssa.Value {
		next := passage(v)
		if len(next) == 0 || stop != nil && stop(v) {
			out = append(out, v)
			return nil
		}
		return next
	})
	if !whole {
		return nil
	}
	return out
}

// every reports whether all leaves of a value are something.
func every(v ssa.Value, is func(ssa.Value) bool) bool {
	all := leaves(v, is)
	return len(all) > 0 && !slices.ContainsFunc(all, func(v ssa.Value) bool { return !is(v) })
}

// sole returns the only leaf of a value, or the value where there are several.
func sole(v ssa.Value) ssa.Value {
	for range maxWalk {
		next := passage(v)
		if len(next) != 1 {
			break
		}
		v = next[0]
	}
	return v
}

// madeAt returns the struct that a value is, or points to, when there is one
// place where it is made; else nil.
func madeAt(v ssa.Value) *ssa.Alloc {
	isStruct := func(v ssa.Value) bool {
		a, ok := v.(*ssa.Alloc)
		if !ok {
			return false
		}
		_, ok = deref(a.Type()).Underlying().(*types.Struct)
		return ok
	}
	if v == nil {
		return nil
	}
	all := leaves(v, isStruct)
	if len(all) != 1 || !isStruct(all[0]) {
		return nil
	}
	return all[0].(*ssa.Alloc)
}

// unwrap strips conversions.
func unwrap(v ssa.Value) ssa.Value {
	for {
		switch v.(type) {
		case *ssa.MakeInterface, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.Convert:
			v = passage(v)[0]
		default:
			return v
		}
	}
}

// forward visits the uses of a value, each once: visit returns the values to go
// on at. It reports whether the walk came to its end; visit may end it by
// returning false.
func forward(v ssa.Value, visit func(use ssa.Instruction, v ssa.Value) (next []ssa.Value, ok bool)) bool {
	seen := map[ssa.Value]bool{v: true}
	for work := []ssa.Value{v}; len(work) > 0; work = work[1:] {
		if work[0].Referrers() == nil {
			continue
		}
		for _, use := range *work[0].Referrers() {
			next, ok := visit(use, work[0])
			if !ok {
				return false
			}
			for _, n := range next {
				if n != nil && !seen[n] {
					if len(seen) == maxWalk {
						return false
					}
					seen[n] = true
					work = append(work, n)
				}
			}
		}
	}
	return true
}

// passesOn returns the value that a use makes of v when it is the same: nil when
// it is none, or another.
func passesOn(use ssa.Instruction, v ssa.Value) []ssa.Value {
	switch x := use.(type) {
	case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType, *ssa.TypeAssert, *ssa.Phi:
		return []ssa.Value{x.(ssa.Value)}
	case *ssa.Extract:
		if x.Index == 0 {
			return []ssa.Value{x}
		}
	case *ssa.UnOp:
		if x.Op == token.MUL {
			return []ssa.Value{x}
		}
	case *ssa.Store:
		if a, ok := x.Addr.(*ssa.Alloc); ok && x.Val == v {
			return []ssa.Value{a}
		}
	case *ssa.MakeClosure:
		return captured(x, v)
	}
	return nil
}

// captured returns the variables by which a closure knows a value.
func captured(mc *ssa.MakeClosure, v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for i, b := range mc.Bindings {
		if b == v {
			out = append(out, mc.Fn.(*ssa.Function).FreeVars[i])
		}
	}
	return out
}

// A binding is what a captured variable is bound to. At is the call when the
// closure is called where it is made, and nowhere else; else nil.
type binding struct {
	val ssa.Value
	at  ssa.Instruction
}

// bindings returns what a captured variable may be bound to.
func bindings(v *ssa.FreeVar) []binding {
	fn := v.Parent()
	if fn.Parent() == nil {
		return nil
	}
	i := slices.Index(fn.FreeVars, v)
	var out []binding
	for instr := range instructions(fn.Parent()) {
		if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == fn {
			out = append(out, binding{mc.Bindings[i], calledAt(mc)})
		}
	}
	return out
}

// calledAt returns the only use of a closure when that is to call it.
func calledAt(mc *ssa.MakeClosure) ssa.Instruction {
	if refs := *mc.Referrers(); len(refs) == 1 {
		if c, ok := refs[0].(*ssa.Call); ok && c.Call.Value == mc {
			return c
		}
	}
	return nil
}

// instructions yields the instructions of a function.
func instructions(fn *ssa.Function) func(yield func(ssa.Instruction) bool) {
	return func(yield func(ssa.Instruction) bool) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if !yield(instr) {
					return
				}
			}
		}
	}
}
