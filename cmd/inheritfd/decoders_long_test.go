//go:build long && linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLongManyDecoders checks a program with a client of a big API: hundreds of types
// that are decoded, each of which leads to all others. It took all memory there is.
func TestLongManyDecoders(t *testing.T) {
	const types = 700
	var src strings.Builder
	src.WriteString("// Package api is the client.\npackage api\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n)\n\n// Base is where the API is.\nvar Base = os.Getenv(\"API_BASE\")\n")
	for i := range types {
		fmt.Fprintf(&src, "\n// T%d is of the API.\ntype T%d struct {\n\tName string `json:\"name_of_%d\"`\n", i, i, i)
		for j := range 8 {
			to := (i*7 + j*31 + 1) % types
			fmt.Fprintf(&src, "\tF%d *T%d `json:\"field_of_the_api_%d\"`\n\tL%d []*T%d `json:\"list_%d\"`\n", j, to, to, j, to, to)
		}
		fmt.Fprintf(&src, "}\n\n// Decode%d decodes one.\nfunc Decode%d(data []byte) (*T%d, error) {\n\tv := new(T%d)\n\treturn v, json.Unmarshal(data, v)\n}\n", i, i, i, i)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module example.com/big\n\ngo 1.26\n",
		"api/api.go": src.String(),
		"main.go": `package main

import (
	"encoding/json"
	"log"
	"net"
	"os"

	"example.com/big/api"
)

type config struct {
	Listen string  ` + "`json:\"listen\"`" + `
	First  *api.T0 ` + "`json:\"first\"`" + `
}

func main() {
	var c config
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		log.Fatal(err)
	}
	for {
		if _, err := l.Accept(); err != nil {
			log.Fatal(err)
		}
	}
}
`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -v 6000000 && exec "$0" check -v`, inheritfdBin(t))
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if !strings.Contains(string(out), "file key listen") || strings.Contains(string(out), "out of memory") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
