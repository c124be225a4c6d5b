package inherit_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const header = "// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init\n\n"

// TestHeader checks the first lines of each file, which go with it.
func TestHeader(t *testing.T) {
	for _, name := range helperFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), header) {
			t.Errorf("%s does not start with %q", name, header)
		}
	}
}

// helperFiles lists the files of the package that are bundled.
func helperFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}
