//go:build long

package analyzer_test

import (
	"slices"
	"testing"

	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer/program"
)

// TestLongEverything runs the analyzer over the standard library and over
// everything that this module depends on: it may find what it likes, but not
// fail, and its diagnostics must be valid.
func TestLongEverything(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: "..",
		Mode: packages.LoadAllSyntax | packages.NeedModule,
	}, "std", "all")
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 300 {
		t.Fatalf("%d packages: too few to be everything", len(pkgs))
	}
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		if p.Module == nil { // else the gate leaves std out
			p.Module = &packages.Module{Path: "std"}
		}
	})
	results, _ := check(t, pkgs)
	if !slices.ContainsFunc(results, func(r *program.Package) bool { return r.Path == "net/http/httptest" && len(r.Sites) > 0 }) {
		t.Error("no site was found in net/http/httptest: the standard library was left out")
	}
}
