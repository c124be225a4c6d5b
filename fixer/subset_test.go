package fixer

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSubset checks each function of the helper by itself, as a module has it that
// calls nothing else: it compiles, also for another system, and nothing of it is
// there that nobody uses.
func TestSubset(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", []byte("module example.com/subsets\n\ngo 1.20\n"))
	h := helperParts()
	var roots [][]string
	for _, d := range h.decls {
		for _, n := range d.names {
			of, method, isMethod := strings.Cut(n, ".")
			switch {
			case isMethod && of == "Claimer" && method[0] < 'a':
				roots = append(roots, []string{"Sole." + method})
			case !isMethod && n[0] < 'a':
				roots = append(roots, []string{n})
			}
		}
	}
	for _, joint := range append(slices.Collect(maps.Values(features)), anyFamily) {
		roots = append(roots, []string{"Sole.Listen", joint})
	}
	if len(roots) < 40 {
		t.Fatalf("%d functions", len(roots))
	}
	for _, names := range roots {
		for name, src := range h.bundled(slices.Clone(names), false) {
			write(strings.ToLower(strings.ReplaceAll(strings.Join(names, "-"), ".", "-"))+"/"+name, src)
		}
	}
	for name, src := range h.bundled(nil, true) {
		write("whole/"+name, src)
	}
	for _, goos := range []string{"linux", "windows"} {
		cmd := exec.CommandContext(t.Context(), "go", "vet", "./...")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("GOOS=%s: %v\n%s", goos, err, out)
		}
	}
	for _, test := range []struct {
		names []string
		has   []string
		not   []string
	}{
		{[]string{"Sole.Listen"}, []string{"table.sockets, table.err = scan()", "func (r request) only()"}, []string{"bestMatch", "net/http", "throughGate", "serveOne", "func Listen("}},
		{[]string{"Sole.ServerListenAndServe", "Shutdown"}, []string{"func init() { track = Drainable }", "func Drainable("}, []string{"func DrainableConns("}},
		{[]string{"Sole.ServerListenAndServe"}, []string{"var track ="}, []string{"func Drainable("}},
		{[]string{"Listen"}, []string{"bestMatch", "func Listen("}, []string{"throughGate", "func ListenPacket"}},
		{[]string{"ListenAndServe"}, []string{`"net/http"`, "track = func"}, []string{"func Drainable", "crypto/tls"}},
		{[]string{"ListenAndServe", "Shutdown", "Drainable"}, []string{"func init() { track = Drainable }"}, []string{"func Drained"}},
		{[]string{"Sole.Listen", "throughGate"}, []string{"gated = throughGate", "func openNumbers"}, nil},
	} {
		var text strings.Builder
		for name, src := range h.bundled(slices.Clone(test.names), false) {
			if name != "inherit.go" && !strings.HasPrefix(name, "sockets_") {
				t.Errorf("%v: file %s", test.names, name)
			}
			_, code, _ := strings.Cut(string(src), "\npackage inherit\n")
			text.WriteString(code)
		}
		for _, want := range test.has {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%v: no %s", test.names, want)
			}
		}
		for _, unwanted := range test.not {
			if strings.Contains(text.String(), unwanted) {
				t.Errorf("%v: there is %s", test.names, unwanted)
			}
		}
	}
}
