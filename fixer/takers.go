package fixer

// This file looks in a dependency for functions that take a listener: what to hand
// one to, where it listens by itself.

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// maxTakers bounds the functions that a reason names.
const maxTakers = 3

// takers says which functions of the package that a function is of take a listener or
// a packet connection, those of its type first, or that none does; "" when that cannot
// be told.
func (b *build) takers(ctx context.Context, callee string) string {
	pkg := model.PkgOf(callee)
	if known, ok := b.takersOf[callee]; ok {
		return known
	}
	text := b.lookForTakers(ctx, pkg, callee)
	if b.takersOf == nil {
		b.takersOf = make(map[string]string)
	}
	b.takersOf[callee] = text
	return text
}

func (b *build) lookForTakers(ctx context.Context, pkg, callee string) string {
	out, err := b.goCmd(ctx, append(append([]string{"list", "-json=Dir,GoFiles,CgoFiles,Module"}, b.buildFlags()...), "--", pkg)...)
	if err != nil {
		return ""
	}
	var listed struct {
		Dir               string
		GoFiles, CgoFiles []string
		Module            *struct{ Version string }
	}
	if err := json.Unmarshal(out, &listed); err != nil || listed.Dir == "" {
		return ""
	}
	of := pkg
	if listed.Module != nil && listed.Module.Version != "" {
		of += " " + listed.Module.Version
	}
	var own, others []string
	for _, name := range slices.Concat(listed.GoFiles, listed.CgoFiles) {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(listed.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return ""
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !takesListener(fn) {
				continue
			}
			full := fullName(pkg, fn)
			if recv, _, _ := strings.Cut(full, ")"); strings.HasPrefix(callee, recv+").") {
				own = append(own, flow.Short(full))
			} else {
				others = append(others, flow.Short(full))
			}
		}
	}
	slices.Sort(own)
	slices.Sort(others)
	found := append(own, others...)
	switch {
	case len(found) == 0:
		return fmt.Sprintf("no function of package %s takes a listener", of)
	case len(found) > maxTakers:
		found = append(found[:maxTakers], fmt.Sprintf("%d more", len(found)-maxTakers))
	}
	verb := "take one"
	if len(found) == 1 {
		verb = "takes one"
	}
	return fmt.Sprintf("hand it a listener of package inherit: %s of %s %s", strings.Join(found, ", "), of, verb)
}

// takesListener reports whether an exported function has a parameter that is a listener
// or a packet connection.
func takesListener(fn *ast.FuncDecl) bool {
	if !fn.Name.IsExported() || fn.Recv != nil && !ast.IsExported(receiverType(fn)) {
		return false
	}
	return slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
		sel, ok := p.Type.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := sel.X.(*ast.Ident)
		return ok && pkg.Name == "net" && slices.Contains([]string{"Listener", "PacketConn"}, sel.Sel.Name)
	})
}

// fullName returns the full name of a function, as rows have it.
func fullName(pkg string, fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return pkg + "." + fn.Name.Name
	}
	star := ""
	if _, ok := fn.Recv.List[0].Type.(*ast.StarExpr); ok {
		star = "*"
	}
	return fmt.Sprintf("(%s%s.%s).%s", star, pkg, receiverType(fn), fn.Name.Name)
}
