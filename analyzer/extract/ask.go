package extract

// This file defines what can be asked of the calls of a package: what decides
// their class, whether a port of them is safe, and which socket they are about.

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// Pos converts a position of the package.
func (p *Package) Pos(pos token.Pos) flow.Pos { return posn(p.pass, pos) }

// IsProbe reports whether all that is done with the socket of a site is to close
// it or to ask for its address.
func (p *Package) IsProbe(s *Site) bool {
	if len(s.instrs) == 0 || s.Call == nil {
		return false
	}
	closed := false
	for _, instr := range s.instrs {
		call, ok := instr.(*ssa.Call)
		if !ok {
			return false
		}
		for _, r := range *call.Referrers() {
			x, ok := r.(*ssa.Extract)
			if !ok || x.Index == 0 && !onlyCloses(x, &closed) {
				return false
			}
		}
	}
	return closed
}

// onlyCloses reports whether nothing is done with a socket but to close it and
// to ask for its address, also by a function that it is passed to; closed is
// set when it is closed.
func onlyCloses(v ssa.Value, closed *bool) bool {
	return forward(v, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch x := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp: // compared with nil
			return nil, true
		case *ssa.FieldAddr: // (*net.UDPConn).Close is that of its conn
			return []ssa.Value{x}, true
		case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.Phi:
			return passesOn(use, v), true
		case ssa.CallInstruction:
			if fn := x.Common().StaticCallee(); fn != nil && fn.Blocks != nil && len(x.Common().Args) == 1 && fn.Signature.Recv() == nil {
				return []ssa.Value{fn.Params[0]}, true
			}
			switch methodOf(x.Common()) {
			case "Close":
				*closed = true
				return nil, true
			case "Addr", "LocalAddr":
				return nil, true
			}
		}
		return nil, false
	})
}

// methodOf returns the name of the method that a call calls, "" for a function.
func methodOf(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		return c.Method.Name()
	}
	if fn := c.StaticCallee(); fn != nil && fn.Signature.Recv() != nil {
		return fn.Name()
	}
	return ""
}

// AsksAddr reports whether the function around a site asks the socket for its
// address, which tells the port that the system has chosen.
func (p *Package) AsksAddr(s *Site) bool {
	return slices.ContainsFunc(s.instrs, func(i ssa.CallInstruction) bool {
		return p.x.calls(i.Parent(), model.AsksPort)
	})
}

// InLoop reports whether a site stands in a loop.
func (p *Package) InLoop(s *Site) bool {
	return slices.ContainsFunc(s.instrs, func(i ssa.CallInstruction) bool { return p.x.inLoop(i) })
}

// Excludes lists the sites of the same function that cannot run in one pass with
// one.
func (p *Package) Excludes(s *Site) []flow.Pos {
	var out []flow.Pos
	for _, t := range p.Sites {
		if t == s {
			continue
		}
		if slices.ContainsFunc(s.instrs, func(a ssa.CallInstruction) bool {
			return slices.ContainsFunc(t.instrs, func(b ssa.CallInstruction) bool { return p.x.exclusive(a, b) })
		}) {
			out = append(out, t.Pos)
		}
	}
	return out
}

// Protocol tells what the listener of a site is served with: by the function
// that listens, by what the function around it calls, or else the package; ""
// where none of these tells, or the package speaks several.
func (p *Package) Protocol(s *Site) string {
	if protocol := p.Model.Protocol(s.Callee); protocol != "" || len(s.instrs) == 0 {
		return protocol
	}
	near, far := make(map[string]bool), make(map[string]bool)
	for callee, protocol := range p.Model.Serving() {
		if slices.ContainsFunc(s.instrs, func(i ssa.CallInstruction) bool {
			return p.x.calls(i.Parent(), func(name string) bool { return name == callee })
		}) {
			near[protocol] = true
		}
		if len(p.x.calledBy[callee]) > 0 {
			far[protocol] = true
		}
	}
	if len(near) == 0 {
		near = far
	}
	if len(near) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(near))[0]
}

// hole is the shape of what comes from elsewhere.
const hole = "{}"

// Shape tells how an argument is composed at a call: constants as they are, "{}"
// for what comes from elsewhere, dir(…) and base(…) of a path, trim(…) of one
// without its ending. It is "" when calls differ, or there is none.
func (p *Package) Shape(m Mention, a model.Arg) string {
	out := ""
	for _, call := range m.instrs {
		v := arg(call.Common(), a)
		if v == nil || out != "" && out != p.x.shape(v, 0) {
			return ""
		}
		out = p.x.shape(v, 0)
	}
	return out
}

// maxNested bounds how deep a value is taken apart: it may be made of itself.
const maxNested = 8

func (m api) shape(v ssa.Value, depth int) string {
	if depth > maxNested {
		return hole
	}
	switch v := sole(v).(type) {
	case *ssa.Const:
		if text, ok := constString(v); ok {
			return text
		}
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return m.shape(v.X, depth+1) + m.shape(v.Y, depth+1)
		}
	case *ssa.Call:
		t := m.Transfer(m.callee(&v.Call))
		if t == nil {
			break
		}
		a := arg(&v.Call, t.From[0])
		switch t.Composes {
		case model.Keeps:
			return m.shape(a, depth+1)
		case model.Joins:
			var parts []string
			for _, e := range variadic(a) {
				parts = append(parts, m.shape(e, depth+1))
			}
			return strings.Join(parts, "/")
		case model.Folder:
			return "dir(" + m.shape(a, depth+1) + ")"
		case model.Base:
			return "base(" + m.shape(a, depth+1) + ")"
		case model.Trims:
			return "trim(" + m.shape(a, depth+1) + ")"
		case model.Formats:
			return m.formatted(v, depth)
		}
	}
	return hole
}

// formatted is shape for a call with a Printf format.
func (m api) formatted(call *ssa.Call, depth int) string {
	format, ok := constString(arg(&call.Call, model.Arg0))
	if !ok {
		return hole
	}
	for _, e := range variadic(arg(&call.Call, model.Arg1)) {
		at := verb.FindStringIndex(format)
		if at == nil {
			break
		}
		format = format[:at[0]] + m.shape(e, depth+1) + format[at[1]:]
	}
	return format
}

// Asked reports whether the path that a call with an effect is given is what a
// socket says of itself, as in os.Remove(l.Addr().String()).
func (p *Package) Asked(e *Effect) bool {
	return slices.ContainsFunc(e.instrs, func(call ssa.CallInstruction) bool {
		v := arg(call.Common(), e.Row.Path)
		return v != nil && p.x.ofSocket(v)
	})
}

// ofSocket reports whether a value is made of the address of a socket.
func (m api) ofSocket(v ssa.Value) (found bool) {
	back(v, func(v ssa.Value) []ssa.Value {
		switch v := v.(type) {
		case *ssa.Call:
			src := m.Source(m.callee(&v.Call))
			found = found || src != nil && src.Kind == model.Runtime && model.IsAddressOf(src.Unkeyed)
			if recv := arg(&v.Call, model.Recv); src == nil && recv != nil && v.Call.Signature().Params().Len() == 0 {
				return []ssa.Value{recv}
			}
			return nil
		case *ssa.FieldAddr:
			return []ssa.Value{v.X}
		case *ssa.Phi:
			return nil
		}
		return passage(v)
	})
	return found
}

// ServedBy returns the site of the package whose listener a call is given, nil
// when it comes from elsewhere, or from several.
func (p *Package) ServedBy(e *Effect) *Site {
	var found []*Site
	for _, call := range e.instrs {
		v := arg(call.Common(), e.Row.Around)
		if v == nil || e.Row.Op != model.Serves {
			return nil
		}
		for _, leaf := range leaves(v, nil) {
			s := p.siteOf(p.innermost(leaf))
			if s == nil {
				return nil
			}
			if !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// innermost returns the listener of a site that one is around, as one that limits or
// counts is: what is given to a function that returns a listener, or put in a struct
// that is one. It returns v where there is none, or not one.
func (p *Package) innermost(v ssa.Value) ssa.Value {
	for range maxWalk {
		var inside []ssa.Value
		note := func(of types.Type, a ssa.Value) {
			if socketInterface(a.Type()) != "" && types.Implements(of, a.Type().Underlying().(*types.Interface)) {
				inside = append(inside, sole(a))
			}
		}
		switch v := v.(type) {
		case *ssa.Call:
			res := v.Call.Signature().Results()
			if p.siteOf(v) != nil || res.Len() == 0 {
				return v
			}
			for _, a := range v.Call.Args {
				note(res.At(0).Type(), a)
			}
		case *ssa.Alloc:
			for _, stored := range rowStores(v) {
				note(v.Type(), stored.Val)
			}
		}
		if len(inside) != 1 {
			return v
		}
		v = inside[0]
	}
	return v
}

// siteOf returns the site whose result a value is, nil for none.
func (p *Package) siteOf(v ssa.Value) *Site {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	i := slices.IndexFunc(p.Sites, func(s *Site) bool { return slices.Contains(s.instrs, ssa.CallInstruction(call)) })
	if i < 0 {
		return nil
	}
	return p.Sites[i]
}

// Tolerated reports whether the program goes on where a call that takes an address
// apart fails.
func (p *Package) Tolerated(e *Effect) bool {
	return len(e.instrs) > 0 && !slices.ContainsFunc(e.instrs, func(call ssa.CallInstruction) bool {
		c, ok := call.(*ssa.Call)
		return !ok || !p.x.tolerated(c)
	})
}

// OfItself reports whether the program that a call runs, its argument self, is the
// one that runs: os.Args[0], what os.Executable returns, or /proc/self/exe.
func (p *Package) OfItself(e *Effect, self model.Arg) bool {
	return slices.ContainsFunc(e.instrs, func(call ssa.CallInstruction) bool {
		v := arg(call.Common(), self)
		return v != nil && p.x.isItself(v)
	})
}

func (m api) isItself(v ssa.Value) (found bool) {
	back(v, func(v ssa.Value) []ssa.Value {
		switch v := v.(type) {
		case *ssa.Const:
			text, _ := constString(v)
			found = found || text == "/proc/self/exe"
		case *ssa.Call:
			callee := m.callee(&v.Call)
			found = found || callee == "os.Executable"
			if t := m.Transfer(callee); t != nil && t.Composes == model.Keeps || callee == "os/exec.LookPath" || callee == "path/filepath.EvalSymlinks" {
				return []ssa.Value{arg(&v.Call, model.Arg0)}
			}
		case *ssa.UnOp:
			found = found || isArgs0(v)
		}
		return passage(v)
	})
	return found
}

// isArgs0 reports whether a value is os.Args[0].
func isArgs0(v *ssa.UnOp) bool {
	ia, ok := v.X.(*ssa.IndexAddr)
	if !ok {
		return false
	}
	load, ok := ia.X.(*ssa.UnOp)
	if !ok {
		return false
	}
	g, ok := load.X.(*ssa.Global)
	i, fixed := ia.Index.(*ssa.Const)
	return ok && fixed && g.RelString(nil) == "os.Args" && i.Int64() == 0
}

// Asserts returns where the package asks for the type of the listener that a site
// returns, as in l.(*net.TCPListener); the zero Pos where it does not.
func (p *Package) Asserts(s *Site) flow.Pos {
	var at flow.Pos
	note := func(pos token.Pos) {
		if here := p.Pos(pos); !at.IsValid() || here.Compare(at) < 0 {
			at = here
		}
	}
	for _, call := range s.instrs {
		v := call.Value()
		if v == nil {
			continue
		}
		forward(v, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
			switch use := use.(type) {
			case *ssa.TypeAssert:
				if name := use.AssertedType.String(); name == "*net.TCPListener" || name == "*net.UnixListener" {
					note(use.Pos())
					return nil, true
				}
			case *ssa.Store:
				if fa, ok := use.Addr.(*ssa.FieldAddr); ok && use.Val == v {
					return p.x.loads(fa), true
				}
			case ssa.CallInstruction:
				fn := use.Common().StaticCallee()
				if fn == nil || fn.Blocks == nil {
					return nil, true
				}
				var params []ssa.Value
				for i, a := range use.Common().Args {
					if a == v && i < len(fn.Params) {
						params = append(params, fn.Params[i])
					}
				}
				return params, true
			}
			return passesOn(use, v), true
		})
	}
	return at
}

// loads lists where a field is read.
func (x *index) loads(fa *ssa.FieldAddr) []ssa.Value {
	field := x.fieldNode(fa.X.Type(), fa.Field)
	var out []ssa.Value
	for _, fn := range x.fns {
		for instr := range instructions(fn) {
			if other, ok := instr.(*ssa.FieldAddr); ok && x.fieldNode(other.X.Type(), other.Field) == field {
				out = append(out, other)
			}
		}
	}
	return out
}

// NeverEmpty reports whether the address of a site can be told not to be an
// empty string.
func (p *Package) NeverEmpty(s *Site) bool {
	return len(s.instrs) > 0 && !slices.ContainsFunc(s.instrs, func(call ssa.CallInstruction) bool {
		if s.Sink.Receiver && s.Sink.Address == model.None {
			return !p.x.fieldNeverEmpty(call)
		}
		v := arg(call.Common(), s.Sink.Address)
		if all := variadic(v); len(all) == 1 {
			v = all[0]
		}
		return v == nil || !p.x.neverEmpty(v, 0)
	})
}

// fieldNeverEmpty is NeverEmpty for an address in a field of the receiver.
func (m api) fieldNeverEmpty(call ssa.CallInstruction) bool {
	recv := arg(call.Common(), model.Recv)
	carrier, a := m.Carrier(recv.Type()), madeAt(recv)
	if carrier == nil || a == nil || !confined(a) {
		return false
	}
	known := false
	for name, part := range carrier.Fields {
		if part != model.Whole {
			continue
		}
		stores := fieldStores(a)[name]
		if len(stores) == 0 || slices.ContainsFunc(stores, func(st *ssa.Store) bool {
			return st.Block() != a.Block() || !m.neverEmpty(st.Val, 0) // it may not run
		}) {
			return false
		}
		known = true
	}
	return known
}

// neverEmpty reports whether a text is not empty whatever happens: what is loaded
// from a variable may be.
func (m api) neverEmpty(v ssa.Value, depth int) bool {
	if depth > maxNested {
		return false
	}
	switch v := unwrap(v).(type) {
	case *ssa.Const:
		text, ok := constString(v)
		return ok && text != ""
	case *ssa.BinOp:
		return m.neverEmpty(v.X, depth+1) || m.neverEmpty(v.Y, depth+1)
	case *ssa.Phi:
		return !slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return !m.neverEmpty(e, depth+1) })
	case *ssa.Call:
		t := m.Transfer(m.callee(&v.Call))
		if t != nil && t.Format {
			format, ok := constString(arg(&v.Call, model.Arg0))
			return ok && verb.ReplaceAllString(format, "") != ""
		}
		return t != nil && t.NeverEmpty
	}
	return false
}

// MadeHere reports whether the receiver of a site's calls is a struct that is
// made in the package.
func (p *Package) MadeHere(s *Site) bool {
	return len(s.instrs) > 0 && !slices.ContainsFunc(s.instrs, func(call ssa.CallInstruction) bool {
		a := madeAt(arg(call.Common(), model.Recv))
		return a == nil || !confined(a)
	})
}

// confined reports whether a struct, or a variable with a pointer to it, goes
// nowhere but to methods of its own package and to closures that do the same,
// so that what is stored in its fields is seen.
func confined(v ssa.Value) bool {
	return forward(v, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
		switch use := use.(type) {
		case *ssa.DebugRef:
			return nil, true
		case *ssa.FieldAddr: // its address may not go anywhere either
			return nil, !slices.ContainsFunc(*use.Referrers(), func(r ssa.Instruction) bool {
				st, store := r.(*ssa.Store)
				_, load := r.(*ssa.UnOp)
				return !load && !(store && st.Addr == use)
			})
		case *ssa.UnOp, *ssa.MakeClosure:
			return passesOn(use, v), true
		case *ssa.Store:
			if use.Addr == v && use.Val != v {
				_, whole := deref(v.Type()).Underlying().(*types.Struct)
				return nil, !whole // the variable is set
			}
			next := passesOn(use, v)
			return next, len(next) > 0
		case ssa.CallInstruction:
			args := use.Common().Args
			return nil, use.Common().Signature().Recv() != nil && len(args) > 0 && args[0] == v && !slices.Contains(args[1:], v)
		}
		return nil, false
	})
}
