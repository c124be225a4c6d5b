package fixer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// CopyTo copies the module to a folder that is not there yet, as it would be
// once the plan is carried out; for a nil plan, as it is. What git keeps is left
// out, and the folder that the new one is in, which may be in the module.
func (r *Report) CopyTo(dir string, plan *Plan) error {
	if len(r.build.modules) > 1 {
		return errors.New("a workspace of several modules cannot be copied: go there with GOWORK=off")
	}
	root := r.build.root.Dir
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		switch {
		case d.IsDir() && (d.Name() == ".git" || name == filepath.Dir(dir)):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(link, to)
		case !d.Type().IsRegular():
			return nil
		}
		return copyFile(name, to)
	})
	if err == nil {
		err = r.replaces(dir)
	}
	if err != nil || plan == nil {
		return err
	}
	for _, f := range plan.Files {
		to := filepath.Join(dir, filepath.FromSlash(plan.Rel(f)))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if f.New == nil {
			if err := os.Remove(to); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(to, f.New, f.Mode); err != nil {
			return err
		}
	}
	return nil
}

// replaces makes the folders absolute with which the go.mod of a copy replaces
// modules, where they are outside.
func (r *Report) replaces(dir string) error {
	out, err := r.goIn(context.Background(), dir, "mod", "edit", "-json")
	if err != nil {
		return fmt.Errorf("go mod edit: %w\n%s", err, out)
	}
	var mod struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return fmt.Errorf("go mod edit: %w", err)
	}
	for _, rep := range mod.Replace {
		if !strings.HasPrefix(rep.New.Path, "../") {
			continue
		}
		old := rep.Old.Path
		if rep.Old.Version != "" {
			old += "@" + rep.Old.Version
		}
		to := filepath.Join(r.build.root.Dir, filepath.FromSlash(rep.New.Path))
		if out, err := r.goIn(context.Background(), dir, "mod", "edit", "-replace="+old+"="+to); err != nil {
			return fmt.Errorf("go mod edit: %w\n%s", err, out)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	fi, err := os.Stat(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, fi.Mode().Perm())
}

// Build builds the program in a folder of a copy of the module.
func (r *Report) Build(ctx context.Context, dir, main, to string) error {
	if out, err := r.goIn(ctx, dir, "build", "-o", to, "./"+strings.TrimPrefix(main, "./")); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Test runs the tests of a copy of the module, and returns the packages of
// which some fail, and what they say.
func (r *Report) Test(ctx context.Context, dir string) (failed []string, output []byte, err error) {
	output, err = r.goIn(ctx, dir, "test", "./...")
	for line := range strings.Lines(string(output)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "FAIL" && !slices.Contains(failed, f[1]) {
			failed = append(failed, f[1])
		}
	}
	slices.Sort(failed)
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(failed) > 0 {
		err = nil
	}
	return failed, output, err
}

func (r *Report) goIn(ctx context.Context, dir, verb string, args ...string) ([]byte, error) {
	flags := r.build.buildFlags()
	if verb == "mod" {
		flags = nil
	}
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{verb}, flags, args)...)
	cmd.Dir, cmd.Env = dir, append(r.build.env(), "GOWORK=off")
	return cmd.CombinedOutput()
}
