package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// downward lists, for each package, the packages of this module that it may
// import: imports go strictly downward. A package that is not listed may not
// exist.
var downward = map[string][]string{
	"inheritfd/cmd/inheritfd": {
		"inheritfd/fixer", "inheritfd/fixer/batch", "inheritfd/fixer/verify", "inheritfd/fixer/launch",
		"inheritfd/fixer/unit", "inheritfd/analyzer",
	},
	"inheritfd/cmd/inheritfd-vet": {"inheritfd/analyzer"},

	"inheritfd/fixer/batch":  {"inheritfd/fixer", "inheritfd/fixer/verify"},
	"inheritfd/fixer/verify": {"inheritfd/fixer/launch"},
	"inheritfd/fixer": {
		"inheritfd/analyzer", "inheritfd/analyzer/flow", "inheritfd/analyzer/model", "inheritfd/analyzer/edit",
		"inheritfd/fixer/unit",
	},
	"inheritfd/analyzer":      {"inheritfd/analyzer/flow", "inheritfd/analyzer/model", "inheritfd/analyzer/edit"},
	"inheritfd/analyzer/flow": {"inheritfd/analyzer/model"},

	"inheritfd/analyzer/model": nil,
	"inheritfd/analyzer/edit":  nil,
	"inheritfd/fixer/inherit":  nil,
	"inheritfd/fixer/unit":     nil,

	"inheritfd/fixer/launch":               {"inheritfd/fixer/launch/internal/stub"},
	"inheritfd/fixer/launch/internal/stub": nil,
}

func TestImportsGoDownward(t *testing.T) {
	for _, p := range goList(t) {
		allowed, ok := downward[p.ImportPath]
		if !ok {
			t.Errorf("package %s has no place in the layout", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if (imp == "inheritfd" || strings.HasPrefix(imp, "inheritfd/")) && !slices.Contains(allowed, imp) {
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

type goPackage struct {
	ImportPath, Name string
	Imports          []string
}

// goList lists the packages of the module.
func goList(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports", "inheritfd/...")
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
