package fixer

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// An overlay has the go command read other files than those on disk (see
// -overlay in go help build). Its own files are in dir, which whoever makes the
// overlay removes.
type overlay struct {
	dir     string
	replace map[string]string // file → what is read in its place
}

func newOverlay(dir string) *overlay { return &overlay{dir: dir, replace: make(map[string]string)} }

// put has the go command read data in place of a file, which need not exist.
func (o *overlay) put(file string, data []byte) error {
	dir := filepath.Join(o.dir, strconv.Itoa(len(o.replace)))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, filepath.Base(file))
	o.replace[file] = name
	return os.WriteFile(name, data, 0o600)
}

// remove has the go command find no file of a name.
func (o *overlay) remove(file string) { o.replace[file] = "" }

// original returns the file in whose place name is read, and name itself if there
// is none.
func (o *overlay) original(name string) string {
	for file, read := range o.replace {
		if read == name && read != "" {
			return file
		}
	}
	return name
}

// write writes the overlay in the form that the go command reads, and returns the
// file.
func (o *overlay) write() (string, error) {
	data, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(o.dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// missingEmbed is what the go command says about a //go:embed directive whose
// files are not there: those of a web interface that was not built, mostly. It
// then refuses the package and all that import it.
var missingEmbed = regexp.MustCompile(`^(.+\.go):\d+:\d+: pattern (.+): no matching files found$`)

// embed adds a placeholder for each file that an embed pattern misses: what such
// files hold has no say in the analysis. It returns the problems that this does
// not solve; files are named there relative to base.
func (o *overlay) embed(base string, problems []string) (rest []string, err error) {
	base, err = filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		m := missingEmbed.FindStringSubmatch(p)
		if m == nil {
			rest = append(rest, p)
			continue
		}
		file := filepath.FromSlash(m[1])
		if !filepath.IsAbs(file) {
			file = filepath.Join(base, file)
		}
		name := filepath.Join(filepath.Dir(o.original(file)), filepath.FromSlash(embedded(m[2])))
		if _, ok := o.replace[name]; ok {
			continue
		}
		if err := o.put(name, []byte("placeholder\n")); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// embedded returns the name of a file that an embed pattern matches.
func embedded(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "all:")
	name := strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
	if strings.ContainsAny(pattern, "*?[") || path.Ext(name) != "" {
		return name
	}
	return path.Join(name, "x") // a folder
}

// brokenTest is what the go command or the analyzer says of a test file that does
// not compile.
var brokenTest = regexp.MustCompile(`^(.+_test\.go):\d+(?::\d+)?: `)

// withoutTests removes the test files that problems are in, which are named relative
// to base, and lists those: mocks that were not generated are no reason to say
// nothing of the program.
func (o *overlay) withoutTests(base string, problems []string) (removed []string, err error) {
	base, err = filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		m := brokenTest.FindStringSubmatch(p)
		if m == nil {
			continue
		}
		file := filepath.FromSlash(m[1])
		if !filepath.IsAbs(file) {
			file = filepath.Join(base, file)
		}
		if _, ok := o.replace[file]; !ok {
			o.remove(file)
			removed = append(removed, file)
		}
	}
	return removed, nil
}
