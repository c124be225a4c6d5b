//go:build long

package analyzer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inheritfd/analyzer/program"
	"inheritfd/fixer"
)

// TestLongFix runs go fix on a copy of the cases: what was safe is ported, the
// result builds, and a second run changes nothing.
func TestLongFix(t *testing.T) {
	tool, err := vettool()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(flowDir())); err != nil {
		t.Fatal(err)
	}
	for _, b := range batches(t) {
		if b.name == "windows" || b.name == "debug" {
			continue // another build of a folder that is ported
		}
		t.Run(b.name, func(t *testing.T) {
			b.move(t, root)
			before := b.byCase(t, b.vet(t))
			b.bundle(t)
			b.fix(t, tool)
			if out, err := b.command(t, append([]string{"build", "-p=2"}, b.patterns(t)...)...).CombinedOutput(); err != nil {
				t.Fatalf("the fixed module does not build: %v\n%s", err, out)
			}
			after := b.byCase(t, b.vet(t))
			for _, c := range b.cases {
				checkPorted(t, c, program.Join(before[c], program.Options{}), program.Join(after[c], program.Options{}))
			}
			once := snapshot(t, root)
			b.fix(t, tool)
			for name, data := range snapshot(t, root) {
				if once[name] != data {
					t.Errorf("a second go fix changed %s:\n%s", name, firstDifference(once[name], data))
				}
			}
		})
	}
}

// move makes the batch one of copies below root.
func (b *batch) move(t *testing.T, root string) {
	if b.name == "cases" {
		b.env = []string{"GOWORK=" + writeWork(t, root, root, b.cases)}
		b.dir = root
	} else {
		b.dir = filepath.Join(root, b.name)
		for i, e := range b.env {
			b.env[i] = strings.Replace(e, flowDir(), root, 1)
		}
	}
	b.root = root
}

// bundle writes the helper into the modules of the batch.
func (b batch) bundle(t *testing.T) {
	for _, e := range b.env {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value) // package fixer runs the go command
	}
	for _, c := range b.cases {
		for _, dir := range b.modules(t, c) {
			if err := os.RemoveAll(filepath.Join(dir, "internal", "inherit")); err != nil { // a stand-in
				t.Fatal(err)
			}
			plan, err := fixer.Init(t.Context(), fixer.Options{Dir: dir})
			if err == nil {
				err = plan.Write()
			}
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
		}
	}
}

// fix runs go fix.
func (b batch) fix(t *testing.T, tool string) {
	t.Helper()
	args := append([]string{"fix", "-p=2", "-fixtool=" + tool}, b.flags...)
	if out, err := b.command(t, append(args, b.patterns(t)...)...).CombinedOutput(); err != nil {
		t.Errorf("go fix: %v\n%s", err, out)
	}
}

// snapshot returns the contents of the Go files below a folder.
func snapshot(t *testing.T, root string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		data, err := os.ReadFile(name)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
