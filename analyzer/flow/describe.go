package flow

// This file defines how traces are written down.

import (
	"fmt"
	"strings"

	"inheritfd/analyzer/model"
)

// trace writes down the way from an origin to the site.
func trace(v *visit, o Origin) (steps []Step, rejected Called) {
	add := func(pos Pos, what string) {
		if pos.IsValid() && what != "" && (len(steps) == 0 || steps[len(steps)-1] != (Step{pos, what})) {
			steps = append(steps, Step{pos, what})
		}
	}
	kind, pos := v.node.Kind(), v.edge.Pos
	if at := v.node.Pos(); kind == Source && at.IsValid() {
		pos = at
	}
	add(pos, o.String())
	for w := v; w.next != nil; w = w.next {
		e := w.edge
		if w.ofObject {
			continue
		}
		if e.To.Kind() == Rejecting {
			rejected = Called{e.To.Name(), e.To.Pos()}
		}
		if w == v && e.Pos == pos && (kind == Const || kind == Unknown) && e.To.Kind() != Field && e.To.Kind() != Param {
			continue
		}
		what := e.describe()
		if what != "" && w.next.lost && w.next.node == e.To && e.To.Kind() == Field {
			what += ", of one " + ownerOf(e.To) + " or another"
		}
		add(e.Pos, what)
	}
	return steps, rejected
}

// describe names an edge in a trace.
func (e Edge) describe() string {
	switch e.To.Kind() {
	case Field, Global, Out:
		if e.Flow == Decode {
			return "decoded into " + e.To.describe()
		}
		return "stored in " + e.To.describe()
	case Param:
		if p := e.To.Label(); p != "" {
			return fmt.Sprintf("passed as %s to %s", p, bare(e.To.Name()))
		}
		return "passed to " + bare(e.To.Name())
	case Slot, HeldParam:
		return "passed to " + e.To.describe()
	case Result, SlotResult, HeldResult:
		return "returned by " + e.To.describe()
	case CallResult:
		return "result of " + e.To.describe()
	case Rejecting:
		return "passes through " + Short(e.To.Name())
	}
	return ""
}

// ownerOf returns the name of the type that a field is of.
func ownerOf(field Node) string {
	owner, _, _ := cutLast(bareMember(field.Name()), ".")
	return owner
}

// describe names a place.
func (n Node) describe() string {
	switch n.Kind() {
	case Field:
		return bareMember(n.Name())
	case Global:
		return "variable " + bare(n.Name())
	case Param:
		return "parameter " + n.Label() + " of " + bare(n.Name())
	case SlotResult, Slot:
		return bareMember(n.Name())
	case Result, Out:
		return bare(n.Name())
	case CallResult:
		if n.Of() != (Node{}) {
			return "the function in " + n.Of().describe()
		}
		return bare(n.Name())
	case HeldParam, HeldResult:
		return "the function in " + n.Of().describe()
	case Object:
		return "what is made at " + n.Pos().InFile()
	}
	return n.Name()
}

// Short drops the folders of the import path in a function's full name.
func Short(name string) string {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return name
	}
	lead := name[:len(name)-len(strings.TrimLeft(name, "(*"))]
	pkg, rest, _ := strings.Cut(name[i+1:], ".")
	if isVersion(pkg) { // iris/v12.Application
		outer := strings.TrimLeft(name[:i], "(*")
		pkg = outer[strings.LastIndexByte(outer, '/')+1:]
	} else if v, after, ok := strings.Cut(rest, "."); ok && isVersion(v) { // graceful.v1.Server
		rest = after
	}
	return lead + pkg + "." + rest
}

// isVersion reports whether an element of an import path is a major version.
func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
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
	if strings.Contains(name, ".struct@") { // of a struct without a name
		_, member, _ := cutLast(name, ".")
		return member
	}
	return strings.TrimPrefix(name, pkgOfMember(name)+".")
}

// pkgOfMember is model.PkgOf for a field pkg.T.f or an interface method pkg.I.m.
func pkgOfMember(name string) string {
	if strings.HasPrefix(name, "(") {
		return model.PkgOf(name)
	}
	owner, _, _ := cutLast(name, ".")
	return model.PkgOf(owner)
}

// Package returns the import path of the package that a place is in, as far as
// its name says, and the name within it.
func (n Node) Package() (pkg, name string) {
	pkg = model.PkgOf(n.Name())
	switch n.Kind() {
	case Field, Slot, SlotResult:
		pkg = pkgOfMember(n.Name())
	}
	return pkg, strings.TrimPrefix(strings.TrimLeft(n.Name(), "(*"), pkg)
}
