package model

import (
	_ "embed"
	"strings"
	"sync"
)

//go:generate sh -c "go list std | grep -v ^vendor/ > std.txt"
//go:embed std.txt
var stdList string

// stdPackages is the set of import paths of the standard library. Neither a
// dot in the first element (modules such as "inheritfd" have none) nor the
// names of its folders ("log/collector" may be a module) nor pass.Module (nil
// under unitchecker, empty under checker) tells them.
var stdPackages = sync.OnceValue(func() map[string]bool {
	set := make(map[string]bool)
	for p := range strings.FieldsSeq(stdList) {
		set[p] = true
	}
	return set
})

// IsStd reports whether an import path belongs to the standard library of
// Go 1.26, or is vendored in it.
func IsStd(pkgPath string) bool {
	return stdPackages()[pkgPath] || strings.HasPrefix(pkgPath, "vendor/")
}

// Ends reports whether a function of the standard library ends the program, or
// the goroutine.
func Ends(callee string) bool {
	switch callee {
	case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "runtime.Goexit",
		"(*log.Logger).Fatal", "(*log.Logger).Fatalf", "(*log.Logger).Fatalln":
		return true
	}
	return false
}
