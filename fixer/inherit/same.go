// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"os"
	"path/filepath"
)

// samePath reports whether two addresses name one unix socket: equal, relative
// and absolute, or through a linked folder such as /var/run. The file may be gone,
// as daemons remove it ahead of their listen.
func samePath(a, b string) bool {
	switch {
	case a == "" || b == "":
		return false // not bound
	case a == b:
		return true
	case a[0] == '@' || b[0] == '@':
		return false // abstract, see unix(7)
	}
	return sameFile(a, b) || filepath.Base(a) == filepath.Base(b) && sameFile(filepath.Dir(a), filepath.Dir(b))
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
