package fixer

// This file defines how the helper is cut down to what a module uses of it,
// declaration by declaration: by reachability over its own source, from the
// functions that the module calls.

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A decl is a declaration of the helper: a function, or a group of variables,
// constants or types.
type decl struct {
	file  string
	names []string // declared in the package; Type.Method for a method; none for init
	text  string   // with its comment
	// refs are what it mentions: names of the package, Type.Method where the
	// receiver is known, and .Method where it is not.
	refs    map[string]bool
	imports map[string]bool // paths
	// needs are, of an init function, what must be there for it to be: what it sets,
	// and what its comment links to; without a link all that it mentions.
	needs []string
}

// A helperSet is the whole helper, taken apart.
type helperSet struct {
	decls []*decl
	heads map[string]string // by file: constraint and package clause, with the package's comment
	order []string          // of files without a constraint, as they are put together
}

// helperParts returns the helper taken apart.
var helperParts = sync.OnceValue(func() *helperSet {
	h := &helperSet{heads: make(map[string]string)}
	entries, err := helperSource.ReadDir("inherit")
	if err != nil {
		panic(err) // embedded
	}
	fset := token.NewFileSet()
	for _, e := range entries {
		h.add(fset, e.Name(), helperFile(e.Name()))
	}
	return h
})

// mergedFile holds what needs no build constraint.
const mergedFile = "inherit.go"

// add takes a file of the helper apart.
func (h *helperSet) add(fset *token.FileSet, name string, src []byte) {
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		panic(err) // it is compiled where it stands
	}
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	start := bytes.Index(src, []byte("\n\n")) + 2 // after the first line
	h.heads[name] = string(src[start:offset(f.Name.End())]) + "\n"
	if !constrained(name, src) {
		h.order = append(h.order, name)
	}
	imports := make(map[string]string)
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		imports[path.Base(p)] = p
	}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		begin := d.Pos()
		if doc := docOf(d); doc != nil {
			begin = doc.Pos()
		}
		one := &decl{file: name, names: declared(d), text: string(src[offset(begin):lineEnd(src, offset(d.End()))]), refs: make(map[string]bool), imports: make(map[string]bool)}
		one.mentions(d, imports)
		if len(one.names) == 0 {
			one.needs = needsOf(d, one.refs)
		}
		h.decls = append(h.decls, one)
	}
}

var docLink = regexp.MustCompile(`\[(\w+)\]`)

// needsOf returns decl.needs of a function that mentions refs.
func needsOf(d ast.Decl, refs map[string]bool) []string {
	fn, ok := d.(*ast.FuncDecl)
	if !ok {
		return nil
	}
	var out []string
	for _, link := range docLink.FindAllStringSubmatch(fn.Doc.Text(), -1) {
		out = append(out, link[1])
	}
	if out == nil {
		return slices.Sorted(maps.Keys(refs))
	}
	for _, stmt := range fn.Body.List {
		if set, ok := stmt.(*ast.AssignStmt); ok {
			for _, to := range set.Lhs {
				if id, ok := to.(*ast.Ident); ok {
					out = append(out, id.Name)
				}
			}
		}
	}
	return out
}

// lineEnd returns where the line ends that an offset is in: a comment may follow.
func lineEnd(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(src)
}

// constrained reports whether a file is not of all builds.
func constrained(name string, src []byte) bool {
	if strings.HasSuffix(name, "_linux.go") {
		return true
	}
	for line := range strings.Lines(string(src)) {
		if _, err := constraint.Parse(strings.TrimSpace(line)); err == nil {
			return true
		}
		if strings.HasPrefix(line, "package ") {
			break
		}
	}
	return false
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// declared lists the names that a declaration gives the package.
func declared(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case d.Recv != nil:
			out = append(out, receiverType(d)+"."+d.Name.Name)
		case d.Name.Name != "init":
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				out = append(out, spec.Name.Name)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					out = append(out, n.Name)
				}
			}
		}
	}
	return out
}

// receiverType returns the name of the type that a method is of.
func receiverType(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch inner := t.(type) {
		case *ast.StarExpr:
			t = inner.X
		case *ast.IndexExpr: // of a generic type
			t = inner.X
		case *ast.IndexListExpr:
			t = inner.X
		case *ast.Ident:
			return inner.Name
		default:
			return ""
		}
	}
}

// mentions records what a declaration mentions.
func (one *decl) mentions(d ast.Decl, imports map[string]string) {
	recv, of := "", ""
	if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
		of = receiverType(fn)
		if names := fn.Recv.List[0].Names; len(names) > 0 {
			recv = names[0].Name
		}
	}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl: // not its name
			for _, part := range []ast.Node{n.Recv, n.Type, n.Body} {
				if part != (*ast.FieldList)(nil) {
					ast.Inspect(part, visit)
				}
			}
			return false
		case *ast.Field: // nor that of a field or parameter
			ast.Inspect(n.Type, visit)
			return false
		case *ast.KeyValueExpr:
			if _, ok := n.Key.(*ast.Ident); ok {
				ast.Inspect(n.Value, visit)
				return false
			}
		case *ast.SelectorExpr:
			return one.selector(n, imports, recv, of)
		case *ast.Ident:
			one.refs[n.Name] = true
		}
		return true
	}
	ast.Inspect(d, visit)
}

// selector records what a selector mentions, and reports whether to look at its
// parts.
func (one *decl) selector(n *ast.SelectorExpr, imports map[string]string, recv, of string) bool {
	name := n.Sel.Name
	switch x := n.X.(type) {
	case *ast.Ident:
		if p := imports[x.Name]; p != "" {
			one.imports[p] = true
			return false
		}
		if x.Name == recv && recv != "" {
			one.refs[of+"."+name], one.refs["."+name] = true, true // its own, or that of a field in it
			return false
		}
	case *ast.CompositeLit:
		if t, ok := x.Type.(*ast.Ident); ok {
			one.refs[t.Name], one.refs[t.Name+"."+name] = true, true
			return false
		}
	}
	one.refs["."+name] = true
	ast.Inspect(n.X, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.SelectorExpr:
			return one.selector(inner, imports, recv, of)
		case *ast.Ident:
			one.refs[inner.Name] = true
		}
		return true
	})
	return false
}

// byInterface are methods that package net and others call.
var byInterface = []string{"Accept", "Addr", "Close", "Error", "Read", "ReadFrom", "ServeHTTP", "SetDeadline", "String", "SyscallConn", "Unwrap", "Write", "inside"}

// reach returns the declarations that are needed for some names: those of functions,
// or Sole.Function.
func (h *helperSet) reach(names []string) map[*decl]bool {
	kept, seen := make(map[*decl]bool), make(map[string]bool)
	note := func(ref string) bool { old := seen[ref]; seen[ref] = true; return !old }
	note("scan")
	note("tellFree")
	for _, n := range names {
		if fn, ok := strings.CutPrefix(n, "Sole."); ok {
			note("Sole")
			n = "Claimer." + fn
		}
		note(n)
	}
	for changed := true; changed; {
		changed = false
		for _, d := range h.decls {
			if kept[d] || !h.wanted(d, seen) {
				continue
			}
			kept[d], changed = true, true
			for ref := range d.refs {
				note(ref)
			}
			for _, n := range d.names {
				note(n)
			}
		}
	}
	return kept
}

// wanted reports whether a declaration is needed for what has been seen. An init
// function is where what it needs of the package is there: it joins what is optional to
// the rest.
func (h *helperSet) wanted(d *decl, seen map[string]bool) bool {
	if len(d.names) == 0 {
		return !slices.ContainsFunc(d.needs, func(ref string) bool { return h.declares(ref) && !seen[ref] })
	}
	return slices.ContainsFunc(d.names, func(n string) bool {
		of, method, ok := strings.Cut(n, ".")
		if !ok {
			return seen[n]
		}
		return seen[n] || seen[of] && of != "Claimer" && (seen["."+method] || slices.Contains(byInterface, method))
	})
}

// declares reports whether the helper has something of a name.
func (h *helperSet) declares(name string) bool {
	return slices.ContainsFunc(h.decls, func(d *decl) bool { return slices.Contains(d.names, name) })
}

// subset returns the files of the helper with what some names need of it.
func (h *helperSet) subset(names []string, whole bool) map[string][]byte {
	kept := h.reach(names)
	byFile := make(map[string][]*decl)
	for _, file := range helperOrder(h) {
		for _, d := range h.decls {
			if kept[d] && d.file == file {
				into := file
				if slices.Contains(h.order, file) {
					into = mergedFile
				}
				byFile[into] = append(byFile[into], d)
			}
		}
	}
	out := make(map[string][]byte)
	for file, decls := range byFile {
		out[file] = sealed(h.file(file, decls), whole)
	}
	return out
}

// helperOrder lists the files of the helper as a reader wants them: what is called,
// then how a socket is found.
func helperOrder(h *helperSet) []string {
	first := []string{"inherit.go", "listen.go", "http.go", "tls.go", "serve.go", "or.go"}
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(h.heads)), func(f string) bool { return slices.Contains(first, f) })
	return append(first, rest...)
}

// file puts declarations together.
func (h *helperSet) file(name string, decls []*decl) []byte {
	imports := make(map[string]bool)
	for _, d := range decls {
		maps.Copy(imports, d.imports)
	}
	var body strings.Builder
	body.WriteString(h.heads[name])
	body.WriteString("\nimport (\n")
	for _, p := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&body, "\t%q\n", p)
	}
	body.WriteString(")\n")
	for _, d := range decls {
		body.WriteString("\n" + d.text + "\n")
	}
	text := body.String()
	if len(imports) == 0 {
		text = strings.Replace(text, "\nimport (\n)\n", "", 1)
	}
	src, err := format.Source([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("%s: %v\n%s", name, err, text)) // made of what compiles
	}
	return src
}
