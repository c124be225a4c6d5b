package extract

import (
	"cmp"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Package is what is known about the flows into the listen sites of one
// package and of everything below it.
type Package struct {
	// Model is what is known of APIs in the package's module; see
	// [model.Model.ForModule].
	Model *model.Model
	// Sites are the listen calls, and Effects the calls with an effect on a
	// socket, if the package is of a module at work: on which, if any, the
	// program knows. Both in source order.
	Sites   []*Site
	Effects []*Effect
	// Graph has the edges of the package and of those below it.
	Graph *flow.Graph

	pass     *analysis.Pass
	x        *index // nil where nothing of interest is mentioned
	inferred map[string]*model.Sink
	fact     *flow.Flows
}

// Analyze finds the sites of a package and joins its edges with those of the
// packages that it imports. It returns nil for a package that has nothing to
// do with listening: most of them.
func Analyze(pass *analysis.Pass, m *model.Model) *Package {
	dependency := isDependency(pass)
	if pass.Module == nil || pass.Module.Path == "" {
		if model.IsStd(pass.Pkg.Path()) {
			return nil
		}
	} else if !dependency {
		m = m.ForModule(pass.Module.Path)
	}
	if m.IsModelled(pass.Pkg.Path()) && !model.IsStd(pass.Pkg.Path()) {
		return nil
	}
	imported := imports(pass, m)
	p := &Package{Model: m, pass: pass, inferred: inferredSinks(imported)}
	g := gate{api{m}, pass, dependency}
	if !g.relevant() && !touches(pass, imported) {
		if imported.Empty() {
			return nil
		}
		p.Graph = flow.NewGraph(m, imported)
		p.export(pass, nil, imported)
		return p
	}
	e := newExtractor(build(pass, m, imported))
	p.x = e.index
	p.Sites, p.Effects = e.findSites()
	p.Sites = slices.DeleteFunc(p.Sites, func(s *Site) bool {
		return s.Sink.File != model.None && (e.ofOwnFile(s) || dependency && !speaksActivation(pass))
	})
	if dependency {
		p.Effects = nil
	}
	e.run(p.Sites, p.Effects, imported)
	own := &flow.Flows{Edges: e.edges, Fillers: e.ownFillers()}
	if dependency {
		own.Recipes = e.recipes(p.Sites)
	}
	all := flow.Merge(own, imported)
	p.Graph = flow.NewGraph(m, all)
	p.export(pass, e.edges, all)
	return p
}

// SpeaksActivation reports whether a package of the module at work, other than the
// helper, names a variable by which a supervisor tells of sockets.
func SpeaksActivation(pass *analysis.Pass, m *model.Model) bool {
	ours := pass.Module != nil && pass.Module.Path != "" && !isDependency(pass)
	return ours && !m.IsHelper(pass.Pkg.Path()) && speaksActivation(pass)
}

// export makes the fact of the package, unless nobody can import it.
func (p *Package) export(pass *analysis.Pass, own []flow.Edge, all *flow.Flows) {
	if pass.Pkg.Name() != "main" {
		p.fact = p.Graph.Export(own, all, isDependency(pass))
	}
}

// isDependency reports whether the package is of a module that is not worked
// on: a released version of one.
func isDependency(pass *analysis.Pass) bool {
	return pass.Module != nil && pass.Module.Version != ""
}

// Fact returns what importers need of p, nil for nothing.
func (p *Package) Fact() *flow.Flows {
	if p == nil || p.fact.Empty() {
		return nil
	}
	return p.fact
}

// imports joins the facts of the direct imports, which is all that every driver
// shows.
func imports(pass *analysis.Pass, m *model.Model) *flow.Flows {
	pkgs := slices.Clone(pass.Pkg.Imports())
	slices.SortFunc(pkgs, func(a, b *types.Package) int { return cmp.Compare(a.Path(), b.Path()) })
	var facts []*flow.Flows
	for _, p := range pkgs {
		f := new(flow.Flows)
		if !m.IsModelled(p.Path()) && pass.ImportPackageFact(p, f) {
			facts = append(facts, f)
		}
	}
	return flow.Merge(facts...)
}

// inferredSinks returns the sinks that facts have inferred recipes for.
func inferredSinks(f *flow.Flows) map[string]*model.Sink {
	out := make(map[string]*model.Sink)
	for _, r := range f.Recipes {
		out[r.Func] = r.Sink()
	}
	return out
}

// Sink returns the row of a function that listens, or the one that is inferred
// for it; nil for none.
func (p *Package) Sink(name string) *model.Sink {
	if s := p.Model.Sink(name); s != nil {
		return s
	}
	return p.inferred[name]
}
