//go:build long && unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLongReadme runs every command in the README's sh blocks, in order: those
// that name folders of this repository here, the others in a copy of a sample
// daemon.
func TestLongReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	module := filepath.Join(t.TempDir(), "notesd")
	if err := os.CopyFS(module, os.DirFS(filepath.Join(root, "testdata", "daemon", "notesd"))); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "GOBIN="+bin, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))

	if err := os.WriteFile(filepath.Join(module, "web.json"), []byte(readmeBlock(t, root, "json")), 0o666); err != nil {
		t.Fatal(err)
	}

	commands := readmeCommands(t, root)
	if len(commands) < 10 {
		t.Fatalf("only %d commands found in the README", len(commands))
	}
	for _, line := range commands {
		if strings.HasPrefix(line, "go test") && strings.HasSuffix(line, "./...") { // this very run
			ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
			if err != nil || !slices.Contains(strings.Split(string(ci), "\n"), line) {
				t.Errorf(".ci/run does not run the README's %q", line)
			}
			continue
		}
		if strings.Contains(line, " -v -run='^TestLong") { // part of this very run
			line = strings.Replace(line, " -v -run=", " -list=", 1) + " | grep -q ^Test"
		}
		cmd := exec.Command("sh", "-c", line)
		cmd.Env, cmd.Dir = env, module
		if strings.Contains(line, "./cmd/") {
			cmd.Dir = root
		}
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); !slices.Contains(expectedExit(line), code) {
			t.Errorf("%s: exit status %d\n%s", line, code, out)
		}
	}
}

// expectedExit returns the exit statuses that a command of the README may
// have on the sample.
func expectedExit(line string) []int {
	if strings.HasPrefix(line, "inheritfd check") && !strings.Contains(line, "-model") { // that one comes after the port
		return []int{exitFindings}
	}
	return []int{exitOK}
}

// readmeBlock returns the first block of a language in the README.
func readmeBlock(t *testing.T, root, language string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n```"+language+"\n")
	block, _, ok2 := strings.Cut(rest, "\n```\n")
	if !ok || !ok2 {
		t.Fatalf("the README has no %s block", language)
	}
	return block
}

// readmeCommands returns the lines of the README's sh blocks.
func readmeCommands(t *testing.T, root string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```sh":
			inside = true
		case line == "```":
			inside = false
		case inside && line != "":
			out = append(out, line)
		}
	}
	return out
}
