package main

import (
	"io"
	"strings"

	"inheritfd/analyzer/flow"
)

// printable writes control characters of what is analysed as their escapes, but for
// those of the layout: names of files and flags are somebody else's, and a terminal
// obeys.
type printable struct{ w io.Writer }

func (p printable) Write(data []byte) (int, error) {
	var out strings.Builder
	for rest := string(data); rest != ""; {
		n := strings.IndexAny(rest, "\n\t")
		if n < 0 {
			n = len(rest)
		}
		out.WriteString(flow.Printable(rest[:n]))
		if rest = rest[n:]; rest != "" {
			out.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	_, err := io.WriteString(p.w, out.String())
	return len(data), err
}
