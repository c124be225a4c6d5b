package fixer

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer"
	"inheritfd/analyzer/model"
)

// A Report is what Check found. Its JSON form is a contract: fields are added
// to it, none renamed. Paths are relative to the module's folder.
type Report struct {
	Version   int                 `json:"version"` // 1
	Module    string              `json:"module"`
	Sites     []analyzer.Site     `json:"sites"`
	Listeners []analyzer.Listener `json:"listeners"`
	// Lifecycle are the calls that do something to the socket of a site, or
	// to its path, besides listening.
	Lifecycle []analyzer.Lifecycle `json:"lifecycle"`
	// Errors are the packages that could not be analysed, and why.
	Errors []string `json:"errors,omitempty"`

	build *build
}

// Check analyses the packages of a module. When some do not compile it
// reports on the others, and lists them in Errors. The error is a *UsageError
// when there is nothing to analyse.
func Check(ctx context.Context, o Options) (*Report, error) {
	b, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	results, problems, err := b.vet(ctx)
	if err != nil {
		return nil, err
	}
	found := analyzer.Join(results)
	r := &Report{
		Version: 1, Module: b.root.Path, build: b,
		Sites: found.Sites, Listeners: found.Listeners, Lifecycle: append([]analyzer.Lifecycle{}, found.Lifecycle...),
		Errors: problems,
	}
	if r.Sites == nil {
		r.Sites = []analyzer.Site{}
	}
	if r.Listeners == nil {
		r.Listeners = []analyzer.Listener{}
	}
	r.leaveUnreached(results)
	r.relativize()
	r.Sites = append(r.Sites, b.unbuilt()...)
	slices.SortStableFunc(r.Sites, analyzer.CompareSites)
	return r, nil
}

// leaveUnreached makes sites manual that no program of the module reaches, in a
// module that has programs: code for other modules, or for tests, which people
// port, if anybody, together with what calls it.
func (r *Report) leaveUnreached(results []*analyzer.Result) {
	isProgram := func(res *analyzer.Result) bool { return res.Name == "main" }
	if !r.build.whole() || !slices.ContainsFunc(results, isProgram) || len(r.Errors) > 0 {
		return
	}
	for i := range r.Sites {
		s := &r.Sites[i]
		if s.Class == analyzer.Listen && s.Level != analyzer.Manual && len(s.Mains) == 0 {
			s.Level, s.Fix, s.SoleFix, s.Needs, s.Select = analyzer.Manual, nil, nil, nil, []string{}
			s.Reason = "no program of this module reaches it: port it with the program that does"
		}
	}
}

// Findings returns the sites that are flagged.
func (r *Report) Findings() []analyzer.Site {
	var out []analyzer.Site
	for _, s := range r.Sites {
		if s.Class == analyzer.Listen && !s.Elsewhere {
			out = append(out, s)
		}
	}
	return out
}

// JSON returns the report in its documented form, without the edits, which
// are for the fixer.
func (r *Report) JSON() ([]byte, error) {
	c := *r
	c.Sites = slices.Clone(r.Sites)
	for i := range c.Sites {
		c.Sites[i].Fix, c.Sites[i].SoleFix = nil, nil
	}
	c.Lifecycle = slices.Clone(r.Lifecycle)
	for i := range c.Lifecycle {
		c.Lifecycle[i].Fix = nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(c)
	return buf.Bytes(), err
}

// relativize turns the analyzer's names of files into paths.
func (r *Report) relativize() {
	b := r.build
	for i := range r.Sites {
		s := &r.Sites[i]
		s.File, s.Shape, s.Rejected = b.file(s.File), "", b.within(s.Rejected)
		for j, m := range s.Mains {
			s.Mains[j] = b.folder(m)
		}
		s.Origins = b.origins(s.Origins)
		s.Reason = b.within(s.Reason)
	}
	for i := range r.Lifecycle {
		l := &r.Lifecycle[i]
		l.File, l.Site, l.Reason = b.file(l.File), b.at(l.Site), b.within(l.Reason)
		l.Hints = analyzer.Hints{} // told by Site now
		for j, at := range l.Sites {
			l.Sites[j] = b.at(at)
		}
		if len(l.Sites) == 1 {
			l.Sites = nil
		}
	}
	for i := range r.Listeners {
		l := &r.Listeners[i]
		l.Main = b.folder(l.Main)
		l.Origins = b.origins(l.Origins)
		for j, at := range l.Sites {
			l.Sites[j] = b.at(at)
		}
	}
}

// at returns a file:line with a path for the file.
func (b *build) at(place string) string {
	k := strings.LastIndexByte(place, ':')
	return b.file(place[:k]) + place[k:]
}

// origins returns origins with paths for files.
func (b *build) origins(in []analyzer.Origin) []analyzer.Origin {
	out := slices.Clone(in)
	for i := range out {
		o := &out[i]
		o.Context = nil
		o.Rejected = b.within(o.Rejected)
		o.Trace = slices.Clone(o.Trace)
		for j := range o.Trace {
			o.Trace[j].File = b.file(o.Trace[j].File)
		}
	}
	return out
}

// within shortens the module's files in a text.
func (b *build) within(text string) string {
	return strings.ReplaceAll(text, b.root.Path+"/", "")
}

// folder returns a package as the go command takes it: ./cmd/notesd.
func (b *build) folder(pkg string) string {
	rel := b.file(pkg)
	if rel == "." || strings.HasPrefix(rel, "../") {
		return rel
	}
	return "./" + rel
}

// vet runs the analyzer over the packages under the go command; again, with
// placeholders, where files to embed are missing.
func (b *build) vet(ctx context.Context) (results []*analyzer.Result, problems []string, err error) {
	dir, err := os.MkdirTemp("", "inheritfd-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	results, problems, err = b.vetWith(ctx)
	if err != nil {
		return nil, nil, err
	}
	overlay, rest, err := embedOverlay(b.Dir, dir, problems)
	if overlay == "" || err != nil {
		return results, problems, err
	}
	results, problems, err = b.vetWith(ctx, "-overlay="+overlay)
	return results, append(rest, slices.DeleteFunc(problems, func(p string) bool { return slices.Contains(rest, p) })...), err
}

// vetWith runs the analyzer with further flags for the go command.
func (b *build) vetWith(ctx context.Context, flags ...string) (results []*analyzer.Result, problems []string, err error) {
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
	done := 0
	decodeErr := decodeTrees(stdout, func(analyzed []*analyzer.Result, failed []string) {
		results = append(results, analyzed...)
		problems = append(problems, failed...)
		if done++; b.Progress != nil {
			b.Progress(done, len(b.pkgs))
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
	slices.SortStableFunc(results, func(a, b *analyzer.Result) int { return cmp.Compare(a.Package, b.Package) })
	return results, problems, nil
}

// decodeTrees reads what go vet -json prints: comments that name a package,
// and per package a tree {package: {analyzer: diagnostics or error}}.
func decodeTrees(r io.Reader, yield func([]*analyzer.Result, []string)) error {
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
		var results []*analyzer.Result
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
				res := new(analyzer.Result)
				if err := json.Unmarshal([]byte(d.Message), res); err != nil {
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

// unbuilt makes manual findings of the listen calls in files that the build
// leaves out, for their GOOS or tags: silence would leave a program on that
// system unported. It can only go by names, as the files are not
// type-checked.
func (b *build) unbuilt() []analyzer.Site {
	var out []analyzer.Site
	for _, p := range b.pkgs {
		for _, name := range p.IgnoredGoFiles {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file := filepath.Join(p.Dir, name)
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				continue // left out of the build for a reason
			}
			if onLinux(name, f) {
				b.variant = true
			}
			for _, s := range listensIn(fset, f) {
				s.File = b.file(p.ImportPath + "/" + name)
				s.Reason = "this build leaves the file out: run again with the -tags that it is for"
				if s.Elsewhere = !onLinux(name, f); s.Elsewhere {
					s.Reason = "built for other systems only, where no socket is inherited"
				}
				out = append(out, s)
			}
		}
	}
	return out
}

// onLinux reports whether some set of tags builds a file for linux, the one
// system where sockets are inherited.
func onLinux(name string, f *ast.File) bool {
	for _, goos := range systems {
		if goos != "linux" && slices.Contains(strings.Split(strings.TrimSuffix(name, ".go"), "_")[1:], goos) {
			return false
		}
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() > f.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, err := constraint.Parse(c.Text)
			// A tag that is neither a system nor "ignore" may be set or not:
			// try both for all of them, which settles the usual forms.
			for _, set := range []bool{true, false} {
				if err != nil || expr.Eval(func(tag string) bool {
					return tag == "linux" || tag == "unix" || set && tag != "ignore" && !slices.Contains(systems, tag)
				}) {
					return true
				}
			}
			return false
		}
	}
	return true
}

// listensIn finds the calls pkg.F of a file that name a modelled listen
// function.
func listensIn(fset *token.FileSet, f *ast.File) []analyzer.Site {
	imports := make(map[string]string)
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := p[strings.LastIndexByte(p, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = p
	}
	var out []analyzer.Site
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && imports[id.Name] != "" {
			callee := imports[id.Name] + "." + sel.Sel.Name
			if s := model.SinkOf(callee); s != nil && !s.Inherited {
				posn := fset.Position(sel.Pos())
				out = append(out, analyzer.Site{
					Line: posn.Line, Col: posn.Column, Callee: callee,
					Class: analyzer.Listen, Category: "listen", Level: analyzer.Manual,
					Network: []string{}, Mains: []string{}, Select: []string{}, Origins: []analyzer.Origin{},
				})
			}
		}
		return true
	})
	return out
}
