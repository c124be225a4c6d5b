//go:build long

package analyzer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inheritfd/analyzer/program"
)

// daemons are the sample daemons, with the logical listeners that they have:
// name, type, and what an administrator sets for it.
var daemons = map[string][]string{
	"notesd": {`control stream env NOTES_CONTROL`, `http stream flag -addr, default ":8080"`, `metrics stream env METRICS_PORT, default "9090"`},
	"cached": {`tcp stream file key listen.tcp, default "127.0.0.1:7070"`, `unix stream file key listen.unix`},
	"dnsd":   {`listen packet flag --listen, default "127.0.0.1:5353"`, `listen stream flag --listen, default "127.0.0.1:5353"`},
}

// TestLongDaemons runs the analyzer over the sample daemons under go/analysis
// checker, go vet and, on a copy, go fix: the results are equal, the listeners
// those that are known, and the fixed copy builds and changes no more.
func TestLongDaemons(t *testing.T) {
	tool, err := vettool()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range daemons {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, name)
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "testdata", "daemon", name))); err != nil {
				t.Fatal(err)
			}
			b := batch{name: name, cases: []string{name}, dir: dir, root: root, env: []string{"GOWORK=off"}}
			results, _ := check(t, b.load(t))
			checked, vetted := b.byCase(t, results)[name], b.byCase(t, b.vet(t))[name]
			if got, under := asJSON(t, checked), asJSON(t, vetted); got != under {
				t.Errorf("checker (-) and go vet (+) differ:\n%s", firstDifference(got, under))
			}
			before := program.Join(checked, program.Options{})
			if got := listenersOf(before); !slices.Equal(got, want) {
				t.Errorf("listeners:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}

			b.bundle(t)
			b.fix(t, tool)
			if out, err := b.command(t, "build", "-p=2", "./...").CombinedOutput(); err != nil {
				t.Fatalf("the fixed daemon does not build: %v\n%s", err, out)
			}
			checkPorted(t, name, before, program.Join(b.byCase(t, b.vet(t))[name], program.Options{}))
			once := snapshot(t, root)
			b.fix(t, tool)
			for file, data := range snapshot(t, root) {
				if once[file] != data {
					t.Errorf("a second go fix changed %s:\n%s", file, firstDifference(once[file], data))
				}
			}
		})
	}
}

// listenersOf lists the logical listeners with what an administrator sets.
func listenersOf(f *program.Findings) []string {
	var out []string
	for _, l := range f.Listeners {
		for _, o := range l.Origins {
			if o.IsConfig() {
				out = append(out, fmt.Sprintf("%s %s %s", l.Name, l.Type, o))
			}
		}
	}
	slices.Sort(out)
	return out
}
