package fixer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/diff"
)

// dirty asks git what is uncommitted below dir.
func dirty(ctx context.Context, dir string) ([]string, error) {
	git := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0")
		return cmd.Output()
	}
	if !inRepository(dir) {
		return nil, nil // nothing to compare with
	}
	out, err := git("-c", "core.fsmonitor=false", "status", "--porcelain", "-z", "--", ".")
	if err != nil {
		return nil, fmt.Errorf("git cannot say whether %s has uncommitted changes, so nothing was written; see git status there, or use -force: %w", dir, gitError(err))
	}
	var files []string
	for entry := range strings.SplitSeq(string(out), "\x00") {
		if len(entry) > 3 && !strings.HasPrefix(filepath.Base(entry[3:]), stagePrefix) {
			files = append(files, entry[3:])
		}
	}
	return files, nil
}

// inRepository reports whether a folder is in a git repository: whether it or
// one above it has a .git.
func inRepository(dir string) bool {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}

// gitError adds what git printed to the error of running it.
func gitError(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

// Write writes the files of the plan. All new contents are on disk, beside
// their files, before the first is renamed into place, so that a full disk or
// a folder without permission changes nothing, and a run that is killed
// leaves every file whole, old or new. New files come first: a file that
// calls the helper is never there without it.
func (p *Plan) Write() (err error) {
	var staged []string
	var made []string // folders
	defer func() {
		if err == nil {
			return
		}
		for _, tmp := range staged {
			os.Remove(tmp)
		}
		for i := len(made) - 1; i >= 0; i-- {
			os.Remove(made[i]) // fails when not empty
		}
	}()
	files := append(p.created(), p.changed()...)
	for _, f := range files {
		sweep(filepath.Dir(f.Path))
	}
	for _, f := range files {
		if err := unchanged(f); err != nil {
			return err
		}
		dirs, err := mkdirAll(filepath.Dir(f.Path))
		made = append(made, dirs...)
		if err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		tmp, err := stage(f)
		if err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		staged = append(staged, tmp)
	}
	for i, f := range files {
		if err := os.Rename(staged[i], f.Path); err != nil {
			return fmt.Errorf("%d of %d files were written: %w", i, len(files), err)
		}
	}
	return nil
}

func (p *Plan) created() (out []File) {
	for _, f := range p.Files {
		if f.Old == nil {
			out = append(out, f)
		}
	}
	return out
}

func (p *Plan) changed() (out []File) {
	for _, f := range p.Files {
		if f.Old != nil {
			out = append(out, f)
		}
	}
	return out
}

// unchanged fails when a file is no longer what the plan was made for.
func unchanged(f File) error {
	now, err := os.ReadFile(f.Path)
	switch {
	case f.Old == nil && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case f.Old == nil || !bytes.Equal(now, f.Old):
		return fmt.Errorf("nothing was written: %s changed meanwhile; run again", f.Path)
	}
	return nil
}

// mkdirAll is os.MkdirAll that returns the folders it made, outermost first.
func mkdirAll(dir string) ([]string, error) {
	if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
		return nil, nil
	}
	made, err := mkdirAll(filepath.Dir(dir))
	if err != nil {
		return made, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return made, err
	}
	return append(made, dir), nil
}

// stagePrefix begins the names of files that hold new contents until they are
// renamed into place; the process that writes them follows.
const stagePrefix = ".inheritfd-"

// sweep removes what runs that were killed left staged in a folder.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the folder is new, or staging will say what is wrong
	}
	for _, e := range entries {
		owner, _, _ := strings.Cut(strings.TrimPrefix(e.Name(), stagePrefix), "-")
		if pid, err := strconv.Atoi(owner); strings.HasPrefix(e.Name(), stagePrefix) && err == nil && !alive(pid) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// alive reports whether a process runs; false where that cannot be asked.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

// stage writes the new content of a file beside it.
func stage(f File) (tmp string, err error) {
	t, err := os.CreateTemp(filepath.Dir(f.Path), fmt.Sprintf("%s%d-*", stagePrefix, os.Getpid()))
	if err != nil {
		return "", err
	}
	_, err = t.Write(f.New)
	err = errors.Join(err, t.Chmod(f.Mode), t.Sync(), t.Close())
	if err != nil {
		os.Remove(t.Name())
		return "", err
	}
	return t.Name(), nil
}

// Diff returns the plan as a patch that git apply takes in the module's
// folder.
func (p *Plan) Diff() string {
	var b strings.Builder
	for _, f := range p.Files {
		b.WriteString(p.FileDiff(f))
	}
	return b.String()
}

// FileDiff returns the part of Diff for one file of the plan.
func (p *Plan) FileDiff(f File) string {
	rel := p.Rel(f)
	head, from := fmt.Sprintf("diff --git a/%s b/%s\n", rel, rel), "a/"+rel
	if f.Old == nil {
		head, from = head+"new file mode 100644\n", "/dev/null"
	}
	_, hunks, _ := strings.Cut(string(diff.Diff(from, f.Old, "b/"+rel, f.New)), "\n") // drop its own head line
	return head + hunks
}
