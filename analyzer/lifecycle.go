package analyzer

// This file defines what else a package does to sockets, and to their paths,
// and the edits that spare an inherited one.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"go/version"
	"io/fs"
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
	// Value is the mode that it sets, in octal, or the owner, as UID:GID, where
	// that is constant.
	Value string `json:"value,omitempty"`
	// Note says that it does no harm: there is nothing to port.
	Note bool `json:"note,omitempty"`

	// Fix are the edits of the file that spare an inherited socket, and Needs
	// the optional files of the helper that they use.
	Fix   []edit.Edit `json:"fix,omitempty"`
	Needs []string    `json:"needs,omitempty"`
	// Sites are all sites that it belongs to, when there are several.
	Sites []string `json:"sites,omitempty"`

	// Hints are what its sites are found by; not in reports.
	Hints `json:"hints,omitzero"`
}

// Hints are what a call and the function around it show of the socket that the
// call belongs to.
type Hints struct {
	// Path says that the call is given the path, Shape how that is composed
	// there, and Asked that it is what a listener says of itself.
	Path  bool   `json:"path,omitempty"`
	Shape string `json:"shape,omitempty"`
	Asked bool   `json:"asked,omitempty"`
	// Net is the kind of listener in the function around the call, "tcp" or
	// "unix", and Checks says that this function returns whether something is
	// so.
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
			Category: s.Effect.Category, Level: Manual, Reason: s.Effect.Reason, Note: s.Effect.Note,
		}
		l.Path = s.Effect.Path != model.None
		l.Value = f.sets(s)
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
			l.Shape, l.Asked = f.flow.Shape(s), s.Asked()
		case l.Category == model.Stop:
			if f.isTracked(s) {
				continue
			}
			l.Server, l.Serves = f.server(s), s.Effect.Around == model.Arg0
			l.Site = f.served(l, sites)
			if l.Serves && s.Wrapped() {
				l.Reason += "; it is wrapped here, so put inherit.Tracked around the one inside"
				out = append(out, f.placed(s, l))
				continue
			}
		}
		if s.Effect.Recipe != "" {
			f.spare(s, &l)
		}
		out = append(out, f.placed(s, l))
	}
	for i, s := range f.flow.Sites {
		if sites[i].Class == Listen || sites[i].ByHelper() {
			out = append(out, f.addresses(s, sites[i])...)
		}
	}
	return out
}

// placed notes where a finding without edits stands.
func (f *finder) placed(s *flow.Site, l Lifecycle) Lifecycle {
	if _, ok := f.spares[at(l.File, l.Line, l.Col)]; !ok {
		f.spares[at(l.File, l.Line, l.Col)] = spare{pos: s.Expr.Pos(), end: s.Expr.End()}
	}
	return l
}

// lastArg returns the last argument of a call if it is a constant, else "".
func (f *finder) lastArg(s *flow.Site) string {
	if s.Call == nil || len(s.Call.Args) == 0 {
		return ""
	}
	if v := f.pass.TypesInfo.Types[s.Call.Args[len(s.Call.Args)-1]].Value; v != nil && v.Kind() == constant.Bool {
		return v.String()
	}
	return ""
}

// sets returns the file mode or the owner that a call sets, if that is constant.
func (f *finder) sets(s *flow.Site) string {
	if s.Call == nil || len(s.Call.Args) == 0 {
		return ""
	}
	number := func(x ast.Expr) (int64, bool) {
		v := f.pass.TypesInfo.Types[x].Value
		if v == nil || v.Kind() != constant.Int {
			return 0, false
		}
		return constant.Int64Val(v)
	}
	args := s.Call.Args
	n, ok := number(args[len(args)-1])
	switch {
	case !ok:
	case strings.HasSuffix(s.Callee, "Chmod") || strings.HasSuffix(s.Callee, "Umask"):
		if strings.HasPrefix(s.Callee, "os.") { // whose bits are not the system's
			mode := fs.FileMode(n)
			n = int64(mode.Perm())
			for bit, v := range map[fs.FileMode]int64{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
				if mode&bit != 0 {
					n |= v
				}
			}
		}
		return fmt.Sprintf("%04o", n)
	case strings.HasSuffix(s.Callee, "hown") && len(args) == 3:
		if uid, ok := number(args[1]); ok {
			return fmt.Sprintf("%d:%d", uid, n)
		}
	}
	return ""
}

// around tells of the function around a call whether a listener is at hand
// whose descriptor is used, "tcp" or "unix", and whether the function checks
// something.
func (f *finder) around(s *flow.Site) (network string, checks bool) {
	fd := declaration(s)
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

// declaration returns the declared function that a site is in, nil for none.
func declaration(s *flow.Site) *ast.FuncDecl {
	for _, d := range s.File.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Pos() <= s.Expr.Pos() && s.Expr.End() <= fd.End() {
			return fd
		}
	}
	return nil
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
			if !mayActOn(s.Effect, site) {
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
			site := Site{Class: j.class(), Network: networks(j.Fixed, j.Network)}
			if slices.ContainsFunc(j.Network, func(o Origin) bool { return o.Kind != flow.Const }) {
				site.Network = nil // not known
			}
			if !mayActOn(model.EffectOf(callee), site) {
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

// mayActOn reports whether a call may have to do with a site: with its path, or
// with any address.
func mayActOn(e *model.Effect, s Site) bool {
	return e != nil && (hasPath(s) || e.Category == "probe" || e.Category == model.Form)
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
	if isDefault(path, site) {
		return true, true
	}
	shared, telling := 0, false
	for id := range a {
		if b[id] {
			shared++
			telling = telling || id.telling()
		}
	}
	return telling && (shared == len(a) || shared == len(b)), shared == len(a) && shared == len(b)
}

// isDefault reports whether a path is a constant that the address of a site is
// unless the configuration says otherwise.
func isDefault(path, site []Origin) bool {
	for _, o := range path {
		if o.Kind != flow.Const || !(originID{kind: flow.Const, value: o.Value}).telling() || !slices.ContainsFunc(site, func(s Origin) bool {
			return s.Part != "network" && (s.Kind == flow.Const && s.Value == o.Value || s.HasDefault && s.Default == o.Value)
		}) {
			return false
		}
	}
	return len(path) == 1
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
	if s.Effect.Recipe == "Quiesced" && !f.generic() {
		l.Reason += "; what would spare it needs go 1.18 in go.mod"
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
	case s.Effect.Around == model.Arg0:
		edits = f.aroundFirst(s, to)
	case s.Effect.Around == model.Recv:
		edits = f.aroundReceiver(s, to)
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

// generic reports whether the package may call generic functions.
func (f *finder) generic() bool {
	v := f.pass.Pkg.GoVersion()
	return v == "" || version.Compare(v, "go1.18") >= 0
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

// isTracked reports whether what the helper's function is to go around comes
// from the helper already.
func (f *finder) isTracked(s *flow.Site) bool {
	var x ast.Expr
	switch sel, ok := s.Expr.(*ast.SelectorExpr); {
	case s.Effect.Around == model.Arg0 && len(s.Call.Args) > 0:
		x = s.Call.Args[0]
	case s.Effect.Around == model.Recv && ok:
		x = sel.X
	default:
		return false
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(f.pass.TypesInfo, call).(*types.Func)
	return ok && fn.Pkg() != nil && model.IsHelper(fn.Pkg().Path())
}

// stopped reports whether the package stops the server of a site gracefully,
// by a call that is to go through the helper.
func (f *finder) stopped(s *flow.Site) bool {
	return slices.ContainsFunc(f.flow.Effects, func(e *flow.Site) bool {
		return e.Effect.Category == model.Stop && e.Effect.Around == model.Recv && model.PkgOf(e.Callee) == model.PkgOf(s.Callee)
	})
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
