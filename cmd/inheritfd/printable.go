package main

// This file defines how text for people gets to its terminal or file.

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"inheritfd/analyzer/flow"
)

// An output keeps the first error of what it writes to: a report that did not arrive is
// none.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// A trimmer drops the blanks at the ends of lines, which come whole, and on a terminal
// what does not fit; there it writes levels in colours, see https://no-color.org.
type trimmer struct {
	w       io.Writer
	width   int // 0 for any
	colours bool
	line    []byte
}

func newTrimmer(w io.Writer) *trimmer {
	width := widthOf(w)
	colours := width > 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	t := &trimmer{w: printable{w}, width: width, colours: colours}
	if colours {
		t.w = w // each line is made printable before
	}
	return t
}

// widthOf returns how many columns a terminal has; 0 for what is none.
func widthOf(w io.Writer) int {
	if o, ok := w.(*output); ok {
		w = o.w
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		return 0
	}
	return width
}

func (t *trimmer) Write(p []byte) (int, error) {
	for _, c := range p {
		if c != '\n' {
			t.line = append(t.line, c)
			continue
		}
		line := bytes.TrimRight(t.line, " ")
		if t.width > 0 && utf8.RuneCount(line) > t.width {
			line = append([]byte(string([]rune(string(line))[:t.width-1])), "…"...)
		}
		if t.colours {
			line = []byte(coloured(flow.Printable(string(line))))
		}
		if _, err := t.w.Write(append(line, '\n')); err != nil {
			return 0, err
		}
		t.line = t.line[:0]
	}
	return len(p), nil
}

// levelIn matches the level of a site at the end of its line, or before its reason.
var levelIn = regexp.MustCompile(`(  |: )(safe|review|manual|inherited already)(:|$)`)

// coloured puts the level in a line of a report in its colour.
func coloured(line string) string {
	m := levelIn.FindStringSubmatchIndex(line)
	if m == nil {
		return line
	}
	colour := map[string]string{"safe": "32", "review": "33", "manual": "31", "inherited already": "36"}[line[m[4]:m[5]]]
	return line[:m[4]] + "\x1b[" + colour + "m" + line[m[4]:m[5]] + "\x1b[0m" + line[m[5]:]
}

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
