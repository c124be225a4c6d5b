//go:build long

package analyzer_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/program"
)

// TestLongReal runs the programs in testdata/real, each of which uses one real
// library, and compares what is found with the expectations in them. It has
// one driver only: to compile all libraries for go vet would take too long.
func TestLongReal(t *testing.T) {
	b := batch{name: "real", cases: []string{"real"}, dir: filepath.Join(filepath.Dir(flowDir()), "real"), root: filepath.Dir(flowDir())}
	pkgs := loadReal(t, b.dir, "./...")
	for _, p := range pkgs {
		for _, err := range p.Errors {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	results, _ := check(t, pkgs)
	found := program.Join(results, program.Options{})
	b.compare(t, "real", found, builtFiles(pkgs))
	b.checkTraces(t, "real", found)
}

// loadReal type-checks packages of a module from source; what is outside the
// module without function bodies, as rows speak for it.
func loadReal(t *testing.T, dir string, patterns ...string) []*packages.Package {
	t.Helper()
	return loadWith(t, dir, nil, patterns...)
}

// loadWith is loadReal with the function bodies of some more files.
func loadWith(t *testing.T, dir string, whole map[string]bool, patterns ...string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: dir, Env: append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"),
		Mode:      packages.LoadAllSyntax | packages.NeedModule,
		ParseFile: withoutBodies(func(name string) bool { return !strings.HasPrefix(name, dir) && !whole[name] }),
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	roots := make(map[*packages.Package]bool)
	for _, p := range pkgs {
		roots[p] = true
	}
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		// Outside, there are errors for imports that only bodies use.
		p.IllTyped = roots[p] && len(p.Errors) > 0
	})
	return pkgs
}

// TestLongRealPort applies every fix to a copy of the programs in testdata/real:
// the result must type-check, and listen by itself no more.
func TestLongRealPort(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(filepath.Dir(flowDir()), "real"))); err != nil {
		t.Fatal(err)
	}
	g := &callGenerator{dir: dir, files: make(map[string][]byte)}
	helper(t, g)
	results, _ := check(t, loadReal(t, dir, "./..."))
	files := make(map[string][]edit.Edit)
	for _, r := range results {
		for _, s := range r.Sites {
			name := filepath.Join(dir, strings.TrimPrefix(s.Pos.File, "example.com/real/"))
			for _, e := range s.Alone.Port.Fix {
				if s.Alone.Class == program.Listen && !slices.Contains(files[name], e) {
					files[name] = append(files[name], e)
				}
			}
		}
	}
	for name, edits := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := edit.Apply(src, edits)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if out, err = format.Source(out); err != nil { // as go fix and the fixer do
			t.Errorf("%s: %v", name, err)
		}
		g.write(t, name, out)
	}
	if out := g.files[filepath.Join(dir, "wrapshapes", "main.go")]; !bytes.Contains(out, []byte("`text (, ) as\nit stands`")) {
		t.Errorf("a literal was changed:\n%s", out)
	}
	pkgs := loadReal(t, dir, "./...")
	for _, p := range pkgs {
		for _, e := range p.Errors {
			if !strings.Contains(e.Msg, "imported and not used") { // which the fixer sees to
				t.Errorf("%v", e)
			}
		}
		p.IllTyped = false
	}
	results, _ = check(t, pkgs)
	for _, r := range results {
		for _, s := range r.Sites {
			if s.Alone.Class == program.Listen && s.Alone.Port.Level != program.Manual {
				t.Errorf("%s:%d: there is still a %s", s.Pos.File, s.Pos.Line, s.Callee)
			}
		}
	}
}
