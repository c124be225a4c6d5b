package edit

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// Rename replaces a function expression by another: net.Listen becomes
// inherit.Listen.
func Rename(fun ast.Expr, to string) []analysis.TextEdit {
	return []analysis.TextEdit{{Pos: fun.Pos(), End: fun.End(), NewText: []byte(to)}}
}

// MethodToFunc turns the call x.M(args) into to(x, args). path is what
// selects the receiver from x where that is implicit (".Server"), and amp is
// "&" where the method takes the address of x.
func MethodToFunc(call *ast.CallExpr, x ast.Expr, to, amp, path string) []analysis.TextEdit {
	inner := ast.Unparen(x)
	if path != "" {
		inner = x // (&S{…}).Server needs them
	}
	sep := path
	if len(call.Args) > 0 {
		sep += ", "
	}
	return []analysis.TextEdit{
		// (x becomes to(x
		{Pos: call.Pos(), End: inner.Pos(), NewText: []byte(to + "(" + amp)},
		// ).M( becomes the comma
		{Pos: inner.End(), End: call.Lparen + 1, NewText: []byte(sep)},
	}
}

// MethodToFuncAfterFirst turns the call x.M(first, rest) into
// to(first, x, rest); receiver is the source text of x.
func MethodToFuncAfterFirst(call *ast.CallExpr, to, receiver string) []analysis.TextEdit {
	first := call.Args[0]
	return []analysis.TextEdit{
		// x.M( becomes to(
		{Pos: call.Pos(), End: call.Lparen + 1, NewText: []byte(to + "(")},
		// the receiver follows the first argument
		insert(first.End(), ", "+receiver),
	}
}

// FuncToArg turns the call f(args) into to(f, args).
func FuncToArg(call *ast.CallExpr, to string) []analysis.TextEdit {
	return []analysis.TextEdit{
		insert(call.Pos(), to+"("),
		// ( becomes the comma
		{Pos: call.Fun.End(), End: call.Lparen + 1, NewText: []byte(", ")},
	}
}

// MethodValueToFunc turns the method value x.M into a function literal that
// calls to with x; params and args are the literal's.
func MethodValueToFunc(value ast.Expr, x ast.Expr, to, amp, path, params, args string) []analysis.TextEdit {
	if args != "" {
		args = ", " + args
	}
	return []analysis.TextEdit{
		// x becomes func(…) error { return to(x
		insert(x.Pos(), "func("+params+") error { return "+to+"("+amp),
		// .M becomes the end of the literal
		{Pos: x.End(), End: value.End(), NewText: []byte(path + args + ") }")},
	}
}

// Offsets converts edits to bytes of their file; it is for files that the
// compiler read as they are on disk.
func Offsets(tf *token.File, edits []analysis.TextEdit) []Edit {
	out := make([]Edit, len(edits))
	for i, e := range edits {
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		out[i] = Edit{Start: tf.Offset(e.Pos), End: tf.Offset(end), New: string(e.NewText)}
	}
	return out
}
