package fixer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"inheritfd/analyzer/model"
)

// Options say what to work on. The zero value is the module of the current
// folder, all packages.
type Options struct {
	// Dir is the folder to work in; "" is the current one.
	Dir string
	// Patterns are the packages, as the go command takes them; nil is ./... .
	Patterns []string
	// Tags are build tags, comma-separated.
	Tags string
	// GOOS is the system to analyse for; "" is the go command's.
	GOOS string
	// Model is a file with rows of the user's, "" for none; see model.Model.Load.
	Model string
	// Tool is the path of a vettool that runs analyzer.Analyzer.
	Tool string
	// Progress is called, from one goroutine, when a package is done; nil is
	// no progress.
	Progress func(done, total int)
	// Step is called, from one goroutine, when another long step begins; nil
	// is no progress.
	Step func(what string)
}

// patterns returns the packages to work on.
func (o Options) patterns() []string {
	if len(o.Patterns) == 0 {
		return []string{"./..."}
	}
	return o.Patterns
}

// env returns the environment for the go command.
func (o Options) env() []string {
	env := os.Environ()
	if o.GOOS != "" {
		env = append(env, "GOOS="+o.GOOS, "CGO_ENABLED=0")
	}
	return env
}

// buildFlags returns the build flags for the go command.
func (o Options) buildFlags() []string {
	if o.Tags == "" {
		return nil
	}
	return []string{"-tags=" + o.Tags}
}

// A UsageError is a mistake in what the user asked for: nothing was analysed.
type UsageError struct{ Msg string }

func (e *UsageError) Error() string { return e.Msg }

// A Module is a main module of the build: the one of Options.Dir, or one of
// its workspace.
type Module struct {
	Path string
	Dir  string // absolute
}

// A build is what the go command says about Options.Dir.
type build struct {
	Options
	root    Module   // module of Dir; paths in reports are relative to its folder
	modules []Module // main modules
	// atWork says that all modules of a workspace are worked on.
	atWork   bool
	pkgs     []listed
	takersOf map[string]string // by function, see takers
	// brokenTests are test files that do not compile, relative to the root.
	brokenTests []string
	// modelKey is Model as the vettool takes it: absolute, with a hash of the
	// file so that go vet does not answer from its cache when that changed.
	modelKey string
	rows     *model.Model
	variant  bool // some file that this build leaves out is for linux, too
}

// A listed is what go list prints of a package.
type listed struct {
	ImportPath     string
	Dir            string
	Name           string
	GoFiles        []string
	IgnoredGoFiles []string
	Module         *struct {
		Path, Dir, GoMod string
		Main             bool
	}
	Error *struct{ Err string }
}

// load asks the go command for the module and the packages.
func load(ctx context.Context, o Options) (*build, error) {
	b := &build{Options: o, rows: model.Default()}
	if o.Model != "" {
		if err := b.loadModel(); err != nil {
			return nil, err
		}
	}
	if o.GOOS != "" && !slices.Contains(systems, o.GOOS) {
		return nil, &UsageError{fmt.Sprintf("no system %q: the values of GOOS are %s", o.GOOS, strings.Join(systems, ", "))}
	}
	if err := b.loadModules(ctx); err != nil {
		return nil, err
	}
	if err := b.list(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// list asks the go command for the packages that the patterns match.
func (b *build) list(ctx context.Context) error {
	args := append([]string{"list", "-e", "-json=ImportPath,Dir,Name,GoFiles,IgnoredGoFiles,Module,Error"}, b.buildFlags()...)
	out, err := b.goCmd(ctx, append(append(args, "--"), b.patterns()...)...)
	if err != nil {
		return err
	}
	b.pkgs = nil
	if err := decodeAll(out, func(p listed) { b.pkgs = append(b.pkgs, p) }); err != nil {
		return err
	}
	b.pkgs = slices.DeleteFunc(b.pkgs, func(p listed) bool { return p.Module == nil || !p.Module.Main || p.Dir == "" })
	if len(b.pkgs) == 0 {
		return &UsageError{fmt.Sprintf("%s match no packages in %s", strings.Join(b.patterns(), " "), b.root.Dir)}
	}
	return nil
}

// loadModules asks the go command for the module of the folder, and the others of
// its workspace. At the root of a workspace that is no module itself, all of them
// are worked on, and paths are relative to it.
func (b *build) loadModules(ctx context.Context) error {
	out, err := b.goCmd(ctx, "env", "-json", "GOMOD", "GOWORK")
	if err != nil {
		return err
	}
	var env struct{ GOMOD, GOWORK string }
	if err := json.Unmarshal(out, &env); err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return err
	}
	noModule := env.GOMOD == "" || env.GOMOD == os.DevNull
	atWork := noModule && env.GOWORK != "" && filepath.Dir(env.GOWORK) == dir
	if noModule && !atWork {
		return &UsageError{fmt.Sprintf("%s is not in a Go module: run inheritfd where a go.mod is, or name the folder with -C", dir)}
	}
	if out, err = b.goCmd(ctx, "list", "-m", "-json"); err != nil {
		return err
	}
	if err := decodeAll(out, func(m Module) { b.modules = append(b.modules, m) }); err != nil {
		return err
	}
	if atWork {
		return b.workspace(dir)
	}
	for _, m := range b.modules {
		if filepath.Join(m.Dir, "go.mod") == env.GOMOD {
			b.root = m
		}
	}
	if b.root.Dir == "" {
		return &UsageError{fmt.Sprintf("%s is not used by the go.work that covers it: add it with go work use, or set GOWORK=off", filepath.Dir(env.GOMOD))}
	}
	return nil
}

// workspace works on all modules of a workspace, whose root dir is.
func (b *build) workspace(dir string) error {
	b.root = Module{Path: filepath.Base(dir), Dir: dir}
	if !slices.Equal(b.patterns(), []string{"./..."}) {
		return nil
	}
	b.atWork, b.Patterns = true, nil
	for _, m := range b.modules {
		rel, err := filepath.Rel(dir, m.Dir)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, "../") {
			rel = "./" + rel
		}
		b.Patterns = append(b.Patterns, rel+"/...")
	}
	return nil
}

// loadModel reads the user's rows.
func (b *build) loadModel() error {
	name, err := filepath.Abs(b.Model)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return &UsageError{fmt.Sprintf("-model: %v", err)}
	}
	b.modelKey = fmt.Sprintf("%s#%x", name, sha256.Sum256(data))
	if b.rows, err = model.Default().Load(b.modelKey); err != nil {
		return &UsageError{fmt.Sprintf("-model: %v", err)}
	}
	return nil
}

// goCmd runs the go command and returns what it prints; its error carries
// what the go command said.
func (b *build) goCmd(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = b.Dir, b.env()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if msg := strings.TrimSpace(stderr.String()); msg != "" {
			return nil, errors.New(msg)
		}
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out, nil
}

// decodeAll decodes concatenated JSON values.
func decodeAll[T any](data []byte, yield func(T)) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var v T
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("output of the go command: %w", err)
		}
		yield(v)
	}
}

// file returns the path of a file that the analyzer names by import path and
// base name: relative to the root module, with slashes. The name of a file
// outside the main modules is returned as it is.
func (b *build) file(name string) string {
	if rel, err := filepath.Rel(b.root.Dir, b.abs(name)); err == nil && b.moduleOf(name) != nil {
		return filepath.ToSlash(rel)
	}
	return name
}

// abs returns the absolute path of such a file; name itself when it is
// outside the main modules.
func (b *build) abs(name string) string {
	m := b.moduleOf(name)
	if m == nil {
		return name
	}
	return filepath.Join(m.Dir, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, m.Path), "/")))
}

// rel returns an absolute path as relative to the root module, with slashes.
func (b *build) rel(file string) string {
	rel, err := filepath.Rel(b.root.Dir, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// moduleOf returns the main module that a package or file is in, nil for
// none.
func (b *build) moduleOf(name string) *Module {
	var best *Module
	for i, m := range b.modules {
		if (name == m.Path || strings.HasPrefix(name, m.Path+"/")) && (best == nil || len(m.Path) > len(best.Path)) {
			best = &b.modules[i]
		}
	}
	return best
}
