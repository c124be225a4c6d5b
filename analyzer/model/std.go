package model

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// IsStd reports whether an import path belongs to the standard library.
//
// Neither pass.Module (nil under unitchecker, empty under checker) nor a dot
// in the first element (modules such as "inheritfd" have none) tells; the
// list of top-level folders of the standard library does.
func IsStd(pkgPath string) bool {
	first, _, _ := strings.Cut(pkgPath, "/")
	if strings.Contains(first, ".") {
		return false
	}
	return stdRoots()[first]
}

// stdRoots lists the first path elements of the standard library, as of
// Go 1.26, with what the running toolchain adds.
var stdRoots = sync.OnceValue(func() map[string]bool {
	roots := make(map[string]bool)
	for _, r := range strings.Fields(`archive bufio builtin bytes cmp cmd compress container context crypto
		database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps
		math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall
		testing text time unicode unique unsafe uuid vendor weak`) {
		roots[r] = true
	}
	entries, err := os.ReadDir(filepath.Join(build.Default.GOROOT, "src"))
	if err != nil {
		return roots // no toolchain at hand: the list above has to do
	}
	for _, e := range entries {
		if e.IsDir() {
			roots[e.Name()] = true
		}
	}
	return roots
})
