//go:build long && linux

package main

// This file shows that a port that is killed leaves every file whole.

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestLongKilled kills a port of many files at random moments of its writing.
// Every file is then as it was or as it is to be, none that calls the helper
// is there without it, the module compiles, and another port completes it.
func TestLongKilled(t *testing.T) {
	const files = 100
	root := t.TempDir()
	old := filepath.Join(root, "old")
	writeModule(t, old, files)
	done := filepath.Join(root, "done")
	copyTree(t, done, old)
	runIn(t, done, nil, inheritfdBin(t), "port")
	want, before := tree(t, done), tree(t, old)

	inside := 0
	for i := range 4 {
		dir := filepath.Join(root, fmt.Sprint(i))
		copyTree(t, dir, old)
		killed := killPort(t, dir, i, rand.IntN(files))
		now := tree(t, dir)
		changed := 0
		for name, text := range now {
			isNew := bytes.Equal(text, want[name]) && want[name] != nil
			isOld := bytes.Equal(text, before[name]) && before[name] != nil
			if filepath.Ext(name) == ".go" && !isNew && !isOld {
				t.Errorf("run %d: %s is neither old nor new:\n%s", i, name, text)
			}
			if isNew && !isOld {
				changed++
			}
		}
		for name := range before {
			if now[name] == nil {
				t.Errorf("run %d: %s is gone", i, name)
			}
		}
		t.Logf("run %d: killed=%t with %d of %d files written, %d staged", i, killed, changed, len(want), len(staged(dir)))
		if killed {
			inside++
		}
		if i < 2 { // the others are no different: each file is old or new
			runIn(t, dir, nil, "go", "build", "./...")
		}
		runIn(t, dir, nil, inheritfdBin(t), "port", "-force")
		after := tree(t, dir)
		for name, text := range want {
			if !bytes.Equal(after[name], text) {
				t.Errorf("run %d: after another port %s is not as it should be:\n%s", i, name, after[name])
			}
		}
		if left := staged(dir); len(left) > 0 {
			t.Errorf("run %d: staged files of the killed run are still there: %v", i, left)
		}
	}
	if inside == 0 {
		t.Error("no run was killed while it wrote")
	}
}

// killPort starts a port and kills it when it is about to write, or has
// written, file n. It reports whether that was before the end.
func killPort(t *testing.T, dir string, i, n int) bool {
	t.Helper()
	p := startProc(t, []string{"GOWORK=off", "GOCACHE=" + goEnv(t, "GOCACHE")["GOCACHE"], "GOFLAGS="}, inheritfdBin(t), "port", "-C", dir)
	file := filepath.Join(dir, name(n))
	then, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	reached := func() bool {
		if i%2 == 0 { // while the new contents are put beside the files
			return len(staged(dir)) > n
		}
		now, err := os.Stat(file)
		return err != nil || !os.SameFile(now, then)
	}
	// Before it writes there is time; then there is none.
	poll(t, "the first folder", func() error {
		_, err := os.Stat(filepath.Join(dir, "internal"))
		return err
	})
	for {
		select {
		case <-p.exited:
			if p.err != nil {
				t.Fatalf("port: %v\n%s", p.err, p.log())
			}
			return false
		default:
		}
		if reached() {
			syscall.Kill(-p.pid(), syscall.SIGKILL)
			<-p.exited
			exit := (*exec.ExitError)(nil)
			return errors.As(p.err, &exit) && !exit.Exited()
		}
	}
}

func name(n int) string { return fmt.Sprintf("f%03d.go", n) }

// staged returns the files that are beside others, under names of their own,
// until they take their place.
func staged(dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, ".inheritfd-*"))
	if err != nil {
		panic(err)
	}
	return files
}

// writeModule writes a module of n files that listen.
func writeModule(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/many\n\ngo 1.26\n")
	var calls strings.Builder
	for i := range n {
		write(name(i), fmt.Sprintf("package main\n\nimport \"net\"\n\nfunc f%d() (net.Listener, error) { return net.Listen(\"tcp\", \":%d\") }\n", i, 1000+i))
		fmt.Fprintf(&calls, "\tf%d()\n", i)
	}
	write("main.go", "package main\n\nfunc main() {\n"+calls.String()+"}\n")
}

func copyTree(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// tree returns the files below dir, without those whose names begin with a
// dot.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
