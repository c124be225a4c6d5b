package cmd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

func execute(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	root := Root()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(ctx)
	return out.String(), err
}

func TestCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("a.test 192.0.2.1\nb.test 192.0.2.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := execute(t.Context(), "check", file); err != nil || out != "2 names\n" {
		t.Errorf("check = %q, %v", out, err)
	}
	if _, err := execute(t.Context(), "serve"); err == nil {
		t.Error("serve without a zone succeeded")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := execute(stopped, "serve", "--listen", "127.0.0.1:0", "--zone", file); err != nil {
		t.Errorf("serve: %v\n%s", err, out)
	}
}
