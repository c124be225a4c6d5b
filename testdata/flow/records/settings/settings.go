// Package settings keeps settings in a table of its own.
package settings

import (
	"bufio"
	"io"
	"os"
	"strings"
)

type kind int

const (
	text kind = iota
	list
)

type entry struct {
	kind  kind
	text  string
	list  []string
	known bool
}

// A Table has the settings by their names.
type Table struct{ entries map[string]*entry }

// New returns a table with defaults.
func New() *Table {
	return &Table{entries: map[string]*entry{
		"NETWORKS": {kind: list, list: []string{"127.0.0.0/8"}},
		"LISTEN":   {kind: list, list: []string{"127.0.0.1:8080"}},
		"METRICS":  {kind: text, text: ":9100"},
		"PORT":     {kind: text},
		"FORMAT":   {kind: text, text: "json"},
	}}
}

// Read reads the environment, and then a file.
func (t *Table) Read(name string) error {
	for _, line := range os.Environ() {
		t.line(line)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return t.file(f)
}

func (t *Table) file(r io.Reader) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		t.line(lines.Text())
	}
	if port := t.entries["PORT"].text; port != "" {
		t.entries["LISTEN"].list = []string{":" + port}
	}
	return lines.Err()
}

func (t *Table) line(line string) {
	key, value, ok := strings.Cut(line, "=")
	if ok {
		t.set(strings.TrimSpace(key), strings.TrimSpace(value))
	}
}

func (t *Table) set(key, value string) {
	e, ok := t.entries[key]
	if !ok {
		return
	}
	e.known = true
	switch e.kind {
	case text:
		e.text = value
	case list:
		e.list = split(value)
	}
}

func split(value string) []string {
	var out []string
	for _, v := range strings.Split(value, ",") {
		out = append(out, strings.TrimSpace(v))
	}
	return out
}

// Listen returns the addresses to listen on.
func (t *Table) Listen() []string { return t.entries["LISTEN"].list }

// Metrics returns where metrics are served.
func (t *Table) Metrics() string {
	if e, ok := t.entries["METRICS"]; ok {
		return e.text
	}
	return ""
}
