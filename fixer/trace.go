package fixer

// This file defines how a trace is explained: what the search looked at on the
// way back from one call.

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Trace is what the search looked at on the way back from one value of a call.
type Trace struct {
	Pos    flow.Pos
	Callee string
	Part   model.Part // Whole for the address or path, or Network
	// Main is the import path of the program whose packages were searched; "" where
	// no program reaches the call: then what its own package imports was.
	Main  string
	Looks []flow.Look
}

// Explain traces the calls in a line, given as file:line or file:line:col with a
// path in the folder of the options: those that listen, and those that do
// something to a path. The report has no findings; it writes positions. The error
// is a *UsageError when there is no such call.
func Explain(ctx context.Context, o Options, place string) (*Report, []Trace, error) {
	file, line, col, err := parsePlace(place)
	if err != nil {
		return nil, nil, err
	}
	b, err := load(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	r := &Report{Module: b.root.Path, build: b}
	abs, err := filepath.Abs(filepath.Join(o.Dir, file))
	if err != nil {
		return nil, nil, err
	}
	if filepath.IsAbs(file) {
		abs = file
	}
	name, ok := b.name(abs)
	if !ok {
		return nil, nil, &UsageError{fmt.Sprintf("%s is in no package of %s that is analysed", file, r.Module)}
	}
	b.Dir = b.root.Dir // programs elsewhere in the module may reach the call
	if err := b.list(ctx); err != nil {
		return nil, nil, err
	}
	results, problems, err := b.vet(ctx, "-inheritfd.graph")
	if err != nil {
		return nil, nil, err
	}
	r.Errors = problems
	var traces []Trace
	for _, res := range results {
		f := new(flow.Flows)
		if res.Graph == nil || f.GobDecode(res.Graph) != nil {
			continue
		}
		t := tracer{graph: flow.NewGraph(b.rows.ForModule(res.Module), f), pkg: res.Path, main: res.Name == "main", within: func(pkg string) bool { return b.moduleOf(pkg) != nil }, file: name, line: line, col: col}
		traces = append(traces, t.traces()...)
	}
	traces = withPrograms(traces)
	if len(traces) == 0 && len(problems) > 0 {
		return nil, nil, fmt.Errorf("nothing can be said of %s; fix this first:\n\t%s", place, strings.Join(problems, "\n\t"))
	}
	if len(traces) == 0 {
		return nil, nil, &UsageError{fmt.Sprintf("no call in %s listens, or does something to the path of a socket: see inheritfd check -all", place)}
	}
	return r, traces, nil
}

// parsePlace takes file:line and file:line:col apart; without a column it is 0.
func parsePlace(place string) (file string, line, col int, err error) {
	usage := &UsageError{fmt.Sprintf("%q is no place: give it as server/listen.go:40", place)}
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return "", 0, 0, usage
	}
	last, err := strconv.Atoi(place[i+1:])
	if err != nil || last < 1 {
		return "", 0, 0, usage
	}
	rest := place[:i]
	if j := strings.LastIndexByte(rest, ':'); j > 0 {
		if n, err := strconv.Atoi(rest[j+1:]); err == nil && n > 0 {
			return rest[:j], n, last, nil
		}
	}
	return rest, last, 0, nil
}

// name is the inverse of abs: how the analyzer names a file.
func (b *build) name(file string) (string, bool) {
	m := b.moduleAt(file)
	rel, err := filepath.Rel(m.Dir, file)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", false
	}
	return path.Join(m.Path, filepath.ToSlash(rel)), true
}

// A tracer traces what one package sees of the calls in a line.
type tracer struct {
	graph     *flow.Graph
	pkg       string
	main      bool
	within    func(pkg string) bool // of the modules at work
	file      string
	line, col int
}

func (t tracer) traces() []Trace {
	var out []Trace
	for _, n := range slices.Concat(t.graph.Sinks(), t.graph.Effects()) {
		calls, reached := t.calls(n)
		for _, c := range calls {
			if c.Pos.File != t.file || c.Pos.Line != t.line || t.col > 0 && c.Pos.Col != t.col {
				continue
			}
			tr := Trace{Pos: c.Pos, Callee: c.Callee, Looks: t.graph.Explain(n, model.Whole)}
			if reached {
				tr.Main = t.pkg
			}
			out = append(out, tr)
			if network := n.NetworkOf(); n.Kind() == flow.Sink && t.graph.Knows(network) {
				tr.Part, tr.Looks = model.Network, t.graph.Explain(network, model.Network)
				out = append(out, tr)
			}
		}
	}
	return out
}

// calls returns the calls by which the package knows of a node: that of the node,
// if the program reaches it or it is the package's own; for one in a dependency
// those that lead there.
func (t tracer) calls(n flow.Node) (calls []flow.Called, reached bool) {
	pkg := path.Dir(n.Pos().File)
	reached = t.main && (n.Kind() == flow.Effect || t.graph.Reaches(n, t.pkg))
	switch {
	case reached && !t.within(pkg):
		for _, d := range t.graph.Doors(n, t.within) {
			calls = append(calls, flow.Called{Callee: d.Callee, Pos: d.Pos})
		}
	case reached, pkg == t.pkg:
		calls = []flow.Called{{Callee: n.Name(), Pos: n.Pos()}}
	}
	return calls, reached
}

// withPrograms drops what a package alone says of a call that programs know.
func withPrograms(all []Trace) []Trace {
	return slices.DeleteFunc(slices.Clone(all), func(t Trace) bool {
		return t.Main == "" && slices.ContainsFunc(all, func(o Trace) bool { return o.Main != "" && o.Pos == t.Pos })
	})
}
