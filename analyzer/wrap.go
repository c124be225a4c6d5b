package analyzer

// This file defines the rewriting of calls of APIs that both listen and
// serve, into a helper function that listens and hands the socket on.

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// A wrapping is one call on its way into the helper.
type wrapping struct {
	f       *finder
	s       *flow.Site
	imports []analysis.TextEdit
	texts   map[string]string // by placeholder
	impure  map[string]bool   // placeholders whose text calls something
}

// wrap rewrites x.M(addr, rest) to to(network, addr, serve).
func (f *finder) wrap(s *flow.Site, to string) ([]analysis.TextEdit, Level, string) {
	recipe := s.Sink.Recipe
	if s.Call == nil {
		return nil, Manual, "the function is used as a value: call it in a function literal instead"
	}
	if s.Call.Ellipsis.IsValid() && s.Sink.Address.Index() == len(s.Call.Args)-1 {
		return nil, Manual, "the address comes in a list: pass it by itself"
	}
	w := &wrapping{f: f, s: s, texts: make(map[string]string), impure: make(map[string]bool)}
	if reason := w.read(); reason != "" {
		return nil, Manual, reason
	}
	network, address, reason := w.where()
	if reason != "" {
		return nil, Manual, reason
	}
	serve, reason := w.expand(w.rename(recipe.Serve))
	if reason != "" {
		return nil, Manual, reason
	}
	level, reason := w.level(recipe)
	if level == Manual {
		return nil, Manual, reason
	}
	head := to + "(" + network + ", " + address + ", "
	text := head + w.layout(serve, len(head)) + ")"
	edits := append(w.imports, analysis.TextEdit{Pos: s.Call.Pos(), End: s.Call.End(), NewText: []byte(text)})
	return edits, level, reason
}

// read takes the texts of the pieces of the call.
func (w *wrapping) read() string {
	call := w.s.Call
	pieces := slices.Clone(call.Args)
	if sel, ok := w.s.Expr.(*ast.SelectorExpr); ok {
		pieces = append(pieces, sel.X)
		if reason := w.piece("x", sel.X); reason != "" {
			return reason
		}
		if _, implicit := w.f.receiver(sel); implicit != "" {
			w.texts["x"] += implicit
		}
	}
	for i, a := range call.Args {
		if reason := w.piece(strconv.Itoa(i), a); reason != "" {
			return reason
		}
	}
	rest := call.Args
	for len(rest) > 0 {
		i := len(call.Args) - len(rest)
		if a := model.Arg0 + model.Arg(i); a != w.s.Sink.Address && a != w.s.Sink.Network {
			break
		}
		rest = rest[1:]
	}
	var texts []string
	for i := len(call.Args) - len(rest); i < len(call.Args); i++ {
		texts = append(texts, w.texts[strconv.Itoa(i)])
		w.impure["rest"] = w.impure["rest"] || w.impure[strconv.Itoa(i)]
	}
	w.texts["rest"] = strings.Join(texts, ", ")
	if call.Ellipsis.IsValid() && len(rest) > 0 {
		w.texts["rest"] += "..."
	}
	for _, g := range w.s.File.Comments {
		inside := func(x ast.Expr) bool { return x.Pos() <= g.Pos() && g.End() <= x.End() }
		if call.Pos() <= g.Pos() && g.End() <= call.End() && !slices.ContainsFunc(pieces, inside) {
			return "a comment stands inside the call, and would be lost: move it first"
		}
	}
	return ""
}

func (w *wrapping) piece(name string, x ast.Expr) string {
	text, err := w.f.source(x)
	if err != nil {
		return fmt.Sprintf("the call cannot be taken apart: %v", err)
	}
	w.texts[name] = text
	w.impure[name] = hasCall(x)
	return ""
}

// where returns the expressions for the network and the address.
func (w *wrapping) where() (network, address, reason string) {
	sink, args := w.s.Sink, w.s.Call.Args
	network = strconv.Quote(sink.Fixed)
	switch {
	case sink.Network != model.None:
		network = w.texts[strconv.Itoa(sink.Network.Index())]
	case sink.Recipe.Network != "":
		if network, reason = w.expand(sink.Recipe.Network); reason != "" {
			return "", "", reason
		}
	}
	switch i := sink.Address.Index(); {
	case sink.Recipe.Address != "":
		address, reason = w.expand(sink.Recipe.Address)
	case i >= len(args):
		reason = fmt.Sprintf("the call names no address, so that %s chooses one (%s): name it", flow.Short(w.s.Fn.Pkg().Path()), sink.Empty)
	default:
		address = w.texts[strconv.Itoa(i)]
	}
	return network, address, reason
}

var declared = regexp.MustCompile(`^func\((\w+) |\b(\w+) := `)

// rename gives the variables of a recipe names that the call does not use.
func (w *wrapping) rename(serve string) string {
	for _, m := range declared.FindAllStringSubmatch(serve, -1) {
		old := m[1] + m[2]
		name := old
		for i := 2; w.mentions(name); i++ {
			if name = map[string]string{"l": "ln", "c": "pc"}[old]; name == "" || i > 2 {
				name = fmt.Sprintf("%s%d", old, i)
			}
		}
		serve = regexp.MustCompile(`\b`+old+`\b`).ReplaceAllString(serve, name)
	}
	return serve
}

// mentions reports whether a piece of the call uses a name.
func (w *wrapping) mentions(name string) bool {
	word := regexp.MustCompile(`\b` + name + `\b`)
	for _, text := range w.texts {
		if word.MatchString(text) {
			return true
		}
	}
	return false
}

// expand fills the placeholders of a recipe's text.
func (w *wrapping) expand(text string) (out, reason string) {
	out = placeholder.ReplaceAllStringFunc(text, func(p string) string {
		name := p[1 : len(p)-1]
		switch name {
		case "net":
			return w.imported("net", &reason)
		case "pkg":
			return w.imported(w.s.Fn.Pkg().Path(), &reason)
		}
		if strings.Count(text, p) > 1 && w.impure[name] {
			reason = fmt.Sprintf("%s would be evaluated several times: assign it to a variable first", w.texts[name])
		}
		return w.texts[name]
	})
	return strings.NewReplacer(", )", ")", "(, ", "(").Replace(out), reason
}

// imported returns the name of a package in the site's file, which it imports
// if need be.
func (w *wrapping) imported(path string, reason *string) string {
	name, edits := edit.Import(w.s.File, w.f.pass.TypesInfo, w.f.pass.Pkg, path)
	if name == "" {
		*reason = "the file has no import declaration to add to"
	}
	for _, e := range edits {
		if !slices.ContainsFunc(w.imports, func(o analysis.TextEdit) bool { return o.Pos == e.Pos && string(o.NewText) == string(e.NewText) }) {
			w.imports = append(w.imports, e)
		}
	}
	return name
}

// level tells how the rewritten call may differ.
func (w *wrapping) level(recipe model.Recipe) (Level, string) {
	literal := strings.HasPrefix(recipe.Serve, "func(")
	late := func(name string) bool {
		return literal && w.impure[name] && strings.Contains(recipe.Serve, "{"+name+"}")
	}
	switch {
	case w.s.Sink.Inferred:
		return Review, inferredReason(w.s)
	case w.uses(recipe.Never):
		return Manual, recipe.Differs + ", and the package sets one: do by hand what it asks for, with a socket of package inherit"
	case recipe.Differs != "" && w.differs(recipe):
		return Review, recipe.Differs
	case w.s.Sink.Empty != "" && !w.s.NeverEmpty():
		return Review, fmt.Sprintf("an empty address, which %s takes for %s, would be any free port", flow.Short(w.s.Callee), w.s.Sink.Empty)
	case slices.ContainsFunc([]string{"x", "rest", "0", "1", "2", "3", "4", "5"}, late):
		return Review, "what the call is made of would be evaluated after the socket is there, not before"
	}
	return Safe, ""
}

// differs reports whether what a recipe says about differences is true of the
// call.
func (w *wrapping) differs(recipe model.Recipe) bool {
	switch {
	case recipe.WithArgs:
		return !w.literalArgs()
	case len(recipe.Unless)+len(recipe.Never) == 0 || !w.s.MadeHere():
		return true
	}
	return w.uses(recipe.Unless)
}

// uses reports whether the package mentions one of some fields of the callee's
// package.
func (w *wrapping) uses(fields []string) bool {
	if len(fields) == 0 {
		return false
	}
	if w.s.Sink.Recipe.WithArgs && w.literalArgs() { // all there is to see
		return slices.ContainsFunc(w.s.Call.Args, func(a ast.Expr) bool { return setsOne(a, fields) })
	}
	for _, obj := range w.f.pass.TypesInfo.Uses {
		if v, ok := obj.(*types.Var); ok && v.IsField() && v.Pkg() == w.s.Fn.Pkg() && slices.Contains(fields, v.Name()) {
			return true
		}
	}
	return false
}

// setsOne reports whether an expression is a struct literal that sets one of
// some fields.
func setsOne(x ast.Expr, fields []string) bool {
	lit, ok := ast.Unparen(x).(*ast.CompositeLit)
	return ok && slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return true // by position: every field
		}
		id, ok := kv.Key.(*ast.Ident)
		return ok && slices.Contains(fields, id.Name)
	})
}

// literalArgs reports whether the arguments besides the address are struct
// literals, so that what they set is seen.
func (w *wrapping) literalArgs() bool {
	for i, a := range w.s.Call.Args {
		if _, ok := ast.Unparen(a).(*ast.CompositeLit); !ok && model.Arg0+model.Arg(i) != w.s.Sink.Address {
			return false
		}
	}
	return true
}

// choose replaces the sink of a site, where the network decides the recipe, by
// one with the recipe for its network.
func choose(s *flow.Site, networks []Origin) {
	if s.Sink.ByNetwork == nil || len(networks) == 0 {
		return
	}
	var recipe *model.Recipe
	for _, o := range networks {
		r, ok := s.Sink.ByNetwork[strings.TrimRight(o.Value, "46")]
		if o.Kind != flow.Const || !ok || recipe != nil && recipe.Func != r.Func {
			return
		}
		recipe = &r
	}
	chosen := *s.Sink
	chosen.Recipe = *recipe
	s.Sink = &chosen
}

// inferredReason says where a recipe that no row gives comes from.
func inferredReason(s *flow.Site) string {
	return fmt.Sprintf("inferred: %s does the same with a socket that it is given; check that nothing else differs", s.Sink.Reason)
}

// maxLine is the length from which on a line is broken.
const maxLine = 110

// maxOneLine is the length up to which gofmt leaves a function on one line.
const maxOneLine = 100

// layout breaks a function literal as gofmt would have it where it stands.
func (w *wrapping) layout(serve string, before int) string {
	head, body, ok := strings.Cut(serve, "{ ")
	before += w.f.pass.Fset.Position(w.s.Call.Pos()).Column
	if strings.HasPrefix(serve, "func(") && ok && strings.HasSuffix(body, " }") &&
		(before+len(serve) > maxLine || len(serve) > maxOneLine-2 || strings.Contains(serve, "\n")) {
		serve = head + "{\n\t" + strings.TrimSuffix(body, " }") + "\n}"
	} else if !strings.Contains(w.s.Sink.Recipe.Serve, "\n") {
		return serve // lines in it are those of the call
	}
	return strings.ReplaceAll(serve, "\n", "\n"+w.indent())
}

// indent returns the white space that the line of the call begins with.
func (w *wrapping) indent() string {
	tf := w.f.pass.Fset.File(w.s.Call.Pos())
	start := tf.LineStart(tf.Line(w.s.Call.Pos()))
	data, err := w.f.pass.ReadFile(tf.Name())
	if err != nil {
		return ""
	}
	line := string(data[tf.Offset(start):tf.Offset(w.s.Call.Pos())])
	return line[:len(line)-len(strings.TrimLeft(line, "\t "))]
}

// by rewrites pkg.F(network, addr) to to(pkg.F, network, addr).
func (f *finder) by(s *flow.Site, to string) ([]analysis.TextEdit, Level, string) {
	if s.Call == nil {
		return nil, Manual, "the function is used as a value: call it in a function literal instead"
	}
	return edit.FuncToArg(s.Call, to), Safe, ""
}
