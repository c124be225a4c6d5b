package fixer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"inheritfd/analyzer/program"
)

// TestSweep checks that what a run left staged that was killed is removed, and not what
// one is about to write that is not seen from here, or is another user's.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	scope := processScope()
	for name, stays := range map[string]bool{
		fmt.Sprintf(".inheritfd-%d-%s-1", gone.Process.Pid, scope): false,
		fmt.Sprintf(".inheritfd-%d-%s-2", os.Getpid(), scope):      true,
		fmt.Sprintf(".inheritfd-1-%s-3", scope):                    true, // of root's, mostly
		fmt.Sprintf(".inheritfd-%d-0-4", gone.Process.Pid):         true, // of another machine, or namespace
		".inheritfd-notes": true,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		sweep(dir)
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: %v, want it to stay: %t", name, err, stays)
		}
	}
}

// TestWriteOwner checks that a file stays its owner's, and that the plan knows of its
// other names.
func TestWriteOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	r := tree(t, map[string]string{"main.go": listenSource})
	file := filepath.Join(r.build.root.Dir, "main.go")
	if err := os.Chown(file, 1234, 2345); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(file, filepath.Join(t.TempDir(), "other")); err != nil {
		t.Fatal(err)
	}
	p, err := MakePlan(r, program.Safe)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Files {
		if f.Linked != (f.Path == file) {
			t.Errorf("%s: linked %t", p.Rel(f), f.Linked)
		}
	}
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if st := fi.Sys().(*syscall.Stat_t); st.Uid != 1234 || st.Gid != 2345 || fi.Mode().Perm() != 0o640 {
		t.Errorf("it belongs to %d:%d now, mode %v", st.Uid, st.Gid, fi.Mode())
	}
}
