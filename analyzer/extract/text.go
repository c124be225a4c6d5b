package extract

// This file defines how strings that are put together, and numbers, are
// followed: which piece of an address each operand is.

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

// binop follows + on strings, whose operands fill parts of the result, and
// arithmetic on numbers.
func (s *slicer) binop(v *ssa.BinOp, at ssa.Instruction, part model.Part) {
	if b, ok := v.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		s.arithmetic(v, at, part)
		return
	}
	s.pieces(operands(v), at, part)
}

// arithmetic follows port+1 to port; of any other computation only that it is
// one is known, and what it is made of.
func (s *slicer) arithmetic(v *ssa.BinOp, at ssa.Instruction, part model.Part) {
	if phi, ok := v.X.(*ssa.Phi); ok && slices.Contains(phi.Edges, ssa.Value(v)) && v.Op == token.ADD { // for port := from; …; port++
		s.put(flow.SourceNode(model.Runtime, model.FreePort, s.x.posn(v.Pos())), part)
		return
	}
	known := v.Op == token.ADD || v.Op == token.SUB
	for _, x := range []ssa.Value{v.X, v.Y} {
		switch x.(type) {
		case *ssa.Const:
		case *ssa.Phi, *ssa.BinOp:
			known = false
		default:
			s.slice(x, at, part)
		}
	}
	_, x := v.X.(*ssa.Const)
	_, y := v.Y.(*ssa.Const)
	if !known || !x && !y {
		s.put(flow.UnknownNode("computed from numbers"), part)
	}
}

// operands flattens a chain of string additions.
func operands(v ssa.Value) []piece {
	if b, ok := v.(*ssa.BinOp); ok && b.Op == token.ADD {
		return append(operands(b.X), operands(b.Y)...)
	}
	if _, loaded := v.(*ssa.UnOp); !loaded { // what a variable has at first may not be what it has
		if text, ok := constString(v); ok {
			return []piece{{text: text}}
		}
	}
	return []piece{{val: v}}
}

// A piece of a composed string is a constant text or a value.
type piece struct {
	text string
	val  ssa.Value
}

var (
	hostText = regexp.MustCompile(`^(\[[0-9a-fA-F:]*\]|[0-9A-Za-z.-]+):$`)
	portText = regexp.MustCompile(`^:[0-9A-Za-z-]+$`)
	// belowText is the path below a folder; what follows the slash in a range of
	// addresses is a number.
	belowText = regexp.MustCompile(`^/.*[A-Za-z]`)
	scheme    = regexp.MustCompile(`^(unix|tcp|udp|http|https|fd)(://|:)$`)
)

// pieces follows the values of a composed string, each as the part of the
// address that its neighbours make it.
func (s *slicer) pieces(ps []piece, at ssa.Instruction, part model.Part) {
	ps = mergeText(ps)
	for i, p := range ps {
		sel := model.Whole
		switch {
		case scheme.MatchString(before(ps, i)):
		case strings.HasSuffix(before(ps, i), ":"):
			sel = model.Port
		case strings.HasPrefix(after(ps, i), ":"), strings.HasPrefix(after(ps, i), "]:"):
			sel = model.Host
		case i == len(ps)-2 && belowText.MatchString(after(ps, i)):
			sel = model.Dir
		}
		if part == model.Network || part == model.Path && sel != model.Dir {
			sel = model.Whole
		}
		if p.val != nil {
			if q, ok := flow.Narrow(part, sel); ok {
				s.slice(p.val, at, q)
			}
			continue
		}
		if i == len(ps)-1 && i > 0 && belowText.MatchString(p.text) && !scheme.MatchString(before(ps, i-1)) {
			if q, ok := flow.Narrow(part, model.Path); ok {
				s.put(flow.ConstNode(strings.TrimPrefix(p.text, "/")), q)
			}
			continue
		}
		s.pieceText(p.text, part)
	}
}

// mergeText joins neighbouring constant texts.
func mergeText(ps []piece) []piece {
	var out []piece
	for _, p := range ps {
		if n := len(out); n > 0 && p.val == nil && out[n-1].val == nil {
			out[n-1].text += p.text
			continue
		}
		out = append(out, p)
	}
	return out
}

func before(ps []piece, i int) string {
	if i > 0 {
		return ps[i-1].text
	}
	return ""
}

func after(ps []piece, i int) string {
	if i+1 < len(ps) {
		return ps[i+1].text
	}
	return ""
}

// pieceText emits the constant host or port beside a value, as in
// "0.0.0.0:" + port.
func (s *slicer) pieceText(text string, part model.Part) {
	switch {
	case scheme.MatchString(text):
	case hostText.MatchString(text):
		if q, ok := flow.Narrow(part, model.Host); ok {
			s.put(flow.ConstNode(strings.TrimSuffix(text, ":")), q)
		}
	case portText.MatchString(text):
		if q, ok := flow.Narrow(part, model.Port); ok {
			s.put(flow.ConstNode(text[1:]), q)
		}
	}
}

// format follows the operands of a Printf format.
func (s *slicer) format(c *ssa.Call, part model.Part) {
	args := variadic(arg(c.Common(), model.Arg1))
	format, ok := constString(arg(c.Common(), model.Arg0))
	if !ok {
		s.slice(arg(c.Common(), model.Arg0), c, part)
		for _, a := range args {
			s.slice(a, c, part)
		}
		return
	}
	s.pieces(formatPieces(format, args), c, part)
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*(\.[0-9]+)?[a-zA-Z%]`)

// formatPieces splits a format at its verbs.
func formatPieces(format string, args []ssa.Value) []piece {
	var ps []piece
	last, n := 0, 0
	for _, loc := range verb.FindAllStringIndex(format, -1) {
		if loc[0] > last {
			ps = append(ps, piece{text: format[last:loc[0]]})
		}
		last = loc[1]
		if format[loc[1]-1] == '%' {
			continue
		}
		if n < len(args) {
			if text, ok := constPiece(args[n]); ok {
				ps = append(ps, piece{text: text, val: args[n]})
			} else {
				ps = append(ps, piece{val: args[n]})
			}
		}
		n++
	}
	if last < len(format) {
		ps = append(ps, piece{text: format[last:]})
	}
	return ps
}
