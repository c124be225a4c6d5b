//go:build long

package inherit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLongBundle checks the package as modules have it that init gave it to: copied
// into a module of another name that says go 1.20, for each system. What a port
// takes of it is checked by package fixer (TestSubset).
func TestLongBundle(t *testing.T) {
	files := helperFiles(t)
	for _, test := range []struct{ goos, goarch string }{
		{"linux", "amd64"}, {"linux", "386"}, {"plan9", "amd64"}, {"windows", "amd64"}, {"darwin", "amd64"}, {"freebsd", "amd64"},
	} {
		t.Run(test.goos+" "+test.goarch, func(t *testing.T) {
			dir := t.TempDir()
			pkg := filepath.Join(dir, "internal", "inherit")
			if err := os.MkdirAll(pkg, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/daemon\n\ngo 1.20\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, name := range files {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(pkg, name), data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "go", "vet", "./...")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOOS="+test.goos, "GOARCH="+test.goarch,
				"CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("go vet: %v\n%s", err, out)
			}
		})
	}
}
