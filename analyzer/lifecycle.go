package analyzer

// This file defines what else a program does to the sockets of its sites, and
// to their paths: how such a call is found to belong to a site.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Lifecycle is a call that does something to the socket of a site, or to its
// path, which an inherited one must be spared, or has no use for.
type Lifecycle struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Col      int    `json:"col"`
	Func     string `json:"func"`
	Callee   string `json:"callee"`
	Category string `json:"category"` // see model.Effect
	// Site is the site that it belongs to, as file:line; "" in a Result where
	// the package alone does not show it.
	Site   string `json:"site"`
	Level  Level  `json:"level"`
	Reason string `json:"reason"`
	// Note says that it does no harm: there is nothing to port.
	Note bool `json:"note,omitempty"`

	// Fix are the edits of the file that spare an inherited socket, and Needs
	// the optional files of the helper that they use.
	Fix   []edit.Edit `json:"fix,omitempty"`
	Needs []string    `json:"needs,omitempty"`
	// Sites are all sites that it belongs to, when there are several.
	Sites []string `json:"sites,omitempty"`

	// What follows is for finding the site, and not in reports. Path says that
	// it is told by the path; Shape is how the path is composed at the call.
	Path  bool   `json:"path,omitempty"`
	Shape string `json:"shape,omitempty"`
	// Asked says that the path is what a listener says of itself, Net the
	// kind of listener in the function around the call, and Checks that this
	// function returns whether something is so.
	Asked  bool   `json:"asked,omitempty"`
	Net    string `json:"net,omitempty"`
	Checks bool   `json:"checks,omitempty"`
	// Server is what tells the server of a call of category shutdown from
	// others of the package, and Serves that the call makes it accept.
	Server string `json:"server,omitempty"`
	Serves bool   `json:"serves,omitempty"`
}

// ShortCallee returns the callee without the folders of its import path.
func (l Lifecycle) ShortCallee() string { return flow.Short(l.Callee) }

// Of reports whether the call belongs to a site, given as file:line.
func (l Lifecycle) Of(site string) bool { return l.Site == site || slices.Contains(l.Sites, site) }

// Text says what happens, in one line.
func (l Lifecycle) Text() string {
	if l.Category == "address" {
		return l.Reason
	}
	return l.ShortCallee() + " " + l.Reason
}

// A Link says that a call acts on the path of a site: what only the program
// that configures both shows. Both are places as at names them.
type Link struct {
	Effect string `json:"effect"`
	Site   string `json:"site"`
	// Equal says that the two have the same origins, all of them.
	Equal bool `json:"equal,omitempty"`
}

// lifecycle lists the calls with effects of the package.
func (f *finder) lifecycle(sites []Site) []Lifecycle {
	var out []Lifecycle
	for _, s := range f.flow.Effects {
		if s.Effect.Self != model.None && !s.OfItself() {
			continue
		}
		if want := s.Effect.If; want != "" && f.lastArg(s) != "" && f.lastArg(s) != want {
			continue
		}
		l := Lifecycle{
			File: s.Pos.File, Line: s.Pos.Line, Col: s.Pos.Col, Func: s.Func, Callee: s.Callee,
			Category: s.Effect.Category, Level: Manual, Reason: s.Effect.Reason, Note: s.Effect.Note, Path: s.Effect.Path != model.None,
		}
		if l.Note {
			l.Level = Safe
		}
		l.Net, l.Checks = f.around(s)
		switch {
		case s.Call == nil: // the function as a value
			l.Path = false
			l.Net = "unix"
		case strings.HasSuffix(l.Callee, ".Shutdown") && l.Category == "unlink" && l.Net == "" &&
			!slices.ContainsFunc(sites, func(o Site) bool { return o.File == l.File && o.Func == l.Func && strings.HasSuffix(o.Callee, ".Bind") }):
			continue // of a connection
		case l.Path:
			l.Shape, l.Asked = f.flow.Shape(s), f.asked(s)
		case l.Category == model.Stop:
			if f.isTracked(s) {
				continue
			}
			l.Server, l.Serves = f.server(s), s.Effect.Wraps
			l.Site = f.served(l, sites)
		}
		if s.Effect.Recipe != "" {
			f.spare(s, &l)
		}
		if _, ok := f.spares[at(l.File, l.Line, l.Col)]; !ok {
			f.spares[at(l.File, l.Line, l.Col)] = spare{pos: s.Expr.Pos(), end: s.Expr.End()}
		}
		out = append(out, l)
	}
	for i, s := range f.flow.Sites {
		if sites[i].Class == Listen || sites[i].ByHelper() {
			out = append(out, f.addresses(s, sites[i])...)
		}
	}
	return out
}

// lastArg returns the last argument of a call if it is a constant, else "".
func (f *finder) lastArg(s *flow.Site) string {
	if len(s.Call.Args) == 0 {
		return ""
	}
	if v := f.pass.TypesInfo.Types[s.Call.Args[len(s.Call.Args)-1]].Value; v != nil && v.Kind() == constant.Bool {
		return v.String()
	}
	return ""
}

// around tells of the function around a call whether a listener is at hand
// whose descriptor is used, "tcp" or "unix", and whether the function checks
// something.
func (f *finder) around(s *flow.Site) (network string, checks bool) {
	for _, d := range s.File.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || s.Expr.Pos() < fd.Pos() || fd.End() < s.Expr.Pos() {
			continue
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
	}
	return network, checks
}

// asked reports whether the path that a call acts on is what a socket says of
// itself, as in os.Remove(l.Addr().String()).
func (f *finder) asked(s *flow.Site) bool {
	return slices.ContainsFunc(convert(f.flow.Origins(s.Address, model.Whole)), func(o Origin) bool {
		return o.Kind == "runtime" && (o.Reason == "address of another socket" || o.Reason == "address of a connection")
	})
}

// linksHere lists which calls act on the paths of the sites of the package.
func (f *finder) linksHere(sites []Site) []Link {
	var out []Link
	for _, s := range f.flow.Effects {
		if s.Call == nil || s.Effect.Path == model.None {
			continue
		}
		origins := convert(f.flow.Origins(s.Address, model.Whole))
		for _, site := range sites {
			if !hasPath(site) && s.Effect.Category != "probe" {
				continue
			}
			if same, equal := samePlace(origins, site.Origins); same {
				out = append(out, Link{at(s.Pos.File, s.Pos.Line, s.Pos.Col), at(site.File, site.Line, site.Col), equal})
			}
		}
	}
	return out
}

// links lists which calls act on the paths of the sites of a program.
func (f *finder) links(joined []Joined) []Link {
	var out []Link
	for _, n := range f.flow.EffectNodes() {
		origins := convert(f.flow.Origins(n, model.Whole))
		callee, pos := n.Sink()
		for _, j := range joined {
			site := Site{Class: j.class(), Network: networks(j.Fixed, j.Network), Origins: j.Origins}
			dynamic := slices.ContainsFunc(j.Network, func(o Origin) bool { return o.Kind != flow.Const })
			if !hasPath(site) && !dynamic && model.EffectOf(callee).Category != "probe" {
				continue
			}
			if same, equal := samePlace(origins, j.Origins); same {
				for _, place := range j.places() {
					out = append(out, Link{at(pos.File, pos.Line, pos.Col), place, equal})
				}
			}
		}
	}
	return out
}

// hasPath reports whether the socket of a site may have a path.
func hasPath(s Site) bool {
	return (s.Class == Listen || s.Class == Inherited) &&
		(len(s.Network) == 0 || slices.ContainsFunc(s.Network, func(n string) bool { return strings.HasPrefix(n, "unix") }))
}

// samePlace reports whether a path and the address of a site may be one value:
// the origins of one are among those of the other, and one of them tells
// enough; and whether they are the same.
func samePlace(path, site []Origin) (same, equal bool) {
	a, b := identities(path), identities(site)
	shared, telling := 0, false
	for id := range a {
		if b[id] {
			shared++
			telling = telling || id.telling()
		}
	}
	return telling && (shared == len(a) || shared == len(b)), shared == len(a) && shared == len(b)
}

// An originID is what makes two origins the same.
type originID struct{ kind, key, value, reason string }

// telling reports whether an origin of two values makes it likely that they
// are one.
func (id originID) telling() bool {
	switch id.kind {
	case flow.Const:
		return strings.ContainsAny(id.value, "/@\\") || strings.HasSuffix(id.value, ".sock")
	case flow.Unknown, "runtime":
		return false
	}
	return true
}

// identities returns what is known of the origins of an address, but for those
// of its network.
func identities(origins []Origin) map[originID]bool {
	out := make(map[originID]bool)
	known := slices.ContainsFunc(origins, func(o Origin) bool { return o.Kind != flow.Unknown })
	whole := slices.ContainsFunc(origins, func(o Origin) bool { return o.Part == "address" || o.Part == "path" })
	for _, o := range origins {
		if o.Part == "network" || known && o.Kind == flow.Unknown || whole && (o.Part == "host" || o.Part == "port") || o.IsDefault {
			continue
		}
		out[originID{o.Kind, o.Key, o.Value, o.Reason}] = true
	}
	return out
}

// spare makes the edits that put the helper's drop-in in the place of a call.
func (f *finder) spare(s *flow.Site, l *Lifecycle) {
	if ok, reason := f.editable(s); !ok {
		l.Reason += "; " + reason
		return
	}
	name, imports := edit.Import(s.File, f.pass.TypesInfo, f.pass.Pkg, f.helper, path.Base(f.helper))
	if name == "" || f.lastOfDotImport(s) {
		l.Reason += "; the file has no import declaration to add the helper to"
		return
	}
	to := name + "." + s.Effect.Recipe
	var edits []analysis.TextEdit
	switch {
	case s.Fn.Signature().Recv() == nil:
		edits = edit.Rename(s.Expr, to)
	case s.Effect.Wraps:
		edits = f.aroundFirst(s, to)
	default:
		edits = f.ofReceiver(s, to)
	}
	if edits == nil || collide(imports, edits) {
		l.Reason += "; the call cannot be taken apart"
		return
	}
	l.Level, l.Needs = Safe, needs(s.Effect.Recipe)
	edits = append(imports, edits...)
	f.spares[at(l.File, l.Line, l.Col)] = spare{s.Expr.Pos(), s.Expr.End(), edits}
	l.Fix = f.offsets(s.File, edits)
}

// A spare is the edits that spare an inherited socket, for what stands at a
// place.
type spare struct {
	pos, end token.Pos
	edits    []analysis.TextEdit
}

// server names the variable or field that holds the receiver of a call.
func (f *finder) server(s *flow.Site) string {
	sel, ok := s.Expr.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	var id *ast.Ident
	switch x := ast.Unparen(sel.X).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return ""
	}
	if obj := f.pass.TypesInfo.Uses[id]; obj != nil {
		pos := f.posn(obj.Pos())
		return at(pos.File, pos.Line, pos.Col)
	}
	return ""
}

// isTracked reports whether the listener of a call goes through the helper
// already.
func (f *finder) isTracked(s *flow.Site) bool {
	if !s.Effect.Wraps || len(s.Call.Args) == 0 {
		return false
	}
	call, ok := ast.Unparen(s.Call.Args[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(f.pass.TypesInfo, call).(*types.Func)
	return ok && fn.Pkg() != nil && model.IsHelper(fn.Pkg().Path())
}

// served returns the place of the site of the package that makes the server of
// a call listen itself, "" when there is none.
func (f *finder) served(l Lifecycle, sites []Site) string {
	for i, s := range f.flow.Sites {
		if l.Server != "" && s.Sink.Receiver && f.server(s) == l.Server && sites[i].Class == Listen {
			return at(sites[i].File, sites[i].Line, sites[i].Col)
		}
	}
	return ""
}

// A belonging is where a call with an effect may be found to belong to a site.
type belonging struct {
	sites map[string]*Site
	all   []*Site           // in order
	links map[string][]Link // by effect
}

// lifecycles says which calls with effects belong to which sites, and lowers
// the level of sites that an effect which cannot be fixed belongs to.
func lifecycles(results []*Result, sites map[string]*Site) []Lifecycle {
	b := belonging{sites: sites, links: make(map[string][]Link)}
	for _, key := range sortedPlaces(sites) {
		b.all = append(b.all, sites[key])
	}
	for _, r := range results {
		if r == nil {
			continue
		}
		for _, l := range r.Links {
			b.links[l.Effect] = append(b.links[l.Effect], l)
		}
	}
	seen := make(map[string]bool)
	var found []Lifecycle
	for _, r := range results {
		if r == nil {
			continue
		}
		for _, l := range r.Lifecycle {
			key := at(l.File, l.Line, l.Col)
			of := b.sitesOf(l, r)
			if seen[key] || len(of) == 0 {
				continue
			}
			seen[key] = true
			for _, s := range of {
				l.Sites = append(l.Sites, fmt.Sprintf("%s:%d", s.File, s.Line))
			}
			l.Site = l.Sites[0]
			found = append(found, l)
		}
	}
	found = append(found, b.tries()...)
	found = append(found, b.unstopped(found)...)
	out := slices.DeleteFunc(slices.Clone(found), func(l Lifecycle) bool {
		return l.Category == "probe" && !b.probes(l, found) || l.Serves && !stops(l, found)
	})
	slices.SortFunc(out, func(x, y Lifecycle) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	for _, l := range out {
		if l.Level == Manual && l.Category != model.Stop && !l.Note {
			b.lower(l)
		}
	}
	return out
}

func sortedPlaces(sites map[string]*Site) []string {
	keys := make([]string, 0, len(sites))
	for k := range sites {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := sites[a], sites[b]
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	return keys
}

// sitesOf returns the sites that a call belongs to, the nearest first.
func (b *belonging) sitesOf(l Lifecycle, r *Result) []*Site {
	var out []*Site
	switch {
	case l.Path && !l.Asked:
		for _, link := range b.links[at(l.File, l.Line, l.Col)] {
			s := b.sites[link.Site]
			if s == nil || s.Class != Listen && s.Class != Inherited || slices.Contains(out, s) {
				continue
			}
			if above := strings.HasSuffix(l.Callee, ".RemoveAll") && strings.HasPrefix(s.Shape, l.Shape+"/"); !above && !sameShape(l.Shape, s.Shape, link.Equal) {
				continue
			}
			out = append(out, s)
		}
	case b.sites[l.Site] != nil:
		return []*Site{b.sites[l.Site]}
	case l.Category == "path" && !l.Note && !l.Asked: // the function as a value: for whichever path
		for _, s := range b.all {
			if s.Class == Listen && hasPath(*s) && path.Dir(s.File) == path.Dir(l.File) {
				out = append(out, s)
			}
		}
	default:
		if s := b.near(l, r); s != nil {
			out = []*Site{s}
		}
	}
	slices.SortStableFunc(out, func(x, y *Site) int { return cmp.Compare(away(l, x), away(l, y)) })
	return out
}

// away says how far a site is from a call: fewest lines in the same function,
// rather behind a call that removes, and before any other.
func away(l Lifecycle, s *Site) int {
	const wrongSide = 10
	removes := strings.Contains(l.Callee, "Remove") || strings.Contains(l.Callee, "Unlink") && l.Path
	lines := s.Line - l.Line
	switch {
	case s.File != l.File:
		return 1 << 31
	case s.Func != l.Func:
		return 1 << 30
	case lines < 0 && removes:
		return -lines * wrongSide
	case lines < 0:
		return -lines
	case removes:
		return lines
	}
	return lines * wrongSide
}

// hole is the shape of a path that is not composed at the call.
const hole = "{}"

// sameShape reports whether two values with common origins may be one, by how
// they are composed where they are used.
func sameShape(a, b string, equal bool) bool {
	if a == "" || b == "" || a == b {
		return true
	}
	return (a == hole || b == hole && !besides(a)) && equal
}

// besides reports whether the shape of a path is that of another file than the
// one that its hole stands for: its folder, or one with another ending.
func besides(shape string) bool {
	rest, ok := strings.CutPrefix(shape, hole)
	return ok && rest != "" && rest[0] != '/' || strings.Contains(shape, "Dir("+hole) || strings.HasPrefix(shape, "trim(")
}

// near returns the site that a call belongs to by where it stands, nil for
// none.
func (b *belonging) near(l Lifecycle, r *Result) *Site {
	unix := strings.HasSuffix(l.Callee, "Umask") || strings.Contains(l.Callee, "UnixListener") || l.Net == "unix" || l.Asked
	fits := func(s *Site) bool {
		return (s.Class == Listen || s.Class == Inherited && len(s.Origins) > 0) && (!unix || hasPath(*s)) &&
			(l.Net != "tcp" || slices.ContainsFunc(s.Network, func(n string) bool { return strings.HasPrefix(n, "tcp") })) &&
			(l.Category != model.Stop || socketType(s.Network) == "stream" && (s.Serves == "http" || s.Serves == ""))
	}
	elsewhere := l.Note || l.Category == model.Stop || l.Category == "environment"
	for _, is := range []func(s *Site) bool{
		func(s *Site) bool { return s.File == l.File && s.Func == l.Func && s.Line < l.Line },
		func(s *Site) bool { return s.File == l.File && s.Func == l.Func },
		func(s *Site) bool { return path.Dir(s.File) == path.Dir(l.File) },
		func(s *Site) bool { return elsewhere && slices.Contains(s.Mains, r.Package) },
		func(s *Site) bool { return (l.Note && r.Name != "main" || l.Category == model.Stop) && len(s.Mains) > 0 },
	} {
		var best *Site
		for _, s := range b.all {
			if fits(s) && is(s) && (best == nil || away(l, s) < away(l, best)) {
				best = s
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// tries lists the calls that listen on the address of sites to see whether it
// is free.
func (b *belonging) tries() []Lifecycle {
	var out []Lifecycle
	for _, p := range b.all {
		if p.Class != Probe {
			continue
		}
		l := Lifecycle{
			File: p.File, Line: p.Line, Col: p.Col, Func: p.Func, Callee: p.Callee, Category: "probe", Level: Manual,
			Reason: "listens on the address to see whether it is free, which it never is while the supervisor has the socket",
		}
		for _, s := range b.all {
			if same, _ := samePlace(p.Origins, s.Origins); same && s.Class == Listen {
				l.Sites = append(l.Sites, fmt.Sprintf("%s:%d", s.File, s.Line))
			}
		}
		if len(l.Sites) > 0 {
			l.Site = l.Sites[0]
			out = append(out, l)
		}
	}
	return out
}

// unstopped lists the sites of HTTP servers in a module that shuts down none.
func (b *belonging) unstopped(found []Lifecycle) []Lifecycle {
	if slices.ContainsFunc(found, func(l Lifecycle) bool { return l.Category == model.Stop && !l.Serves }) {
		return nil
	}
	var out []Lifecycle
	for _, s := range b.all {
		if s.Class != Listen || s.Level == Manual || s.Serves != "http" || len(s.Mains) == 0 {
			continue
		}
		out = append(out, Lifecycle{
			File: s.File, Line: s.Line, Col: s.Col, Func: s.Func, Callee: s.Callee, Category: model.Stop,
			Site: fmt.Sprintf("%s:%d", s.File, s.Line), Sites: []string{fmt.Sprintf("%s:%d", s.File, s.Line)}, Level: Review, Note: true,
			Reason: "is stopped by nothing but the end of the process: a restart cuts requests off; on SIGTERM call inherit.Shutdown(ctx, srv) of a *http.Server that serves inherit.Tracked(srv, l)",
		})
	}
	return out
}

// probes reports whether a call that connects to the path of a site, or looks
// for it, does so on the way to the listen, where it decides whether to. Where
// the path is removed next, it only decides whether there is anything to
// remove.
func (b *belonging) probes(l Lifecycle, all []Lifecycle) bool {
	if !l.Path {
		return true
	}
	within, near, listens := false, l.Checks && strings.Contains(l.Callee, "Dial"), 0
	for _, s := range b.all {
		if s.File == l.File && s.Func == l.Func && l.Of(fmt.Sprintf("%s:%d", s.File, s.Line)) {
			within, listens = true, max(listens, s.Line)
			near = near || s.Line > l.Line
		}
	}
	looks := strings.HasSuffix(l.Callee, "tat")
	for _, o := range all {
		if o.Category != "path" || o.File != l.File || o.Func != l.Func || o.Site != l.Site || o.Line < l.Line {
			continue
		}
		if looks && o.Level == Safe && (!within || o.Line < listens) {
			return false
		}
		near = near || !within
	}
	return near && (within || b.unix(l))
}

// unix reports whether the site that a call belongs to may have a path.
func (b *belonging) unix(l Lifecycle) bool {
	return slices.ContainsFunc(b.all, func(s *Site) bool { return fmt.Sprintf("%s:%d", s.File, s.Line) == l.Site && hasPath(*s) })
}

// stops reports whether a server that a call makes accept is shut down in its
// package.
func stops(l Lifecycle, all []Lifecycle) bool {
	return slices.ContainsFunc(all, func(o Lifecycle) bool {
		return o.Category == model.Stop && !o.Serves && path.Dir(o.File) == path.Dir(l.File) && (o.Server == l.Server || o.Server == "" || l.Server == "" || alone(l, all))
	})
}

// alone reports whether the servers that calls of a package make accept are one.
func alone(l Lifecycle, all []Lifecycle) bool {
	return !slices.ContainsFunc(all, func(o Lifecycle) bool {
		return o.Serves && path.Dir(o.File) == path.Dir(l.File) && o.Server != l.Server
	})
}

// lower makes sites that could be ported safely ones to review, because of an
// effect that nothing spares them.
func (b *belonging) lower(l Lifecycle) {
	for _, s := range b.all {
		if l.Of(fmt.Sprintf("%s:%d", s.File, s.Line)) && s.Class == Listen && s.Level == Safe {
			s.Level = Review
			s.Reason = fmt.Sprintf("%s at %s:%d %s", flow.Short(l.Callee), l.File, l.Line, l.Reason)
		}
	}
}
