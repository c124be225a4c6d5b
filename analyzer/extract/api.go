package extract

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// An api asks the model about calls and types.
type api struct{ *model.Model }

// callee returns the full name of what a call calls, "" when it is a function
// value.
func (m api) callee(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		if name := c.Method.FullName(); m.HasRow(name) {
			return name
		}
		return methodName(c.Value.Type(), c.Method)
	}
	if fn := c.StaticCallee(); fn != nil {
		return funcName(fn)
	}
	return ""
}

// arg returns an argument of a call, nil when it has none such.
func arg(c *ssa.CallCommon, a model.Arg) ssa.Value {
	i := a.Index()
	switch {
	case a == model.None:
		return nil
	case c.IsInvoke():
		if a == model.Recv {
			return c.Value
		}
	case c.Signature().Recv() != nil:
		i++
		if a == model.Recv {
			i = 0
		}
	}
	if i < 0 || i >= len(c.Args) {
		return nil
	}
	return c.Args[i]
}

// modelled reports whether a call goes to a package that is never analysed.
func (m api) modelled(c *ssa.CallCommon) bool {
	if c.IsInvoke() {
		n, ok := types.Unalias(c.Value.Type()).(*types.Named)
		return ok && (n.Obj().Pkg() == nil || m.IsModelled(n.Obj().Pkg().Path()))
	}
	fn := c.StaticCallee()
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if obj := fn.Object(); obj != nil && obj.Pkg() != nil {
		return m.IsModelled(obj.Pkg().Path())
	}
	return false
}

// isText reports whether values of t can hold an address or a piece of one.
func (m api) isText(t types.Type) bool { return m.textIn(t, 0) }

// textIn is isText below some lists, maps and pointers: a type may be one of
// itself.
func (m api) textIn(t types.Type, depth int) bool {
	if depth > maxNested {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsString|types.IsInteger) != 0
	case *types.Pointer:
		return m.Carrier(t) != nil || m.textIn(u.Elem(), depth+1)
	case *types.Slice:
		return m.textIn(u.Elem(), depth+1)
	case *types.Array:
		return m.textIn(u.Elem(), depth+1)
	case *types.Map:
		return m.textIn(u.Elem(), depth+1)
	case *types.Struct:
		return m.Carrier(t) != nil
	case *types.Interface:
		return m.Carrier(t) != nil
	}
	return false
}

// isPointerToText reports whether a call may store text through a value.
func (m api) isPointerToText(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && m.isText(p.Elem())
}

// carriesMethods reports whether t is a type whose methods may matter: one of
// a package that is analysed.
func (m api) carriesMethods(t types.Type) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !m.IsModelled(n.Obj().Pkg().Path())
}

// calls reports whether a function calls one of some others, by their full
// names.
func (m api) calls(fn *ssa.Function, of func(name string) bool) bool {
	for instr := range instructions(fn) {
		if c, ok := instr.(ssa.CallInstruction); ok && of(m.callee(c.Common())) {
			return true
		}
	}
	return false
}

// noReturn reports whether a block ends the program.
func (m api) noReturn(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		if c, ok := instr.(*ssa.Call); ok && model.Ends(m.callee(&c.Call)) {
			return true
		}
	}
	return false
}
