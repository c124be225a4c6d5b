package analyzer_test

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer"
	"inheritfd/analyzer/flow"
)

func TestAnalyzerIsValid(t *testing.T) {
	if err := analysis.Validate([]*analysis.Analyzer{analyzer.Analyzer}); err != nil {
		t.Error(err)
	}
	if doc := analyzer.Analyzer.Doc; !strings.HasPrefix(doc, "route listen calls") || strings.Contains(doc, "//") {
		t.Errorf("the documentation is cut out wrongly:\n%s", doc)
	}
}

// TestAnalysistest checks the diagnostics and fixes by go/analysis's own
// test driver.
func TestAnalysistest(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, filepath.Join(flowDir(), diagnostics), analyzer.Analyzer, "./...")
}

// TestFactsAreStable checks that the facts of all cases are the same, byte by
// byte, on every run, and name no folder of this machine.
func TestFactsAreStable(t *testing.T) {
	b := batches(t)[0]
	pkgs := b.load(t)
	first := encodedFacts(t, pkgs)
	if len(first) == 0 {
		t.Fatal("no facts")
	}
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for pkg, data := range first {
		for _, dir := range []string{filepath.Dir(home), b.dir, os.TempDir() + "/"} {
			if bytes.Contains(data, []byte(dir)) {
				t.Errorf("the fact of %s contains %s", pkg, dir)
			}
		}
	}
	for range 9 {
		next := encodedFacts(t, pkgs)
		if len(next) != len(first) {
			t.Fatalf("%d facts, then %d", len(first), len(next))
		}
		for pkg, data := range first {
			if !bytes.Equal(data, next[pkg]) {
				t.Fatalf("the fact of %s differs between runs", pkg)
			}
		}
	}
}

// encodedFacts returns the facts of packages and their dependencies as they
// are written to disk.
func encodedFacts(t *testing.T, pkgs []*packages.Package) map[string][]byte {
	t.Helper()
	_, graph := check(t, pkgs)
	facts := make(map[string][]byte)
	for act := range graph.All() {
		for _, f := range act.AllPackageFacts() {
			if f.Package != act.Package.Types {
				continue
			}
			if _, ok := f.Fact.(*flow.Flows); !ok {
				t.Fatalf("unknown fact %T", f.Fact)
			}
			var buf bytes.Buffer
			if err := gob.NewEncoder(&buf).Encode(f.Fact); err != nil {
				t.Fatal(err)
			}
			facts[act.Package.ID] = buf.Bytes()
		}
	}
	return facts
}
