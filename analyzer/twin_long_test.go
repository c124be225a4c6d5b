//go:build long

package analyzer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer"
	"inheritfd/analyzer/model"
)

// TestLongTwinsOfRows shows which of the rows the inference finds by itself: with
// the rows of these packages dropped, their functions are analysed, and what
// is inferred is compared with the recipes that a person wrote.
func TestLongTwinsOfRows(t *testing.T) {
	got := twins(t)
	slices.Sort(got)
	name := filepath.Join("testdata", "twins.txt")
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(got, "\n") + "\n"; text != string(want) {
		t.Errorf("%s is not what is inferred (- want, + got):\n%s\nall:\n%s", name, firstDifference(string(want), text), text)
	}
}

// twins lists for each row with a recipe that hands the socket on the recipe
// that is inferred without the row, and whether it is the same.
func twins(t *testing.T) []string {
	g := newCallGenerator(t)
	g.generate(t)
	written := make(map[string]model.Recipe)
	var drop []string
	for pkg, rows := range g.rows {
		for _, row := range rows {
			if r := model.Default().Sink(row).Recipe; r.Kind == model.Wrap {
				written[row] = r
			}
		}
		drop = append(drop, pkg)
	}
	data, err := json.Marshal(map[string][]string{"drop": drop})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(g.dir, "drop.json")
	g.write(t, file, data)
	dropped, err := model.Default().Load(file)
	if err != nil {
		t.Fatal(err)
	}

	pkgs := loadWith(t, g.dir, sourcesOf(t, g.dir, drop), "./calls/...")
	results, _ := checkBy(t, analyzer.New(dropped), pkgs)
	inferred := make(map[string]string)
	for _, r := range results {
		for _, s := range r.Sites {
			if _, sibling, ok := strings.Cut(s.Alone.Port.Reason, "inferred: "); ok {
				sibling, _, _ = strings.Cut(sibling, " does")
				inferred[s.Callee] = sibling
			}
		}
	}
	var out []string
	for row, recipe := range written {
		verdict := "not inferred"
		if sibling := inferred[row]; sibling != "" {
			verdict = "inferred " + sibling
			if _, method, _ := strings.Cut(sibling, "."); !strings.Contains(recipe.Serve, method[strings.LastIndexByte(method, '.')+1:]) {
				verdict += ", where the row has " + recipe.Serve
			}
		}
		out = append(out, fmt.Sprintf("%s: %s", row, verdict))
	}
	return out
}

// sourcesOf lists the files of packages.
func sourcesOf(t *testing.T, dir string, paths []string) map[string]bool {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Context: t.Context(), Dir: dir, Env: append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"),
		Mode: packages.NeedName | packages.NeedFiles}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]bool)
	for _, p := range pkgs {
		for _, f := range p.GoFiles {
			files[f] = true
		}
	}
	return files
}
