package analyzer

import (
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A finder turns the flows of one package into findings.
type finder struct {
	pass   *analysis.Pass
	flow   *flow.Package
	helper string // import path
	files  map[string]*token.File
	fixes  [][]analysis.TextEdit // by site
	// taker is the reason not to port anything here: something that takes
	// inherited sockets already; "" when nothing is seen that does.
	taker string
	// spares are where calls with effects stand, and their edits, by place.
	spares map[string]spare
}

// result makes the Result of the package.
func (f *finder) result() *Result {
	r := &Result{Package: f.pass.Pkg.Path(), Name: f.pass.Pkg.Name(), Truncated: f.flow.Truncated}
	if f.pass.Module != nil {
		r.Module = f.pass.Module.Path
	}
	f.fixes = make([][]analysis.TextEdit, len(f.flow.Sites))
	f.taker = f.findTaker()
	for i, s := range f.flow.Sites {
		r.Sites = append(r.Sites, f.site(i, s))
	}
	f.spares = make(map[string]spare)
	r.Lifecycle = f.lifecycle(r.Sites)
	if r.Name == "main" {
		r.Joined, r.Hidden = f.joined(r)
		r.Links = f.links(r.Joined)
	} else {
		r.Links = f.linksHere(r.Sites)
	}
	return r
}

// findTaker looks for what takes inherited sockets already, here or in what
// the package imports. Join looks again, at whole programs.
func (f *finder) findTaker() string {
	for _, s := range f.flow.Sites {
		if s.Sink.Inherited && !model.IsHelper(s.Fn.Pkg().Path()) && !isTest(s.Pos.File) {
			return takerReason(s.Callee, s.Pos.File, s.Pos.Line)
		}
	}
	for _, n := range f.flow.Sinks() {
		if callee, at := n.Sink(); readsListenFDs(callee) {
			return takerReason(callee, at.File, at.Line)
		}
	}
	return ""
}

// takerReason says why a site beside a call that takes inherited sockets is
// not ported.
func takerReason(callee, file string, line int) string {
	return fmt.Sprintf("the program takes inherited sockets already, with %s at %s:%d, which would find none beside the helper: use that way here too, or replace it first",
		flow.Short(callee), file, line)
}

// site makes the finding of one site.
func (f *finder) site(i int, s *flow.Site) Site {
	out := Site{
		File: s.Pos.File, Line: s.Pos.Line, Col: s.Pos.Col,
		Func: s.Func, Callee: callee(s), Empty: s.Sink.Empty, Takes: s.Sink.Takes,
		Mains: []string{}, Select: []string{}, Network: []string{},
		Origins:  f.origins(s.Address, s.Sink),
		Shape:    f.flow.Shape(s),
		Excludes: f.excludes(s),
		Loop:     slices.ContainsFunc(s.Instrs, func(i ssa.CallInstruction) bool { return flow.InLoop(i) }),
	}
	network := f.network(s.Network, s.Sink)
	out.Network = networks(s.Sink.Fixed, network)
	choose(s, network)
	out.Serves = f.serves(s, out.Network)
	out.Class = f.class(s, out)
	switch out.Class {
	case Listen:
		out.Category = categoryOf(out.Origins)
		f.fix(i, s, &out)
	case Inherited:
		f.toggle(s, &out)
	}
	return out
}

// callee names the function of a site: that of Sole by what it is called in
// the source.
func callee(s *flow.Site) string {
	if !strings.Contains(s.Callee, ".claimer).") {
		return s.Callee
	}
	return s.Fn.Pkg().Path() + ".Sole." + s.Fn.Name()
}

// origins traces the address of a site.
func (f *finder) origins(address flow.Node, sink *model.Sink) []Origin {
	if sink.Address == model.None && !sink.Receiver && sink.Fields == nil {
		return []Origin{}
	}
	origins := f.flow.Origins(address, model.Whole)
	if sink.Receiver && sink.Fixed == "" { // the network is traced by itself
		origins = slices.DeleteFunc(origins, func(o flow.Origin) bool { return o.Part == model.Network })
	}
	return convert(origins)
}

// convert makes the JSON form of origins.
func convert(in []flow.Origin) []Origin {
	out := []Origin{}
	for _, o := range in {
		c := Origin{
			Part: o.Part.String(), Kind: o.Kind, Key: o.Key,
			Default: o.Default, HasDefault: o.HasDefault,
			Value: o.Value, Reason: o.Reason, Rejected: o.Rejected,
			Many: o.Many, Dash: o.Dash, Help: o.Help, Trace: []Step{},
		}
		for _, s := range o.Trace {
			c.Trace = append(c.Trace, Step{s.Pos.File, s.Pos.Line, s.Pos.Col, s.What})
		}
		for _, at := range o.Context {
			c.Context = append(c.Context, at.String())
		}
		out = append(out, c)
	}
	return tidy(out)
}

// tidy marks the constants that a configuration source overrides as its
// default, and drops empty values beside others.
func tidy(origins []Origin) []Origin {
	parts := make(map[string][]Origin)
	var order []string
	for _, o := range origins {
		if parts[o.Part] == nil {
			order = append(order, o.Part)
		}
		parts[o.Part] = append(parts[o.Part], o)
	}
	out := []Origin{}
	for _, part := range order {
		out = append(out, tidyPart(parts[part])...)
	}
	return out
}

// tidyPart tidies the origins of one part of an address.
func tidyPart(origins []Origin) []Origin {
	defaults := make(map[string]bool)
	for _, o := range origins {
		if o.Kind == flow.Const && o.Value != "" && (o.Part != "address" || strings.ContainsAny(o.Value, ":/@") || strings.Trim(o.Value, "0123456789") == "") {
			defaults[o.Value] = true // a name alone is a piece of a path
		}
	}
	var out []Origin
	absorbed := false
	for _, o := range origins {
		if o.IsConfig() && o.Kind != "args" && len(defaults) == 1 && !contextual(origins) {
			for value := range defaults {
				if !o.HasDefault || o.Default == "" {
					o.Default, o.HasDefault = value, true
					o.Trace = slices.Clone(o.Trace)
					if len(o.Trace) > 0 {
						o.Trace[0].What = o.String()
					}
					absorbed = true
				} else if o.Default == value {
					absorbed = true
				}
			}
		}
		out = append(out, o)
	}
	for i := range out {
		out[i].IsDefault = out[i].Kind == flow.Const && absorbed && defaults[out[i].Value]
	}
	return slices.DeleteFunc(out, func(o Origin) bool { return o.Kind == flow.Const && o.Value == "" && len(out) > 1 })
}

// contextual reports whether the constants and the sources among origins
// belong to different logical listeners.
func contextual(origins []Origin) bool {
	for _, c := range origins {
		if c.Kind != flow.Const || c.Value == "" {
			continue
		}
		for _, o := range origins {
			if o.IsConfig() && !prefix(c.Context, o.Context) && !prefix(o.Context, c.Context) {
				return true
			}
		}
	}
	return false
}

// prefix reports whether a is a prefix of b.
func prefix(a, b []string) bool {
	return len(a) <= len(b) && slices.Equal(a, b[:len(a)])
}

// network traces the network argument of a site.
func (f *finder) network(n flow.Node, sink *model.Sink) []Origin {
	if sink.Network == model.None && (!sink.Receiver || sink.Fixed != "") {
		return nil
	}
	return convert(f.flow.Origins(n, model.Network))
}

// networks returns the network names that are known of a site.
func networks(fixed string, origins []Origin) []string {
	out := []string{}
	out = append(out, strings.Fields(fixed)...)
	for _, o := range origins {
		if o.Kind == flow.Const && o.Value != "" {
			out = append(out, o.Value)
		} else if o.HasDefault && o.Default != "" {
			out = append(out, o.Default)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// joined lists what a program knows of the sites that it reaches, and counts
// those that no call of its module leads to by name.
func (f *finder) joined(r *Result) (out []Joined, hidden int) {
	within := func(pkg string) bool {
		return r.Module != "" && (pkg == r.Module || strings.HasPrefix(pkg, r.Module+"/"))
	}
	for _, n := range f.flow.Sinks() {
		if !f.flow.Reaches(n) {
			continue
		}
		callee, at := n.Sink()
		sink := f.flow.SinkOf(callee)
		if sink == nil {
			continue // a fact of another version's rows
		}
		j := Joined{
			File: at.File, Line: at.Line, Col: at.Col, Callee: callee,
			Package: path.Dir(at.File), Network: f.network(n.NetworkOf(), sink), Fixed: sink.Fixed,
			Origins: f.origins(n, sink),
		}
		if isTest(at.File) {
			continue
		}
		j.Origins = dropUncalled(j.Origins)
		if r.Module != "" && !within(j.Package) {
			covered := false
			for _, d := range f.flow.Doors(n, within) {
				if f.flow.SinkOf(d.Callee) != nil {
					covered = true // the door is a site of its own
					continue
				}
				j.Doors = append(j.Doors, Door{d.Pos.File, d.Pos.Line, d.Pos.Col, shortFunc(d.Func), d.Callee})
			}
			if len(j.Doors) == 0 && !readsListenFDs(callee) {
				if j.class() == Listen && !covered {
					hidden++
				}
				continue
			}
		}
		out = append(out, j)
	}
	return out, hidden
}

// readsListenFDs reports whether a function takes the sockets that LISTEN_FDS
// announces, so that nothing beside it gets any.
func readsListenFDs(callee string) bool {
	return strings.HasPrefix(callee, "github.com/coreos/go-systemd")
}

// dropUncalled drops, beside others, origins that are parameters of functions
// which the program does not call.
func dropUncalled(origins []Origin) []Origin {
	for _, o := range origins {
		if o.Kind != flow.Param {
			return slices.DeleteFunc(origins, func(o Origin) bool { return o.Kind == flow.Param })
		}
	}
	return origins
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

// posn names a position as facts do.
func (f *finder) posn(pos token.Pos) flow.Pos {
	p := f.pass.Fset.PositionFor(pos, true)
	dir := f.pass.Pkg.Path()
	if strings.HasSuffix(f.pass.Pkg.Name(), "_test") {
		dir = strings.TrimSuffix(dir, "_test")
	}
	return flow.Pos{File: path.Join(dir, filepath.Base(p.Filename)), Line: p.Line, Col: p.Column}
}
