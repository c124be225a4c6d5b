package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// A write is one way that a node gets a value within the package.
type write struct {
	val   ssa.Value // nil when from is set
	from  Node      // a source or another node
	kind  Kind
	many  bool
	pos   token.Pos
	call  token.Pos // for Init, the literal
	instr ssa.Instruction
}

// An index holds what one walk over the package's SSA finds, keyed by what
// demand will ask for.
type index struct {
	pass *analysis.Pass
	pkg  *ssa.Package
	fns  []*ssa.Function

	calls   map[string][]ssa.CallInstruction // by callee, or interface method
	dynamic []ssa.CallInstruction            // calls of function values
	writes  map[Node][]write
	returns map[string][]*ssa.Return
	values  map[string][]dynamicUse // functions used as values
	// slots maps a method to the interface methods that it implements where
	// the package converts its type; impls is the inverse.
	slots, impls map[string][]string
	// wider maps an interface method to that of the interface which a value
	// is converted to.
	wider, narrower map[string][]string
	// mentions maps a function to those that it mentions, and where first;
	// direct has those that it calls.
	mentions map[string]map[string]token.Pos
	direct   map[[2]string]token.Pos

	args     map[token.Pos]*ast.CallExpr     // by Lparen
	keyed    map[token.Pos]*ast.KeyValueExpr // by Colon
	unkeyed  map[token.Pos]bool              // elements of literals
	consts   map[token.Pos]token.Pos         // use of a constant → its declaration
	ifaces   map[[2]types.Type]bool          // conversions seen
	inferred map[string]*model.Sink          // see Package.SinkOf
	wrappers map[string]map[int]filler       // by function and parameter
	// expanded has the T nodes whose edges are there already.
	expanded map[Node]bool
}

// build makes the package's SSA form and indexes it.
//
// SSA is built here, not through Requires: buildssa, which would build it for
// every package of the standard library too.
func build(pass *analysis.Pass, imported []Edge) *index {
	prog := ssa.NewProgram(pass.Fset, ssa.BuilderMode(0))
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()

	x := &index{
		pass: pass, pkg: pkg, inferred: inferredSinks(imported),
		wrappers: make(map[string]map[int]filler),
		calls:    make(map[string][]ssa.CallInstruction),
		writes:   make(map[Node][]write),
		returns:  make(map[string][]*ssa.Return),
		values:   make(map[string][]dynamicUse),
		slots:    make(map[string][]string), impls: make(map[string][]string),
		wider: make(map[string][]string), narrower: make(map[string][]string),
		mentions: make(map[string]map[string]token.Pos),
		direct:   make(map[[2]string]token.Pos),
		args:     make(map[token.Pos]*ast.CallExpr),
		keyed:    make(map[token.Pos]*ast.KeyValueExpr),
		consts:   make(map[token.Pos]token.Pos),
		unkeyed:  make(map[token.Pos]bool),
		expanded: make(map[Node]bool),
		ifaces:   make(map[[2]types.Type]bool),
	}
	x.indexSyntax()
	for _, f := range pass.Files {
		if isTestFile(pass.Fset, f) {
			continue // what tests configure says nothing about the program
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
					x.addFunc(prog.FuncValue(obj))
				}
			}
		}
	}
	x.addFunc(pkg.Func("init"))
	x.importWrappers(imported)
	for _, fn := range x.fns {
		x.indexFunc(fn)
	}
	for _, name := range slices.Sorted(maps.Keys(x.calls)) {
		for _, call := range x.calls[name] {
			if dec := model.DecoderOf(name); dec != nil {
				x.indexDecoder(call, dec)
			}
		}
	}
	x.findWrappers()
	return x
}

func isTestFile(fset *token.FileSet, f *ast.File) bool {
	return strings.HasSuffix(fset.PositionFor(f.Package, true).Filename, "_test.go")
}

// addFunc lists a function and the functions in it.
func (x *index) addFunc(fn *ssa.Function) {
	if fn == nil {
		return
	}
	x.fns = append(x.fns, fn)
	for _, anon := range fn.AnonFuncs {
		x.addFunc(anon)
	}
}

// indexSyntax finds the expressions that SSA instructions point into.
func (x *index) indexSyntax() {
	for _, f := range x.pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				x.args[n.Lparen] = n
			case *ast.CompositeLit:
				for _, elt := range n.Elts {
					x.unkeyed[elt.Pos()] = true
				}
			case *ast.GoStmt: // where SSA says that go and defer are
				x.args[n.Go] = n.Call
			case *ast.DeferStmt:
				x.args[n.Defer] = n.Call
			case *ast.Ident:
				if c, ok := x.pass.TypesInfo.Uses[n].(*types.Const); ok && c.Pkg() == x.pass.Pkg {
					x.consts[n.Pos()] = c.Pos()
				}
			case *ast.KeyValueExpr:
				x.keyed[n.Colon] = n
			}
			return true
		})
	}
}

// indexFunc indexes the instructions of one function.
func (x *index) indexFunc(fn *ssa.Function) {
	name := funcName(fn)
	if fn.Parent() != nil { // a closure counts as mentioned where it is
		x.mention(funcName(fn.Parent()), name, fn.Pos())
	}
	var operands [10]*ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			mention := func(callee string) { x.mention(name, callee, instr.Pos()) }
			x.indexInstr(name, instr, mention)
			for _, op := range instr.Operands(operands[:0]) {
				if f, ok := (*op).(*ssa.Function); ok {
					mention(funcName(f))
				}
			}
		}
	}
}

// put records a write.
func (x *index) put(to Node, w write) { x.writes[to] = append(x.writes[to], w) }

// mention records that a function mentions another.
func (x *index) mention(fn, callee string, pos token.Pos) {
	if x.mentions[fn] == nil {
		x.mentions[fn] = make(map[string]token.Pos)
	}
	if old, ok := x.mentions[fn][callee]; !ok || !old.IsValid() {
		x.mentions[fn][callee] = pos
	}
}

func (x *index) indexInstr(fn string, instr ssa.Instruction, mention func(string)) {
	if call, ok := instr.(ssa.CallInstruction); ok {
		if callee := call.Common().StaticCallee(); callee != nil {
			if key := [2]string{fn, funcName(callee)}; !x.direct[key].IsValid() {
				x.direct[key] = call.Pos()
			}
		}
		x.indexCall(call, mention)
		return
	}
	switch instr := instr.(type) {
	case *ssa.Alloc:
		x.indexLiteral(instr)
	case *ssa.Store:
		x.indexStore(instr)
		x.indexValue(instr.Val)
	case *ssa.MapUpdate:
		for _, to := range x.places(instr.Map) {
			x.put(to, write{val: instr.Value, kind: Store, pos: instr.Pos(), instr: instr})
		}
		x.indexValue(instr.Value)
	case *ssa.Return:
		x.returns[fn] = append(x.returns[fn], instr)
		for _, r := range instr.Results {
			x.indexValue(r)
		}
	case *ssa.MakeInterface:
		x.indexConversion(instr.X.Type(), instr.Type(), mention)
	case *ssa.ChangeInterface:
		x.indexWidening(instr.X.Type(), instr.Type())
	case *ssa.Phi:
		for _, e := range instr.Edges {
			x.indexValue(e)
		}
	}
}

// indexCall indexes a call, go or defer statement.
func (x *index) indexCall(call ssa.CallInstruction, mention func(string)) {
	common := call.Common()
	for _, arg := range common.Args {
		x.indexValue(arg)
	}
	name := calleeName(common)
	switch {
	case name == "":
		if _, ok := common.Value.(*ssa.Builtin); !ok {
			x.dynamic = append(x.dynamic, call)
		}
		return
	case common.IsInvoke():
		mention(name)
	}
	x.calls[name] = append(x.calls[name], call)
	if src := model.SourceOf(name); src != nil {
		x.indexSource(call, src)
	}
	if row := model.StoreOf(name); row != nil {
		x.indexStoreCall(call, row)
	}
	x.indexFlagLoop(call, name)
	x.indexOut(call, name)
}

// calleeName returns the full name of what a call calls, "" when it is a
// function value.
func calleeName(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		if name := c.Method.FullName(); model.HasRow(name) {
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

// indexStore indexes a store through an address.
func (x *index) indexStore(s *ssa.Store) {
	w := write{val: s.Val, kind: Store, pos: s.Pos(), instr: s}
	if fa, ok := s.Addr.(*ssa.FieldAddr); ok {
		if alloc, ok := fa.X.(*ssa.Alloc); ok && (x.keyed[s.Pos()] != nil || x.unkeyed[s.Pos()]) {
			w.kind, w.call = Init, alloc.Pos()
		}
	}
	for _, to := range x.places(s.Addr) {
		x.put(to, w)
	}
}

// places returns the nodes that an address, map or slice stands for: none for
// a local, which is sliced instead.
func (x *index) places(addr ssa.Value) []Node {
	switch a := addr.(type) {
	case *ssa.Global:
		return nodes(globalNode(a))
	case *ssa.FieldAddr:
		if c := model.CarrierOf(a.X.Type()); c != nil {
			if _, ok := c.Fields[fieldName(a)]; !ok {
				return nil // its timeouts are no address
			}
			return x.places(a.X)
		}
		return nodes(x.fieldNode(a.X.Type(), a.Field))
	case *ssa.Field:
		return nodes(x.fieldNode(a.X.Type(), a.Field))
	case *ssa.IndexAddr:
		return x.places(a.X)
	case *ssa.UnOp:
		return x.places(a.X)
	case *ssa.Slice:
		return x.places(a.X)
	case *ssa.Parameter:
		return nodes(indexed('O', funcName(a.Parent()), slices.Index(a.Parent().Params, a)))
	case *ssa.FreeVar:
		var out []Node
		for _, b := range bindings(a) {
			out = append(out, x.places(b.val)...)
		}
		return out
	}
	return nil
}

func nodes(n Node) []Node {
	if n == "" {
		return nil
	}
	return []Node{n}
}

// A binding is what a captured variable is bound to. At is the call when the
// closure is called where it is made, and nowhere else; else nil.
type binding struct {
	val ssa.Value
	at  ssa.Instruction
}

// bindings returns what a captured variable may be bound to.
func bindings(v *ssa.FreeVar) []binding {
	fn := v.Parent()
	if fn.Parent() == nil {
		return nil
	}
	var out []binding
	for i, fv := range fn.FreeVars {
		if fv != v {
			continue
		}
		for _, b := range fn.Parent().Blocks {
			for _, instr := range b.Instrs {
				if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == fn {
					out = append(out, binding{mc.Bindings[i], calledAt(mc)})
				}
			}
		}
	}
	return out
}

// calledAt returns the only use of a closure when that is to call it.
func calledAt(mc *ssa.MakeClosure) ssa.Instruction {
	if refs := *mc.Referrers(); len(refs) == 1 {
		if c, ok := refs[0].(*ssa.Call); ok && c.Call.Value == mc {
			return c
		}
	}
	return nil
}

// posn converts a position for facts.
func (x *index) posn(pos token.Pos) Pos {
	if !pos.IsValid() {
		return Pos{}
	}
	p := x.pass.Fset.PositionFor(pos, true)
	return Pos{path.Join(pkgPath(x.pass.Pkg), filepath.Base(p.Filename)), p.Line, p.Column}
}

// pkgPath returns the import path of the folder that a package is in: that
// of p for the external test package p_test.
func pkgPath(pkg *types.Package) string {
	if strings.HasSuffix(pkg.Name(), "_test") {
		return strings.TrimSuffix(pkg.Path(), "_test")
	}
	return pkg.Path()
}

// argPos returns the position of an argument of a call in the source.
func (x *index) argPos(call ssa.CallInstruction, a ssa.Value) token.Pos {
	common := call.Common()
	expr := x.args[call.Pos()]
	if expr == nil {
		return call.Pos()
	}
	for i, v := range common.Args {
		if v != a {
			continue
		}
		if common.Signature().Recv() != nil && !common.IsInvoke() {
			i--
		}
		if i < 0 {
			return expr.Fun.Pos()
		}
		if i < len(expr.Args) {
			return expr.Args[i].Pos()
		}
	}
	return expr.Lparen
}

// calleePos returns the start of the call at pos, or pos itself.
func (x *index) calleePos(pos token.Pos) Pos {
	if call := x.args[pos]; call != nil {
		pos = call.Pos()
	}
	return x.posn(pos)
}

// storePos returns where a stored value is named: the key in a composite
// literal, else where SSA says.
func (x *index) storePos(pos token.Pos) token.Pos {
	if kv := x.keyed[pos]; kv != nil {
		return kv.Key.Pos()
	}
	return pos
}

// constPos returns where a constant that stands at pos, or is stored by the
// key there, comes from: its declaration when it has a name in this package.
func (x *index) constPos(pos token.Pos) token.Pos {
	if kv := x.keyed[pos]; kv != nil {
		pos = kv.Value.Pos()
	}
	if decl, ok := x.consts[pos]; ok {
		return decl
	}
	return pos
}
