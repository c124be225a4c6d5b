//go:build long

package analyzer_test

import (
	"fmt"
	"go/format"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

// TestLongRowsPort checks every recipe of the model against the real module that
// it is for: a call is generated for each, analysed, and ported; what comes
// out must type-check, be gofmt's, and port to itself.
func TestLongRowsPort(t *testing.T) {
	g := newCallGenerator(t)
	helper(t, g)
	g.generate(t)

	pkgs := g.load(t)
	results, _ := check(t, pkgs)
	ported := 0
	for _, r := range results {
		name := g.callsIn(r.Path)
		var edits []edit.Edit
		for _, s := range r.Sites {
			switch {
			case s.Alone.Port.Level == program.Manual:
				t.Errorf("%s is not ported: %s", s.Callee, s.Alone.Port.Reason)
			case s.Alone.Class == program.Listen && len(s.Alone.Port.Fix) == 0:
				t.Errorf("%s: no fix (%s: %s)", s.Callee, s.Alone.Port.Level, s.Alone.Port.Reason)
			default:
				ported++
			}
			for _, e := range s.Alone.Port.Fix {
				if !slices.Contains(edits, e) {
					edits = append(edits, e)
				}
			}
		}
		out, err := edit.Apply(g.files[name], edits)
		if err != nil {
			t.Fatalf("%s: %v", r.Path, err)
		}
		if formatted, err := format.Source(out); err != nil || string(formatted) != string(out) {
			t.Errorf("%s is not as gofmt has it (%v):\n%s", r.Path, err, out)
		}
		g.write(t, name, out)
	}
	if ported < 50 {
		t.Errorf("%d rows were ported", ported)
	}

	results, _ = check(t, g.load(t))
	for _, r := range results {
		for _, s := range r.Sites {
			if s.Alone.Class != program.Inherited {
				t.Errorf("%s:%d: after the port there is still a %s of class %s:\n%s", r.Path, s.Pos.Line, s.Callee, s.Alone.Class,
					g.files[g.callsIn(r.Path)])
			}
		}
	}
}

// helper adds the helper package to the generated files.
func helper(t *testing.T, g *callGenerator) {
	for name, data := range helperFiles(t) {
		g.write(t, filepath.Join(g.dir, "internal", "inherit", name), data)
	}
}

// A callGenerator writes packages with calls of the functions that rows with
// recipes are for, one package for each that rows are of.
type callGenerator struct {
	dir   string
	files map[string][]byte // written
	rows  map[string][]string
}

// newCallGenerator returns one for a new module, at the versions that
// testdata/real pins.
func newCallGenerator(t *testing.T) *callGenerator {
	t.Helper()
	g := &callGenerator{dir: t.TempDir(), files: make(map[string][]byte), rows: make(map[string][]string)}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join("../testdata/real", name))
		if err != nil {
			t.Fatal(err)
		}
		g.write(t, filepath.Join(g.dir, name), data)
	}
	return g
}

func (g *callGenerator) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	g.files[name] = data
}

// callsIn returns the name of the generated file of a package.
func (g *callGenerator) callsIn(pkg string) string {
	return filepath.Join(g.dir, "calls", filepath.Base(pkg), "calls.go")
}

// generate writes the calls.
func (g *callGenerator) generate(t *testing.T) {
	t.Helper()
	model.Default().TestedRows(func(name string) {
		s := model.Default().Sink(name)
		if s == nil || s.Recipe.Kind == model.Manual || s.Inherited || model.IsStd(model.PkgOf(name)) {
			return
		}
		pkg := model.PkgOf(name)
		if !slices.Contains(g.rows[pkg], name) {
			g.rows[pkg] = append(g.rows[pkg], name)
		}
	})
	pkgs := loadReal(t, g.dir, slices.Sorted(maps.Keys(g.rows))...)
	for i, pkg := range slices.Sorted(maps.Keys(g.rows)) {
		names := g.rows[pkg]
		slices.Sort(names)
		tp := pkgs[slices.IndexFunc(pkgs, func(p *packages.Package) bool { return p.PkgPath == pkg })].Types
		if tp == nil {
			t.Fatalf("%s was not loaded", pkg)
		}
		g.write(t, g.callsIn(fmt.Sprintf("c%02d", i)), callsOf(t, tp, names))
	}
}

// callsOf writes a file with a function for each row, whose parameters are
// what the row's function is called with.
func callsOf(t *testing.T, pkg *types.Package, rows []string) []byte {
	t.Helper()
	imports := make(map[string]string)
	qualify := func(p *types.Package) string {
		if imports[p.Path()] == "" {
			imports[p.Path()] = fmt.Sprintf("p%d", len(imports))
		}
		return imports[p.Path()]
	}
	var body strings.Builder
	for i, name := range rows {
		fn := rowFunc(pkg, name)
		if fn == nil {
			t.Errorf("no function %s", name)
			continue
		}
		sig := fn.Signature()
		var params, args []string
		callee := qualify(pkg) + "." + fn.Name()
		if r := sig.Recv(); r != nil {
			params, callee = append(params, "x "+types.TypeString(r.Type(), qualify)), "x."+fn.Name()
		}
		for j := range sig.Params().Len() {
			typ := sig.Params().At(j).Type()
			if sig.Variadic() && j == sig.Params().Len()-1 {
				typ = typ.(*types.Slice).Elem()
			}
			params = append(params, fmt.Sprintf("a%d %s", j, types.TypeString(typ, qualify)))
			args = append(args, fmt.Sprintf("a%d", j))
		}
		var results []string
		for v := range sig.Results().Variables() {
			results = append(results, types.TypeString(v.Type(), qualify))
		}
		fmt.Fprintf(&body, "\nfunc call%d(%s) (%s) {\n\treturn %s(%s)\n}\n", i, strings.Join(params, ", "),
			strings.Join(results, ", "), callee, strings.Join(args, ", "))
	}
	var head strings.Builder
	head.WriteString("package calls\n\nimport (\n")
	for _, std := range []bool{true, false} {
		for _, path := range slices.Sorted(maps.Keys(imports)) {
			if model.IsStd(path) == std {
				fmt.Fprintf(&head, "\t%s %q\n", imports[path], path)
			}
		}
		head.WriteString("\n")
	}
	src, err := format.Source([]byte(head.String() + ")\n" + body.String()))
	if err != nil {
		t.Fatalf("%s: %v\n%s", pkg.Path(), err, body.String())
	}
	return src
}

// rowFunc looks up the function that a row names.
func rowFunc(pkg *types.Package, name string) *types.Func {
	if !strings.HasPrefix(name, "(") {
		fn, _ := pkg.Scope().Lookup(name[strings.LastIndexByte(name, '.')+1:]).(*types.Func)
		return fn
	}
	recv, method, _ := strings.Cut(name, ").")
	obj := pkg.Scope().Lookup(recv[strings.LastIndexByte(recv, '.')+1:])
	if obj == nil {
		return nil
	}
	t := obj.Type()
	if strings.HasPrefix(name, "(*") {
		t = types.NewPointer(t)
	}
	m, _, _ := types.LookupFieldOrMethod(t, false, pkg, method)
	fn, _ := m.(*types.Func)
	return fn
}

// load type-checks the generated packages.
func (g *callGenerator) load(t *testing.T) []*packages.Package {
	t.Helper()
	pkgs := loadReal(t, g.dir, "./calls/...")
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Errorf("%s: %v\n%s", p.PkgPath, e, g.files[p.GoFiles[0]])
		}
	}
	return pkgs
}
