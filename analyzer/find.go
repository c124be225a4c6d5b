package analyzer

// This file defines what one package shows of its sites and of what else it does
// to sockets.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"

	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/port"
	"inheritfd/analyzer/program"
)

// A finder turns the flows of one package into findings.
type finder struct {
	pass   *analysis.Pass
	x      *extract.Package
	port   *port.Porter
	helper string
	shown  shown
	files  map[string]*token.File // see synthetic
}

func newFinder(pass *analysis.Pass, x *extract.Package, helper string) *finder {
	return &finder{pass: pass, x: x, port: port.New(pass, x, helper), helper: helper, shown: make(shown), files: make(map[string]*token.File)}
}

// find adds to p what the extracted sites and effects show.
func (f *finder) find(p *program.Package) {
	p.Truncated, p.Taker = f.x.Graph.Truncated(), f.taker(p.Speaks)
	for _, s := range f.x.Sites {
		p.Sites = append(p.Sites, f.site(s))
	}
	p.Effects = f.effects(p.Sites)
	if p.Name == "main" {
		p.Reached, p.Hidden = f.reached(p)
		p.SamePaths = f.samePaths(p.Reached)
	} else {
		p.SamePaths = f.samePathsHere(p.Sites)
	}
}

// module returns the path of the package's module, "" when it is not known.
func (f *finder) module() string {
	if f.pass.Module == nil {
		return ""
	}
	return f.pass.Module.Path
}

// taker looks for what takes inherited sockets already, here or in what the
// package imports. Join looks again, at whole programs.
func (f *finder) taker(speaks bool) flow.Called {
	for _, s := range f.x.Sites {
		if s.Sink.Inherited && (speaks || !f.x.OwnWay(s)) && !f.x.Model.IsHelper(s.Fn.Pkg().Path()) && !program.IsTestFile(s.Pos.File) {
			return flow.Called{Callee: s.Callee, Pos: s.Pos}
		}
	}
	for _, n := range f.x.Graph.Sinks() {
		if sink := f.x.Sink(n.Name()); sink != nil && sink.Activation {
			return flow.Called{Callee: n.Name(), Pos: n.Pos()}
		}
	}
	return flow.Called{}
}

// api returns what the row of a function that listens says of it.
func (f *finder) api(callee string, s *model.Sink) program.API {
	return program.API{
		Inherited: s.Inherited, Helper: f.x.Model.IsHelper(strings.TrimSuffix(model.PkgOf(callee), ".Sole")), Activation: s.Activation,
		Takes: s.Takes, Virtual: s.Virtual, Empty: s.Empty, NetAddr: s.NetAddr, Raw: s.Raw, TLS: s.TLS,
	}
}

// site lists what the package shows of one site.
func (f *finder) site(s *extract.Site) program.SiteFacts {
	network := f.network(s.Network, s.Sink, nil)
	out := program.SiteFacts{
		Pos: s.Pos, Func: s.Func, Callee: calleeOf(s), API: f.api(s.Callee, s.Sink),
		Network:  program.Networks(s.Sink.Fixed, network),
		Shape:    f.x.Shape(s.Mention, s.Sink.Address),
		Excludes: f.x.Excludes(s),
		Loop:     f.x.InLoop(s),
		OwnWay:   f.x.OwnWay(s),
		Asserts:  f.x.Asserts(s),
		Alone:    program.Alone{Origins: f.origins(s.Address, s.Sink, nil)},
	}
	if f.x.Model.Protocol(s.Callee) != "" || program.IsStream(out.Network) {
		out.Protocol = f.x.Protocol(s)
	}
	out.Alone.Class = f.class(s, out)
	switch out.Alone.Class {
	case program.Listen:
		r := f.port.Site(s, port.RecipeFor(s.Sink, network), out.Network)
		out.Alone.Port = r.Port
		f.shown.add(s.Pos, s.Expr, r.Edits)
	case program.Inherited:
		if s.Sink.Activation {
			out.Alone.Port = f.port.Taker(s)
			break
		}
		out.Alone.Port, out.Sole = f.port.Toggle(s)
	}
	return out
}

// calleeOf names the function of a site: that of Sole by what it is called in
// the source.
func calleeOf(s *extract.Site) string {
	if !strings.Contains(strings.ToLower(s.Callee), ".claimer).") {
		return s.Callee
	}
	return s.Fn.Pkg().Path() + ".Sole." + s.Fn.Name()
}

// class tells what kind of listening a site is.
func (f *finder) class(s *extract.Site, out program.SiteFacts) program.Class {
	module := f.module()
	switch {
	case program.IsTestFile(s.Pos.File), flow.IsMock(s.Pos.File) && !strings.Contains(module, "mock"), program.IsForTests(path.Dir(s.Pos.File), module):
		return program.Test
	case s.Sink.Inherited:
		return program.Inherited
	case f.x.IsProbe(s):
		return program.Probe
	case program.AnyPort(out.Alone.Origins) && f.x.AsksAddr(s):
		return program.Ephemeral
	}
	is := program.ClassOf(out.API, out.Alone.Origins)
	if is == program.Ephemeral && slices.Equal(out.Network, []string{"unix"}) {
		return program.Listen // an empty path is none yet: of a setting that another package makes
	}
	return is
}

// origins traces the address of a site, but for what some calls pass.
func (f *finder) origins(address flow.Node, sink *model.Sink, but map[flow.Pos]bool) []flow.Origin {
	if sink.Address == model.None && !sink.Receiver && sink.Fields == nil {
		return nil
	}
	origins := f.x.Graph.OriginsBut(address, model.Whole, but)
	if sink.Receiver && sink.Fixed == "" { // the network is traced by itself
		origins = slices.DeleteFunc(origins, func(o flow.Origin) bool { return o.Part == model.Network })
	}
	return program.Tidy(origins)
}

// network traces the network argument of a site, but for what some calls pass.
func (f *finder) network(n flow.Node, sink *model.Sink, but map[flow.Pos]bool) []flow.Origin {
	if sink.Network == model.None && (!sink.Receiver || sink.Fixed != "") {
		return nil
	}
	return program.Tidy(f.x.Graph.OriginsBut(n, model.Network, but))
}

// reached lists what a program knows of the sites that it reaches, and counts
// those that no call of its module leads to by name.
func (f *finder) reached(p *program.Package) (out []program.Reached, hidden int) {
	within := func(pkg string) bool {
		return p.Module != "" && (pkg == p.Module || strings.HasPrefix(pkg, p.Module+"/"))
	}
	for _, n := range f.x.Graph.Sinks() {
		sink := f.x.Sink(n.Name())
		if sink == nil || program.IsTestFile(n.Pos().File) || !f.x.Graph.Reaches(n, p.Path) {
			continue // no sink: a fact of another version's rows
		}
		r := program.Reached{
			Pos: n.Pos(), Callee: n.Name(), Package: path.Dir(n.Pos().File), API: f.api(n.Name(), sink),
			Network: f.network(n.NetworkOf(), sink, nil), Fixed: sink.Fixed,
			Origins: program.DropUncalled(f.origins(n, sink, nil)),
		}
		if p.Module != "" && !within(r.Package) {
			covered := false
			for _, d := range f.x.Graph.Doors(n, within) {
				if f.x.Sink(d.Callee) != nil {
					covered = true // the door is a site of its own
					continue
				}
				d.Func = shortFunc(d.Func)
				r.Doors = append(r.Doors, d)
			}
			if len(r.Doors) == 0 && !sink.Activation {
				if r.Class() == program.Listen && !covered {
					hidden++
				}
				continue
			}
		}
		if len(r.Doors) > 1 {
			out = append(out, f.byDoor(r, n, sink)...)
			continue
		}
		out = append(out, r)
	}
	return out, hidden
}

// byDoor tells apart what the calls of a module give to one site outside it.
func (f *finder) byDoor(r program.Reached, n flow.Node, sink *model.Sink) []program.Reached {
	var out []program.Reached
	for _, d := range r.Doors {
		one := r
		one.Doors = []flow.Door{d}
		others := make(map[flow.Pos]bool)
		for _, o := range r.Doors {
			others[o.Pos] = o.Pos != d.Pos
		}
		one.Origins = program.DropUncalled(f.origins(n, sink, others))
		one.Network = f.network(n.NetworkOf(), sink, others)
		out = append(out, one)
	}
	return out
}

// shortFunc drops the package of a full name: (*T).M or F.
func shortFunc(name string) string {
	lead := name[:len(name)-len(strings.TrimLeft(name, "(*"))]
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimLeft(name, "(*")
	if _, rest, ok := strings.Cut(name, "."); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, "$")
	return lead + name
}

// effects lists what else the package does to sockets.
func (f *finder) effects(sites []program.SiteFacts) []program.EffectFacts {
	var out []program.EffectFacts
	for _, e := range f.x.Effects {
		if facts, ok := f.effect(e, sites); ok {
			out = append(out, facts)
		}
	}
	for i, s := range f.x.Sites {
		if sites[i].Alone.Class == program.Listen || sites[i].Alone.Class == program.Inherited && sites[i].API.Helper {
			for _, t := range f.port.Addresses(s) {
				if t.Edits != nil {
					f.shown.addRange(t.EffectFacts.Pos, t.Pos, t.End, t.Edits)
				}
				out = append(out, t.EffectFacts)
			}
		}
	}
	return out
}

// effect lists what the package shows of one call; false when it does nothing
// that matters.
func (f *finder) effect(e *extract.Effect, sites []program.SiteFacts) (program.EffectFacts, bool) {
	row := e.Row
	if row.Self != model.None && !f.x.OfItself(e, row.Self) {
		return program.EffectFacts{}, false
	}
	if last := f.lastArg(e); row.If != "" && last != "" && last != row.If {
		return program.EffectFacts{}, false
	}
	out := program.EffectFacts{
		Pos: e.Pos, Func: e.Func, Callee: e.Callee, Op: row.Op, Harmless: row.Harmless, Value: f.sets(e),
		Port: program.Port{Level: program.Manual, Reason: row.Reason},
	}
	if row.Op == model.Becomes && f.x.OfItself(e, model.Arg0) {
		out.Op, out.Harmless, out.Port.Reason = model.Starts, false, f.x.Model.StartsAgain()
	}
	if out.Harmless {
		out.Port.Level = program.Safe
	}
	network, checks := f.around(e.Mention)
	out.Near.Net = cmp.Or(row.Net, network)
	if row.Op == model.Stops || row.Op == model.Serves {
		out.Server = &program.ServerUse{Var: f.server(e.Mention), Protocol: f.x.Model.Protocol(e.Callee)}
	}
	switch {
	case e.Call == nil: // the function as a value
		out.Near.Net = "unix"
		if row.Op.OnPath() {
			out.Path = &program.PathUse{Any: true}
		}
	case row.Op == model.Parses && f.x.Tolerated(e):
		return out, false
	case row.Op == model.MakesFile && !f.x.TakesDescriptor(e):
		return out, false
	case row.Op == model.ShutsDown:
		if network == "" && !bindsHere(out, sites) {
			return out, false // of a connection
		}
	case row.Path != model.None:
		out.Path = &program.PathUse{Shape: f.x.Shape(e.Mention, row.Path), Any: f.x.Asked(e), Checks: checks}
	case out.Server != nil:
		if f.port.IsTracked(e) {
			return out, false
		}
		out.Site = f.served(e, out.Server.Var, sites)
	}
	if row.Recipe == "" {
		f.shown.add(e.Pos, e.Expr, nil)
		return out, true
	}
	r := f.port.Effect(e)
	out.Port = r.Port
	f.shown.add(e.Pos, e.Expr, r.Edits)
	return out, true
}

// bindsHere reports whether the function around a call binds a bare descriptor.
func bindsHere(e program.EffectFacts, sites []program.SiteFacts) bool {
	return slices.ContainsFunc(sites, func(s program.SiteFacts) bool { return s.Pos.File == e.Pos.File && s.Func == e.Func && s.API.Raw })
}

// lastArg returns the last argument of a call if it is a constant of type bool,
// else "".
func (f *finder) lastArg(e *extract.Effect) string {
	if e.Call == nil || len(e.Call.Args) == 0 {
		return ""
	}
	if v := f.pass.TypesInfo.Types[e.Call.Args[len(e.Call.Args)-1]].Value; v != nil && v.Kind() == constant.Bool {
		return v.String()
	}
	return ""
}

// sets returns the file mode or the owner that a call sets, if that is constant.
func (f *finder) sets(e *extract.Effect) string {
	if e.Call == nil || len(e.Call.Args) == 0 {
		return ""
	}
	number := func(x ast.Expr) (int64, bool) {
		v := f.pass.TypesInfo.Types[x].Value
		if v == nil || v.Kind() != constant.Int {
			return 0, false
		}
		return constant.Int64Val(v)
	}
	args := e.Call.Args
	n, ok := number(args[len(args)-1])
	switch {
	case !ok:
	case e.Row.Mode == model.SystemMode:
		return fmt.Sprintf("%04o", n)
	case e.Row.Mode == model.GoMode: // whose bits are not the system's
		mode := fs.FileMode(n)
		n = int64(mode.Perm())
		for bit, v := range map[fs.FileMode]int64{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
			if mode&bit != 0 {
				n |= v
			}
		}
		return fmt.Sprintf("%04o", n)
	case e.Row.Op == model.SetsOwner && len(args) == 3:
		if uid, ok := number(args[1]); ok {
			return fmt.Sprintf("%d:%d", uid, n)
		}
	}
	return ""
}

// around tells of the function around a call whether a listener is at hand
// whose descriptor is used, "tcp" or "unix", and whether the function checks
// something.
func (f *finder) around(m extract.Mention) (network string, checks bool) {
	fd := m.Declaration()
	if fd == nil {
		return "", false
	}
	if r := fd.Type.Results; r != nil && len(r.List) == 1 {
		b, ok := f.pass.TypesInfo.TypeOf(r.List[0].Type).(*types.Basic)
		checks = ok && b.Kind() == types.Bool
	}
	ast.Inspect(fd, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "SyscallConn" && sel.Sel.Name != "File" {
			return true
		}
		switch t := f.pass.TypesInfo.TypeOf(sel.X); {
		case t == nil:
		case strings.HasSuffix(t.String(), "net.TCPListener"):
			network = "tcp"
		case strings.HasSuffix(t.String(), "net.UnixListener"), strings.HasSuffix(t.String(), "net.Listener"):
			network = "unix"
		}
		return true
	})
	return network, checks
}

// server returns where the variable or field is declared that holds the receiver
// of a call; the zero Pos where that is not known.
func (f *finder) server(m extract.Mention) flow.Pos {
	sel, ok := m.Expr.(*ast.SelectorExpr)
	if !ok {
		return flow.Pos{}
	}
	var id *ast.Ident
	switch x := ast.Unparen(sel.X).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return flow.Pos{}
	}
	v, ok := f.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Kind() == types.ParamVar || v.Kind() == types.RecvVar || v.Kind() == types.LocalVar && f.stands(v) { // whichever it stands for
		return flow.Pos{}
	}
	return f.x.Pos(v.Pos())
}

// stands reports whether a local variable stands for what is kept elsewhere: an element
// of a list, or a field.
func (f *finder) stands(v *types.Var) bool {
	i := slices.IndexFunc(f.pass.Files, func(file *ast.File) bool { return file.FileStart <= v.Pos() && v.Pos() < file.FileEnd })
	if i < 0 {
		return false
	}
	path, _ := astutil.PathEnclosingInterval(f.pass.Files[i], v.Pos(), v.Pos())
	for _, n := range path {
		switch n := n.(type) {
		case *ast.RangeStmt:
			return true
		case *ast.AssignStmt:
			i := slices.IndexFunc(n.Lhs, func(l ast.Expr) bool { return l.Pos() == v.Pos() })
			if i < 0 || i >= len(n.Rhs) {
				return false
			}
			return isPlace(n.Rhs[i])
		case *ast.ValueSpec:
			i := slices.IndexFunc(n.Names, func(name *ast.Ident) bool { return name.Pos() == v.Pos() })
			return i >= 0 && i < len(n.Values) && isPlace(n.Values[i])
		case *ast.BlockStmt:
			return false
		}
	}
	return false
}

// isPlace reports whether an expression is a field or an element, or its address.
func isPlace(e ast.Expr) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	switch e.(type) {
	case *ast.SelectorExpr, *ast.IndexExpr:
		return true
	}
	return false
}

// served returns the site of the package that makes the listener of a server: the
// one whose result it is given, or the one that makes the server itself listen.
func (f *finder) served(e *extract.Effect, server flow.Pos, sites []program.SiteFacts) flow.Pos {
	if s := f.x.ServedBy(e); s != nil {
		return s.Pos
	}
	for i, s := range f.x.Sites {
		if server.IsValid() && s.Sink.Receiver && f.server(s.Mention) == server && sites[i].Alone.Class == program.Listen {
			return s.Pos
		}
	}
	return flow.Pos{}
}

// A sitePath is what is known of the address of a site, and the places that stand
// for it.
type sitePath struct {
	origins  []flow.Origin
	class    program.Class
	networks []string // nil when not known
	places   []flow.Pos
}

// samePathsHere lists which effects are on the paths of the sites of the package.
func (f *finder) samePathsHere(sites []program.SiteFacts) []program.SamePath {
	var paths []sitePath
	for _, s := range sites {
		paths = append(paths, sitePath{s.Alone.Origins, s.Alone.Class, s.Network, []flow.Pos{s.Pos}})
	}
	var out []program.SamePath
	for _, e := range f.x.Effects {
		if e.Call != nil && e.Row.Path != model.None {
			out = append(out, f.pathsOf(e.Row.Op, e.Path, e.Pos, paths)...)
		}
	}
	return out
}

// samePaths lists which effects are on the paths of the sites of a program.
func (f *finder) samePaths(reached []program.Reached) []program.SamePath {
	var paths []sitePath
	for _, r := range reached {
		networks := program.Networks(r.Fixed, r.Network)
		if slices.ContainsFunc(r.Network, func(o flow.Origin) bool { return o.Kind != flow.FromConst }) {
			networks = nil
		}
		paths = append(paths, sitePath{r.Origins, r.Class(), networks, r.Places()})
	}
	var out []program.SamePath
	for _, n := range f.x.Graph.Effects() {
		if row := f.x.Model.Effect(n.Name()); row != nil { // else a fact of another version's rows
			out = append(out, f.pathsOf(row.Op, n, n.Pos(), paths)...)
		}
	}
	return out
}

// pathsOf lists the sites that have the value of an effect's path as their address.
func (f *finder) pathsOf(op model.Op, path flow.Node, at flow.Pos, sites []sitePath) []program.SamePath {
	sites = slices.DeleteFunc(slices.Clone(sites), func(s sitePath) bool { return !program.MayActOn(op, s.class, s.networks) })
	if len(sites) == 0 {
		return nil // and no search, of which a program has one for each file that it touches
	}
	origins := program.Tidy(f.x.Graph.Origins(path, model.Whole))
	var out []program.SamePath
	for _, s := range sites {
		same, equal := program.SameValue(origins, s.origins)
		if !same {
			continue
		}
		for _, pos := range s.places {
			out = append(out, program.SamePath{Effect: at, Site: pos, Equal: equal})
		}
	}
	return out
}
