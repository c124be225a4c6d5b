package fixer

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

const listenSource = `package main

import "net"

func main() {
	net.Listen("tcp", ":80")
}
`

// tree writes a module and returns a report on it, whose only site is the call in
// listenSource.
func tree(t *testing.T, files map[string]string) *Report {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.25\n"
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	root := Module{Path: "example.com/m", Dir: dir}
	r := &Report{Module: root.Path, build: &build{Options: Options{Dir: dir}, root: root, modules: []Module{root}, rows: model.Default()}}
	r.Sites = []program.Site{listenSite("example.com/m/main.go")}
	return r
}

// listenSite is the site of listenSource.
func listenSite(file string) program.Site {
	start := strings.Index(listenSource, "net.Listen")
	path := strings.Index(listenSource, `"net"`)
	imports := edit.Edit{Start: path, End: path + len(`"net"`), New: `"example.com/m/internal/inherit"`}
	return program.Site{
		Class: program.Listen, Verdict: program.Verdict{Level: program.Safe}, OnlyOne: true,
		SiteFacts: program.SiteFacts{
			Pos: flow.Pos{File: file, Line: 6, Col: 2}, Callee: "net.Listen",
			Alone: program.Alone{Port: program.Port{
				Fix:     []edit.Edit{imports, {Start: start, End: start + len("net.Listen"), New: "inherit.Listen"}},
				SoleFix: []edit.Edit{imports, {Start: start, End: start + len("net.Listen"), New: "inherit.Sole.Listen"}},
			}},
		},
	}
}

// planned returns what a plan makes of a file, "" when it leaves it.
func planned(p *Plan, name string) string {
	for _, f := range p.Files {
		if p.Rel(f) == name {
			return string(f.New)
		}
	}
	return ""
}

// TestPlan checks what becomes of a site in a plan, by its verdict and its file.
func TestPlan(t *testing.T) {
	for _, test := range []struct {
		name   string
		level  program.Level
		change func(r *Report, s *program.Site)
		want   string // ported, left: level: reason, elsewhere, restored or nothing
		text   string // in main.go
	}{
		{"the only one", program.Safe, func(*Report, *program.Site) {}, "ported", "inherit.Sole.Listen("},
		{"one of several", program.Safe, func(_ *Report, s *program.Site) { s.OnlyOne = false }, "ported", "inherit.Listen("},
		{"the only one, as far as some packages show", program.Safe, func(r *Report, _ *program.Site) { r.build.Patterns = []string{"./cmd/..."} }, "ported", "inherit.Listen("},
		{"the only one, but for files with other tags", program.Safe, func(r *Report, _ *program.Site) { r.build.variant = true }, "ported", "inherit.Listen("},
		{"to review", program.Safe, func(_ *Report, s *program.Site) { s.Level, s.Reason = program.Review, "differs" }, "left: review: differs", ""},
		{"to review, asked for", program.Review, func(_ *Report, s *program.Site) { s.Level = program.Review }, "ported", "inherit.Sole.Listen("},
		{"manual", program.Review, func(_ *Report, s *program.Site) { s.Level, s.Reason = program.Manual, "why" }, "left: manual: why", ""},
		{"for other systems", program.Safe, func(_ *Report, s *program.Site) { s.LeftOut, s.Level = program.OtherSystem, program.Manual }, "elsewhere", ""},
		{"no finding", program.Safe, func(_ *Report, s *program.Site) { s.Class = program.Test }, "nothing", ""},
		{"ported, and one of several now", program.Safe, func(_ *Report, s *program.Site) { s.Class, s.Sole, s.Several = program.Inherited, true, true }, "restored", "inherit.Listen("},
		{"ported", program.Safe, func(_ *Report, s *program.Site) { s.Class, s.Sole = program.Inherited, true }, "nothing", ""},
		{"the edit does not fit", program.Safe, func(_ *Report, s *program.Site) { s.Alone.Port.SoleFix = []edit.Edit{{Start: 9999, End: 9999}} },
			"left: manual: the edit does not fit the file", ""},
		{"the patched file does not parse", program.Safe, func(_ *Report, s *program.Site) { s.Alone.Port.SoleFix[1].New = "{" }, "left: manual: the edit does not fit the file", ""},
		{"what would spare it cannot be written", program.Safe, func(r *Report, s *program.Site) {
			r.Effects = []program.Effect{{Sites: []flow.Pos{s.Pos}, EffectFacts: program.EffectFacts{
				Pos: flow.Pos{File: "example.com/m/vendor/x/x.go", Line: 3, Col: 1}, Callee: "os.Remove", Op: model.Removes,
				Port: program.Port{Reason: "removes it", Fix: []edit.Edit{{}}},
			}}}
		}, "left: manual: os.Remove at vendor/x/x.go:3 removes it, and the file is vendored", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tree(t, map[string]string{"main.go": listenSource})
			test.change(r, &r.Sites[0])
			p, err := MakePlan(r, test.level)
			if err != nil {
				t.Fatal(err)
			}
			got := "nothing"
			switch {
			case len(p.Ported) > 0:
				got = "ported"
			case len(p.Left) > 0:
				got = "left: " + string(p.Left[0].Level) + ": " + p.Left[0].Reason
			case len(p.Elsewhere) > 0:
				got = "elsewhere"
			case len(p.Restored) > 0:
				got = "restored"
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
			main := planned(p, "main.go")
			if test.text == "" && main != "" || !strings.Contains(main, test.text) {
				t.Errorf("main.go becomes %q, want %s", main, test.text)
			}
			if helper := planned(p, "internal/inherit/inherit.go"); (helper != "") != (len(p.Ported) > 0) {
				t.Errorf("the helper is bundled: %t", helper != "")
			}
			if r.Sites[0].Level != "" && r.Sites[0].Reason != "" && len(p.Left) > 0 && p.Left[0].Site.Reason != r.Sites[0].Reason {
				t.Error("the plan changed the verdict of the report")
			}
		})
	}
}

// TestPlanLinked checks that no file is written that is a link to another.
func TestPlanLinked(t *testing.T) {
	r := tree(t, map[string]string{"real.go": listenSource})
	if err := os.Symlink("real.go", filepath.Join(r.build.root.Dir, "main.go")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	p, err := MakePlan(r, program.Safe)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Files) > 0 || len(p.Left) != 1 || !strings.Contains(p.Left[0].Reason, "main.go is a symbolic link") {
		t.Errorf("files %v, left %+v", p.Files, p.Left)
	}
}

// TestPlanNotCompiling checks that nothing is planned for a module with errors.
func TestPlanNotCompiling(t *testing.T) {
	r := tree(t, map[string]string{"main.go": listenSource})
	r.Errors = []string{"main.go:1:1: nonsense"}
	if _, err := MakePlan(r, program.Safe); err == nil || !strings.Contains(err.Error(), "main.go:1:1: nonsense") {
		t.Errorf("error %v", err)
	}
}

// TestCompile checks that an edit which does not compile is found, for each system
// that has the file, and no mistake that was there before.
func TestCompile(t *testing.T) {
	const broken = "package main\n\nimport \"os\"\n\nvar _ = listen\n"
	module := map[string]string{
		"main.go":       listenSource,
		"web.go":        "package main\n\nimport _ \"embed\"\n\n//go:embed dist/app.js\nvar app string\n", // not built
		"main_test.go":  "package main\n\nvar _ int = \"no number\"\n",
		"on_windows.go": "package main\n",
	}
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"as planned", "", "", nil},
		{"does not compile", "web.go", broken, []string{`GOOS=linux: web.go: "os" imported and not used`, "GOOS=linux: web.go: undefined: listen"}},
		{"on another system", "on_windows.go", broken, []string{`GOOS=windows: on_windows.go: "os" imported and not used`, "GOOS=windows: on_windows.go: undefined: listen"}},
		{"in a test", "more_test.go", broken, []string{"more_test.go: undefined: listen"}},
		{"the helper", "internal/inherit/inherit.go", "package inherit\n", []string{"internal/inherit/sockets_linux.go: undefined: "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tree(t, maps.Clone(module))
			r.build.GOOS = "linux"
			if strings.Contains(test.file, "windows") {
				r.build.pkgs = []listed{{Dir: r.build.root.Dir, GoFiles: []string{"main.go"}, IgnoredGoFiles: []string{test.file}}}
			}
			p, err := MakePlan(r, program.Safe)
			if err != nil {
				t.Fatal(err)
			}
			if test.file != "" {
				name := filepath.Join(r.build.root.Dir, filepath.FromSlash(test.file))
				p.Files = slices.DeleteFunc(p.Files, func(f File) bool { return f.Path == name })
				p.Files = append(p.Files, File{Path: name, New: []byte(test.text), Mode: 0o644})
			}
			err = p.Compile(t.Context())
			if (err == nil) != (len(test.want) == 0) {
				t.Fatalf("error %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %s", err, want)
				}
			}
			if err != nil && (strings.Contains(err.Error(), "number") || strings.Contains(err.Error(), os.TempDir())) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestCompileBefore checks that an error which was there before is no reason to
// refuse, whatever lines it is in.
func TestCompileBefore(t *testing.T) {
	r := tree(t, map[string]string{
		"main.go":          listenSource + "\nfunc init() { setup(1) }\n",
		"setup_linux.go":   "package main\n\nfunc setup(a int) {}\n",
		"setup_windows.go": "package main\n\nfunc setup(a, b int) {}\n",
	})
	r.build.GOOS = "linux"
	r.build.pkgs = []listed{{Dir: r.build.root.Dir, GoFiles: []string{"main.go"}, IgnoredGoFiles: []string{"setup_windows.go"}}}
	p, err := MakePlan(r, program.Safe)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Compile(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWrite checks that a plan is written whole, with the modes of the files, or
// not at all.
func TestWrite(t *testing.T) {
	plan := func(t *testing.T) (*Plan, string) {
		r := tree(t, map[string]string{"main.go": listenSource})
		p, err := MakePlan(r, program.Safe)
		if err != nil {
			t.Fatal(err)
		}
		return p, r.build.root.Dir
	}
	t.Run("whole", func(t *testing.T) {
		p, dir := plan(t)
		if err := p.Write(); err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Files {
			got, err := os.ReadFile(f.Path)
			if err != nil || string(got) != string(f.New) {
				t.Errorf("%s: %v\n%s", p.Rel(f), err, got)
			}
		}
		if fi, err := os.Stat(filepath.Join(dir, "main.go")); err != nil || fi.Mode().Perm() != 0o640 {
			t.Errorf("mode %v (%v)", fi.Mode(), err)
		}
		if left := stagedIn(t, dir); len(left) > 0 {
			t.Errorf("staged files are left: %v", left)
		}
	})
	t.Run("changed meanwhile", func(t *testing.T) {
		p, dir := plan(t)
		mine := listenSource + "// edited\n"
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(mine), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := p.Write(); err == nil || !strings.Contains(err.Error(), "nothing was written: "+filepath.Join(dir, "main.go")+" changed meanwhile") {
			t.Errorf("error %v", err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil || string(got) != mine {
			t.Errorf("the edited file is now %q (%v)", got, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "internal")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a folder is left: %v", err)
		}
		if left := stagedIn(t, dir); len(left) > 0 {
			t.Errorf("staged files are left: %v", left)
		}
	})
}

// TestWriteSaved checks that what an editor saves while a plan is written is not
// lost, and that the rest is undone then.
func TestWriteSaved(t *testing.T) {
	const mine = listenSource + "// saved by an editor\n"
	r := tree(t, map[string]string{"main.go": listenSource})
	p, err := MakePlan(r, program.Safe)
	if err != nil {
		t.Fatal(err)
	}
	dir := r.build.root.Dir
	edited := filepath.Join(dir, "main.go")
	w := &writing{}
	for _, f := range append(p.created(), p.changed()...) {
		if err := w.stage(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(edited, []byte(mine), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := w.moveAll(); err == nil || !strings.Contains(err.Error(), edited+" changed meanwhile") {
		t.Errorf("error %v", err)
	}
	if err := w.undo(); err != nil {
		t.Error(err)
	}
	w.clean()
	if got, err := os.ReadFile(edited); err != nil || string(got) != mine {
		t.Errorf("the edited file is now %q (%v)", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "internal")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder is left: %v", err)
	}
	if left := stagedIn(t, dir); len(left) > 0 {
		t.Errorf("staged files are left: %v", left)
	}
}

// stagedIn lists the staged files below a folder.
func stagedIn(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(name), stagePrefix) {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPlace checks that a position names a site, also where two are in a line.
func TestPlace(t *testing.T) {
	r := tree(t, map[string]string{"main.go": listenSource})
	pos := r.Sites[0].Pos
	if got := r.Place(pos); got != "main.go:6" {
		t.Errorf("alone: %s", got)
	}
	second := listenSite("example.com/m/main.go")
	second.Pos.Col = 40
	r.Sites = append(r.Sites, second)
	if got := []string{r.Place(pos), r.Place(second.Pos)}; !slices.Equal(got, []string{"main.go:6:2", "main.go:6:40"}) {
		t.Errorf("two in a line: %v", got)
	}
	if got := r.Place(flow.Pos{File: "example.com/m/main.go", Line: 6, Col: 12}); got != "main.go:6" {
		t.Errorf("no site: %s", got)
	}
	if got := r.At(flow.Pos{File: "example.com/dep/a.go", Line: 1, Col: 2}); got != "example.com/dep/a.go:1:2" {
		t.Errorf("outside: %s", got)
	}
}

// TestParsePlace checks how people write a place.
func TestParsePlace(t *testing.T) {
	for text, want := range map[string]struct {
		file      string
		line, col int
	}{"a/b.go:40": {"a/b.go", 40, 0}, "b.go:40:7": {"b.go", 40, 7}, `C:\b.go:3`: {`C:\b.go`, 3, 0}} {
		if file, line, col, err := parsePlace(text); err != nil || file != want.file || line != want.line || col != want.col {
			t.Errorf("%s: %s %d %d (%v)", text, file, line, col, err)
		}
	}
	for _, text := range []string{"", "a.go", "a.go:", "a.go:x", "a.go:0", "a.go:-1"} {
		if _, _, _, err := parsePlace(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
