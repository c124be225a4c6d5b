package main

import (
	"strings"
	"testing"
)

// TestColours checks which words of a report are coloured on a terminal, and that what
// is somebody else's is not obeyed there.
func TestColours(t *testing.T) {
	var out strings.Builder
	w := &trimmer{w: &out, width: 60, colours: true}
	for _, c := range []struct{ line, want string }{
		{"  http  tcp  -addr  main.go:3 net.Listen  safe  ", "  http  tcp  -addr  main.go:3 net.Listen  \x1b[32msafe\x1b[0m"},
		{"  http, ctl: manual: a raw socket", "  http, ctl: \x1b[31mmanual\x1b[0m: a raw socket"},
		{"  safe-house  tcp  manual.go:3 review.Listen", "  safe-house  tcp  manual.go:3 review.Listen"},
		{"  \x1b[31mred  tcp  safe", `  \x1b[31mred  tcp  ` + "\x1b[32msafe\x1b[0m"},
		{strings.Repeat("x", 70) + "  safe", strings.Repeat("x", 59) + "…"},
	} {
		out.Reset()
		if _, err := w.Write([]byte(c.line + "\n")); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want+"\n" {
			t.Errorf("%q: got %q, want %q", c.line, out.String(), c.want)
		}
	}
}
