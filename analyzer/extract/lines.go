package extract

// This file defines how the keys are found of configuration that a program takes
// apart itself: where it asks which key stands before a value (switch key { case
// "listen": c.addr = value }), where it looks a function up by the key (a table of
// directives), and where it keeps texts in a map by their keys.
//
// What stands in the file cannot be followed: a value is taken for that of the key
// only if both are of one piece of text, or come as parameters that are named so.

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// maxSections bounds how deep sections of a file are followed, through the calls
// that read them.
const maxSections = 3

// maxPieces bounds the values that one text is taken back to.
const maxPieces = 200

// keyText is what a key of a file looks like, other than a path or a pattern.
var keyText = regexp.MustCompile(`^[A-Za-z][\w.-]*$`)

// keyNames are the names of parameters and fields that hold a key, and valueNames
// those of parameters with what stands behind one.
var (
	keyNames   = words("k key name directive option opt keyword field attr attribute setting param item prop property variable")
	valueNames = words("v val value values arg args s str text data raw rest line token tokens words fields parts")
)

func words(list string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// findKeyed indexes what the functions of the package store of values that stand
// behind a key.
func (x *index) findKeyed() {
	for _, fn := range x.fns {
		for instr := range instructions(fn) {
			st, ok := instr.(*ssa.Store)
			if !ok || !x.isText(st.Val.Type()) || isConst(st.Val) {
				continue
			}
			if !x.mayBeKeyed(fn, st.Block(), maxSections) {
				continue
			}
			if to := x.places(st.Addr); len(to) > 0 {
				x.indexKeyed(st, to)
			}
		}
	}
}

// mayBeKeyed reports whether a key may be found for a block, without asking of what: most
// stand behind none.
func (x *index) mayBeKeyed(fn *ssa.Function, b *ssa.BasicBlock, depth int) bool {
	if x.compares(b) {
		return true
	}
	name := funcName(fn)
	return depth > 0 && (len(x.values[name]) > 0 || slices.ContainsFunc(x.calledBy[name], func(call ssa.CallInstruction) bool {
		return x.mayBeKeyed(call.Parent(), call.Block(), depth-1)
	}))
}

// compares reports whether a block is only reached where something equals a text.
func (x *index) compares(b *ssa.BasicBlock) bool {
	if b == nil {
		return false
	}
	known, ok := x.behindText[b]
	if !ok {
		known = slices.ContainsFunc(b.Preds, func(p *ssa.BasicBlock) bool {
			k, _, _ := x.comparison(p, b)
			return k != nil
		}) || x.compares(b.Idom())
		x.behindText[b] = known
	}
	return known
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

// indexKeyed indexes a store of a value that stands behind a key, if it is one.
func (x *index) indexKeyed(st *ssa.Store, to []target) {
	val, ok := x.derived(st.Val)
	if !ok {
		return
	}
	keys := x.keysOf(st.Parent(), st.Block(), val, maxSections)
	for _, t := range to {
		if len(keys) == 0 || t.node.Kind() != flow.Field && t.node.Kind() != flow.Global {
			continue
		}
		x.writes[t.node] = slices.DeleteFunc(x.writes[t.node], func(w write) bool { return w.instr == st && w.val != nil }) // the text of the whole file
		for _, k := range keys {
			x.put(t.node, write{from: flow.SourceNode(model.File, k.text, x.posn(k.pos)), of: t.of, how: flow.Store, pos: st.Pos(), instr: st})
		}
	}
}

// A fileKey is a key with its sections before it, and where the program names it.
type fileKey struct {
	text string
	pos  token.Pos
}

// keysOf returns the keys that a value stands behind in a block of a function.
func (x *index) keysOf(fn *ssa.Function, b *ssa.BasicBlock, val derivation, depth int) []fileKey {
	keys := x.asked(b, val)
	params := slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool { return val[p] })
	if len(keys) == 0 && !params {
		return nil
	}
	if depth == 0 {
		return keys
	}
	return under(x.sections(fn, depth-1), keys)
}

// under joins sections and keys. Either may be empty.
func under(sections, keys []fileKey) []fileKey {
	if len(sections) == 0 || len(keys) == 0 {
		return append(sections, keys...)
	}
	var out []fileKey
	for _, s := range sections {
		for _, k := range keys {
			out = append(out, fileKey{s.text + "." + k.text, k.pos})
		}
	}
	return out
}

// sections returns the keys that a function is reached by: those that it stands
// under in a table, or at which it is called; none where it is called elsewhere
// too.
func (x *index) sections(fn *ssa.Function, depth int) []fileKey {
	if keys := x.tabled(fn); len(keys) > 0 {
		return keys
	}
	var out []fileKey
	for _, call := range x.calledBy[funcName(fn)] {
		var keys []fileKey
		for _, a := range call.Common().Args {
			if val, ok := x.derived(a); ok && len(keys) == 0 {
				keys = x.keysOf(call.Parent(), call.Block(), val, depth)
			}
		}
		if len(keys) == 0 {
			return nil
		}
		out = append(out, keys...)
	}
	return out
}

// asked returns the constants one of which the program has found a key equal to
// where a block begins, if a value stands behind that key.
func (x *index) asked(b *ssa.BasicBlock, val derivation) []fileKey {
	for ; b != nil; b = b.Idom() {
		var keys []fileKey
		var asked ssa.Value
		for _, p := range b.Preds {
			k, text, pos := x.comparison(p, b)
			if k == nil || asked != nil && asked != k {
				keys = nil
				break
			}
			asked = k
			keys = append(keys, fileKey{text, pos})
		}
		if len(keys) > 0 && x.behind(asked, val) {
			return keys
		}
	}
	return nil
}

// comparison returns what is compared with which text at the end of a block that
// goes on at another one if they are equal; nil where that is not so.
func (x *index) comparison(b, next *ssa.BasicBlock) (k ssa.Value, text string, pos token.Pos) {
	cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok || b.Succs[0] != next {
		return nil, "", 0
	}
	var sides []ssa.Value
	switch c := cond.Cond.(type) {
	case *ssa.BinOp:
		if c.Op == token.EQL {
			sides = []ssa.Value{c.X, c.Y}
		}
	case *ssa.Call:
		if x.callee(&c.Call) == "strings.EqualFold" {
			sides = c.Call.Args
		}
	}
	for i, side := range sides {
		if text, ok := constString(side); ok && keyText.MatchString(text) && !isConst(sides[1-i]) {
			return sides[1-i], text, cond.Cond.Pos()
		}
	}
	return nil, "", 0
}

// behind reports whether a value is of what stands behind a key.
func (x *index) behind(k ssa.Value, val derivation) bool {
	key, ok := x.derived(k)
	if !ok || val[k] {
		return false
	}
	for v := range key {
		switch v := v.(type) {
		case *ssa.Call, *ssa.Next:
			if val[v] {
				return true
			}
		case *ssa.Parameter:
			if !keyNames[strings.ToLower(v.Name())] {
				continue
			}
			for other := range val {
				if p, ok := other.(*ssa.Parameter); ok && p != v && valueNames[strings.ToLower(p.Name())] {
					return true
				}
			}
		case *ssa.FieldAddr:
			if !keyNames[strings.ToLower(fieldName(v))] {
				continue
			}
			for other := range val {
				if fa, ok := other.(*ssa.FieldAddr); ok && fa.X == v.X && fa.Field != v.Field && valueNames[strings.ToLower(fieldName(fa))] {
					return true
				}
			}
		}
	}
	return false
}

// A derivation is the values that a text is made of.
type derivation map[ssa.Value]bool

// derived returns what a text is made of, within its function and those around it;
// false when it is of configuration that is known by itself, or that is too much to
// tell.
func (x *index) derived(v ssa.Value) (derivation, bool) {
	out := derivation{v: true}
	for work := []ssa.Value{v}; len(work) > 0; work = work[1:] {
		if len(out) > maxPieces {
			return nil, false
		}
		next, ok := x.madeOf(work[0])
		if !ok {
			return nil, false
		}
		for _, n := range next {
			if n != nil && !out[n] && !isConst(n) {
				out[n] = true
				work = append(work, n)
			}
		}
	}
	return out, true
}

// madeOf returns what a value is made of directly.
func (x *index) madeOf(v ssa.Value) (of []ssa.Value, ok bool) {
	switch v := v.(type) {
	case *ssa.Call:
		name := x.callee(&v.Call)
		if src := x.Source(name); src != nil && src.Kind != model.File || x.Store(name) != nil {
			return nil, false
		}
		if v.Call.IsInvoke() {
			of = append(of, v.Call.Value)
		}
		return append(of, v.Call.Args...), true
	case *ssa.Slice:
		return []ssa.Value{v.X}, true
	case *ssa.IndexAddr:
		return []ssa.Value{v.X}, true
	case *ssa.Index:
		return []ssa.Value{v.X}, true
	case *ssa.Lookup:
		return []ssa.Value{v.X}, true
	case *ssa.BinOp:
		return []ssa.Value{v.X, v.Y}, true
	case *ssa.Alloc:
		return stored(v), true
	case *ssa.Next, *ssa.FieldAddr:
		return nil, true
	}
	return passage(v), true
}

// tabled returns the keys that a function is entered under in a table, or
// registered by.
func (x *index) tabled(fn *ssa.Function) []fileKey {
	var out []fileKey
	add := func(v ssa.Value, pos token.Pos) bool {
		text, ok := constString(v)
		if ok = ok && keyText.MatchString(text); ok {
			out = append(out, fileKey{text, pos})
		}
		return ok
	}
	for _, use := range x.values[funcName(fn)] {
		forward(use.val, func(instr ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
			switch instr := instr.(type) {
			case *ssa.MapUpdate:
				add(instr.Key, instr.Pos())
			case *ssa.Store:
				if fa, ok := instr.Addr.(*ssa.FieldAddr); ok && instr.Val == v {
					for name, vals := range rowFields(fa) {
						if keyNames[strings.ToLower(name)] {
							add(vals, instr.Pos())
						}
					}
				}
			case *ssa.ChangeType, *ssa.MakeInterface:
				return []ssa.Value{instr.(ssa.Value)}, true
			case ssa.CallInstruction:
				if callee := instr.Common().StaticCallee(); callee != nil && callee.Pkg != nil && !model.IsStd(callee.Pkg.Pkg.Path()) && !x.modelled(instr.Common()) {
					for _, a := range instr.Common().Args {
						if add(a, instr.Pos()) {
							break
						}
					}
				}
			}
			return nil, true
		})
	}
	return out
}

// rowFields returns what is stored in the other fields of the literal that a field
// is of.
func rowFields(fa *ssa.FieldAddr) map[string]ssa.Value {
	out := make(map[string]ssa.Value)
	if fa.X.Referrers() == nil {
		return out
	}
	for _, r := range *fa.X.Referrers() {
		if other, ok := r.(*ssa.FieldAddr); ok {
			for _, r := range *other.Referrers() {
				if st, ok := r.(*ssa.Store); ok && st.Addr == other {
					out[fieldName(other)] = st.Val
				}
			}
		}
	}
	return out
}

// textsByKey returns the source of an element of a map into which the program puts
// texts by keys that are no constants, as it reads them; the zero Node for another
// map.
func (x *index) textsByKey(l *ssa.Lookup) flow.Node {
	if !x.mayHoldTexts(l.X.Type()) || !x.dynamicMap(l.X) {
		return flow.Node{}
	}
	at := x.posn(l.Pos())
	if key, ok := constString(l.Index); ok {
		return flow.SourceNode(model.File, key, at)
	}
	if form, of := x.keyForm(l.Index); of.Kind() == flow.Param {
		return flow.KeyedNode(model.File, form, of, at)
	}
	return flow.Node{}
}

// mayHoldTexts reports whether a type is of maps with texts by their keys.
func (x *index) mayHoldTexts(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	return ok && isString(m.Key()) && (x.isText(m.Elem()) || types.IsInterface(m.Elem()))
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// dynamicMap reports whether the program puts something into a map by a key that is
// made of text that it reads.
func (x *index) dynamicMap(m ssa.Value) (found bool) {
	puts := func(v ssa.Value) {
		for _, r := range *v.Referrers() {
			if u, ok := r.(*ssa.MapUpdate); ok && u.Map == v {
				found = found || x.pairs(u)
			}
		}
	}
	back(m, func(v ssa.Value) []ssa.Value {
		switch v := v.(type) {
		case *ssa.MakeMap:
			puts(v)
		case *ssa.FieldAddr:
			found = found || x.texts[x.fieldNode(v.X.Type(), v.Field)]
			return nil
		case *ssa.Global:
			found = found || x.texts[globalNode(v)]
			return nil
		case *ssa.Call:
			var out []ssa.Value
			for _, r := range x.returns[x.callee(&v.Call)] {
				out = append(out, r.Results...)
			}
			return out
		}
		return passage(v)
	})
	return found
}

// pairs reports whether an element is put into a map by a key that is of one piece
// of text with it.
func (x *index) pairs(u *ssa.MapUpdate) bool {
	val, ok := x.derived(u.Value)
	if !ok || isConst(u.Key) {
		return false
	}
	return x.behind(u.Key, val)
}

// findTexts notes the fields and variables with maps into which the program puts
// texts by their keys.
func (x *index) findTexts() {
	for _, fn := range x.fns {
		for instr := range instructions(fn) {
			u, ok := instr.(*ssa.MapUpdate)
			if ok && x.mayHoldTexts(u.Map.Type()) && x.pairs(u) {
				for _, to := range x.places(u.Map) {
					x.texts[to.node] = true
				}
			}
		}
	}
}
