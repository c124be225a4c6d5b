package flow

// This file defines how traces are written down.

import (
	"fmt"
	"strings"

	"inheritfd/analyzer/model"
)

// trace writes down the way from an origin to the site.
func trace(v *visit, o Origin) (steps []Step, rejected string) {
	add := func(pos Pos, what string) {
		if pos.IsValid() && what != "" && (len(steps) == 0 || steps[len(steps)-1] != (Step{pos, what})) {
			steps = append(steps, Step{pos, what})
		}
	}
	pos := v.edge.Pos
	if v.node.kind() == 'S' {
		if _, _, at := v.node.source(); at.IsValid() {
			pos = at
		}
	}
	add(pos, o.describe())
	for w := v; w.next != nil; w = w.next {
		e := w.edge
		if e.To.kind() == 'T' {
			name, at, _ := cutLast(e.To.rest(), "@")
			rejected = Short(name) + " at " + at
		}
		if w == v && e.Pos == pos && (v.node.kind() == 'C' || v.node.kind() == 'U') && e.To.kind() != 'F' && e.To.kind() != 'P' {
			continue
		}
		add(e.Pos, e.describe())
	}
	return steps, rejected
}

// describe names an origin in a trace.
func (o Origin) describe() string {
	def := ""
	if o.HasDefault {
		def = fmt.Sprintf(", default %q", o.Default)
	}
	switch o.Kind {
	case Const:
		return fmt.Sprintf("constant %q", o.Value)
	case string(model.Flag):
		return "flag " + o.Dash + o.Key + def
	case string(model.Env):
		return "env " + o.Key + def
	case string(model.File):
		return "file key " + o.Key + def
	case string(model.Args):
		return "command-line arguments"
	case string(model.Runtime):
		return "known only at run time: " + o.Reason
	}
	return o.Reason
}

// describe names an edge in a trace.
func (e Edge) describe() string {
	switch e.To.kind() {
	case 'F', 'G', 'O':
		if e.Kind == Decode {
			return "decoded into " + e.To.describe()
		}
		return "stored in " + e.To.describe()
	case 'P':
		if p := e.To.param(); p != "" {
			return fmt.Sprintf("passed as %s to %s", p, bare(e.To.fn()))
		}
		return "passed to " + bare(e.To.fn())
	case 'M', 'X':
		return "passed to " + e.To.describe()
	case 'R', 'V', 'Y':
		return "returned by " + e.To.describe()
	case 'L':
		name, _, _ := cutLast(e.To.rest(), "@")
		return "result of " + bare(name)
	case 'T':
		name, _, _ := cutLast(e.To.rest(), "@")
		return "passes through " + Short(name)
	}
	return ""
}

// describe names a place.
func (n Node) describe() string {
	switch n.kind() {
	case 'F':
		return bareMember(n.rest())
	case 'G':
		return "variable " + bare(n.rest())
	case 'P':
		return "parameter " + n.param() + " of " + bare(n.fn())
	case 'V', 'M':
		return bareMember(n.fn())
	case 'R', 'O':
		return bare(n.fn())
	case 'X', 'Y':
		holder, _ := n.held()
		return "the function in " + holder.describe()
	}
	return n.rest()
}

// bare drops the package from the full name of a function or variable:
// (*example.com/a/b.T).M is (*T).M.
func bare(name string) string {
	trimmed := strings.TrimLeft(name, "(*")
	lead := name[:len(name)-len(trimmed)]
	return lead + strings.TrimPrefix(trimmed, model.PkgOf(name)+".")
}

// bareMember is bare for a field or interface method: T.f.
func bareMember(name string) string {
	if strings.HasPrefix(name, "(") {
		return bare(name)
	}
	return strings.TrimPrefix(name, pkgOfMember(name)+".")
}
