package analyzer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"inheritfd/analyzer"
	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/program"
)

// The cases of testdata/flow run under every driver, with equal results. They
// are loaded together as one workspace, so that the standard library is
// type-checked once, but for those that are about modules.

var flowDir = sync.OnceValue(func() string {
	dir, err := filepath.Abs("../testdata/flow")
	if err != nil {
		panic(err)
	}
	return dir
})

// alone are the cases that cannot be in a workspace with others, with the
// GOWORK that they need.
var alone = map[string]string{"workspace": "workspace/go.work", "vendored": "off", "twins": "off"}

// diagnostics is the case that analysistest runs, see [TestAnalysistest].
const diagnostics = "diagnostics"

// A batch is a build of some cases.
type batch struct {
	name  string
	cases []string
	dir   string   // where the go command runs
	root  string   // folder of the cases
	env   []string // beside os.Environ
	flags []string
}

// batches lists the builds of all cases.
func batches(t *testing.T) []batch {
	t.Helper()
	cases := flowCases(t)
	var together []string
	for _, c := range cases {
		if alone[c] == "" {
			together = append(together, c)
		}
	}
	work := writeWork(t, t.TempDir(), flowDir(), together)
	in := func(c string) string { return filepath.Join(flowDir(), c) }
	list := []batch{
		{name: "cases", cases: together, dir: filepath.Dir(work), env: []string{"GOWORK=" + work}},
		{name: "windows", cases: []string{"tags"}, dir: in("tags"), env: []string{"GOWORK=off", "GOOS=windows", "CGO_ENABLED=0"}},
		{name: "debug", cases: []string{"tags"}, dir: in("tags"), env: []string{"GOWORK=off"}, flags: []string{"-tags=debug"}},
	}
	for _, c := range slices.Sorted(maps.Keys(alone)) {
		gowork := alone[c]
		if gowork != "off" {
			gowork = in(gowork)
		}
		list = append(list, batch{name: c, cases: []string{c}, dir: in(c), env: []string{"GOWORK=" + gowork}})
	}
	for i := range list {
		list[i].root = flowDir()
	}
	return list
}

// flowCases lists the folders of testdata/flow.
func flowCases(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(flowDir())
	if err != nil {
		t.Fatal(err)
	}
	var cases []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != diagnostics {
			cases = append(cases, e.Name())
		}
	}
	return cases
}

// writeWork writes a go.work for cases below root and returns its name.
func writeWork(t *testing.T, dir, root string, cases []string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("go 1.26.0\n\nuse (\n")
	for _, c := range cases {
		fmt.Fprintf(&b, "\t%s\n", filepath.Join(root, c))
	}
	b.WriteString(")\n")
	name := filepath.Join(dir, "go.work")
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// modules returns the modules of a case: path → folder.
func (b batch) modules(t *testing.T, c string) map[string]string {
	t.Helper()
	mods := make(map[string]string)
	for _, pattern := range []string{"go.mod", "*/go.mod"} {
		names, _ := filepath.Glob(filepath.Join(b.root, c, pattern))
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			line, _, _ := strings.Cut(string(data), "\n")
			mods[strings.TrimPrefix(line, "module ")] = filepath.Dir(name)
		}
	}
	return mods
}

// patterns returns the packages of the batch.
func (b batch) patterns(t *testing.T) []string {
	var out []string
	for _, c := range b.cases {
		for _, dir := range b.modules(t, c) {
			out = append(out, dir+"/...")
		}
	}
	slices.Sort(out)
	return out
}

// command returns a go command that runs where the batch needs it to.
func (b batch) command(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = b.dir, append(os.Environ(), b.env...)
	return cmd
}

// byCase sorts results to the cases that their packages are of.
func (b batch) byCase(t *testing.T, results []*program.Package) map[string][]*program.Package {
	t.Helper()
	out := make(map[string][]*program.Package)
	for _, r := range results {
		for _, c := range b.cases {
			for m := range b.modules(t, c) {
				if r.Path == m || strings.HasPrefix(r.Path, m+"/") {
					out[c] = append(out[c], r)
				}
			}
		}
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(a, b *program.Package) int { return strings.Compare(a.Path, b.Path) })
	}
	return out
}

// vettool builds the vettool once.
var vettool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "inheritfd-vet-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "inheritfd-vet")
	out, err := exec.Command("go", "build", "-p", "2", "-o", name, "inheritfd/cmd/inheritfd-vet").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return name, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if tool, err := vettool(); err == nil {
		os.RemoveAll(filepath.Dir(tool))
	}
	os.Exit(code)
}

// loads has the packages of batches, which several tests look at.
var loads = make(map[string][]*packages.Package)

// load loads the packages of a batch as the go command builds them for vet:
// with their tests, and without what the go command makes up.
func (b batch) load(t *testing.T) []*packages.Package {
	t.Helper()
	key := b.name + " " + b.root
	if loads[key] == nil {
		loads[key] = b.loadOver(t, nil)
	}
	return loads[key]
}

// loadOver loads the packages of a batch with other contents for some files.
func (b batch) loadOver(t *testing.T, overlay map[string][]byte) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: b.dir, Env: append(os.Environ(), b.env...), BuildFlags: b.flags, Overlay: overlay,
		Mode: packages.LoadAllSyntax | packages.NeedModule | packages.NeedForTest, Tests: true,
		ParseFile: withoutBodies(func(name string) bool { return strings.HasPrefix(name, runtime.GOROOT()+string(filepath.Separator)) }),
	}, b.patterns(t)...)
	if err != nil {
		t.Fatal(err)
	}
	tested := make(map[string]bool) // packages that have a variant with tests
	for _, p := range pkgs {
		for _, err := range p.Errors {
			if overlay == nil || !strings.HasSuffix(err.Msg, " and not used") { // which the fixer sees to
				t.Errorf("%s: %v", p.ID, err)
			}
		}
		if p.ForTest != "" && p.PkgPath == p.ForTest {
			tested[p.PkgPath] = true
		}
	}
	packages.Visit(pkgs, nil, func(p *packages.Package) { // of std, there are errors for imports that only bodies use
		p.IllTyped = overlay == nil && p.Module != nil && len(p.Errors) > 0
	})
	return slices.DeleteFunc(pkgs, func(p *packages.Package) bool {
		return strings.HasSuffix(p.ID, ".test") || p.ForTest == "" && tested[p.PkgPath]
	})
}

// withoutBodies parses files, those of which nobody asks for the bodies of
// functions without them: to type-check these takes most of the time.
func withoutBodies(of func(name string) bool) func(*token.FileSet, string, []byte) (*ast.File, error) {
	return func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if f != nil && of(name) {
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok {
					fd.Body = nil
				}
			}
		}
		return f, err
	}
}

// check runs the analyzer under go/analysis/checker.
func check(t *testing.T, pkgs []*packages.Package) ([]*program.Package, *checker.Graph) {
	t.Helper()
	return checkBy(t, analyzer.Analyzer, pkgs)
}

// checkBy runs an analyzer under go/analysis/checker.
func checkBy(t *testing.T, a *analysis.Analyzer, pkgs []*packages.Package) ([]*program.Package, *checker.Graph) {
	t.Helper()
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, &checker.Options{SanityCheck: true})
	if err != nil {
		t.Fatal(err)
	}
	var results []*program.Package
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act, act.Err)
		}
		if r, ok := act.Result.(*program.Package); ok && r != nil {
			results = append(results, r)
		}
	}
	return results, graph
}

// vet runs the analyzer under go vet.
func (b batch) vet(t *testing.T) []*program.Package {
	t.Helper()
	tool, err := vettool()
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"vet", "-p=2", "-vettool=" + tool, "-json", "-inheritfd.sites"}, b.flags...)
	cmd := b.command(t, append(args, b.patterns(t)...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v\n%s", err, stderr.Bytes())
	}
	results, err := decodeVet(out)
	if err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
	return results
}

// decodeVet reads what go vet -json prints.
func decodeVet(out []byte) ([]*program.Package, error) {
	var results []*program.Package
	var text bytes.Buffer
	for line := range bytes.Lines(out) {
		if line[0] != '#' {
			text.Write(line)
		}
	}
	dec := json.NewDecoder(&text)
	for {
		var tree map[string]map[string][]struct{ Category, Message string }
		switch err := dec.Decode(&tree); {
		case errors.Is(err, io.EOF):
			return results, nil
		case err != nil:
			return nil, err
		}
		for _, byAnalyzer := range tree {
			for _, d := range byAnalyzer[analyzer.Analyzer.Name] {
				if d.Category != analyzer.SitesCategory {
					continue
				}
				r := new(program.Package)
				if err := json.Unmarshal([]byte(d.Message), r); err != nil {
					return nil, err
				}
				results = append(results, r)
			}
		}
	}
}

// asJSON prints what a driver found, for comparison: a result has passed
// through JSON under go vet.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// firstDifference returns the first line in which two texts differ, with some
// lines before it.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("%s\n- %s\n+ %s", strings.Join(as[max(0, i-12):i], "\n"), as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}

// TestDrivers runs the cases under go/analysis/checker and go vet, and
// compares what they find with each other and with the expectations.
func TestDrivers(t *testing.T) {
	for _, b := range batches(t) {
		t.Run(b.name, func(t *testing.T) {
			pkgs := b.load(t)
			results, _ := check(t, pkgs)
			checked := b.byCase(t, results)
			vetted := b.byCase(t, b.vet(t))
			built := builtFiles(pkgs)
			for _, c := range b.cases {
				t.Run(c, func(t *testing.T) {
					got := asJSON(t, checked[c])
					if under := asJSON(t, vetted[c]); got != under {
						t.Errorf("checker (-) and go vet (+) differ:\n%s", firstDifference(got, under))
					}
					found := program.Join(checked[c], program.Options{})
					if got, under := asJSON(t, found), asJSON(t, program.Join(vetted[c], program.Options{})); got != under {
						t.Errorf("checker (-) and go vet (+) differ when joined:\n%s", firstDifference(got, under))
					}
					b.compare(t, c, found, built)
					b.checkTraces(t, c, found)
				})
			}
		})
	}
}

// builtFiles lists the Go files of packages.
func builtFiles(pkgs []*packages.Package) map[string]bool {
	files := make(map[string]bool)
	for _, p := range pkgs {
		for _, name := range append(p.GoFiles, p.OtherFiles...) {
			files[name] = true
		}
	}
	return files
}

// compare compares findings with the expectations in the files that were
// built.
func (b batch) compare(t *testing.T, c string, found *program.Findings, built map[string]bool) {
	dir := filepath.Join(b.root, c)
	byLine := make(map[string]*program.Site)
	for i, s := range found.Sites {
		key := fmt.Sprintf("%s:%d", b.onDisk(t, c, s.Pos.File), s.Pos.Line)
		if byLine[key] != nil {
			t.Errorf("two sites at %s", key)
		}
		byLine[key] = &found.Sites[i]
	}
	for _, e := range found.Effects { // expected as sites are, with a category for the class
		key := fmt.Sprintf("%s:%d", b.onDisk(t, c, e.Pos.File), e.Pos.Line)
		if byLine[key] == nil {
			byLine[key] = &program.Site{
				Class: program.Class(e.Category()), Verdict: program.Verdict{Level: e.Port.Level, Reason: e.Port.Reason},
				SiteFacts: program.SiteFacts{Callee: e.Callee}, Names: []string{path.Base(e.Sites[0].InFile())},
			}
		}
	}
	wanted := make(map[string]bool)
	n := 0
	for _, w := range readWants(t, dir) {
		file := filepath.Join(dir, filepath.FromSlash(w.file))
		if !built[file] {
			continue
		}
		n++
		if w.listeners != nil {
			w.report(t, dir, w.checkListeners(found.Listeners, b.packageOf(t, c, file)))
			continue
		}
		key := fmt.Sprintf("%s:%d", file, w.line)
		wanted[key] = true
		if w.class == "nothing" {
			w.report(t, dir, checkNothing(byLine[key]))
			continue
		}
		w.report(t, dir, w.check(byLine[key]))
	}
	for key, s := range byLine {
		if !wanted[key] {
			t.Errorf("%s: unexpected site %s of %s: %v", key, s.Class, s.Callee, s.Origins)
		}
	}
	if n == 0 {
		t.Error("the case expects nothing")
	}
}

// checkNothing returns what is found where nothing may be.
func checkNothing(s *program.Site) []string {
	if s == nil {
		return nil
	}
	return []string{fmt.Sprintf("site %s of %s", s.Class, s.Callee)}
}

// onDisk returns the path of a file that a result names by import path.
func (b batch) onDisk(t *testing.T, c, name string) string {
	for m, dir := range b.modules(t, c) {
		if rest, ok := strings.CutPrefix(name, m+"/"); ok {
			return filepath.Join(dir, filepath.FromSlash(rest))
		}
	}
	return name
}

// packageOf returns the import path of the package that a file is in.
func (b batch) packageOf(t *testing.T, c, file string) string {
	best := ""
	for m, dir := range b.modules(t, c) {
		rel, err := filepath.Rel(dir, filepath.Dir(file))
		if err == nil && !strings.HasPrefix(rel, "..") {
			best = path.Join(m, filepath.ToSlash(rel))
		}
	}
	return best
}

// checkTraces checks that every step of every trace is at the beginning of
// something in a file that exists.
func (b batch) checkTraces(t *testing.T, c string, found *program.Findings) {
	lines := make(map[string][]string)
	for _, s := range found.Sites {
		for _, o := range s.Origins {
			for _, step := range o.Trace {
				name := b.onDisk(t, c, step.Pos.File)
				if lines[name] == nil {
					data, err := os.ReadFile(name)
					if errors.Is(err, os.ErrNotExist) && name == step.Pos.File {
						continue // in another module
					}
					if err != nil {
						t.Errorf("step of %s:%d: %v", s.Pos.File, s.Pos.Line, err)
						continue
					}
					lines[name] = strings.Split(string(data), "\n")
				}
				if l := lines[name]; step.Pos.Line < 1 || step.Pos.Line > len(l) || step.Pos.Col < 1 || step.Pos.Col > len(l[step.Pos.Line-1]) ||
					strings.ContainsAny(l[step.Pos.Line-1][step.Pos.Col-1:step.Pos.Col], " \t\r") {
					t.Errorf("%s:%d: step %q is at no token: %s:%d:%d", s.Pos.File, s.Pos.Line, step.What, step.Pos.File, step.Pos.Line, step.Pos.Col)
				}
			}
			if len(o.Trace) == 0 && o.Kind != flow.FromParam && o.Kind != flow.FromUnknown && o.Value != "" {
				t.Errorf("%s:%d: origin %s has no trace", s.Pos.File, s.Pos.Line, originText(o))
			}
		}
	}
}

// TestFixes applies every fix of the cases to a copy in memory: the result
// type-checks, traces to the same configuration, and has no more fixes.
func TestFixes(t *testing.T) {
	b := batches(t)[0]
	results, _ := check(t, b.load(t))
	overlay := make(map[string][]byte)
	for _, c := range b.cases {
		for _, dir := range b.modules(t, c) {
			for name, data := range helperFiles(t) {
				overlay[filepath.Join(dir, "internal", "inherit", name)] = data
			}
		}
	}
	edits := make(map[string][]edit.Edit)
	before := make(map[string]*program.Findings)
	for c, rs := range b.byCase(t, results) {
		before[c] = program.Join(rs, program.Options{})
		for _, s := range before[c].Sites {
			if s.Class == program.Listen {
				edits[b.onDisk(t, c, s.Pos.File)] = append(edits[b.onDisk(t, c, s.Pos.File)], s.Edits(false)...)
			}
		}
		for _, e := range before[c].Effects {
			edits[b.onDisk(t, c, e.Pos.File)] = append(edits[b.onDisk(t, c, e.Pos.File)], e.Port.Fix...)
		}
	}
	for name, es := range edits {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if overlay[name], err = edit.Apply(src, es); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	results, _ = check(t, b.loadOver(t, overlay))
	for c, rs := range b.byCase(t, results) {
		checkPorted(t, c, before[c], program.Join(rs, program.Options{}))
	}
}

// helperFiles returns the files of the helper, by their names.
func helperFiles(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../fixer/inherit/*.go")
	if err != nil || len(names) == 0 {
		t.Fatal("no helper", err)
	}
	out := make(map[string][]byte)
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(name)] = data
		}
	}
	return out
}

// checkPorted checks that the safe sites take inherited sockets now, with the
// same configuration, and that no other site has changed.
func checkPorted(t *testing.T, c string, before, after *program.Findings) {
	t.Helper()
	unsure := make(map[string]bool) // for tests by who calls it, which a package alone does not show
	for _, s := range before.Sites {
		unsure[s.Pos.File+s.Func] = s.Class == program.Test && !strings.HasSuffix(s.Pos.File, "_test.go") && !strings.HasPrefix(path.Base(s.Pos.File), "mock") && !strings.Contains(s.Pos.File, "/test/")
	}
	list := func(f *program.Findings, ported bool) []string {
		var out []string
		for _, s := range f.Sites {
			fixed := s.Class == program.Listen && s.Level != program.Manual // go fix knows no levels
			if fixed && !ported {
				t.Errorf("%s: not ported: %s at %s:%d", c, s.Callee, s.Pos.File, s.Pos.Line)
			}
			var origins []string
			for _, o := range s.Origins {
				origins = append(origins, originText(o)+" "+o.Reason)
			}
			slices.Sort(origins)
			class := s.Class
			if fixed || unsure[s.Pos.File+s.Func] && class == program.Test {
				class = program.Inherited
			}
			out = append(out, fmt.Sprintf("%s: %s in %s: %s", s.Pos.File, class, s.Func, strings.Join(origins, "; ")))
		}
		slices.Sort(out)
		return out
	}
	was, is := strings.Join(list(before, true), "\n"), strings.Join(list(after, false), "\n")
	if was != is {
		t.Errorf("%s: the fix changed what is traced (- before, + after):\n%s", c, firstDifference(was, is))
	}
}
