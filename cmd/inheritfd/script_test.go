package main

// This file runs the scripts of testdata/script: the command as people use
// it, one scenario per file.

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// TestScript runs testdata/script/*.txtar. To see one of them:
//
//	go test ./cmd/inheritfd -run TestScript/NAME -v
//
// and to accept new output:
//
//	go test ./cmd/inheritfd -run TestScript -update
//
// Those in the folder long, which verify a daemon or build std for other systems,
// are run by TestLongScript.
func TestScript(t *testing.T) {
	t.Parallel() // other tests wait more than they work
	runScripts(t, "../../testdata/script")
}

// runScripts runs the scripts of a folder.
func runScripts(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the scripts use cp, cat, sed and git")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files { // an empty script would pass
		if text, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(text, []byte("# ")) {
			t.Errorf("%s does not begin with what it shows: %v", file, err)
		}
	}
	testscript.Run(t, scripts(t, dir))
}

// scripts returns how to run the scripts of a folder.
func scripts(t *testing.T, dir string) testscript.Params {
	t.Helper()
	bin := filepath.Dir(inheritfdBin(t))
	buildNext(t, bin)
	home := t.TempDir() // where the go command keeps notes
	goEnv := goEnv(t, "GOCACHE", "GOMODCACHE", "GOROOT")
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for name, value := range goEnv {
				env.Setenv(name, value)
			}
			for name, value := range map[string]string{
				"PATH":                    bin + string(filepath.ListSeparator) + env.Getenv("PATH"),
				"VET":                     filepath.Join(bin, "inheritfd-vet"),
				"HOME":                    home,
				"GOENV":                   "off",
				"GOFLAGS":                 "",
				"GOPROXY":                 "off",
				"GOTOOLCHAIN":             "local",
				"GOTELEMETRY":             "off",
				"GOWORK":                  "",
				"GIT_CONFIG_GLOBAL":       os.DevNull,
				"GIT_CONFIG_NOSYSTEM":     "1",
				"GIT_CEILING_DIRECTORIES": filepath.Dir(env.WorkDir),
				"GIT_AUTHOR_NAME":         "test",
				"GIT_AUTHOR_EMAIL":        "test@example.com",
				"GIT_COMMITTER_NAME":      "test",
				"GIT_COMMITTER_EMAIL":     "test@example.com",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "mount": // a mount namespace of our own
				return exec.Command("unshare", "--mount", "true").Run() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"commit":   commit,
			"contract": contract,
		},
	}
}

// buildNext builds inheritfd-next in dir: inheritfd with a helper of the next
// version.
func buildNext(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob("../../fixer/inherit/*.go")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`^// Bundled by inheritfd, helper version (\d+)`)
	replace := make(map[string]string)
	for i, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := version.FindSubmatch(src)
		if m == nil {
			continue // a test
		}
		n, _ := strconv.Atoi(string(m[1]))
		next := filepath.Join(t.TempDir(), fmt.Sprintf("%d.go", i))
		src = version.ReplaceAll(src, fmt.Appendf(nil, "// Bundled by inheritfd, helper version %d", n+1))
		if err := os.WriteFile(next, src, 0o644); err != nil {
			t.Fatal(err)
		}
		abs, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		replace[abs] = next
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "inheritfd-next")
	if out, err := exec.Command("go", "build", "-overlay", file, "-o", bin, "inheritfd/cmd/inheritfd").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// goEnv returns variables of the go command.
func goEnv(t *testing.T, names ...string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		t.Fatal(err)
	}
	return env
}

// exits runs a program, which must end with just this exit status:
//
//	exits STATUS PROGRAM [ARGS]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// commit makes a folder a git repository, and commits all that is in it:
//
//	commit [FOLDER]
func commit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: commit [FOLDER]")
	}
	dir := ts.MkAbs(".")
	if len(args) == 1 {
		dir = ts.MkAbs(args[0])
	}
	for _, cmd := range []string{"init -q", "add -A", "commit -q --allow-empty -m test"} {
		ts.Check(ts.Exec("git", append([]string{"-C", dir, "-c", "core.autocrlf=false"}, strings.Fields(cmd)...)...))
	}
}

// contract checks the last standard output, or a file, against what
// design.md, section 5, promises to those who read the JSON:
//
//	contract FILE
func contract(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: contract FILE")
	}
	text := ts.ReadFile(args[0])
	for _, root := range []string{ts.Getenv("WORK"), ts.Getenv("GOROOT"), ts.Getenv("GOMODCACHE")} {
		if strings.Contains(text, root) {
			ts.Fatalf("the document has a path of this machine: %s", root)
		}
	}
	c := checker{ts: ts}
	var doc map[string]any
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	ts.Check(dec.Decode(&doc))
	if dec.More() {
		ts.Fatalf("more than one document")
	}
	if doc["version"] != 1.0 {
		ts.Fatalf("version %v, want 1", doc["version"])
	}
	c.text(doc, "module", nil)
	for _, s := range c.list(doc, "sites") {
		c.site(s)
	}
	for _, l := range c.list(doc, "lifecycle") {
		c.position(l)
		c.text(l, "callee", nil)
		c.text(l, "category", []string{"path", "unlink", "shutdown", "address"})
		c.text(l, "site", nil)
		c.text(l, "level", levels)
		c.text(l, "reason", nil)
	}
}

var levels = []string{"safe", "review", "manual"}

// A checker checks the fields of a JSON document.
type checker struct{ ts *testscript.TestScript }

func (c checker) site(s map[string]any) {
	c.position(s)
	class := c.text(s, "class", []string{"listen", "ephemeral", "probe", "runtime", "test", "inherited"})
	for _, field := range []string{"func", "callee", "reason"} {
		c.text(s, field, nil)
	}
	for _, field := range []string{"network", "mains", "select"} {
		for _, v := range c.values(s, field) {
			if _, ok := v.(string); !ok {
				c.fail(s, field, "is no list of strings")
			}
		}
	}
	if class == "listen" {
		c.text(s, "category", []string{"listen", "hardcoded"})
		if level := c.text(s, "level", levels); level != "safe" && s["reason"] == "" {
			c.fail(s, "reason", "is empty at level "+level)
		}
	}
	for _, main := range c.values(s, "mains") {
		if m, _ := main.(string); !regexp.MustCompile(`^\.(\.?/|$)`).MatchString(m) {
			c.fail(s, "mains", "is no folder of the module")
		}
	}
	for _, o := range c.list(s, "origins") {
		c.text(o, "part", []string{"address", "host", "port", "path", "network"})
		kind := c.text(o, "kind", []string{"flag", "env", "file", "const", "args", "param", "runtime", "unknown"})
		for _, field := range []string{"key", "default", "value", "reason"} {
			c.text(o, field, nil)
		}
		if (kind == "runtime" || kind == "unknown") && o["reason"] == "" {
			c.fail(o, "reason", "is empty")
		}
		for _, step := range c.list(o, "trace") {
			c.position(step)
			c.text(step, "what", nil)
		}
	}
}

// position checks file, line and col.
func (c checker) position(v map[string]any) {
	file := c.text(v, "file", nil)
	if file == "" || path.IsAbs(file) || filepath.IsAbs(file) || strings.Contains(file, `\`) || path.Clean(file) != file {
		c.fail(v, "file", "is no relative path with slashes")
	}
	for _, field := range []string{"line", "col"} {
		if n, ok := v[field].(float64); !ok || n < 1 {
			c.fail(v, field, "is no number from 1")
		}
	}
}

// text returns a field that is there and is a string, one of those listed if
// there is a list.
func (c checker) text(v map[string]any, field string, of []string) string {
	s, ok := v[field].(string)
	if !ok {
		c.fail(v, field, "is no string")
	}
	if of != nil && !slices.Contains(of, s) {
		c.fail(v, field, "is none of "+strings.Join(of, ", "))
	}
	return s
}

// values returns a field that is there and is a list: [], never null.
func (c checker) values(v map[string]any, field string) []any {
	list, ok := v[field].([]any)
	if !ok {
		c.fail(v, field, "is no list")
	}
	return list
}

func (c checker) list(v map[string]any, field string) []map[string]any {
	var out []map[string]any
	for _, e := range c.values(v, field) {
		o, ok := e.(map[string]any)
		if !ok {
			c.fail(v, field, "is no list of objects")
		}
		out = append(out, o)
	}
	return out
}

func (c checker) fail(v map[string]any, field, what string) {
	text, _ := json.MarshalIndent(v, "", "  ")
	c.ts.Fatalf("%s %s: %s", field, what, fmt.Sprintf("%s", text))
}
