//go:build long

package inherit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var base = []string{"inherit.go", "claim.go", "conn.go", "gate.go", "listen.go", "sockets_linux.go", "sockets_other.go", "watch.go"}

// TestLongBundle checks the package as ported daemons have it: copied into a module
// of another name that says go 1.20, whole or in the parts that a port needs,
// for each system.
func TestLongBundle(t *testing.T) {
	files := helperFiles(t)
	for _, test := range []struct {
		goos, goarch string
		files        []string
	}{
		{"linux", "amd64", base},
		{"linux", "amd64", append([]string{"http.go"}, base...)},
		{"linux", "amd64", append([]string{"tls.go"}, base...)},
		{"linux", "amd64", append([]string{"serve.go"}, base...)},
		{"linux", "amd64", append([]string{"by.go"}, base...)},
		{"linux", "amd64", append([]string{"with.go"}, base...)},
		{"linux", "amd64", append([]string{"path.go"}, base...)},
		{"linux", "amd64", append([]string{"addr.go", "path.go"}, base...)},
		{"linux", "amd64", append([]string{"quiesce.go", "http.go", "path.go"}, base...)},
		{"linux", "amd64", append([]string{"stop.go", "quiesce.go", "http.go", "path.go"}, base...)},
		{"linux", "amd64", append([]string{"port.go", "addr.go", "path.go"}, base...)},
		{"plan9", "amd64", files},
		{"linux", "386", base},
		{"windows", "amd64", files},
		{"darwin", "amd64", files},
		{"freebsd", "amd64", files},
	} {
		t.Run(test.goos+" "+test.goarch+" "+test.files[0], func(t *testing.T) {
			dir := t.TempDir()
			pkg := filepath.Join(dir, "internal", "inherit")
			if err := os.MkdirAll(pkg, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/daemon\n\ngo 1.20\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, name := range test.files {
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
