// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Remove is [os.Remove], but leaves the path of an inherited socket alone:
// without it, clients would not find the socket that the supervisor keeps open.
func Remove(name string) error {
	if inheritedPath(name) {
		return nil
	}
	return os.Remove(name)
}

// RemoveAll is [os.RemoveAll], but leaves the path of an inherited socket
// alone, and the folders that it is in, with links to them.
func RemoveAll(path string) error {
	dot := path == "." || strings.HasSuffix(path, "/.") // os has an error for that
	switch {
	case inheritedPath(path):
		return nil
	case !inheritedBelow(path) || dot:
		return os.RemoveAll(path)
	}
	if fi, err := os.Lstat(filepath.Clean(path)); err != nil || !fi.IsDir() {
		return err // a link: os does not remove what is behind one
	}
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		if e := RemoveAll(filepath.Join(path, e.Name())); err == nil {
			err = e
		}
	}
	return err
}

// Chmod is [os.Chmod], but leaves the mode of an inherited socket's path to the
// supervisor (SocketMode= of systemd.socket(5)).
func Chmod(name string, mode os.FileMode) error {
	if inheritedPath(name) {
		return nil
	}
	return os.Chmod(name, mode)
}

// Chown is [os.Chown], but leaves the owner of an inherited socket's path to
// the supervisor (SocketUser= and SocketGroup= of systemd.socket(5)).
func Chown(name string, uid, gid int) error {
	if inheritedPath(name) {
		return nil
	}
	return os.Chown(name, uid, gid)
}

// Lchown is [os.Lchown] as [Chown] is os.Chown.
func Lchown(name string, uid, gid int) error {
	if inheritedPath(name) {
		return nil
	}
	return os.Lchown(name, uid, gid)
}

// inheritedPath reports whether a name is that of an inherited unix socket, or
// an address fd://, which names no file.
func inheritedPath(name string) bool {
	return strings.HasPrefix(name, scheme) || anyPath(func(path string) bool { return samePath(path, name) })
}

// inheritedBelow reports whether an inherited unix socket is in a folder.
func inheritedBelow(dir string) bool {
	return anyPath(func(path string) bool {
		for up := filepath.Dir(path); ; up = filepath.Dir(up) {
			if sameFile(up, dir) {
				return true
			}
			if up == filepath.Dir(up) {
				return false
			}
		}
	})
}

// anyPath reports whether f holds for the path of an inherited socket. Those
// without a name and abstract ones have none.
func anyPath(f func(path string) bool) bool {
	for _, s := range table.sockets {
		if a, ok := s.addr.(*net.UnixAddr); ok && a.Name != "" && a.Name[0] != '@' && f(a.Name) {
			return true
		}
	}
	return false
}
