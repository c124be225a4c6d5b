package fixer

// This file defines how the analyzer is run: as a vettool under the go command.

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"inheritfd/analyzer"
)

// vet runs the analyzer over the packages under the go command; again, with
// placeholders, where files to embed are missing, and without test files that do not
// compile. The flags are for the go command or the analyzer.
func (b *build) vet(ctx context.Context, flags ...string) (results []analyzer.Sites, problems []string, err error) {
	dir, err := os.MkdirTemp("", "inheritfd-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	o := newOverlay(dir)
	for {
		results, problems, err = b.vetWith(ctx, flags...)
		if err != nil {
			return nil, nil, err
		}
		known := len(o.replace)
		if _, err := o.embed(b.Dir, problems); err != nil {
			return nil, nil, err
		}
		removed, err := o.withoutTests(b.Dir, problems)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range removed {
			b.brokenTests = append(b.brokenTests, b.rel(file))
		}
		if err := b.wholeHelper(o, problems); err != nil {
			return nil, nil, err
		}
		if len(o.replace) == known { // nothing that a file could help
			return results, problems, nil
		}
		name, err := o.write()
		if err != nil {
			return nil, nil, err
		}
		flags = append(slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return strings.HasPrefix(f, "-overlay=") }), "-overlay="+name)
	}
}

// wholeHelper has the go command read the helper as it is to be, where it lacks what
// the module calls by now, or a run that was killed has written a part of it.
func (b *build) wholeHelper(o *overlay, problems []string) error {
	for _, m := range b.modules {
		dir := filepath.Join(m.Dir, filepath.FromSlash(helperDir))
		rel := filepath.ToSlash(b.rel(dir)) + "/"
		if !slices.ContainsFunc(problems, func(p string) bool {
			return strings.HasPrefix(p, rel) || strings.HasPrefix(p, dir) || strings.Contains(p, ": undefined: "+path.Base(helperDir)+".")
		}) {
			continue
		}
		uses, err := helperUses(m, nil)
		if err != nil {
			return err
		}
		files, err := bundle(m, bundling{uses: uses, part: true})
		if err != nil {
			continue // it is not ours; the problem says enough
		}
		callers, err := renamedFiles(m)
		if err != nil {
			return err
		}
		for _, f := range append(files, callers...) {
			if _, ok := o.replace[f.Path]; ok {
				continue
			}
			if f.New == nil {
				o.remove(f.Path)
			} else if err := o.put(f.Path, f.New); err != nil {
				return err
			}
		}
	}
	return nil
}

// vetWith runs the analyzer with further flags for the go command.
func (b *build) vetWith(ctx context.Context, flags ...string) (results []analyzer.Sites, problems []string, err error) {
	args := append([]string{"vet", "-vettool=" + b.Tool, "-json", "-inheritfd.sites"}, append(b.buildFlags(), flags...)...)
	if b.Model != "" {
		args = append(args, "-inheritfd.model="+b.modelKey)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, b.patterns()...)...)
	cmd.Dir, cmd.Env = b.Dir, b.env()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("go vet: %w", err)
	}
	asked, program := make(map[string]bool), false
	for _, p := range b.pkgs {
		asked[p.ImportPath] = true
		program = program || p.Name == "main"
	}
	done := 0
	decodeErr := decodeTrees(stdout, func(analyzed []analyzer.Sites, failed []string) {
		for _, r := range analyzed { // the tool reports on what these import, too: what a program is made of
			if program || asked[strings.TrimSuffix(r.Path, "_test")] {
				results = append(results, r)
			}
		}
		problems = append(problems, failed...)
		if done++; b.Progress != nil {
			b.Progress(min(done, len(b.pkgs)), len(b.pkgs))
		}
	})
	io.Copy(io.Discard, stdout) // let the command end
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if decodeErr != nil {
		return nil, nil, fmt.Errorf("go vet: %w\n%s", decodeErr, stderr.Bytes())
	}
	if waitErr != nil {
		problems = append(problems, buildErrors(stderr.Bytes())...)
		if len(problems) == 0 {
			problems = []string{waitErr.Error()}
		}
	}
	slices.SortStableFunc(results, func(a, b analyzer.Sites) int { return cmp.Compare(a.Path, b.Path) })
	return results, problems, nil
}

// decodeTrees reads what go vet -json prints: comments that name a package,
// and per package a tree {package: {analyzer: diagnostics or error}}.
func decodeTrees(r io.Reader, yield func([]analyzer.Sites, []string)) error {
	type diagnostic struct{ Category, Message string }
	dec := json.NewDecoder(&commentFilter{r: bufio.NewReader(r)})
	for {
		var tree map[string]map[string]json.RawMessage
		switch err := dec.Decode(&tree); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		var results []analyzer.Sites
		var failed []string
		for _, pkg := range slices.Sorted(maps.Keys(tree)) {
			byAnalyzer := tree[pkg]
			var ds []diagnostic
			if err := json.Unmarshal(byAnalyzer[analyzer.Analyzer.Name], &ds); err != nil && byAnalyzer[analyzer.Analyzer.Name] != nil {
				failed = append(failed, fmt.Sprintf("%s: %s", pkg, byAnalyzer[analyzer.Analyzer.Name]))
				continue
			}
			for _, d := range ds {
				if d.Category != analyzer.SitesCategory {
					continue
				}
				var res analyzer.Sites
				if err := json.Unmarshal([]byte(d.Message), &res); err != nil {
					return err
				}
				results = append(results, res)
			}
		}
		yield(results, failed)
	}
}

// A commentFilter drops lines that begin with '#'.
type commentFilter struct {
	r    *bufio.Reader
	rest []byte
}

func (c *commentFilter) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		line, err := c.r.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return 0, err
		}
		if line[0] != '#' {
			c.rest = line
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// buildErrors returns the lines of the go command's complaint that say what
// is wrong, without the headings; packages come in the order of their names,
// as the go command reports them as they are done.
func buildErrors(stderr []byte) []string {
	blocks := strings.Split("\n"+string(stderr), "\n# ")
	slices.Sort(blocks[1:])
	var out []string
	for i, block := range blocks {
		lines := strings.Split(block, "\n")
		if i > 0 {
			lines = lines[1:] // the package
		}
		for _, line := range lines {
			line = strings.TrimRight(line, "\r")
			if line != "" && !strings.HasPrefix(line, "go: downloading") && !slices.Contains(out, line) {
				out = append(out, line)
			}
		}
	}
	if slices.ContainsFunc(out, helperMissing) {
		out = append(out, "the helper package is called but not bundled: run inheritfd init")
	}
	return out
}

// helperMissing reports whether a line says that the helper's package is not
// there.
func helperMissing(line string) bool {
	return strings.Contains(line, "/"+helperDir) &&
		(strings.Contains(line, "no required module") || strings.Contains(line, "is not in std") || strings.Contains(line, "cannot find"))
}
