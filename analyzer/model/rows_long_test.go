//go:build long

package model_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer/model"
)

// helperPath is where the rows of the helper, which name it "inherit", have
// their functions.
const helperPath = "inheritfd/fixer/inherit"

// rows lists the names that the model has rows for.
var rows = sync.OnceValue(func() []string {
	var names []string
	model.Default().TestedRows(func(name string) { names = append(names, name) })
	slices.Sort(names)
	return slices.Compact(names)
})

// split takes a full name apart: pkg.F, (pkg.T).M or (*pkg.T).M.
func split(name string) (pkg, typ, fn string) {
	if strings.HasPrefix(name, "(") {
		recv, method, _ := strings.Cut(strings.TrimLeft(name, "(*"), ").")
		i := strings.LastIndexByte(recv, '.')
		return recv[:i], recv[i+1:], method
	}
	i := strings.LastIndexByte(name, '.')
	return name[:i], "", name[i+1:]
}

// load type-checks the packages of all rows against the versions that
// testdata/real pins, and the helper.
var load = sync.OnceValues(func() (map[string]*types.Package, error) {
	var paths []string
	for _, name := range rows() {
		if pkg, _, _ := split(name); pkg != "inherit" {
			paths = append(paths, pkg)
		}
	}
	slices.Sort(paths)
	out := make(map[string]*types.Package)
	if err := loadInto(out, "../../testdata/real", slices.Compact(paths)...); err != nil {
		return nil, err
	}
	return out, loadInto(out, "", helperPath)
})

// loadInto type-checks packages and all below them from source, without
// function bodies: to compile some hundred frameworks would take minutes.
func loadInto(out map[string]*types.Package, dir string, paths ...string) error {
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir, Env: append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"),
		Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedFiles | packages.NeedTypesSizes,
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if f != nil {
				for _, d := range f.Decls {
					if fd, ok := d.(*ast.FuncDecl); ok {
						fd.Body = nil
					}
				}
			}
			return f, err
		},
	}, paths...)
	if err != nil {
		return err
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			if !strings.Contains(e.Msg, "imported and not used") && !strings.Contains(e.Msg, "imported as") && !strings.Contains(e.Msg, "missing function body") && !strings.Contains(e.Msg, "must have a body") {
				return fmt.Errorf("%s: %v (is it imported in testdata/real, and in its go.mod?)", p.PkgPath, e)
			}
		}
		out[p.PkgPath] = p.Types
	}
	return nil
}

// lookup returns the function that a row names.
func lookup(t *testing.T, name string) *types.Func {
	t.Helper()
	pkgs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	path, typ, fn := split(name)
	if path == "inherit" {
		path = helperPath
	}
	pkg := pkgs[path]
	if pkg == nil {
		return nil
	}
	if typ == "" {
		f, _ := pkg.Scope().Lookup(fn).(*types.Func)
		return f
	}
	obj := pkg.Scope().Lookup(typ)
	if obj == nil {
		return nil
	}
	recv := obj.Type()
	if strings.HasPrefix(name, "(*") {
		recv = types.NewPointer(recv)
	}
	f, _, _ := types.LookupFieldOrMethod(recv, false, pkg, fn)
	m, _ := f.(*types.Func)
	return m
}

// TestLongRowsName checks that each row names a function that exists, by the full
// name that the type checker gives it.
func TestLongRowsName(t *testing.T) {
	if len(rows()) < 100 {
		t.Fatalf("%d rows", len(rows()))
	}
	for _, name := range rows() {
		f := lookup(t, name)
		if f == nil {
			t.Errorf("no function %s", name)
			continue
		}
		if got := f.Origin().FullName(); got != name && got != helperPath+strings.TrimPrefix(name, "inherit") {
			t.Errorf("the row %s is for %s: it would never be found", name, got)
		}
	}
}

// TestLongRowsAreFound checks that the packages of the rows are known to have
// rows, and are not analyzed.
func TestLongRowsAreFound(t *testing.T) {
	for _, name := range rows() {
		pkg, _, _ := split(name)
		if pkg == "inherit" {
			continue
		}
		if !model.Default().HasRows(pkg) || !model.Default().IsModelled(pkg) {
			t.Errorf("%s: the package %s is said to have no rows", name, pkg)
		}
	}
}

// TestLongRowsFit checks that the arguments that rows speak of are there and have
// types that make sense.
func TestLongRowsFit(t *testing.T) {
	for _, name := range rows() {
		f := lookup(t, name)
		if f == nil {
			continue // see TestRowsName
		}
		sig := f.Signature()
		param := func(what string, a model.Arg, ok func(types.Type) bool) {
			t.Helper()
			switch i := a.Index(); {
			case a == model.None || a == model.Recv:
			case i >= sig.Params().Len():
				t.Errorf("%s: %s is argument %d of %d", name, what, i, sig.Params().Len())
			case !ok(sig.Params().At(i).Type()):
				t.Errorf("%s: %s is argument %d, a %s", name, what, i, sig.Params().At(i).Type())
			}
		}
		anything := func(types.Type) bool { return true }
		if s := model.Default().Sink(name); s != nil {
			param("network", s.Network, isString)
			param("address", s.Address, anything)
		}
		if s := model.Default().Source(name); s != nil {
			param("key", s.Key, isString)
			param("default", s.Default, anything)
			param("help", s.Help, isString)
			param("destination", s.Dest, isPointer)
			param("callback", s.Callback, isCallback)
		}
		if d := model.Default().Decoder(name); d != nil {
			param("destination", d.Dest, isPointer)
			param("prefix", d.Prefix, anything)
		}
		if tr := model.Default().Transfer(name); tr != nil {
			for _, from := range tr.From {
				param("input", from, anything)
				if from == model.Recv && sig.Recv() == nil {
					t.Errorf("%s: has no receiver", name)
				}
			}
			if tr.Parts != nil && len(tr.Parts) != len(tr.From) {
				t.Errorf("%s: %d parts for %d inputs", name, len(tr.Parts), len(tr.From))
			}
			if sig.Results().Len() < max(1, len(tr.Results)) {
				t.Errorf("%s: %d results", name, sig.Results().Len())
			}
		}
	}
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isPointer(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	case *types.Slice: // several destinations
		return isPointer(u.Elem())
	}
	return false
}

func isCallback(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	}
	return false
}

// TestLongRecipes checks that what a recipe writes compiles: that the helper's
// function takes what the original does, the receiver where the recipe puts
// it, and returns the same.
func TestLongRecipes(t *testing.T) {
	n := 0
	for _, name := range rows() {
		s := model.Default().Sink(name)
		if s == nil {
			continue
		}
		if s.Recipe.Kind == model.Manual {
			if !s.Inherited && s.Reason == "" {
				t.Errorf("%s: manual, and no reason why", name)
			}
			continue
		}
		n++
		if helper := model.Default().Sink("inherit." + s.Recipe.Func); helper == nil || !helper.Inherited {
			t.Errorf("inherit.%s has no row: a ported call would not be seen", s.Recipe.Func)
		}
		if s.Recipe.Kind == model.Wrap || s.Recipe.Kind == model.By {
			continue // analyzer's TestRowsPort compiles these
		}
		from, to := lookup(t, name), lookup(t, "inherit."+s.Recipe.Func)
		if from == nil || to == nil {
			t.Errorf("%s: no helper function %s", name, s.Recipe.Func)
			continue
		}
		want := params(from.Signature())
		switch s.Recipe.Kind {
		case model.Receiver:
			want = slices.Insert(want, 0, from.Signature().Recv().Type().String())
		case model.AfterContext:
			want = slices.Insert(want, 1, from.Signature().Recv().Type().String())
		}
		if got := params(to.Signature()); !slices.Equal(got, want) {
			t.Errorf("%s: inherit.%s takes %v, want %v", name, s.Recipe.Func, got, want)
		}
		if got, want := results(to.Signature()), results(from.Signature()); !slices.Equal(got, want) {
			t.Errorf("%s: inherit.%s returns %v, want %v", name, s.Recipe.Func, got, want)
		}
	}
	if n < 10 {
		t.Errorf("%d recipes", n)
	}
}

func params(sig *types.Signature) []string  { return typesOf(sig.Params()) }
func results(sig *types.Signature) []string { return typesOf(sig.Results()) }

func typesOf(tuple *types.Tuple) []string {
	var out []string
	for v := range tuple.Variables() {
		out = append(out, v.Type().String())
	}
	return out
}
