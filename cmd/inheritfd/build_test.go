package main

// This file builds the commands under test. They have to be programs of their
// own: check starts itself again, as a vettool.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// builtDir returns the folder of the built commands, inheritfd and
// inheritfd-vet. It builds them at the first call.
var builtDir = sync.OnceValues(func() (string, error) {
	// Next to the test binary: go test removes that directory, and there is
	// no other moment after the last test that would not take a TestMain.
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(self), "under-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "inheritfd/cmd/...").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// inheritfdBin returns the path of the command, built once for all tests.
func inheritfdBin(t *testing.T) string {
	t.Helper()
	return builtBin(t, "inheritfd")
}

// builtBin returns the path of one of the built commands.
func builtBin(t *testing.T, name string) string {
	t.Helper()
	dir, err := builtDir()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name)
}
