package analyzer_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/program"
)

// This file reads and checks the expectations of testdata/flow, whose README
// describes their form.

// A want is what one comment expects of a site, or of a program's listeners.
type want struct {
	file string // relative to the case, with slashes
	line int
	text string
	// missing says why the expectation is right and not met yet; "" when it
	// is met.
	missing string

	listeners []string // for the listeners of a program; nil for a site
	class     string
	level     string
	origins   []wantOrigin
	attrs     map[string][]string // name, network, mains, via, reason, sole, of
}

// A wantOrigin is part=kind:key="default", or part=kind:/regexp of the reason/.
type wantOrigin struct {
	text   string
	reason *regexp.Regexp
}

var (
	wantComment = regexp.MustCompile(`// want ([^"].*)$`)
	missingMark = regexp.MustCompile(`^MISSING\(([^)]*)\) `)
	wantKeys    = []string{"name", "network", "mains", "via", "reason", "sole", "of"}
)

// readWants reads the expectations of the case in dir: comments in its Go
// files, and the lines of expect.txt.
func readWants(t *testing.T, dir string) []want {
	t.Helper()
	var wants []want
	add := func(file string, line int, text string) {
		w, err := parseWant(text)
		if err != nil {
			t.Errorf("%s:%d: %v", filepath.Join(dir, file), line, err)
		}
		w.file, w.line, w.text = filepath.ToSlash(file), line, text
		wants = append(wants, w)
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		switch {
		case filepath.Ext(name) == ".go":
			return eachLine(name, func(n int, text string) {
				if m := wantComment.FindStringSubmatch(text); m != nil {
					add(rel, n, m[1])
				}
			})
		case rel == "expect.txt":
			return eachLine(name, func(n int, text string) {
				posn, rest, ok := strings.Cut(text, " want ")
				if !ok {
					return // prose
				}
				file, line, _ := strings.Cut(posn, ":")
				at, _ := strconv.Atoi(line)
				add(file, at, rest)
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return wants
}

func eachLine(name string, yield func(n int, text string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		yield(n, strings.TrimRight(s.Text(), "\r"))
	}
	return s.Err()
}

// parseWant parses what follows "// want ".
func parseWant(text string) (want, error) {
	w := want{attrs: make(map[string][]string)}
	if m := missingMark.FindStringSubmatch(text); m != nil {
		w.missing, text = m[1], text[len(m[0]):]
	}
	words, err := splitWant(text)
	if err != nil {
		return w, err
	}
	if words[0] == "listeners" {
		w.listeners = append([]string{}, words[1:]...)
		return w, nil
	}
	w.class = words[0]
	for _, word := range words[1:] {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok && w.level == "":
			w.level = word
		case !ok:
			return w, fmt.Errorf("two levels: %s and %s", w.level, word)
		case key == "reason":
			if _, err := unslash(value); err != nil {
				return w, err
			}
			w.attrs[key] = append(w.attrs[key], value)
		case key == "name":
			w.attrs[key] = append(w.attrs[key], value)
		case slices.Contains(wantKeys, key):
			w.attrs[key] = append(w.attrs[key], splitList(value)...)
		default:
			o, err := parseWantOrigin(key, value)
			if err != nil {
				return w, err
			}
			w.origins = append(w.origins, o)
		}
	}
	return w, nil
}

func splitList(value string) []string {
	if value == "" {
		return []string{}
	}
	return strings.Split(value, ",")
}

func parseWantOrigin(part, value string) (wantOrigin, error) {
	if !slices.Contains([]string{"address", "host", "port", "path", "network", "dir"}, part) {
		return wantOrigin{}, fmt.Errorf("no part of an address: %q", part)
	}
	kind, rest, _ := strings.Cut(value, ":")
	if strings.HasPrefix(rest, "/") && kind != "const" {
		re, err := unslash(strings.TrimSuffix(rest, "*"))
		return wantOrigin{text: part + "=" + kind, reason: re}, err
	}
	return wantOrigin{text: part + "=" + value}, nil
}

// unslash compiles /regexp/.
func unslash(s string) (*regexp.Regexp, error) {
	if len(s) < 2 || s[0] != '/' || s[len(s)-1] != '/' {
		return nil, fmt.Errorf("%q is no /regexp/", s)
	}
	return regexp.Compile(s[1 : len(s)-1])
}

// splitWant splits at spaces outside of "…" and /…/.
func splitWant(s string) ([]string, error) {
	var words []string
	start, quote := 0, byte(0)
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) && quote != 0:
			return nil, fmt.Errorf("unended %c in %q", quote, s)
		case i == len(s) || s[i] == ' ' && quote == 0:
			if i > start {
				words = append(words, s[start:i])
			}
			start = i + 1
		case quote != 0 && s[i] == '\\':
			i++
		case quote != 0 && s[i] == quote:
			quote = 0
		case quote == 0 && s[i] == '"', quote == 0 && s[i] == '/' && i > 0 && (s[i-1] == ':' || s[i-1] == '='):
			quote = s[i]
		}
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("empty expectation")
	}
	return words, nil
}

// originText writes an origin as an expectation does.
func originText(o flow.Origin) string {
	text := o.Part.String() + "=" + string(o.Kind)
	switch o.Kind {
	case "const":
		text += ":" + strconv.Quote(o.Value)
	case "args":
	case "flag", "env", "file":
		key := o.Key
		if o.Dash == "--" {
			key = "--" + key
		}
		text += ":" + key
		if o.HasDefault {
			text += "=" + strconv.Quote(o.Default)
		}
	}
	if o.Many {
		text += "*"
	}
	return text
}

func (w wantOrigin) matches(o flow.Origin) bool {
	if w.reason != nil {
		return w.text == strings.TrimSuffix(originText(o), "*") && w.reason.MatchString(o.Reason)
	}
	return w.text == originText(o)
}

// check returns what of the expectation a site does not meet; nil for
// everything met. A nil site is one that was not found.
func (w want) check(s *program.Site) []string {
	if s == nil {
		return []string{"no site was found"}
	}
	var bad []string
	if got := string(s.Class); got != w.class {
		bad = append(bad, fmt.Sprintf("class %s, want %s", got, w.class))
	}
	if got := string(s.Level); got != w.level {
		bad = append(bad, fmt.Sprintf("level %q, want %q (reason %q)", got, w.level, s.Reason))
	}
	if len(w.origins) > 0 {
		bad = append(bad, w.checkOrigins(s.Origins)...)
	}
	var mains []string
	for _, m := range s.Mains {
		mains = append(mains, path.Base(m))
	}
	for key, got := range map[string][]string{"name": s.Names, "of": s.Names, "network": s.Network, "mains": mains, "sole": {yesNo(s.OnlyOne && s.Alone.Port.SoleFix != nil)}} {
		if list, ok := w.attrs[key]; ok && !slices.Equal(slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(got))) {
			bad = append(bad, fmt.Sprintf("%s %v, want %v", key, got, list))
		}
	}
	for _, re := range w.attrs["reason"] {
		if re, _ := unslash(re); !re.MatchString(s.Reason) {
			bad = append(bad, fmt.Sprintf("reason %q, want %s", s.Reason, re))
		}
	}
	if via, ok := w.attrs["via"]; ok && !passes(s.Origins, via) {
		bad = append(bad, fmt.Sprintf("no trace via %v", via))
	}
	slices.Sort(bad)
	return bad
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (w want) checkOrigins(got []flow.Origin) []string {
	var bad []string
	rest := slices.DeleteFunc(slices.Clone(got), func(o flow.Origin) bool { return o.IsDefault })
	for _, o := range w.origins {
		i := slices.IndexFunc(rest, o.matches)
		if i < 0 {
			bad = append(bad, fmt.Sprintf("no origin %s %v", o.text, o.reason))
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for _, o := range rest {
		bad = append(bad, strings.TrimSpace(fmt.Sprintf("origin %s %s", originText(o), o.Reason)))
	}
	return bad
}

// passes reports whether a trace goes through the places file:line, in order.
func passes(origins []flow.Origin, via []string) bool {
	for _, o := range origins {
		n := 0
		for _, s := range o.Trace {
			if n < len(via) && via[n] == fmt.Sprintf("%s:%d", path.Base(s.Pos.File), s.Pos.Line) {
				n++
			}
		}
		if n == len(via) {
			return true
		}
	}
	return false
}

// checkListeners returns what of the expectation the listeners of a program
// do not meet.
func (w want) checkListeners(all []program.Listener, main string) []string {
	var got []string
	for _, l := range all {
		if l.Main != main {
			continue
		}
		text := l.Name + "/" + l.Type
		if l.Many {
			text += "*"
		}
		got = append(got, text)
	}
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(w.listeners)); !slices.Equal(got, want) {
		return []string{fmt.Sprintf("listeners %v, want %v", got, want)}
	}
	return nil
}

// report fails the test for an expectation that is not met, or for a known
// gap that is closed.
func (w want) report(t *testing.T, dir string, bad []string) {
	t.Helper()
	at := fmt.Sprintf("%s:%d", path.Join(filepath.Base(dir), w.file), w.line)
	switch {
	case w.missing == "" && len(bad) > 0:
		t.Errorf("%s: %s\n\twant %s", at, strings.Join(bad, "; "), w.text)
	case w.missing != "" && len(bad) == 0:
		t.Errorf("%s: the expectation is met: remove MISSING(%s)", at, w.missing)
	case w.missing != "":
		t.Logf("%s: known gap (%s): %s", at, w.missing, strings.Join(bad, "; "))
	}
}
