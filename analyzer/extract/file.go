package extract

// This file defines where the descriptor of a file comes from that a program makes
// a listener of: from outside, or from a socket of its own.

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// ofOwnFile reports whether a call takes a file with a socket that the program has
// made itself: it is no listen call then, and takes nothing from outside.
func (x *index) ofOwnFile(s *Site) bool {
	return len(s.instrs) > 0 && !slices.ContainsFunc(s.instrs, func(call ssa.CallInstruction) bool {
		v := arg(call.Common(), s.Sink.File)
		return v == nil || !every(v, x.isOwnFile)
	})
}

// OwnWay reports whether a call takes a file by a protocol of the program's own:
// from a predecessor that hands its sockets on, or under a number that the
// configuration names. A number that is constant may be a supervisor's.
func (p *Package) OwnWay(s *Site) bool {
	return s.Sink.File != model.None && (p.x.handsOn() || len(s.instrs) > 0 && !slices.ContainsFunc(s.instrs, func(call ssa.CallInstruction) bool {
		v := arg(call.Common(), s.Sink.File)
		return v == nil || !every(v, p.x.isNumbered)
	}))
}

// isNumbered reports whether a value is a file of a descriptor whose number is no
// constant.
func (x *index) isNumbered(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	return ok && x.callee(&call.Call) == "os.NewFile" && every(call.Call.Args[0], func(v ssa.Value) bool {
		_, fixed := v.(*ssa.Const)
		return !fixed
	})
}

// handsOn reports whether the package gives a process that it starts descriptors
// besides the first three.
func (x *index) handsOn() bool {
	return slices.ContainsFunc(x.fns, func(fn *ssa.Function) bool {
		for instr := range instructions(fn) {
			if fa, ok := instr.(*ssa.FieldAddr); ok && model.HandsOn(x.fieldNode(fa.X.Type(), fa.Field).Name()) {
				return true
			}
		}
		return false
	})
}

// TakesDescriptor reports whether something may take the descriptor of the file
// that a call makes: anything but to close it, to ask for its name, and to make a
// listener or connection of it again.
func (p *Package) TakesDescriptor(e *Effect) bool {
	return len(e.instrs) == 0 || slices.ContainsFunc(e.instrs, func(c ssa.CallInstruction) bool {
		call, ok := c.(*ssa.Call)
		return !ok || !forward(call, func(use ssa.Instruction, v ssa.Value) ([]ssa.Value, bool) {
			switch use := use.(type) {
			case *ssa.DebugRef, *ssa.BinOp, *ssa.MakeClosure:
				return passesOn(use, v), true
			case ssa.CallInstruction:
				switch name := p.x.callee(use.Common()); name {
				case "(*os.File).Close", "(*os.File).Name", "net.FileListener", "net.FileConn", "net.FilePacketConn":
					return nil, true
				}
				return nil, false
			case *ssa.Extract:
				return passesOn(use, v), true
			}
			next := passesOn(use, v)
			return next, len(next) > 0
		})
	})
}

// isOwnFile reports whether a value is a file of a socket of the program's own: what
// method File of a listener or connection returns, or a file of a descriptor that
// the system has given the program.
func (x *index) isOwnFile(v ssa.Value) bool {
	if ex, ok := v.(*ssa.Extract); ok {
		v = ex.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	if methodOf(&call.Call) == "File" {
		return true
	}
	return x.callee(&call.Call) == "os.NewFile" && every(call.Call.Args[0], x.isOwnDescriptor)
}

// isOwnDescriptor reports whether a value is a descriptor that a call has made.
func (x *index) isOwnDescriptor(v ssa.Value) bool {
	if ex, ok := v.(*ssa.Extract); ok {
		v = ex.Tuple
	}
	call, ok := v.(*ssa.Call)
	return ok && model.MakesDescriptor(x.callee(&call.Call))
}

// speaksActivation reports whether a package names a variable by which a supervisor
// tells of sockets.
func speaksActivation(pass *analysis.Pass) bool {
	return slices.ContainsFunc(pass.Files, func(f *ast.File) (found bool) {
		if isTestFile(pass.Fset, f) {
			return false
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				found = found || err == nil && (strings.HasPrefix(text, "LISTEN_FDS") || strings.HasPrefix(text, "LISTEN_FDNAMES"))
			}
			return !found
		})
		return found
	})
}
