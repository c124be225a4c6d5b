package fixer

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// helperSource is the runtime helper as it is bundled; it is compiled and
// tested where it stands.
//
//go:embed inherit/inherit.go inherit/claim.go inherit/listen.go inherit/sockets_linux.go inherit/sockets_other.go
//go:embed inherit/address.go inherit/addr.go inherit/all.go inherit/checkpid_linux.go inherit/conn.go inherit/drain.go inherit/family.go inherit/gate.go inherit/http.go inherit/or.go inherit/path.go inherit/port.go
//go:embed inherit/same.go inherit/serve.go inherit/start.go inherit/stop.go inherit/stream.go inherit/tls.go inherit/unlink.go inherit/watch.go
var helperSource embed.FS

// helperDir is where the helper is bundled, below the module's folder.
const helperDir = "internal/inherit"

// Features are parts of the helper that no call asks for, by the function that each
// is joined to the rest with: a gate for workers that share a socket, see inheritfd
// run -workers, to be started for one connection, Accept=yes of systemd.socket(5), and
// to tell a pid that was used before by LISTEN_PIDFDID of sd_listen_fds(3).
var features = map[string]string{"gate": "throughGate", "accept": "serveOne", "pidfd": "otherPidfd"}

// Features lists the names of features that a port can bundle besides.
func Features() []string { return slices.Sorted(maps.Keys(features)) }

// byAddressRoots join what claims a socket by its address, which sites of Sole alone
// can do without.
var byAddressRoots = []string{"bestMatch", "resolveAddr", "tellBind", "blame"}

// helperVersion returns the version of the helper in this program.
func helperVersion() int { v, _, _ := readHeader(helperFile("inherit.go")); return v }

// header is the first line of a bundled file: with the version, whether the helper is
// whole, as init bundles it, and the beginning of a sum of the rest.
var header = regexp.MustCompile(`^// Bundled by inheritfd, helper version (\d+)(, whole)?(?:, sum ([0-9a-f]+))?\. .*\n`)

// readHeader reads the first line of a helper file: version 0 when it is none.
func readHeader(src []byte) (version int, whole bool, sum string) {
	m := header.FindSubmatch(src)
	if m == nil {
		return 0, false, ""
	}
	v, _ := strconv.Atoi(string(m[1]))
	return v, len(m[2]) > 0, string(m[3])
}

func headerVersion(src []byte) int { v, _, _ := readHeader(src); return v }

// sealed puts the first line in front of a file.
func sealed(src []byte, whole bool) []byte {
	note := ""
	if whole {
		note = ", whole"
	}
	line := fmt.Sprintf("// Bundled by inheritfd, helper version %d%s, sum %s. Upgrade with: inheritfd init\n\n", helperVersion(), note, sumOf(src))
	return append([]byte(line), src...)
}

// digest returns the SHA-256 of a text, and sumOf the beginning of that.
func digest(src []byte) string { return fmt.Sprintf("%x", sha256.Sum256(src)) }
func sumOf(src []byte) string  { return digest(src)[:12] }

// changed reports whether a helper file is not as it was written. Before version 2
// that is not known.
func changed(src []byte) bool {
	_, _, sum := readHeader(src)
	_, rest, _ := bytes.Cut(src, []byte("\n\n"))
	return sum != "" && sum != sumOf(bytes.ReplaceAll(rest, []byte("\r\n"), []byte("\n")))
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

// A bundling says what of the helper a module is to have.
type bundling struct {
	uses  []string // functions that it calls, those of Sole as Sole.Function
	with  []string // features
	whole bool
	// anyFamily says that no package asks for what only sockets of one family have;
	// part that not all packages were looked at, so that it stays as it was.
	anyFamily, part bool
}

// anyFamily joins what takes a socket of another family that the configuration names.
const anyFamily = "onAnyStream"

// bundle plans the files of the helper for a module: what it uses, and what it has
// been given besides.
func bundle(m Module, want bundling) ([]File, error) {
	dir := filepath.Join(m.Dir, filepath.FromSlash(helperDir))
	if err := ownHelper(dir); err != nil {
		return nil, err
	}
	old, err := helperOn(dir)
	if err != nil {
		return nil, err
	}
	roots := slices.Clone(want.uses)
	for _, name := range want.with {
		roots = append(roots, features[name])
	}
	for _, src := range old {
		_, whole, _ := readHeader(src)
		want.whole = want.whole || whole
		want.anyFamily = want.anyFamily || want.part && bytes.Contains(src, []byte("\nfunc "+anyFamily+"("))
		for _, joint := range features { // what it has stays
			if bytes.Contains(src, []byte("\nfunc "+joint+"(")) {
				roots = append(roots, joint)
			}
		}
		if bytes.Contains(src, []byte("\nfunc pidfdID(")) { // before version 3
			roots = append(roots, features["pidfd"])
		}
	}
	if want.anyFamily {
		roots = append(roots, anyFamily)
	}
	var files []File
	written := helperParts().bundled(roots, want.whole)
	for _, name := range slices.Sorted(maps.Keys(written)) {
		f := File{Path: filepath.Join(dir, name), Old: old[name], New: written[name], Mode: 0o644}
		if !bytes.Equal(f.Old, f.New) {
			files = append(files, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if written[name] == nil {
			files = append(files, File{Path: filepath.Join(dir, name), Old: old[name]})
		}
	}
	return files, nil
}

// bundled returns the files of the helper for what a module uses.
func (h *helperSet) bundled(roots []string, whole bool) map[string][]byte {
	if whole {
		for _, d := range h.decls {
			if !slices.Contains(d.names, anyFamily) { // which is for programs that were looked at
				roots = append(roots, d.names...)
			}
		}
	}
	if slices.ContainsFunc(roots, func(n string) bool { return h.declares("Claimer."+n) || n == "StartPacket" }) {
		roots = append(roots, byAddressRoots...)
	}
	return h.subset(roots, whole)
}

// helperOn reads the files of the helper in a folder; none where it is not.
func helperOn(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := make(map[string][]byte)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" {
			continue
		}
		if out[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return out, nil
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
		case v == helperVersion() && changed(src):
			return &HelperError{fmt.Sprintf("%s was changed by hand: to have the helper written anew, remove the file; to keep the change, keep it in a package of your own", filepath.Join(dir, e.Name()))}
		case v > helperVersion():
			return &HelperError{fmt.Sprintf("%s is helper version %d, newer than version %d of this inheritfd: upgrade inheritfd", filepath.Join(dir, e.Name()), v, helperVersion())}
		}
	}
	return nil
}
