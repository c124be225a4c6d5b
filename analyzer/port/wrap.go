package port

// This file defines the rewriting of calls of APIs that both listen and
// serve, into a helper function that listens and hands the socket on.

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// A wrapping is one call on its way into the helper.
type wrapping struct {
	p       *Porter
	s       *extract.Site
	recipe  model.Recipe
	imports []analysis.TextEdit
	texts   map[string]string     // by placeholder
	exprs   map[string][]ast.Expr // what the texts are of
}

// wrap rewrites x.M(addr, rest) to to(network, addr, serve).
func (p *Porter) wrap(s *extract.Site, to string) ([]analysis.TextEdit, program.Level, string) {
	if reason := p.whole(s); reason != "" {
		return nil, program.Manual, reason
	}
	w := &wrapping{p: p, s: s, recipe: s.Sink.Recipe, texts: make(map[string]string), exprs: make(map[string][]ast.Expr)}
	listener := "l"
	if p.stopped(s) {
		helper, _, _ := strings.Cut(to, ".")
		listener = helper + ".DrainableConns({x}, l)"
	}
	w.recipe.Serve = strings.ReplaceAll(w.recipe.Serve, "{l}", listener)
	for _, step := range []func() string{w.read, w.siblings, w.unrepeat, w.once} {
		if reason := step(); reason != "" {
			return nil, program.Manual, reason
		}
	}
	network, address, reason := w.where()
	if reason != "" {
		return nil, program.Manual, reason
	}
	level, reason := w.level()
	if level == program.Manual {
		return nil, program.Manual, reason
	}
	head := to + "(" + network + ", " + address + ", "
	text := w.gofmt(head + w.serve(len(head)) + ")")
	edits := append(w.imports, analysis.TextEdit{Pos: s.Call.Pos(), End: s.Call.End(), NewText: []byte(text)})
	return edits, level, reason
}

// by rewrites pkg.F(network, addr) to to(pkg.F, network, addr).
func (p *Porter) by(s *extract.Site, to string) ([]analysis.TextEdit, program.Level, string) {
	if reason := p.whole(s); reason != "" {
		return nil, program.Manual, reason
	}
	return edit.FuncToArg(s.Call, to), program.Safe, ""
}

// whole tells why a call cannot be taken apart, "" when it can.
func (p *Porter) whole(s *extract.Site) string {
	if s.Call == nil {
		return "the function is used as a value: call it in a function literal instead"
	}
	if sel, ok := s.Expr.(*ast.SelectorExpr); ok {
		if tv, ok := p.pass.TypesInfo.Types[sel.X]; ok && tv.IsType() {
			return "method expression: call the method on a value instead"
		}
	}
	if len(s.Call.Args) == 1 {
		if _, several := p.pass.TypesInfo.TypeOf(s.Call.Args[0]).(*types.Tuple); several {
			return "the arguments are the results of a call: assign them to variables first"
		}
	}
	if s.Call.Ellipsis.IsValid() && s.Sink.Address.Index() == len(s.Call.Args)-1 {
		return "the address comes in a list: pass it by itself"
	}
	return ""
}

// read takes the texts of the pieces of the call.
func (w *wrapping) read() string {
	call := w.s.Call
	if sel, ok := w.s.Expr.(*ast.SelectorExpr); ok {
		if reason := w.piece("x", sel.X); reason != "" {
			return reason
		}
		_, implicit := w.p.receiver(sel)
		w.texts["x"] += implicit
	}
	var rest []string
	further := false
	for i, a := range call.Args {
		name := strconv.Itoa(i)
		if reason := w.piece(name, a); reason != "" {
			return reason
		}
		arg := model.Arg0 + model.Arg(i)
		if further = further || arg != w.s.Sink.Address && arg != w.s.Sink.Network; further {
			rest = append(rest, w.texts[name])
			w.exprs["rest"] = append(w.exprs["rest"], a)
		}
	}
	w.texts["rest"] = strings.Join(rest, ", ")
	if call.Ellipsis.IsValid() && len(rest) > 0 {
		w.texts["rest"] += "..."
	}
	return w.comments()
}

func (w *wrapping) piece(name string, x ast.Expr) string {
	text, err := w.p.source(x)
	if err != nil {
		return fmt.Sprintf("the call cannot be taken apart: %v", err)
	}
	w.texts[name] = text
	w.exprs[name] = []ast.Expr{x}
	return ""
}

// comments tells of a comment between the pieces.
func (w *wrapping) comments() string {
	call := w.s.Call
	for _, g := range w.s.File.Comments {
		inside := func(x ast.Expr) bool { return x.Pos() <= g.Pos() && g.End() <= x.End() }
		if call.Pos() > g.Pos() || g.End() > call.End() {
			continue
		}
		if !slices.ContainsFunc(slices.Sorted(maps.Keys(w.exprs)), func(name string) bool { return slices.ContainsFunc(w.exprs[name], inside) }) {
			return "a comment stands inside the call, and would be lost: move it first"
		}
	}
	return ""
}

var (
	methodOf   = regexp.MustCompile(`\{x\}\.(\w+)`)
	functionOf = regexp.MustCompile(`\{pkg\}\.(\w+)`)
)

// siblings checks that the version of the package which the program uses has
// what the recipe speaks of.
func (w *wrapping) siblings() string {
	pkg := w.s.Fn.Pkg()
	for _, m := range functionOf.FindAllStringSubmatch(w.recipe.Serve, -1) {
		if pkg.Scope().Lookup(m[1]) == nil {
			return fmt.Sprintf("this version of %s has no %s: upgrade it first", pkg.Path(), m[1])
		}
	}
	recv := w.s.Fn.Signature().Recv()
	for _, m := range methodOf.FindAllStringSubmatch(w.recipe.Serve+w.recipe.Address+w.recipe.Network, -1) {
		if recv == nil {
			continue
		}
		if obj, _, _ := types.LookupFieldOrMethod(recv.Type(), true, pkg, m[1]); obj == nil {
			return fmt.Sprintf("this version of %s has no %s: upgrade it first", pkg.Path(), m[1])
		}
	}
	return ""
}

// unrepeat gives what must not be evaluated twice another form in the function
// literal of the recipe: the receiver a variable there, and the address what the
// recipe says of the listener.
func (w *wrapping) unrepeat() string {
	costly := func(name string) bool {
		return slices.ContainsFunc(w.exprs[name], func(x ast.Expr) bool { return !repeatable(x) })
	}
	r := &w.recipe
	address := strconv.Itoa(w.s.Sink.Address.Index())
	if r.Again != "" && costly(address) {
		r.Serve = strings.ReplaceAll(r.Serve, "{"+address+"}", r.Again)
	}
	head, body, ok := strings.Cut(r.Serve, "{\n\t")
	if recv := w.s.Fn.Signature().Recv(); ok && recv != nil && strings.Count(body, "{x}") > 1 && costly("x") {
		name := strings.ToLower(recvName(recv)[:1])
		r.Serve = head + "{\n\t" + name + " := {x}\n\t" + strings.ReplaceAll(body, "{x}", name)
	}
	return ""
}

// recvName returns the name of a receiver's type.
func recvName(recv *types.Var) string {
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.Unalias(t).(*types.Named).Obj().Name()
}

// once checks that what stands several times in the rewritten call may be
// evaluated several times.
func (w *wrapping) once() string {
	all := w.recipe.Serve + w.recipe.Network + w.recipe.Address
	if i := w.s.Sink.Address.Index(); i >= 0 && w.recipe.Address == "" {
		all += fmt.Sprintf("{%d}", i)
	}
	if i := w.s.Sink.Network.Index(); i >= 0 {
		all += fmt.Sprintf("{%d}", i)
	}
	for _, m := range placeholder.FindAllStringSubmatch(all, -1) {
		name := m[1]
		if name == "net" || name == "pkg" {
			continue
		}
		if _, ok := w.texts[name]; !ok {
			if i := w.s.Sink.Address.Index(); i >= len(w.s.Call.Args) {
				return fmt.Sprintf("the call names no address, so that %s chooses one (%s): name it", flow.Short(w.s.Callee), w.s.Sink.Empty)
			}
			return "the call has another form than the recipe is for"
		}
		if strings.Count(all, m[0]) > 1 && slices.ContainsFunc(w.exprs[name], func(x ast.Expr) bool { return !repeatable(x) }) {
			return fmt.Sprintf("%s would be evaluated several times: assign it to a variable first", w.texts[name])
		}
	}
	return ""
}

// repeatable reports whether an expression may be written several times: it
// makes nothing and calls nothing.
func repeatable(x ast.Expr) bool {
	ok := true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.CompositeLit, *ast.FuncLit, *ast.IndexExpr, *ast.TypeAssertExpr:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		}
		return ok
	})
	return ok
}

// where returns the expressions for the network and the address.
func (w *wrapping) where() (network, address, reason string) {
	sink := w.s.Sink
	fixed, _, _ := strings.Cut(sink.Fixed, " ")
	network = strconv.Quote(fixed)
	switch {
	case sink.Network != model.None:
		network = w.texts[strconv.Itoa(sink.Network.Index())]
	case w.recipe.Network != "":
		network = w.fill(w.recipe.Network, &reason)
	}
	if w.recipe.Address != "" {
		return network, w.fill(w.recipe.Address, &reason), reason
	}
	return network, w.texts[strconv.Itoa(sink.Address.Index())], reason
}

// fill fills the placeholders of a recipe's text.
func (w *wrapping) fill(text string, reason *string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		switch name := p[1 : len(p)-1]; name {
		case "net":
			return w.imported("net", "net", reason)
		case "pkg":
			return w.imported(w.s.Fn.Pkg().Path(), w.s.Fn.Pkg().Name(), reason)
		default:
			return w.texts[name]
		}
	})
}

// imported returns the name of a package in the site's file, which it imports
// if need be.
func (w *wrapping) imported(path, base string, reason *string) string {
	name, edits := edit.Import(w.s.File, w.p.pass.TypesInfo, w.p.pass.Pkg, path, base)
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
func (w *wrapping) level() (program.Level, string) {
	switch {
	case w.s.Sink.Inferred:
		return program.Review, inferredReason(w.s)
	case w.sets(w.recipe.Never):
		return program.Manual, w.recipe.Differs + ", and the package sets one: do by hand what it asks for, with a socket of package inherit"
	case w.differs():
		return program.Review, w.recipe.Differs
	case w.s.Sink.Empty != "" && !w.p.x.NeverEmpty(w.s):
		return program.Review, fmt.Sprintf("an empty address, which %s takes for %s, would be any free port", flow.Short(w.s.Callee), w.s.Sink.Empty)
	case w.late():
		return program.Review, "what the call is made of would be evaluated after the socket is there, not before"
	case w.reversed():
		return program.Review, "the address would be evaluated after the network, not before"
	}
	return program.Safe, ""
}

// differs reports whether what a recipe says about differences is true of the
// call.
func (w *wrapping) differs() bool {
	r := w.recipe
	switch {
	case r.Differs == "" || r.Since != "" && w.hasField(r.Since):
		return false
	case r.WithArgs:
		return !w.literalArgs()
	case len(r.Unless)+len(r.Never) == 0 || !w.p.x.MadeHere(w.s):
		return true
	}
	return w.sets(r.Unless)
}

// hasField reports whether a type of the callee's package has a field, given
// as Type.field.
func (w *wrapping) hasField(name string) bool {
	typ, field, _ := strings.Cut(name, ".")
	obj := w.s.Fn.Pkg().Scope().Lookup(typ)
	if obj == nil {
		return false
	}
	f, _, _ := types.LookupFieldOrMethod(obj.Type(), true, w.s.Fn.Pkg(), field)
	return f != nil
}

// sets reports whether the package mentions a field of some names that is not
// its own, or a literal among the arguments does, where that is all there is.
func (w *wrapping) sets(fields []string) bool {
	if len(fields) == 0 {
		return false
	}
	if w.recipe.WithArgs && w.literalArgs() {
		return slices.ContainsFunc(w.s.Call.Args, func(a ast.Expr) bool { return setsOne(a, fields) })
	}
	for _, obj := range w.p.pass.TypesInfo.Uses {
		if v, ok := obj.(*types.Var); ok && v.IsField() && v.Pkg() != w.p.pass.Pkg && slices.Contains(fields, v.Name()) {
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

// late reports whether a piece of the call that the function literal captures
// may have another value when it runs: it is computed, or the call is that of
// a go or defer statement and it is a variable that changes.
func (w *wrapping) late() bool {
	if !strings.HasPrefix(w.recipe.Serve, "func(") {
		return false
	}
	deferred := isDeferred(w.s.File, w.s.Call)
	for _, name := range slices.Sorted(maps.Keys(w.exprs)) {
		if !strings.Contains(w.recipe.Serve, "{"+name+"}") {
			continue
		}
		for _, x := range w.exprs[name] {
			if hasCall(x) || deferred && !w.settled(x) {
				return true
			}
		}
	}
	return false
}

// settled reports whether an expression has one value for good.
func (w *wrapping) settled(x ast.Expr) bool {
	x = ast.Unparen(x)
	if tv, ok := w.p.pass.TypesInfo.Types[x]; ok && (tv.Value != nil || tv.IsNil()) {
		return true
	}
	switch x := x.(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch w.p.pass.TypesInfo.Uses[x].(type) {
		case *types.Func, *types.PkgName:
			return true
		}
	case *ast.SelectorExpr: // a function of a package
		_, ok := w.p.pass.TypesInfo.Uses[x.Sel].(*types.Func)
		id, plain := x.X.(*ast.Ident)
		if ok && plain {
			if _, ok := w.p.pass.TypesInfo.Uses[id].(*types.PkgName); ok {
				return true
			}
		}
	}
	return w.p.assignedOnce(x)
}

// reversed reports whether address and network, both computed, change places.
func (w *wrapping) reversed() bool {
	n, a := w.s.Sink.Network.Index(), w.s.Sink.Address.Index()
	return n > a && a >= 0 && hasCall(w.s.Call.Args[n]) && hasCall(w.s.Call.Args[a])
}

// RecipeFor returns the recipe of a site: where the network decides it, the one
// for its networks.
func RecipeFor(sink *model.Sink, networks []flow.Origin) model.Recipe {
	if sink.ByNetwork == nil || len(networks) == 0 {
		return sink.Recipe
	}
	var recipe *model.Recipe
	for _, o := range networks {
		r, ok := sink.ByNetwork[strings.TrimRight(o.Value, "46")]
		if o.Kind != flow.FromConst || !ok || recipe != nil && recipe.Func != r.Func {
			return sink.Recipe
		}
		recipe = &r
	}
	return *recipe
}

// inferredReason says where a recipe that no row gives comes from.
func inferredReason(s *extract.Site) string {
	return fmt.Sprintf("inferred: %s does the same with a socket that it is given; check that nothing else differs", s.Sink.Reason)
}

// maxLine is the length from which on a line is broken.
const maxLine = 110

// maxOneLine is the length up to which gofmt leaves a function on one line.
const maxOneLine = 100

// serve returns what goes on with the socket, broken into lines where it is
// long; before is the length of what precedes it.
func (w *wrapping) serve(before int) string {
	text := w.rename(w.recipe.Serve)
	if w.texts["rest"] == "" {
		text = strings.NewReplacer(", {rest}", "", "{rest}, ", "", "{rest}", "").Replace(text)
	}
	before += w.p.pass.Fset.Position(w.s.Call.Pos()).Column
	full := w.fill(text, new(string))
	head, body, ok := strings.Cut(text, "{ ")
	if strings.HasPrefix(text, "func(") && ok && strings.HasSuffix(body, " }") &&
		(before+len(full) > maxLine || len(full) > maxOneLine-2 || strings.Contains(full, "\n")) {
		text = head + "{\n\t" + strings.TrimSuffix(body, " }") + "\n}"
	}
	return w.fill(text, new(string))
}

// gofmt formats a call as it is to stand where the site's is: among more
// arguments than before, operators lose their spaces.
func (w *wrapping) gofmt(call string) string {
	indent := w.indent()
	out, err := format.Source([]byte(indent + call))
	if err != nil {
		return call // which the type checker will tell
	}
	return strings.TrimPrefix(string(out), indent)
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

// indent returns the white space that the line of the call begins with.
func (w *wrapping) indent() string {
	tf := w.p.pass.Fset.File(w.s.Call.Pos())
	start := tf.LineStart(tf.Line(w.s.Call.Pos()))
	data, err := w.p.pass.ReadFile(tf.Name())
	if err != nil {
		return ""
	}
	line := string(data[tf.Offset(start):tf.Offset(w.s.Call.Pos())])
	return line[:len(line)-len(strings.TrimLeft(line, "\t "))]
}
