package extract

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

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A write is one way that a node gets a value within the package.
type write struct {
	val   ssa.Value // nil when from is set
	from  flow.Node // a source or another node
	of    owner     // of the field
	how   flow.Flow
	many  bool
	pos   token.Pos
	call  token.Pos // for Init, the literal
	instr ssa.Instruction
}

// An index holds what one walk over the package's SSA finds, keyed by what
// demand will ask for.
type index struct {
	api
	pass *analysis.Pass
	pkg  *ssa.Package
	fns  []*ssa.Function

	records map[flow.Node]*records // maps of settings, by field or variable
	decoded int                    // fields that decoders fill, so far

	calledBy map[string][]ssa.CallInstruction // by callee, or interface method
	dynamic  []ssa.CallInstruction            // calls of function values
	writes   map[flow.Node][]write
	returns  map[string][]*ssa.Return
	values   map[string][]dynamicUse // functions used as values
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

	args       map[token.Pos]*ast.CallExpr     // by Lparen
	keyed      map[token.Pos]*ast.KeyValueExpr // by Colon
	unkeyed    map[token.Pos]bool              // elements of literals
	consts     map[token.Pos]token.Pos         // use of a constant → its declaration
	ifaces     map[[2]types.Type]bool          // conversions seen
	inferred   map[string]*model.Sink          // by function
	fillers    map[string]map[int]flow.Filler  // by function and parameter
	dependency bool
	objects    map[ssa.Value]flow.Node                // of values that fields are read of
	made       map[flow.Node]ssa.Value                // by object
	converted  map[string][]*ssa.MakeInterface        // by type, of those to interfaces
	loaders    map[ssa.CallInstruction]*model.Decoder // by what makes a reflect.Value; nil for none
	behindText map[*ssa.BasicBlock]bool               // those reached only where something equals a text
	texts      map[flow.Node]bool                     // maps of texts by keys that are read
	// expanded has the Rejecting nodes whose edges are there already.
	expanded map[flow.Node]bool
}

// build makes the package's SSA form and indexes it.
//
// SSA is built here, not through Requires: buildssa, which would build it for
// every package of the standard library too.
func build(pass *analysis.Pass, m *model.Model, imported *flow.Flows) *index {
	prog := ssa.NewProgram(pass.Fset, ssa.BuilderMode(0))
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()

	x := &index{
		api: api{m}, pass: pass, pkg: pkg, inferred: inferredSinks(imported),
		fillers:  make(map[string]map[int]flow.Filler),
		calledBy: make(map[string][]ssa.CallInstruction),
		writes:   make(map[flow.Node][]write),
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
		expanded: make(map[flow.Node]bool), dependency: isDependency(pass),
		objects: make(map[ssa.Value]flow.Node), made: make(map[flow.Node]ssa.Value),
		converted: make(map[string][]*ssa.MakeInterface), texts: make(map[flow.Node]bool), records: make(map[flow.Node]*records),
		behindText: make(map[*ssa.BasicBlock]bool),
		loaders:    make(map[ssa.CallInstruction]*model.Decoder),
		ifaces:     make(map[[2]types.Type]bool),
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
	for _, f := range imported.Fillers {
		x.addFiller(f)
	}
	for _, fn := range x.fns {
		x.indexFunc(fn)
	}
	for _, name := range slices.Sorted(maps.Keys(x.calledBy)) {
		for _, call := range x.calledBy[name] {
			if dec := x.Decoder(name); dec != nil {
				x.indexDecoder(call, dec)
			}
		}
	}
	x.findFillers()
	x.findRecords()
	x.findTexts()
	x.findKeyed()
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
	for instr := range instructions(fn) {
		mention := func(callee string) { x.mention(name, callee, instr.Pos()) }
		x.indexInstr(name, instr, mention)
		for _, op := range instr.Operands(operands[:0]) {
			if f, ok := (*op).(*ssa.Function); ok {
				mention(funcName(f))
			}
		}
	}
}

// put records a write.
func (x *index) put(to flow.Node, w write) { x.writes[to] = append(x.writes[to], w) }

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
			w := write{val: instr.Value, of: to.of, how: flow.Store, pos: instr.Pos(), instr: instr}
			x.put(to.node, w)
			if keys := keysOf(to.node, instr.Map.Type()); keys != (flow.Node{}) {
				w.val = instr.Key
				x.put(keys, w)
			}
		}
		x.indexValue(instr.Value)
	case *ssa.Return:
		x.returns[fn] = append(x.returns[fn], instr)
		for _, r := range instr.Results {
			x.indexValue(r)
		}
	case *ssa.MakeInterface:
		if n, ok := types.Unalias(deref(instr.X.Type())).(*types.Named); ok && x.isObject(instr.X.Type()) {
			x.converted[typeName(n)] = append(x.converted[typeName(n)], instr)
		}
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
	name := x.callee(common)
	switch {
	case name == "":
		if _, ok := common.Value.(*ssa.Builtin); !ok {
			x.dynamic = append(x.dynamic, call)
		}
		return
	case common.IsInvoke():
		mention(name)
	}
	x.calledBy[name] = append(x.calledBy[name], call)
	if src := x.Source(name); src != nil {
		x.indexSource(call, src)
	}
	if row := x.Store(name); row != nil {
		x.indexStoreCall(call, row)
	}
	x.indexFlagLoop(call, name)
	x.indexOut(call, name)
}

// indexStore indexes a store through an address.
func (x *index) indexStore(s *ssa.Store) {
	if x.indexRowStores(s) {
		return
	}
	w := write{val: s.Val, how: flow.Store, pos: s.Pos(), instr: s}
	if fa, ok := s.Addr.(*ssa.FieldAddr); ok {
		if alloc, ok := fa.X.(*ssa.Alloc); ok && (x.keyed[s.Pos()] != nil || x.unkeyed[s.Pos()]) {
			w.how, w.call = flow.Init, alloc.Pos()
		}
	}
	for _, to := range x.places(s.Addr) {
		w.of = to.of
		x.put(to.node, w)
	}
}

// A target is a place that something is stored in: a node, and for a field what
// it is a field of.
type target struct {
	node flow.Node
	of   owner
}

// An owner is what a field is a field of: a value, or an object that a decoder
// makes; none when that is not known.
type owner struct {
	val  ssa.Value
	node flow.Node
}

func nodesOf(targets []target) []flow.Node {
	var out []flow.Node
	for _, t := range targets {
		out = append(out, t.node)
	}
	return out
}

// places returns what an address, map or slice stands for: nothing for a local,
// which is sliced instead.
func (x *index) places(addr ssa.Value) []target {
	switch a := addr.(type) {
	case *ssa.Global:
		return targetOf(globalNode(a), nil)
	case *ssa.FieldAddr:
		if c := x.Carrier(a.X.Type()); c != nil {
			if _, ok := c.Fields[fieldName(a)]; !ok {
				return nil // its timeouts are no address
			}
			return x.places(a.X)
		}
		return targetOf(x.fieldNode(a.X.Type(), a.Field), a.X)
	case *ssa.Field:
		return targetOf(x.fieldNode(a.X.Type(), a.Field), a.X)
	case *ssa.IndexAddr:
		return x.places(a.X)
	case *ssa.UnOp:
		return x.places(a.X)
	case *ssa.Slice:
		return x.places(a.X)
	case *ssa.Parameter:
		return targetOf(flow.Indexed(flow.Out, funcName(a.Parent()), slices.Index(a.Parent().Params, a)), nil)
	case *ssa.FreeVar:
		var out []target
		for _, b := range bindings(a) {
			out = append(out, x.places(b.val)...)
		}
		return out
	}
	return nil
}

func targetOf(n flow.Node, of ssa.Value) []target {
	if n == (flow.Node{}) {
		return nil
	}
	return []target{{n, owner{val: of}}}
}

// posn converts a position for facts.
func (x *index) posn(pos token.Pos) flow.Pos { return posn(x.pass, pos) }

func posn(pass *analysis.Pass, pos token.Pos) flow.Pos {
	if !pos.IsValid() {
		return flow.Pos{}
	}
	p := pass.Fset.PositionFor(pos, true)
	return flow.Pos{File: path.Join(pkgPath(pass.Pkg), filepath.Base(p.Filename)), Line: p.Line, Col: p.Column}
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

// elementPos returns the position of one of n variadic arguments of a call that
// has no others.
func (x *index) elementPos(call ssa.CallInstruction, i, n int) token.Pos {
	if expr := x.args[call.Pos()]; expr != nil && len(expr.Args) == n {
		return expr.Args[i].Pos()
	}
	return call.Pos()
}

// calleePos returns the start of the call at pos, or pos itself.
func (x *index) calleePos(pos token.Pos) flow.Pos {
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
