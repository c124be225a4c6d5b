package flow

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A Pos is a source position that survives the trip through a fact: imported
// objects lose their column under go vet, and absolute paths differ between
// machines. It is the identity of whatever stands there: a site, a call with an
// effect, a step of a trace. File is the import path of the package followed by
// the file's base name; Line and Col count from 1. The zero Pos is no position.
type Pos struct {
	File      string
	Line, Col int
}

// IsValid reports whether p is a position.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns "file:line:col".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// InFile returns "file:line", as people write places.
func (p Pos) InFile() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// MarshalText writes a position as String does; "" for none.
func (p Pos) MarshalText() ([]byte, error) {
	if p == (Pos{}) {
		return nil, nil
	}
	return []byte(p.String()), nil
}

// UnmarshalText is the inverse of MarshalText.
func (p *Pos) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Pos{}
		return nil
	}
	var ok bool
	if *p, ok = parsePos(string(text)); !ok {
		return fmt.Errorf("flow: %q is no position", text)
	}
	return nil
}

// parsePos is the inverse of Pos.String.
func parsePos(s string) (Pos, bool) {
	s, col, ok := cutLast(s, ":")
	file, line, ok2 := cutLast(s, ":")
	l, err := strconv.Atoi(line)
	c, err2 := strconv.Atoi(col)
	return Pos{file, l, c}, ok && ok2 && err == nil && err2 == nil
}

// cutLast slices s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
