package extract

// This file defines which packages are looked at: most have nothing to do with
// listening, and SSA is built for none of them.

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A gate decides whether a package can begin a trace.
type gate struct {
	api
	pass       *analysis.Pass
	dependency bool
}

// touches reports whether the package mentions anything that imported edges
// speak of: a function, a type, a field or a variable. Names are compared
// without their types, which can only err towards yes. A package that touches
// nothing has no edges of its own, and needs no SSA.
func touches(pass *analysis.Pass, imported *flow.Flows) bool {
	if imported.Empty() {
		return false
	}
	type name struct{ pkg, last string }
	names := make(map[name]bool)
	seen := make(map[flow.Node]bool)
	add := func(n flow.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		switch n.Kind() {
		case flow.Param, flow.Result, flow.Out, flow.Slot, flow.SlotResult, flow.Field, flow.Global, flow.Func:
			pkg, rest := n.Package()
			for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '.' || r == ')' || r == '$' }) {
				names[name{pkg, part}] = true
			}
		}
		// The others are reached through these only, or not at all.
	}
	held := func(n flow.Node) bool { return n.Kind() == flow.HeldParam || n.Kind() == flow.HeldResult }
	for _, e := range imported.Edges {
		add(e.From)
		add(e.To)
		if held(e.From) || held(e.To) {
			return true // functions held somewhere: rare, and held by anything
		}
	}
	for _, f := range imported.Fillers {
		add(flow.FuncNode(f.Func))
	}
	for _, obj := range pass.TypesInfo.Uses {
		if obj.Pkg() != nil && names[name{obj.Pkg().Path(), obj.Name()}] {
			return true
		}
	}
	return false
}

// relevant reports whether the package can begin a trace: it mentions a sink,
// or a source that an administrator sets, or decodes something with a field
// that is named like an address, or offers to make an address of a text. It is the
// gate before the cost of SSA.
//
// Many dependencies read some variable of the environment for themselves;
// they count only if its name is like an address's, or not known.
func (g gate) relevant() bool {
	pass := g.pass
	look := false           // at the arguments of calls
	shapes := !g.dependency // is the package likely to make addresses?
	for _, obj := range pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok && model.IsListenMethod(fn) {
			return true
		}
		if obj.Pkg() == nil || !g.HasRows(obj.Pkg().Path()) && obj.Pkg().Path() != "reflect" {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			name := obj.Origin().FullName()
			src := g.Source(name)
			shapes = shapes || obj.Pkg().Path() == "net" && g.Transfer(name) != nil
			if walksStructs[name] && (!g.dependency || configNamed.MatchString(pass.Pkg.Path())) {
				return true
			}
			switch {
			case g.Sink(name) != nil:
				return true
			case !g.dependency && mattersAlone(g.Effect(name)):
				return true
			case src != nil && src.Kind == model.Env && g.dependency, g.Decoder(name) != nil, g.Store(name) != nil && g.dependency:
				look = true
			case g.Store(name) != nil:
				return true
			case src != nil && src.Kind != model.Runtime:
				return true
			}
		case *types.TypeName:
			if obj.Pkg() != nil && g.HasRows(obj.Pkg().Path()) && g.Literal(obj.Type()) != nil {
				return true
			}
		case *types.Var:
			if kind, _ := model.RuntimeGlobal(obj.Pkg().Path() + "." + obj.Name()); kind == model.Args {
				return true
			}
		}
	}
	if shapes && g.shapesAddress(pass.Pkg) {
		return true
	}
	return look && slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return g.bringsAddress(f) })
}

// walksStructs are the functions by which a loader goes through structs, and configNamed
// matches the import paths of dependencies that are likely to have one.
var (
	walksStructs = map[string]bool{"(reflect.Value).NumField": true, "(reflect.Value).FieldByName": true}
	configNamed  = regexp.MustCompile(`(?i)conf|cfg|settings|\bini\b|\benv`)
)

// mattersAlone reports whether a call with an effect makes a package matter
// that does nothing else of interest.
func mattersAlone(e *model.Effect) bool {
	return e != nil && (e.Recipe != "" || e.Op == model.Parses)
}

// shapesAddress reports whether a package offers a function that makes text
// of text, and is named as if it had to do with addresses, or a variable named so.
func (g gate) shapesAddress(pkg *types.Package) bool {
	makes := func(fn *types.Func) bool {
		sig := fn.Signature()
		if !fn.Exported() || sig.Results().Len() == 0 || !g.isText(sig.Results().At(0).Type()) {
			return false
		}
		named := flow.AddressLike(fn.Name())
		for p := range sig.Params().Variables() {
			named = named || flow.AddressLike(p.Name())
		}
		return named
	}
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			if makes(obj) {
				return true
			}
		case *types.Var:
			if obj.Exported() && !g.dependency && g.isText(obj.Type()) && flow.AddressLike(obj.Name()) {
				return true
			}
		case *types.TypeName:
			if n, ok := obj.Type().(*types.Named); ok && slices.ContainsFunc(slices.Collect(n.Methods()), makes) {
				return true
			}
		}
	}
	return false
}

// bringsAddress reports whether a file decodes into a type with a field that
// is named like an address, or reads a variable of the environment that is.
func (g gate) bringsAddress(f *ast.File) bool {
	info, found := g.pass.TypesInfo, false
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		fn, ok := typeutil.Callee(info, call).(*types.Func)
		if !ok {
			return true
		}
		name := fn.Origin().FullName()
		if dec := g.Decoder(name); dec != nil && dec.Dest != model.None && dec.Dest.Index() < len(call.Args) {
			found = g.hasAddress(info.TypeOf(call.Args[dec.Dest.Index()]), make(map[types.Type]bool))
		}
		if src := g.Source(name); src != nil && src.Kind == model.Env && src.Key != model.None && src.Key.Index() < len(call.Args) {
			key := info.Types[call.Args[src.Key.Index()]].Value
			found = found || key == nil || key.Kind() != constant.String || flow.AddressLike(constant.StringVal(key))
		}
		return !found
	})
	return found
}

// hasAddress reports whether a type has, at any depth, a text field that is
// named like an address; what an interface holds is not known, and may.
func (g gate) hasAddress(t types.Type, seen map[types.Type]bool) bool {
	t = element(t)
	if _, ok := t.Underlying().(*types.Interface); ok {
		return true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return false
	}
	seen[t] = true
	for i := range st.NumFields() {
		f := st.Field(i)
		if g.isText(f.Type()) && flow.AddressLike(f.Name()) || !g.isText(f.Type()) && isStruct(f.Type()) && g.hasAddress(f.Type(), seen) {
			return true
		}
	}
	return false
}

func isStruct(t types.Type) bool {
	_, ok := element(t).Underlying().(*types.Struct)
	return ok
}
