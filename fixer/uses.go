package fixer

// This file finds what a module calls of the helper.

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/model"
)

// helperUses lists what the files of a module use of the helper, those of Sole as
// Sole.Function; of files that a plan changes, what they use then.
func helperUses(m Module, plan []File) ([]string, error) {
	written := make(map[string][]byte)
	for _, f := range plan {
		written[f.Path] = f.New
	}
	uses := make(map[string]bool)
	err := eachCaller(m, written, func(name string, _ *token.FileSet, fn *ast.Ident, sole bool) {
		if now := model.HelperName(fn.Name); sole {
			uses["Sole."+now] = true
		} else {
			uses[now] = true
		}
	})
	return slices.Sorted(maps.Keys(uses)), err
}

// renamed returns the edits by file with which a module that has an older helper calls
// what this one has by its name of now.
func renamed(m Module) (map[string][]edit.Edit, error) {
	out := make(map[string][]edit.Edit)
	err := eachCaller(m, nil, func(name string, fset *token.FileSet, fn *ast.Ident, _ bool) {
		if now := model.HelperName(fn.Name); now != fn.Name {
			at := fset.Position(fn.Pos()).Offset
			out[name] = append(out[name], edit.Edit{Start: at, End: at + len(fn.Name), New: now})
		}
	})
	return out, err
}

// renamedFiles returns the files of a module with the edits of renamed made.
func renamedFiles(m Module) ([]File, error) {
	edits, err := renamed(m)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, path := range slices.Sorted(maps.Keys(edits)) {
		f, err := patch(path, edits[path])
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// eachCaller calls visit for each function of the helper that the files of a module
// mention; sole says that it is a method of Sole. Files that are to be written are
// read as they will be.
func eachCaller(m Module, written map[string][]byte, visit func(name string, fset *token.FileSet, fn *ast.Ident, sole bool)) error {
	helper := path.Join(m.Path, helperDir)
	return filepath.WalkDir(m.Dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return skipFolder(m.Dir, name)
		case filepath.Ext(name) != ".go" || !d.Type().IsRegular():
			return nil
		}
		src, ok := written[name]
		if !ok {
			if src, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		if !bytes.Contains(src, []byte(strconv.Quote(helper))) {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil // whoever compiles it says so
		}
		callsIn(f, helper, func(fn *ast.Ident, sole bool) { visit(name, fset, fn, sole) })
		return nil
	})
}

// callsIn calls visit for each function of the helper, at an import path, that a file
// mentions.
func callsIn(f *ast.File, helper string, visit func(fn *ast.Ident, sole bool)) {
	names := make(map[string]bool) // one where another is hidden
	for _, spec := range f.Imports {
		if spec.Path.Value != strconv.Quote(helper) {
			continue
		}
		if spec.Name != nil {
			names[spec.Name.Name] = true
		} else {
			names[path.Base(helper)] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch x := sel.X.(type) {
		case *ast.Ident:
			if names[x.Name] && sel.Sel.Name != "Sole" {
				visit(sel.Sel, false)
			}
		case *ast.SelectorExpr:
			if pkg, ok := x.X.(*ast.Ident); ok && names[pkg.Name] && x.Sel.Name == "Sole" {
				visit(sel.Sel, true)
			}
		}
		return true
	})
}

// skipFolder returns fs.SkipDir for a folder that is not of the module's packages.
func skipFolder(root, name string) error {
	base := filepath.Base(name)
	if name == root {
		return nil
	}
	if base == "vendor" || base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
