package flow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/model"
)

// A Site is one mention of a listen API in the package: a call, or the
// function used as a value. It may also be a call that has an effect on a
// socket, and then has an Effect and no Sink.
type Site struct {
	Sink   *model.Sink
	Effect *model.Effect
	Callee string // full name, as in the rows
	Fn     *types.Func
	File   *ast.File
	Ident  *ast.Ident    // the function's name
	Expr   ast.Expr      // the function: Ident, or a selector that ends in it
	Call   *ast.CallExpr // nil when used as a value
	Func   string        // enclosing function, without the package
	owner  string        // enclosing function, full name
	Pos    Pos
	// Instrs are the calls in SSA form: none in code that cannot be reached,
	// any number for a function value.
	Instrs []ssa.CallInstruction
	// Address and Network are the nodes where the values of the arguments
	// arrive.
	Address, Network Node
}

// findSites lists the sites of the package, and the calls with an effect on
// sockets, in source order.
func (x *index) findSites() (sites, effects []*Site) {
	byPos := make(map[token.Pos][]ssa.CallInstruction)
	for name, calls := range x.calls {
		if x.sinkOf(name) == nil && model.EffectOf(name) == nil {
			continue
		}
		for _, c := range calls {
			if call := x.args[c.Pos()]; call != nil {
				byPos[call.Lparen] = append(byPos[call.Lparen], c)
			}
		}
	}
	for _, f := range x.pass.Files {
		for _, d := range f.Decls {
			sites = append(sites, x.sitesIn(f, d, byPos)...)
		}
	}
	effects = slices.DeleteFunc(slices.Clone(sites), func(s *Site) bool {
		return s.Effect == nil || s.Call == nil && s.Effect.Recipe == "" || isTestFile(x.pass.Fset, s.File)
	})
	sites = slices.DeleteFunc(sites, func(s *Site) bool { return s.Sink == nil })
	for _, s := range sites {
		if s.Call != nil {
			delete(byPos, s.Call.Lparen)
		}
	}
	// What is left calls a variable that SSA knows to hold the function.
	for _, s := range sites {
		for _, c := range x.calls[s.Callee] {
			if call := x.args[c.Pos()]; s.Call == nil && call != nil && byPos[call.Lparen] != nil {
				s.Instrs = append(s.Instrs, c)
			}
		}
	}
	return sites, effects
}

// sitesIn lists the sites of one declaration.
func (x *index) sitesIn(f *ast.File, d ast.Decl, byPos map[token.Pos][]ssa.CallInstruction) []*Site {
	var sites []*Site
	funs := make(map[ast.Expr]*ast.CallExpr) // function expression → its call
	sels := make(map[*ast.Ident]ast.Expr)    // name → selector that ends in it
	inner := make(map[ast.Node]bool)         // what ported calls hand to the helper
	var stack []ast.Node
	ast.Inspect(d, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.CallExpr:
			funs[ast.Unparen(n.Fun)] = n
			if fn, ok := typeutil.Callee(x.pass.TypesInfo, n).(*types.Func); ok && fn.Pkg() != nil && model.IsHelper(fn.Pkg().Path()) {
				for _, a := range n.Args {
					inner[a] = true
				}
			}
		case *ast.SelectorExpr:
			sels[n.Sel] = n
		case *ast.Ident:
			fn, ok := x.pass.TypesInfo.Uses[n].(*types.Func)
			if !ok || fn.Pkg() == nil {
				break
			}
			name := sinkName(fn)
			sink, effect := x.sinkOf(name), model.EffectOf(name)
			if sink == nil && effect == nil || sink != nil && servesItself(sink, fn) && slices.ContainsFunc(stack, func(n ast.Node) bool { return inner[n] }) {
				break
			}
			s := &Site{Sink: sink, Effect: effect, Callee: name, Fn: fn, File: f, Ident: n, Expr: n, Func: enclosing(d), owner: x.owner(d)}
			if sel := sels[n]; sel != nil {
				s.Expr = sel
			}
			s.Call = funs[s.Expr]
			if s.Call != nil {
				s.Instrs = byPos[s.Call.Lparen]
			}
			s.Pos = x.posn(s.Expr.Pos())
			if effect != nil {
				s.Address = Node("D" + string(sinkNode(name, s.Pos, model.Whole))[1:])
			} else {
				s.Address = sinkNode(name, s.Pos, model.Whole)
				s.Network = sinkNode(name, s.Pos, model.Network)
			}
			sites = append(sites, s)
		}
		return true
	})
	return sites
}

// sinkOf returns the row of a function, or the one inferred for it, or nil.
func (x *index) sinkOf(name string) *model.Sink {
	if s := model.SinkOf(name); s != nil {
		return s
	}
	return x.inferred[name]
}

// servesItself reports whether a ported call still mentions the function: the
// recipe calls it with the socket in place, or hands it to the helper.
func servesItself(sink *model.Sink, fn *types.Func) bool {
	return sink.Recipe.Kind == model.By ||
		sink.Recipe.Kind == model.Wrap && strings.Contains(sink.Recipe.Serve, "."+fn.Name()+"(")
}

// NeverEmpty reports whether the address of a site can be told not to be an
// empty string.
func (s *Site) NeverEmpty() bool {
	for _, call := range s.Instrs {
		if s.Sink.Receiver && s.Sink.Address == model.None {
			if !s.fieldNeverEmpty(call) {
				return false
			}
			continue
		}
		v := arg(call.Common(), s.Sink.Address)
		if all := variadic(v); len(all) == 1 {
			v = all[0]
		}
		if v == nil || !neverEmpty(v, 0) {
			return false
		}
	}
	return len(s.Instrs) > 0
}

// fieldNeverEmpty is NeverEmpty for an address in a field of the receiver.
func (s *Site) fieldNeverEmpty(call ssa.CallInstruction) bool {
	recv := arg(call.Common(), model.Recv)
	carrier := model.CarrierOf(recv.Type())
	a := allocOf(recv, 0)
	if carrier == nil || a == nil {
		return false
	}
	if !confined(a, 0) {
		return false
	}
	known := false
	for name, part := range carrier.Fields {
		if part != model.Whole {
			continue
		}
		stores := fieldStores(a)[name]
		if len(stores) == 0 || slices.ContainsFunc(stores, func(st *ssa.Store) bool {
			return st.Block() != a.Block() || !neverEmpty(st.Val, 0) // it may not run
		}) {
			return false
		}
		known = true
	}
	return known
}

// confined reports whether a struct, or a variable with a pointer to it, goes
// nowhere but to methods of its own package and to closures that do the same,
// so that what is stored in its fields is seen.
func confined(v ssa.Value, depth int) bool {
	if depth > 6 || v.Referrers() == nil {
		return false
	}
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.FieldAddr: // its address may not go anywhere either
			for _, use := range *r.Referrers() {
				if st, ok := use.(*ssa.Store); ok && st.Addr == r {
					continue
				}
				if _, load := use.(*ssa.UnOp); !load {
					return false
				}
			}
		case *ssa.UnOp:
			if !confined(r, depth+1) {
				return false
			}
		case *ssa.Store:
			if to, ok := r.Addr.(*ssa.Alloc); r.Val != v || !ok || !confined(to, depth+1) {
				if r.Addr == v {
					if _, whole := deref(v.Type()).Underlying().(*types.Struct); !whole {
						continue // the variable is set
					}
				}
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if b == v && !confined(r.Fn.(*ssa.Function).FreeVars[i], depth+1) {
					return false
				}
			}
		case ssa.CallInstruction:
			if args := r.Common().Args; r.Common().Signature().Recv() == nil || len(args) == 0 || args[0] != v || slices.Contains(args[1:], v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// OfItself reports whether the program that a call runs is the one that runs:
// os.Args[0], or what os.Executable returns.
func (s *Site) OfItself() bool {
	for _, call := range s.Instrs {
		switch v := arg(call.Common(), s.Effect.Self).(type) {
		case *ssa.Extract:
			if c, ok := v.Tuple.(*ssa.Call); ok && calleeName(&c.Call) == "os.Executable" {
				return true
			}
		case *ssa.UnOp:
			ia, ok := v.X.(*ssa.IndexAddr)
			if !ok {
				break
			}
			if load, ok := ia.X.(*ssa.UnOp); ok {
				if g, ok := load.X.(*ssa.Global); ok && g.RelString(nil) == "os.Args" {
					i, ok := ia.Index.(*ssa.Const)
					return ok && i.Int64() == 0
				}
			}
		}
	}
	return false
}

// MadeHere reports whether the receiver of a site's calls is a struct that is
// made in the package.
func (s *Site) MadeHere() bool {
	return len(s.Instrs) > 0 && !slices.ContainsFunc(s.Instrs, func(call ssa.CallInstruction) bool {
		a := allocOf(arg(call.Common(), model.Recv), 0)
		return a == nil || !confined(a, 0)
	})
}

// allocOf returns the struct that a value is, or points to, when there is one
// place where it is made.
func allocOf(v ssa.Value, depth int) *ssa.Alloc {
	if depth > 8 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		if _, ok := deref(v.Type()).Underlying().(*types.Struct); ok {
			return v
		}
		var found *ssa.Alloc
		for _, r := range *v.Referrers() {
			st, ok := r.(*ssa.Store)
			if !ok || st.Addr != v {
				continue
			}
			a := allocOf(st.Val, depth+1)
			if a == nil || found != nil && a != found {
				return nil
			}
			found = a
		}
		return found
	case *ssa.UnOp:
		return allocOf(v.X, depth+1)
	case *ssa.FreeVar:
		if bs := bindings(v); len(bs) == 1 {
			return allocOf(bs[0].val, depth+1)
		}
	}
	return nil
}

func neverEmpty(v ssa.Value, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Const:
		text, ok := constString(v, 0)
		return ok && text != ""
	case *ssa.BinOp:
		return neverEmpty(v.X, depth+1) || neverEmpty(v.Y, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if !neverEmpty(e, depth+1) {
				return false
			}
		}
		return true
	case *ssa.Call:
		switch calleeName(&v.Call) {
		case "net.JoinHostPort", "strconv.Itoa":
			return true
		case "fmt.Sprintf":
			format, ok := constString(arg(&v.Call, model.Arg0), 0)
			return ok && verb.ReplaceAllString(format, "") != ""
		}
	}
	return false
}

// sinkName returns the name by which the model knows a function as a sink.
func sinkName(fn *types.Func) string {
	name := fn.Origin().FullName()
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) && model.IsListenMethod(fn) {
		return model.InterfacePrefix + name
	}
	return name
}

// owner returns the full name of a declared function, that of init for a
// package variable.
func (x *index) owner(d ast.Decl) string {
	if fd, ok := d.(*ast.FuncDecl); ok {
		if fn, ok := x.pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
			return fn.Origin().FullName()
		}
	}
	return x.pass.Pkg.Path() + ".init"
}

// enclosing returns the name of a declared function as "(*T).M" or "F"; ""
// for a package variable.
func enclosing(d ast.Decl) string {
	fd, ok := d.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return fd.Name.Name
	}
	t, star := fd.Recv.List[0].Type, ""
	if s, ok := t.(*ast.StarExpr); ok {
		t, star = s.X, "*"
	}
	switch g := t.(type) {
	case *ast.IndexExpr:
		t = g.X
	case *ast.IndexListExpr:
		t = g.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return "(" + star + id.Name + ")." + fd.Name.Name
	}
	return fd.Name.Name
}

// touches reports whether the package mentions anything that imported edges
// speak of: a function, a type, a field or a variable. Names are compared
// without their types, which can only err towards yes. A package that touches
// nothing has no edges of its own, and needs no SSA.
func touches(pass *analysis.Pass, imported []Edge) bool {
	if len(imported) == 0 {
		return false
	}
	type name struct{ pkg, last string }
	names := make(map[name]bool)
	seen := make(map[Node]bool)
	add := func(n Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		var full string
		switch n.kind() {
		case 'P', 'R', 'O', 'M', 'V':
			full = n.fn()
		case 'F', 'G', 'N':
			full = n.rest()
		default:
			return // reached through the others only, or not at all
		}
		pkg := model.PkgOf(full)
		if n.kind() == 'F' || n.kind() == 'M' || n.kind() == 'V' {
			pkg = pkgOfMember(full)
		}
		rest := strings.TrimPrefix(strings.TrimLeft(full, "(*"), pkg)
		for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '.' || r == ')' || r == '$' }) {
			names[name{pkg, part}] = true
		}
	}
	for _, e := range imported {
		add(e.From)
		add(e.To)
		if e.From.kind() == 'X' || e.From.kind() == 'Y' || e.To.kind() == 'X' || e.To.kind() == 'Y' {
			return true // functions held somewhere: rare, and held by anything
		}
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
// that is named like an address. It is the gate before the cost of SSA.
//
// Many dependencies read some variable of the environment for themselves;
// they count only if its name is like an address's, or not known.
func relevant(pass *analysis.Pass) bool {
	dependency := isDependency(pass)
	look := false // at the arguments of calls
	for _, obj := range pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok && model.IsListenMethod(fn) {
			return true
		}
		if obj.Pkg() == nil || !model.HasRows(obj.Pkg().Path()) {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			name := obj.Origin().FullName()
			src := model.SourceOf(name)
			switch {
			case model.SinkOf(name) != nil:
				return true
			case !dependency && mattersAlone(model.EffectOf(name)):
				return true
			case src != nil && src.Kind == model.Env && dependency, model.DecoderOf(name) != nil, model.StoreOf(name) != nil && dependency:
				look = true
			case model.StoreOf(name) != nil:
				return true
			case src != nil && src.Kind != model.Runtime:
				return true
			}
		case *types.TypeName:
			if obj.Pkg() != nil && model.HasRows(obj.Pkg().Path()) && model.LiteralOf(obj.Type()) != nil {
				return true
			}
		case *types.Var:
			if kind, _ := model.RuntimeGlobal(obj.Pkg().Path() + "." + obj.Name()); kind == model.Args {
				return true
			}
		}
	}
	if !dependency && shapesAddress(pass.Pkg) {
		return true
	}
	return look && slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return bringsAddress(pass.TypesInfo, f) })
}

// mattersAlone reports whether a call with an effect makes a package matter
// that does nothing else of interest.
func mattersAlone(e *model.Effect) bool {
	return e != nil && (e.Recipe != "" || e.Category == model.Form)
}

// shapesAddress reports whether a package offers a function that makes text
// of text, and is named as if it had to do with addresses.
func shapesAddress(pkg *types.Package) bool {
	makes := func(fn *types.Func) bool {
		sig := fn.Signature()
		if !fn.Exported() || sig.Results().Len() == 0 || !isText(sig.Results().At(0).Type()) {
			return false
		}
		named := addressLike(fn.Name())
		for p := range sig.Params().Variables() {
			named = named || addressLike(p.Name())
		}
		return named
	}
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			if makes(obj) {
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
func bringsAddress(info *types.Info, f *ast.File) bool {
	found := false
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
		if dec := model.DecoderOf(name); dec != nil && dec.Dest != model.None && dec.Dest.Index() < len(call.Args) {
			found = hasAddress(info.TypeOf(call.Args[dec.Dest.Index()]), make(map[types.Type]bool))
		}
		if src := model.SourceOf(name); src != nil && src.Kind == model.Env && src.Key != model.None && src.Key.Index() < len(call.Args) {
			key := info.Types[call.Args[src.Key.Index()]].Value
			found = found || key == nil || key.Kind() != constant.String || addressLike(constant.StringVal(key))
		}
		return !found
	})
	return found
}

// hasAddress reports whether a type has, at any depth, a text field that is
// named like an address; what an interface holds is not known, and may.
func hasAddress(t types.Type, seen map[types.Type]bool) bool {
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
		if isText(f.Type()) && addressLike(f.Name()) || !isText(f.Type()) && isStruct(f.Type()) && hasAddress(f.Type(), seen) {
			return true
		}
	}
	return false
}

func isStruct(t types.Type) bool {
	_, ok := element(t).Underlying().(*types.Struct)
	return ok
}
