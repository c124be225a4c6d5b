package fixer

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// helperSource is the runtime helper as it is bundled; it is compiled and
// tested where it stands.
//
//go:embed inherit/inherit.go inherit/claim.go inherit/conn.go inherit/gate.go inherit/listen.go inherit/sockets_linux.go inherit/sockets_other.go inherit/watch.go
//go:embed inherit/http.go inherit/tls.go inherit/serve.go inherit/by.go inherit/with.go inherit/path.go inherit/quiesce.go inherit/port.go inherit/stop.go inherit/unlink.go inherit/addr.go
var helperSource embed.FS

// helperDir is where the helper is bundled, below the module's folder.
const helperDir = "internal/inherit"

// helperBase are the files of the helper that every port needs; the others
// are bundled when a call uses them.
var helperBase = []string{"claim.go", "conn.go", "gate.go", "inherit.go", "listen.go", "sockets_linux.go", "sockets_other.go", "watch.go"}

// helperOptional are those others.
var helperOptional = []string{"addr.go", "by.go", "http.go", "path.go", "port.go", "quiesce.go", "serve.go", "stop.go", "tls.go", "unlink.go", "with.go"}

// helperVersion returns the version of the helper in this program.
func helperVersion() int { return headerVersion(helperFile("inherit.go")) }

var header = regexp.MustCompile(`^// Bundled by inheritfd, helper version (\d+)\.`)

// headerVersion returns the version in a helper file's first line, 0 when it
// is no helper file.
func headerVersion(src []byte) int {
	m := header.FindSubmatch(src)
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(string(m[1]))
	return v
}

func helperFile(name string) []byte {
	src, err := helperSource.ReadFile("inherit/" + name)
	if err != nil {
		panic(err) // embedded above
	}
	return src
}

// A HelperError says that the helper's folder holds something that inheritfd
// did not put there, or will not touch.
type HelperError struct{ Msg string }

func (e *HelperError) Error() string { return e.Msg }

// bundle plans the files of the helper for a module: those that are needed
// and missing, and an upgrade of those of an older version.
func bundle(m Module, needs []string) ([]File, error) {
	dir := filepath.Join(m.Dir, filepath.FromSlash(helperDir))
	if err := ownHelper(dir); err != nil {
		return nil, err
	}
	names := slices.Clone(helperBase)
	for _, n := range needs {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries { // what an earlier port bundled stays, upgraded
		if _, err := helperSource.Open("inherit/" + e.Name()); err == nil && !slices.Contains(names, e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	var files []File
	for _, name := range names {
		f := File{Path: filepath.Join(dir, name), New: helperFile(name), Mode: 0o644}
		old, err := os.ReadFile(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case bytes.Equal(old, f.New):
			continue
		default:
			f.Old = old
		}
		files = append(files, f)
	}
	return files, nil
}

// changed reports whether a helper file of this version is not as it was
// written.
func changed(name string, src []byte) bool {
	want, err := helperSource.ReadFile("inherit/" + name)
	return err != nil || !bytes.Equal(src, want)
}

// ownHelper reports, as a *HelperError, a folder that is not the helper's, is
// newer than this program, or was changed by hand.
func ownHelper(dir string) error {
	for _, d := range []string{filepath.Dir(dir), dir} {
		if fi, err := os.Lstat(d); err == nil && !fi.IsDir() {
			return &HelperError{fmt.Sprintf("%s is in the way: it is where the helper package goes, and is no folder", d)}
		}
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		switch v := headerVersion(src); {
		case v == 0:
			return &HelperError{fmt.Sprintf("%s was not written by inheritfd: rename or remove that package, its folder is where the helper goes", filepath.Join(dir, e.Name()))}
		case v == helperVersion() && changed(e.Name(), src):
			return &HelperError{fmt.Sprintf("%s was changed by hand: to have the helper written anew, remove the file; to keep the change, keep it in a package of your own", filepath.Join(dir, e.Name()))}
		case v > helperVersion():
			return &HelperError{fmt.Sprintf("%s is helper version %d, newer than version %d of this inheritfd: upgrade inheritfd", filepath.Join(dir, e.Name()), v, helperVersion())}
		}
	}
	return nil
}
