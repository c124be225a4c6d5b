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
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/diff"
)

// dirty asks git what is uncommitted below dir, but for what a run that was killed has
// written there by its journal. It asks in the repository that the
// user works in, which has a .git: a folder that looks like one without, as
// whoever made the repository may have left it, has a configuration that git would
// run commands of.
func dirty(ctx context.Context, dir string, written map[string]string) ([]string, error) {
	root := repository(dir)
	if root == "" {
		return nil, nil // nothing to compare with
	}
	cmd := exec.CommandContext(ctx, "git", "-C", root, "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit",
		"status", "--porcelain", "-z", "--ignore-submodules=all", "--", dir)
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git cannot say whether %s has uncommitted changes, so nothing was written; see git status there, or use -force: %w", dir, gitError(err))
	}
	var files []string
	for entry := range strings.SplitSeq(string(out), "\x00") {
		if len(entry) > 3 && !strings.HasPrefix(filepath.Base(entry[3:]), stagePrefix) &&
			!isUnderway(filepath.Join(root, filepath.FromSlash(entry[3:])), written) {
			files = append(files, entry[3:])
		}
	}
	return files, nil
}

// repository returns the nearest folder, from one upwards, that has a .git; "" for
// none.
func repository(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
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

// Write writes the files of the plan, or none: whatever stands in the way, what was
// done is undone.
//
// All new contents are on disk, beside their files, before the first is moved into
// place, so that a full disk or a folder without permission changes nothing, and a
// run that is killed leaves every file whole, old or new. New folders are moved as
// a whole, and before all else: a file that calls the helper is never there without
// it. A changed file is exchanged with the new one, and looked at again then, so
// that what an editor has saved in the meantime is not lost.
func (p *Plan) Write() (err error) {
	w := &writing{}
	defer func() {
		if err != nil {
			err = fmt.Errorf("nothing was written: %w", err)
			if undone := w.undo(); undone != nil {
				err = fmt.Errorf("%w; and not all of it could be undone: %w", err, undone)
			}
		}
		w.clean()
	}()
	files := append(p.created(), p.changed()...)
	for _, f := range files {
		sweep(existing(filepath.Dir(f.Path)))
	}
	for _, f := range files {
		if err := w.stage(f); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := unchanged(f); err != nil {
			return err
		}
	}
	dir := p.build().root.Dir
	if w.journal, err = keepJournal(dir, files); err != nil {
		return err
	}
	if err := w.moveAll(); err != nil {
		return err
	}
	for _, name := range journals(dir) { // what they list is done, or planned anew
		os.Remove(name)
	}
	return nil
}

// A writing is the writing of one plan.
type writing struct {
	moves   []*move
	journal string // its path, "" before there is one
}

// A move is a new file, or a folder of such, on its way into place.
type move struct {
	tmp, path string
	old       []byte // what a changed file has to be; nil for a new one
	folder    bool
	removed   bool // the file goes to tmp, and nothing takes its place
	done      bool
}

// stage puts the new content of a file on disk, beside the file, or in what becomes
// its folder.
func (w *writing) stage(f File) error {
	dir := filepath.Dir(f.Path)
	if f.New == nil {
		tmp, err := stage(dir, f) // a name to go to
		w.moves = append(w.moves, &move{tmp: tmp, path: f.Path, old: f.Old, removed: true})
		return err
	}
	if existing(dir) == dir {
		tmp, err := stage(dir, f)
		if err != nil {
			return err
		}
		w.moves = append(w.moves, &move{tmp: tmp, path: f.Path, old: f.Old})
		return nil
	}
	m, err := w.folder(dir)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(m.path, dir)
	if err != nil {
		return err
	}
	within := filepath.Join(m.tmp, rel)
	if err := os.MkdirAll(within, 0o755); err != nil {
		return err
	}
	tmp, err := stage(within, f)
	if err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(within, filepath.Base(f.Path)))
}

// folder returns the move of the outermost folder that is missing for dir, and
// begins it.
func (w *writing) folder(dir string) (*move, error) {
	parent := existing(dir)
	rel, err := filepath.Rel(parent, dir)
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	path := filepath.Join(parent, first)
	for _, m := range w.moves {
		if m.folder && m.path == path {
			return m, nil
		}
	}
	tmp, err := os.MkdirTemp(parent, stageName())
	if err != nil {
		return nil, err
	}
	m := &move{tmp: tmp, path: path, folder: true}
	w.moves = append(w.moves, m)
	return m, os.Chmod(tmp, 0o755) // as MkdirAll would, and umask has
}

// existing returns a folder, or the nearest above it that is there.
func existing(dir string) string {
	for {
		if fi, err := os.Stat(dir); err == nil && fi.IsDir() || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// afterMove is called after each move: a test has it take longer.
var afterMove = func() {}

// moveAll moves all into place, new ones first, and each folder to disk before what
// follows.
func (w *writing) moveAll() error {
	for i, m := range w.moves {
		if i > 0 {
			afterMove()
		}
		if i > 0 && filepath.Dir(w.moves[i-1].path) != filepath.Dir(m.path) {
			if err := syncFolder(filepath.Dir(w.moves[i-1].path)); err != nil {
				return err
			}
		}
		switch {
		case m.folder:
			if err := syncBelow(m.tmp); err != nil {
				return err
			}
			if err := os.Rename(m.tmp, m.path); err != nil {
				return err
			}
			m.done = true
		case m.removed:
			if err := os.Rename(m.path, m.tmp); err != nil {
				return err
			}
			if m.done = true; !m.holds(m.old) {
				return changedMeanwhile(m.path)
			}
		case m.old == nil:
			if err := os.Link(m.tmp, m.path); err != nil { // which replaces nothing
				return err
			}
			m.done = true
		default:
			if err := m.exchange(); err != nil {
				return err
			}
		}
	}
	if n := len(w.moves); n > 0 {
		return syncFolder(filepath.Dir(w.moves[n-1].path))
	}
	return nil
}

// syncBelow puts on disk what folders have, from one downwards.
func syncBelow(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}

// exchange puts a changed file in place of the old one, which is at tmp then.
func (m *move) exchange() error {
	if err := swap(m.tmp, m.path); err != nil {
		return err
	}
	if m.done = true; !m.holds(m.old) {
		return changedMeanwhile(m.path)
	}
	return nil
}

// holds reports whether what was taken out of the way is what it has to be.
func (m *move) holds(old []byte) bool {
	now, err := os.ReadFile(m.tmp)
	return err == nil && bytes.Equal(now, old)
}

// swapCopied is swap where files cannot be exchanged in one step.
func swapCopied(a, b string) error {
	old := a + ".old"
	if err := os.Link(b, old); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return errors.Join(err, os.Remove(old))
	}
	return os.Rename(old, a)
}

// undo takes back what was moved.
func (w *writing) undo() error {
	var errs []error
	for i := len(w.moves) - 1; i >= 0; i-- {
		m := w.moves[i]
		if !m.done {
			continue
		}
		m.done = false
		switch {
		case m.folder:
			errs = append(errs, os.Rename(m.path, m.tmp))
		case m.removed:
			errs = append(errs, os.Rename(m.tmp, m.path))
		case m.old == nil:
			errs = append(errs, os.Remove(m.path))
		default:
			errs = append(errs, swap(m.tmp, m.path))
		}
	}
	return errors.Join(errs...)
}

// clean removes what is left beside the files.
func (w *writing) clean() {
	if w.journal != "" {
		os.Remove(w.journal)
	}
	for _, m := range w.moves {
		if m.folder && m.done {
			continue
		}
		os.RemoveAll(m.tmp)
	}
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
		return changedMeanwhile(f.Path)
	}
	return nil
}

func changedMeanwhile(path string) error { return fmt.Errorf("%s changed meanwhile; run again", path) }

// stagePrefix begins the names of files that hold new contents until they are
// renamed into place; the process that writes them follows, and where its pid is one.
const stagePrefix = ".inheritfd-"

func stageName() string { return fmt.Sprintf("%s%d-%s-*", stagePrefix, os.Getpid(), processScope()) }

// Sweep removes what earlier runs that were killed have left staged in the folders of
// the packages, and their journals where nothing is left to do.
func (p *Plan) Sweep() {
	if len(p.Files) == 0 {
		for _, name := range journals(p.build().root.Dir) {
			os.Remove(name)
		}
	}
	folders := []string{p.build().root.Dir}
	for _, pkg := range p.build().pkgs {
		folders = append(folders, pkg.Dir)
	}
	for _, m := range p.build().modules {
		dir := filepath.Join(m.Dir, filepath.FromSlash(helperDir))
		folders = append(folders, m.Dir, filepath.Dir(dir), dir)
	}
	slices.Sort(folders)
	for _, dir := range slices.Compact(folders) {
		sweep(dir)
	}
}

// sweep removes what runs that were killed left staged in a folder. What a process
// that cannot be seen from here may still write is left alone.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the folder is new, or staging will say what is wrong
	}
	for _, e := range entries {
		if abandoned(e.Name()) && !strings.HasSuffix(e.Name(), journalSuffix) {
			os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// abandoned reports whether a file's name is one of a process that has ended.
func abandoned(name string) bool {
	owner, rest, _ := strings.Cut(strings.TrimPrefix(name, stagePrefix), "-")
	pid, err := strconv.Atoi(owner)
	return strings.HasPrefix(name, stagePrefix) && err == nil && strings.HasPrefix(rest, processScope()+"-") && !alive(pid)
}

// alive reports whether a process runs, of whatever user.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Signal(syscall.Signal(0))
	}
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// stage writes the new content of a file in a folder.
func stage(dir string, f File) (tmp string, err error) {
	t, err := os.CreateTemp(dir, stageName())
	if err != nil {
		return "", err
	}
	_, err = t.Write(f.New)
	if f.New != nil {
		err = errors.Join(err, keepOwner(t, f.Path))
	}
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
	to := "b/" + rel
	if f.New == nil {
		head, to = head+"deleted file mode 100644\n", "/dev/null"
	}
	if f.Old == nil {
		head, from = head+"new file mode 100644\n", "/dev/null"
	}
	_, hunks, _ := strings.Cut(string(diff.Diff(from, f.Old, to, f.New)), "\n") // drop its own head line
	return head + hunks
}
