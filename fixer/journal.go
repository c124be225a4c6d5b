package fixer

// This file defines what is left of a run that was killed while it moved files into
// place, so that the next one goes on: a file that lists them, with sums of what they
// are to be. A file that has that sum is no change of the user's.

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// journalSuffix ends the name of a journal, which begins as that of a staged file.
const journalSuffix = "-journal"

// keepJournal writes the journal of a run into a folder, and returns its path.
func keepJournal(dir string, files []File) (string, error) {
	var text bytes.Buffer
	for _, f := range files {
		rel, err := filepath.Rel(dir, f.Path)
		if err != nil {
			return "", err
		}
		sum := "removed"
		if f.New != nil {
			sum = digest(f.New)
		}
		fmt.Fprintf(&text, "%s %s\n", sum, filepath.ToSlash(rel))
	}
	name := filepath.Join(dir, strings.TrimSuffix(stageName(), "-*")+journalSuffix)
	tmp, err := stage(dir, File{Path: name, New: text.Bytes(), Mode: 0o600})
	if err != nil {
		return "", err
	}
	if err := os.Rename(tmp, name); err != nil {
		return "", err
	}
	return name, syncFolder(dir)
}

// journals lists those in a folder that runs left which were killed.
func journals(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // a folder that cannot be listed has none
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), journalSuffix) && abandoned(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// underway returns what files are to be by the journals of a folder, as sums by their
// paths.
func underway(dir string) map[string]string {
	out := make(map[string]string)
	for _, name := range journals(dir) {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // another run has gone on meanwhile
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			if sum, rel, ok := strings.Cut(lines.Text(), " "); ok {
				out[filepath.Join(dir, filepath.FromSlash(rel))] = sum
			}
		}
	}
	return out
}

// isUnderway reports whether what stands at a path, a file or all below a folder, is
// what a run that was killed was to write.
func isUnderway(path string, sums map[string]string) bool {
	if len(sums) == 0 {
		return false
	}
	if _, err := os.Lstat(path); err != nil {
		return sums[path] == "removed"
	}
	ours := true
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		ours = ours && sums[name] == digest(text)
		return err
	})
	return err == nil && ours
}
