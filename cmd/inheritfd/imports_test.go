package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// downward lists, for each package, the packages of this module that it may
// import, in the order of the layers: each package may only import packages that
// stand further down. A package that is not listed may not exist.
var downward = []struct {
	pkg     string
	imports string // without inheritfd/
}{
	{"cmd/inheritfd", "cmd/internal/runner fixer fixer/batch fixer/verify fixer/launch fixer/unit analyzer analyzer/program analyzer/flow analyzer/model"},
	{"cmd/inheritfd-vet", "analyzer"},
	{"cmd/inheritfd-run", "cmd/internal/runner"},
	{"cmd/internal/runner", "fixer/launch fixer/unit"},

	{"fixer/batch", "fixer fixer/verify"},
	{"fixer", "analyzer analyzer/program analyzer/flow analyzer/edit analyzer/model fixer/unit"},
	{"fixer/verify", "fixer/launch"},
	{"fixer/launch", "fixer/launch/internal/stub"},
	{"fixer/launch/internal/stub", ""},
	{"fixer/unit", ""},
	{"fixer/inherit", ""},

	{"analyzer", "analyzer/port analyzer/extract analyzer/program analyzer/flow analyzer/model"},
	{"analyzer/port", "analyzer/extract analyzer/program analyzer/flow analyzer/edit analyzer/model"},
	{"analyzer/extract", "analyzer/flow analyzer/model"},
	{"analyzer/program", "analyzer/flow analyzer/edit analyzer/model"},
	{"analyzer/flow", "analyzer/model"},
	{"analyzer/edit", ""},
	{"analyzer/model", ""},
}

// TestLadder checks that the list above is a ladder: that what a package may
// import stands below it.
func TestLadder(t *testing.T) {
	for i, p := range downward {
		for imp := range strings.FieldsSeq(p.imports) {
			if j := slices.IndexFunc(downward, func(q struct{ pkg, imports string }) bool { return q.pkg == imp }); j <= i {
				t.Errorf("%s may import %s, which does not stand below it", p.pkg, imp)
			}
		}
	}
}

func TestImportsGoDownward(t *testing.T) {
	for _, p := range goList(t) {
		i := slices.IndexFunc(downward, func(q struct{ pkg, imports string }) bool { return "inheritfd/"+q.pkg == p.ImportPath })
		if i < 0 {
			t.Errorf("package %s has no place in the layout", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if ours, ok := strings.CutPrefix(imp, "inheritfd/"); ok && !slices.Contains(strings.Fields(downward[i].imports), ours) {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
			if p.ImportPath == "inheritfd/fixer/inherit" && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
				t.Errorf("the helper is bundled with other modules and imports %s", imp)
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	vague := []string{"util", "utils", "common", "types", "config", "helper", "helpers", "misc", "base", "shared"}
	for _, p := range goList(t) {
		if slices.Contains(vague, p.Name) || slices.Contains(vague, path.Base(p.ImportPath)) {
			t.Errorf("%s: the name says nothing", p.ImportPath)
		}
		if strings.Contains(p.ImportPath, "/internal/pkg") {
			t.Errorf("%s: a folder for folders", p.ImportPath)
		}
	}
}

// TestNames checks that each test is run by exactly one of the README's two test
// commands: those in files with the tag long are named TestLong, no others are.
func TestNames(t *testing.T) {
	test := regexp.MustCompile(`(?m)^func (Test\w*)\(t \*testing\.T\)`)
	for _, p := range goList(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := filepath.Base(file)
			long := strings.Contains(base, "_long_")
			if tagged := bytes.HasPrefix(text, []byte("//go:build long")); tagged != long {
				t.Errorf("%s/%s: tagged long: %v", p.ImportPath, base, tagged)
			}
			for _, m := range test.FindAllSubmatch(text, -1) {
				if name := string(m[1]); name != "TestMain" && strings.HasPrefix(name, "TestLong") != long {
					t.Errorf("%s/%s: %s is run by none of the README's test commands, or by both", p.ImportPath, base, name)
				}
			}
		}
	}
}

type goPackage struct {
	ImportPath, Name, Dir string
	Imports               []string
}

// goList lists the packages of the module.
func goList(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Dir,Imports", "inheritfd/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var pkgs []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			if len(pkgs) == 0 {
				t.Fatal("no packages")
			}
			return pkgs
		case err != nil:
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
