// Package edit builds and applies text edits that route a listen call through
// the helper: imports, replaced functions, fresh names.
//
// Edits cover token ranges and never re-print a node, so layout and comments
// stay. Every function is pure; edits of one file that come from different
// findings are equal or do not overlap, which go fix needs to write anything.
package edit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Edit replaces the bytes [Start, End) of a file by New.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Apply returns src with the edits made. Equal edits count once, insertions
// at one place keep their order. It fails when edits overlap or lie outside
// src; then nothing of them may be written. Line ends of inserted text follow
// those of src.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	crlf := bytes.Contains(src, []byte("\r\n"))
	var out bytes.Buffer
	seen := make(map[Edit]bool, len(sorted))
	at := 0
	for _, e := range sorted {
		if seen[e] {
			continue
		}
		seen[e] = true
		if e.Start < 0 || e.End < e.Start || e.End > len(src) {
			return nil, fmt.Errorf("edit of bytes %d to %d is outside the file, which has %d", e.Start, e.End, len(src))
		}
		if e.Start < at {
			return nil, fmt.Errorf("two edits overlap at byte %d", e.Start)
		}
		out.Write(src[at:e.Start])
		text := e.New
		if crlf {
			text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
		}
		out.WriteString(text)
		at = e.End
	}
	out.Write(src[at:])
	return out.Bytes(), nil
}
