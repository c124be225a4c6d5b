package unit

// This file defines how units are written, so that they are read back as they
// were.

import (
	"fmt"
	"regexp"
	"strings"
)

// String returns the text of the file: its sections in order, each assignment
// with the comment that belongs to it. What is written of a program stays in its
// line, whatever characters it has: root installs the file.
func (f *File) String() string {
	var b strings.Builder
	for _, line := range f.Head {
		fmt.Fprintf(&b, "# %s\n", oneLine.Replace(line))
	}
	section := ""
	for _, e := range f.Entries {
		if e.Section != section {
			if section != "" || len(f.Head) > 0 {
				b.WriteByte('\n')
			}
			section = e.Section
			fmt.Fprintf(&b, "[%s]\n", section)
		}
		for _, line := range e.Comment {
			fmt.Fprintf(&b, "# %s\n", oneLine.Replace(line))
		}
		if e.Key != "" {
			fmt.Fprintf(&b, "%s=%s\n", e.Key, oneLine.Replace(e.Value))
		}
	}
	return b.String()
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// add appends an assignment. An empty key is a comment alone.
func (f *File) add(section, key, value string, comment ...string) {
	f.Entries = append(f.Entries, Entry{Section: section, Key: key, Value: value, Comment: comment})
}

// Escape writes a value so that specifiers are not expanded in it.
func Escape(value string) string { return strings.ReplaceAll(value, "%", "%%") }

var plainWord = regexp.MustCompile(`^[\w@+=:,./-]+$`)

// Command writes a command line for ExecStart=, see systemd.service(5): words
// in quotes where need be, with no variable or specifier expanded.
func Command(args []string) (string, error) {
	var words []string
	for i, a := range args {
		if strings.ContainsRune(a, 0) {
			return "", fmt.Errorf("argument %q has a zero byte", a)
		}
		if i == 0 && (!strings.HasPrefix(a, "/") || strings.ContainsAny(a, "\n")) {
			return "", fmt.Errorf("the program %q is not an absolute path", a)
		}
		words = append(words, quote(a))
	}
	return strings.Join(words, " "), nil
}

func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '%' || c == '$':
			b.WriteByte(c)
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Words reads a command line as systemd does, but for variables, which it
// leaves: quotes, escapes, %% and $$.
func (f *File) Words(line string) ([]string, error) {
	split, err := split(line)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, w := range split {
		text, err := f.Expand(w.text)
		if err != nil {
			return nil, err
		}
		out = append(out, strings.ReplaceAll(text, "$$", "$"))
	}
	return out, nil
}

// A word is one of a command line: as it is written, and without quotes and
// escapes.
type word struct{ raw, text string }

// split takes a command line apart, with specifiers and variables as they are.
func split(line string) ([]word, error) {
	var out []word
	var text strings.Builder
	begin, open := -1, byte(0) // begin of the word, -1 between words
	end := func(i int) {
		if begin >= 0 {
			out = append(out, word{line[begin:i], text.String()})
		}
		begin = -1
		text.Reset()
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		if open == 0 && (c == ' ' || c == '\t') {
			end(i)
			continue
		}
		within := begin >= 0
		if !within {
			begin = i
		}
		switch {
		case !within && (c == '"' || c == '\''):
			open = c
		case c == open && open != 0:
			open = 0
		case c == '\\' && i+1 < len(line):
			n, value, err := unescape(line[i+1:])
			if err != nil {
				return nil, err
			}
			text.WriteString(value)
			i += n
		default:
			text.WriteByte(c)
		}
	}
	if open != 0 {
		return nil, fmt.Errorf("a quote %c is open at the end", open)
	}
	end(len(line))
	return out, nil
}

// unescape reads what follows a backslash, and how long that is, see "Quoting"
// in systemd.syntax(7).
func unescape(text string) (n int, value string, err error) {
	const letters, values = `abfnrtv\"'s `, "\a\b\f\n\r\t\v\\\"'  "
	if i := strings.IndexByte(letters, text[0]); i >= 0 {
		return 1, values[i : i+1], nil
	}
	var c byte
	switch {
	case text[0] == 'x' && len(text) >= 3:
		if _, err := fmt.Sscanf(text[1:3], "%02x", &c); err == nil {
			return 3, string([]byte{c}), nil
		}
	case text[0] >= '0' && text[0] <= '7' && len(text) >= 3:
		if _, err := fmt.Sscanf(text[:3], "%03o", &c); err == nil {
			return 3, string([]byte{c}), nil
		}
	}
	return 0, "", fmt.Errorf("%q is no escape", `\`+text[:1])
}
