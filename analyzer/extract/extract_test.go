package extract_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/model"
)

var update = flag.Bool("update", false, "rewrite the expected edges in testdata")

// TestEdges extracts the edges of the packages in testdata, each of which is a
// file of source and the edges that it makes:
//
//	FROM -> TO how [part] [many] @line:col
//
// with the names of nodes as facts have them, without the import path of the
// package, and without the edges between functions. To accept new ones:
//
//	go test ./analyzer/extract -run TestEdges -update
func TestEdges(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	dir := t.TempDir()
	cases := make(map[string]*txtar.Archive)
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(ar.Files) != 2 || ar.Files[1].Name != "edges" || len(bytes.TrimSpace(ar.Comment)) == 0 {
			t.Fatalf("%s: a case is a comment that says what it shows, a Go file, and edges", file)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		cases["example.com/"+name] = ar
		write(t, filepath.Join(dir, name, "a.go"), ar.Files[0].Data)
	}
	write(t, filepath.Join(dir, "go.mod"), []byte("module example.com\n\ngo 1.25\n"))
	for _, pkg := range load(t, dir) {
		ar := cases[pkg.PkgPath]
		name := strings.TrimPrefix(pkg.PkgPath, "example.com/")
		t.Run(name, func(t *testing.T) {
			got := edges(t, pkg)
			if want := string(ar.Files[1].Data); got == want {
				return
			}
			if !*update {
				t.Fatalf("edges:\n%s\nwant:\n%s", got, ar.Files[1].Data)
			}
			ar.Files[1].Data = []byte(got)
			if err := os.WriteFile(filepath.Join("testdata", name+".txtar"), txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// load type-checks the packages below a folder.
func load(t *testing.T, dir string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: dir, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS="), Mode: packages.LoadSyntax,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		for _, err := range p.Errors {
			t.Fatal(err)
		}
	}
	return pkgs
}

// edges extracts the edges of a package.
func edges(t *testing.T, pkg *packages.Package) string {
	t.Helper()
	p := extract.Analyze(&analysis.Pass{
		Fset: pkg.Fset, Files: pkg.Syntax, Pkg: pkg.Types, TypesInfo: pkg.TypesInfo, TypesSizes: pkg.TypesSizes,
		Module:            &analysis.Module{Path: "example.com"},
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
	}, model.Default())
	if p == nil {
		return "nothing\n"
	}
	bare := strings.NewReplacer(pkg.PkgPath+"/a.go:", "", pkg.PkgPath+".", "")
	var out []string
	for _, e := range p.Graph.Flows().Edges {
		if e.Flow.IsCall() {
			continue
		}
		line := fmt.Sprintf("%s -> %s %s", e.From, e.To, e.Flow)
		if e.Part != model.Whole {
			line += " " + e.Part.String()
		}
		if e.Many {
			line += " many"
		}
		if e.Pos.IsValid() {
			line += " @" + e.Pos.String()
		}
		out = append(out, bare.Replace(line)+"\n")
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// TestGate checks which packages are looked at: those that can begin a trace.
func TestGate(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"nothing":            {"package p\n\nimport \"fmt\"\n\nfunc F() { fmt.Println() }", false},
		"a listen call":      {"package p\n\nimport \"net\"\n\nfunc F() { net.Listen(\"tcp\", \":1\") }", true},
		"a flag":             {"package p\n\nimport \"flag\"\n\nvar A = flag.String(\"a\", \"\", \"\")", true},
		"the arguments":      {"package p\n\nimport \"os\"\n\nvar A = os.Args[1]", true},
		"a decoded address":  {"package p\n\nimport \"encoding/json\"\n\ntype T struct{ Listen string }\n\nfunc F(b []byte) (t T) { json.Unmarshal(b, &t); return }", true},
		"a decoded name":     {"package p\n\nimport \"encoding/json\"\n\ntype T struct{ Name string }\n\nfunc F(b []byte) (t T) { json.Unmarshal(b, &t); return }", false},
		"a path removed":     {"package p\n\nimport \"os\"\n\nfunc F(path string) { os.Remove(path) }", true},
		"addresses composed": {"package p\n\nfunc JoinAddr(host, port string) string { return host + \":\" + port }", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "go.mod"), []byte("module example.com\n\ngo 1.25\n"))
			write(t, filepath.Join(dir, "a.go"), []byte(test.src))
			if got := edges(t, load(t, dir)[0]) != "nothing\n"; got != test.want {
				t.Errorf("looked at: %t, want %t", got, test.want)
			}
		})
	}
}
