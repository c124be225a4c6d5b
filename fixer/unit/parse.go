// Package unit reads and writes unit files of systemd, for sockets and the
// services that they start.
//
// The syntax is that of systemd.syntax(7): sections, assignments, comments,
// continuation lines; an empty value takes back those before it.
package unit

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A File is a unit file.
type File struct {
	Name    string   // for errors, and %n
	Head    []string // lines of the comment at the top, when it is written
	Entries []Entry
	dropIns []string // files whose entries were added, see DropIn
}

// An Entry is one assignment.
type Entry struct {
	Section, Key, Value string
	Line                int      // in the file, from 1; 0 for one that was not read
	Comment             []string // lines in front of it, when it is written
}

// Read reads the unit file at a path, and the drop-ins in the folder path.d beside
// it, see systemd.unit(5): those whose names end in .conf, in order.
func Read(name string) (*File, error) {
	f, err := readAlone(name)
	if err != nil {
		return nil, err
	}
	dropIns, err := filepath.Glob(globQuote(name) + ".d/*.conf")
	if err != nil {
		return nil, err
	}
	for _, d := range dropIns {
		if err := f.DropIn(d); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// globQuote quotes what a pattern would take for more than itself.
func globQuote(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

func readAlone(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(name, f)
}

// DropIn adds the entries of a drop-in to a unit; a second time it does nothing.
func (f *File) DropIn(name string) error {
	if slices.Contains(f.dropIns, name) {
		return nil
	}
	d, err := readAlone(name)
	if err != nil {
		return err
	}
	f.dropIns = append(f.dropIns, name)
	for _, e := range d.Entries {
		e.Line += len(f.dropIns) * perFile
		f.Entries = append(f.Entries, e)
	}
	return nil
}

// perFile is more lines than a file has: lines of drop-ins are numbered on from
// those of the unit.
const perFile = 1 << 24

// place returns the file and the line in it that a line of an entry is.
func (f *File) place(line int) (name string, at int) {
	if n := line / perFile; n > 0 {
		return f.dropIns[n-1], line % perFile
	}
	return f.Name, line
}

// at writes where a line of an entry is, as file:line.
func (f *File) at(line int) string {
	name, n := f.place(line)
	return fmt.Sprintf("%s:%d", name, n)
}

// Parse reads a unit file; name is what errors and specifiers call it.
func Parse(name string, r io.Reader) (*File, error) {
	f := &File{Name: name}
	section, pending, begin := "", "", 0
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	n := 0
	for sc.Scan() {
		n++
		line := sc.Text()
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, ";") {
			continue // also between the lines of one value
		}
		if pending == "" {
			begin = n
		}
		line = strings.TrimRight(line, " \t\r")
		if slashes := len(line) - len(strings.TrimRight(line, `\`)); slashes%2 == 1 { // an even number are backslashes
			pending += line[:len(line)-1] + " "
			continue
		}
		line, pending = strings.TrimSpace(pending+line), ""
		switch {
		case line == "":
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = line[1 : len(line)-1]
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok || section == "" || strings.TrimSpace(key) == "" {
				return nil, fmt.Errorf("%s:%d: %q is neither a [Section] nor an assignment in one", name, begin, line)
			}
			f.Entries = append(f.Entries, Entry{Section: section, Key: strings.TrimSpace(key), Value: strings.TrimSpace(value), Line: begin})
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if pending != "" {
		return nil, fmt.Errorf("%s:%d: the file ends in the middle of a line", name, begin)
	}
	return f, nil
}

// All returns the entries of some keys of a section, in order; one that is
// empty takes back those of its key before it. A list of keys is taken back
// together, as the Listen directives are.
func (f *File) All(section string, keys ...string) []Entry {
	var out []Entry
	for _, e := range f.Entries {
		if e.Section != section {
			continue
		}
		for _, k := range keys {
			switch {
			case e.Key != k:
			case e.Value == "":
				out = nil
			default:
				out = append(out, e)
			}
		}
	}
	return out
}

// Last returns the entry of a key that holds: the last one; an empty one, at
// line 0, when there is none.
func (f *File) Last(section, key string) Entry {
	all := f.All(section, key)
	if len(all) == 0 {
		return Entry{Section: section, Key: key}
	}
	return all[len(all)-1]
}
