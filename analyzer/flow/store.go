package flow

// This file defines how configuration is followed through libraries that
// keep values of several sources by key (viper, koanf), and through flags that
// are declared by composite literals (urfave/cli) or by chains of calls
// (kingpin).
//
// A store is a namespace of W nodes, one per key, and what the program told
// the library about all keys, in the node W:store!setting: that it reads the
// environment, a file, or the flags. A search that arrives at a key asks for
// both; they are usually set up in another package than the one that reads.

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// The settings of a store.
const (
	readsFlags = "flags"
	readsEnv   = "env"
	readsFile  = "file"
	envPrefix  = "prefix"
	// boundEnv says that a key is read from the environment.
	boundEnv = "bound"
	// anyFlags says that flags are bound to keys which are known at run time
	// only: to those of fields whose struct tag names a flag.
	anyFlags = "anyflags"
)

func entryNode(store, key string) Node { return Node("W:" + store + ":" + strings.ToLower(key)) }

func settingNode(store, setting string) Node { return Node("W:" + store + "!" + setting) }

// entry takes the name of an entry of a store apart; false for a setting.
func (n Node) entry() (store, key string, ok bool) {
	store, key, ok = strings.Cut(n.rest(), ":")
	return store, key, ok && !strings.Contains(store, "!")
}

// put records a write.
func (x *index) put(to Node, w write) { x.writes[to] = append(x.writes[to], w) }

// indexStoreCall indexes what a call tells a store.
func (x *index) indexStoreCall(call ssa.CallInstruction, row *model.StoreCall, mention func(string)) {
	common := call.Common()
	key, hasKey := constString(arg(common, row.Key), 0)
	entry := entryNode(row.Store, x.section(arg(common, model.Recv))+key)
	value := arg(common, row.Value)
	set := func(setting, text string) {
		x.put(settingNode(row.Store, setting), write{from: constNode(text), kind: Copy, pos: call.Pos(), instr: call})
	}
	switch row.Op {
	case model.Set, model.BindFlag:
		if row.Op == model.BindFlag && !hasKey {
			set(anyFlags, "")
		}
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), kind: Store, pos: x.argPos(call, value), instr: call})
		}
	case model.SetDefault:
		if hasKey && value != nil {
			x.put(entry, write{val: unwrap(value), kind: Default, pos: x.argPos(call, value), instr: call})
		}
	case model.BindFlags:
		set(readsFlags, "")
	case model.BindEnv:
		x.bindEnv(call, row)
	case model.AutoEnv:
		prefix := ""
		if text := constStrings(value, 0); len(text) > 0 {
			prefix = text[0]
		} else if value != nil {
			prefix = optionString(value, "Prefix")
		}
		set(readsEnv, prefix)
	case model.EnvPrefix:
		for _, prefix := range constStrings(value, 0) {
			set(envPrefix, prefix)
		}
	case model.ReadFile:
		set(readsFile, "")
	case model.Fill:
		for _, dest := range destinations(arg(common, row.Dest)) {
			d := decoding{
				x: x, call: call, store: row.Store, mention: mention, left: maxDecoded, busy: make(map[types.Type]bool),
				dec: storeDecoder(call, row),
			}
			at := x.section(arg(common, model.Recv)) + key
			if hasKey && key != "" {
				at += "."
			}
			d.walk(pointed(dest), keyPath{key: at}, false)
		}
	}
}

// storeDecoder returns how a store fills a struct: through the tag of its row,
// or that which an option of the call sets as the field TagName.
func storeDecoder(call ssa.CallInstruction, row *model.StoreCall) *model.Decoder {
	dec := &model.Decoder{Kind: model.File, Tag: row.Tag, Style: model.Lower}
	for _, a := range call.Common().Args {
		for _, option := range destinations(a) {
			fn, _ := funcValue(unwrap(option))
			if fn == nil {
				continue
			}
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if st, ok := instr.(*ssa.Store); ok && fieldName(st.Addr) == "TagName" {
						if tag, ok := constString(st.Val, 0); ok {
							dec.Tag = tag
						}
					}
				}
			}
		}
	}
	return dec
}

// fieldName returns the name of the field that an address is of, "" for none.
func fieldName(addr ssa.Value) string {
	fa, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	return deref(fa.X.Type()).Underlying().(*types.Struct).Field(fa.Field).Name()
}

// bindEnv binds a key to variables of the environment: those that are named,
// or the one of the key's own name.
func (x *index) bindEnv(call ssa.CallInstruction, row *model.StoreCall) {
	names := constStrings(arg(call.Common(), row.Key), 0)
	if v := arg(call.Common(), row.Value); v != nil && row.Value != row.Key {
		names = append(names, constStrings(v, 0)...)
	}
	if len(names) == 0 {
		return
	}
	entry := entryNode(row.Store, x.section(arg(call.Common(), model.Recv))+names[0])
	if len(names) == 1 {
		x.put(entry, write{from: settingNode(row.Store, boundEnv), kind: Copy, pos: call.Pos(), instr: call})
	}
	for _, name := range names[1:] {
		x.put(entry, write{from: sourceNode(model.Env, name, x.calleePos(call.Pos())), kind: Copy, pos: call.Pos(), instr: call})
	}
}

// section returns what stands before the keys of a store, with a dot: the
// argument of Sub, when the store is its result.
func (x *index) section(store ssa.Value) string {
	if call, ok := store.(*ssa.Call); ok {
		if row := model.StoreOf(calleeName(&call.Call)); row != nil && row.Op == model.Sub {
			if key, ok := constString(arg(&call.Call, row.Key), 0); ok {
				return x.section(arg(&call.Call, model.Recv)) + key + "."
			}
		}
	}
	return ""
}

// entryAt names the entry that a call of a store returns.
func (x *index) entryAt(call *ssa.Call, row *model.StoreCall) Node {
	key, ok := constString(arg(&call.Call, row.Key), 0)
	if !ok {
		return unknownNode("the key in %s is not a constant", row.Store)
	}
	return entryNode(row.Store, x.section(arg(&call.Call, model.Recv))+key)
}

// indexLiteral indexes a composite literal that declares a flag.
func (x *index) indexLiteral(a *ssa.Alloc) {
	row := model.LiteralOf(a.Type())
	if row == nil {
		return
	}
	fields := literalFields(a)
	first := func(name string) ssa.Value {
		if vs := fields[name]; len(vs) > 0 {
			return vs[0]
		}
		return nil
	}
	name, ok := constString(first(row.Name), 0)
	if !ok { // declared in a loop: of all flags only the prefix of their variables is known
		for _, env := range destinations(first(row.Env)) {
			if prefix := leading(env, 0); prefix != "" {
				x.put(settingNode(model.FlagStore, readsEnv), write{from: constNode(prefix), kind: Copy, pos: a.Pos(), instr: a})
			}
		}
		return
	}
	names := splitNames(name)
	for _, alias := range constStrings(first(row.Aliases), 0) {
		names = append(names, splitNames(alias)...)
	}
	if len(names) == 0 {
		return
	}
	node := x.literalNode(a, names[0])
	if v := first(row.Default); v != nil {
		x.put(node, write{val: v, kind: Default, pos: v.Pos(), instr: a})
	}
	for _, env := range constStrings(first(row.Env), 0) {
		for _, env := range splitNames(env) {
			x.put(node, write{from: sourceNode(model.Env, env, x.posn(a.Pos())), kind: Also, pos: a.Pos(), instr: a})
		}
	}
	if text, ok := constString(first(row.Help), 0); ok {
		x.help(node, text, a)
	}
	for _, n := range names {
		x.put(sourceNode(model.Flag, "-"+n, Pos{}), write{from: node, kind: Copy, pos: a.Pos(), instr: a})
	}
	if dest := first(row.Dest); dest != nil {
		for _, to := range x.places(unwrap(dest)) {
			x.put(to, write{from: node, kind: Store, pos: a.Pos(), instr: a})
		}
	}
}

// indexFlagLoop recognises the loop by which programs set every flag from the
// environment: a function that is given a flag, asks the environment, and sets
// the flag.
func (x *index) indexFlagLoop(call ssa.CallInstruction, name string) {
	switch name {
	case "flag.Set", "(*flag.FlagSet).Set", "flag.Value.Set",
		"(*github.com/spf13/pflag.FlagSet).Set", "github.com/spf13/pflag.Value.Set":
	default:
		return
	}
	fn := call.Parent()
	if !slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool {
		n, ok := types.Unalias(deref(p.Type())).(*types.Named)
		return ok && (typeName(n) == "flag.Flag" || typeName(n) == "github.com/spf13/pflag.Flag")
	}) {
		return
	}
	asks, upper := false, false
	var look func(fn *ssa.Function, depth int)
	look = func(fn *ssa.Function, depth int) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				c, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				callee := calleeName(&c.Call)
				_, last, _ := cutLast(callee, ".")
				asks = asks || last == "Getenv" || strings.HasPrefix(last, "LookupEnv")
				upper = upper || callee == "strings.ToUpper"
				if inner := c.Call.StaticCallee(); inner != nil && inner.Pkg == x.pkg && depth < 2 {
					look(inner, depth+1)
				}
			}
		}
	}
	look(fn, 0)
	if !asks {
		return
	}
	prefix := keepsCase
	if upper {
		prefix = ""
	}
	x.put(settingNode(model.FlagStore, readsEnv), write{from: constNode(prefix), kind: Copy, pos: call.Pos(), instr: call})
}

// keepsCase before a prefix says that names in the environment are written as
// the keys are.
const keepsCase = "="

// leading returns the constant that a string which is put together begins
// with, "" for none.
func leading(v ssa.Value, depth int) string {
	b, ok := v.(*ssa.BinOp)
	if !ok || depth > 4 {
		return ""
	}
	if text, ok := constString(b.X, 0); ok {
		return text
	}
	return leading(b.X, depth+1)
}

// literalNode names the flag that a literal declares.
func (x *index) literalNode(a *ssa.Alloc, name string) Node {
	if row := model.LiteralOf(a.Type()); row.Kind != "" {
		return sourceNode(row.Kind, name, x.posn(a.Pos()))
	}
	return sourceNode(model.Flag, "-"+name, x.posn(a.Pos()))
}

// literalFor returns the flag whose literal has the address of a variable as
// its destination, when that is what a store does.
func (x *index) literalFor(s *ssa.Store) Node {
	fa, ok := s.Addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	a, ok := fa.X.(*ssa.Alloc)
	if !ok {
		return ""
	}
	row := model.LiteralOf(a.Type())
	if row == nil || row.Dest == "" || !slices.Contains(literalFields(a)[row.Dest], s.Val) {
		return ""
	}
	for _, v := range literalFields(a)[row.Name] {
		if name, ok := constString(v, 0); ok && len(splitNames(name)) > 0 {
			return x.literalNode(a, splitNames(name)[0])
		}
	}
	return ""
}

// splitNames splits names that are separated by commas.
func splitNames(s string) []string {
	var out []string
	for n := range strings.SplitSeq(s, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// A declaration is what the calls of a source say about it.
type declaration struct {
	kind     model.SourceKind
	key      ssa.Value
	section  string
	help     string
	defaults []ssa.Value
	env      []string
}

// declared reads what a source says about itself: in its arguments, or in the
// calls that it is built by.
func declared(call ssa.CallInstruction, src *model.Source) declaration {
	common := call.Common()
	d := declaration{kind: src.Kind, key: arg(common, src.Key)}
	if def := arg(common, src.Default); def != nil {
		d.defaults = append(d.defaults, def)
	}
	if text, ok := constString(arg(common, src.Help), 0); ok {
		d.help = text
	}
	if src.Chain == nil {
		return d
	}
	seen := make(map[*ssa.Call]bool)
	visited := make(map[ssa.Value]bool)
	work := []ssa.Value{chainReceiver(common)}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		if v == nil || visited[v] {
			continue
		}
		visited[v] = true
		if refs := v.Referrers(); refs != nil {
			for _, r := range *refs { // built in several statements
				if c, ok := r.(*ssa.Call); ok && chainReceiver(&c.Call) == v {
					d.link(c, src.Chain, seen)
				}
			}
		}
		switch v := v.(type) {
		case *ssa.Call:
			if d.link(v, src.Chain, seen) { // above, there may be a section; other values begin there too
				if up, ok := chainReceiver(&v.Call).(*ssa.Call); ok {
					d.link(up, src.Chain, seen)
				}
				continue
			}
			work = append(work, chainReceiver(&v.Call))
		case *ssa.Phi:
			work = append(work, v.Edges...)
		}
	}
	return d
}

// link reads one call of a chain, and reports whether it begins it.
func (d *declaration) link(c *ssa.Call, chain *model.Chain, seen map[*ssa.Call]bool) bool {
	if seen[c] {
		return false
	}
	seen[c] = true
	name := calleeName(&c.Call)
	if c.Call.IsInvoke() { // a group of flags, by an interface of the caller's
		for start := range chain.Start {
			if strings.HasSuffix(start, ")."+c.Call.Method.Name()) && model.PkgOf(start) == resultPkg(c) {
				name = start
			}
		}
	}
	if kind, ok := chain.Start[name]; ok {
		d.kind, d.key = kind, arg(&c.Call, model.Arg0)
		if text, ok := constString(arg(&c.Call, model.Arg1), 0); ok {
			d.help = text
		}
	}
	switch {
	case name == "":
	case slices.Contains(chain.Default, name):
		d.defaults = append(d.defaults, destinations(arg(&c.Call, model.Arg0))...)
	case slices.Contains(chain.Env, name):
		d.env = append(d.env, constStrings(arg(&c.Call, model.Arg0), 0)...)
	case name == chain.Section:
		if text, ok := constString(arg(&c.Call, model.Arg0), 0); ok && text != "" {
			d.section = text + "." + d.section
		}
	}
	_, begins := chain.Start[name]
	return begins
}

// resultPkg returns the import path of the package that the type of a call's
// result is of, "" when it is of none.
func resultPkg(c *ssa.Call) string {
	if n, ok := types.Unalias(deref(c.Type())).(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path()
	}
	return ""
}

// chainReceiver returns what a method is called on, without the selection of
// embedded fields.
func chainReceiver(c *ssa.CallCommon) ssa.Value {
	v := arg(c, model.Recv)
	for {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		default:
			return v
		}
	}
}

// store records the sources of one entry of a store: those that the program
// told the library to read, in order of precedence.
func (s *search) store(v *visit) {
	store, key, ok := v.node.entry()
	if !ok {
		return
	}
	before := len(s.out) + len(s.queue)
	def, hasDefault := "", false
	for _, i := range s.g.in[v.node] {
		e := s.g.edges[i]
		if e.Kind != Default {
			continue
		}
		if value, ok := s.constant(e.From, v.stack); ok {
			def, hasDefault = value, true
		} else {
			s.enqueue(v, e.From, e)
		}
	}
	reads := func(setting string) (Edge, bool) {
		in := s.g.in[settingNode(store, setting)]
		if len(in) == 0 {
			return Edge{}, false
		}
		return s.g.edges[in[0]], true
	}
	from := func(kind model.SourceKind, key string, e Edge) {
		w := *v
		w.node = sourceNode(kind, key, e.Pos)
		w.edge.Pos = v.edge.Pos
		s.add(&w, Origin{Kind: string(kind), Key: key, Default: def, HasDefault: hasDefault})
	}
	if e, ok := reads(readsFlags); ok {
		for _, name := range []string{"-" + key, key} {
			if n := sourceNode(model.Flag, name, Pos{}); len(s.g.in[n]) > 0 {
				s.enqueue(v, n, Edge{From: n, To: v.node, Pos: e.Pos})
				break
			}
		}
	}
	for _, i := range s.g.in[v.node] {
		e := s.g.edges[i]
		switch {
		case e.Kind == Default:
		case e.From == settingNode(store, boundEnv):
			for _, name := range s.envNames(store, key, Edge{}) {
				from(model.Env, name, e)
			}
		default:
			s.enqueue(v, e.From, e)
		}
	}
	_, dynamic := reads(anyFlags)
	flags := s.flagTags(v)
	for _, e := range flags {
		if dynamic {
			s.enqueue(v, e.From, e)
		}
	}
	if e, ok := reads(readsEnv); ok && (!dynamic || len(flags) > 0) {
		for _, name := range s.envNames(store, key, e) {
			from(model.Env, name, e)
		}
	}
	if e, ok := reads(readsFile); ok {
		from(model.File, key, e)
	}
	switch {
	case len(s.out)+len(s.queue) > before:
	case hasDefault:
		s.add(v, Origin{Kind: Const, Value: def})
	default:
		s.add(v, Origin{Kind: Unknown, Reason: "key " + key + " of " + store + ", which nothing seen here sets"})
	}
}

// flagTags returns the edges from the flags that the struct tag of the field
// names which an entry was found through.
func (s *search) flagTags(v *visit) []Edge {
	var out []Edge
	if v.next == nil || v.next.node.kind() != 'F' {
		return nil
	}
	for _, i := range s.g.in[v.next.node] {
		if e := s.g.edges[i]; e.Kind == Tag && strings.HasPrefix(string(e.From), "S:flag:") {
			out = append(out, e)
		}
	}
	return out
}

// enqueue goes on at a node over an edge that is no ordinary one.
func (s *search) enqueue(v *visit, n Node, e Edge) {
	part, ok := narrow(v.part, e.Part)
	if !ok {
		return
	}
	s.queue = append(s.queue, &visit{state: state{node: n, part: part, stack: v.stack, ctx: v.ctx}, edge: e, next: v})
}

// envNames returns the names that a key has in the environment, under the
// prefixes that the program sets.
func (s *search) envNames(store, key string, auto Edge) []string {
	var prefixes []string
	for _, i := range s.g.in[settingNode(store, envPrefix)] {
		prefixes = append(prefixes, s.g.edges[i].From.rest())
	}
	if auto.From != "" && auto.From.rest() != "" {
		prefixes = append(prefixes, auto.From.rest())
	}
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	var out []string
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(p, keepsCase); ok {
			out = append(out, rest+strings.NewReplacer("-", "_", ".", "_").Replace(key))
			continue
		}
		if p != "" && !strings.HasSuffix(p, "_") {
			p += "_"
		}
		out = append(out, envName(p+key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// envName spells a key as the name of an environment variable.
func envName(key string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", "/", "_").Replace(key))
}

// flagsAlso returns the names under which a flag is read from the environment
// and from a file, and where the program says so.
func (s *search) flagsAlso(key string, yield func(model.SourceKind, string, Pos)) {
	key = strings.TrimPrefix(key, "-")
	for _, i := range s.g.in[settingNode(model.FlagStore, readsEnv)] {
		e := s.g.edges[i]
		for _, name := range s.envNames(model.FlagStore, key, e) {
			yield(model.Env, name, e.Pos)
		}
	}
	for _, i := range s.g.in[settingNode(model.FlagStore, readsFile)] {
		yield(model.File, key, s.g.edges[i].Pos)
		return
	}
}
