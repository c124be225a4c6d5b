// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

//go:build !plan9

package inherit

import (
	"net"
	"syscall"
)

// Unlink is [syscall.Unlink], but leaves the path of an inherited socket alone.
func Unlink(path string) error {
	if inheritedPath(path) {
		return nil
	}
	return syscall.Unlink(path)
}

// SetUnlinkOnClose is l.SetUnlinkOnClose, but never has the path of an
// inherited socket unlinked.
func SetUnlinkOnClose(l *net.UnixListener, unlink bool) {
	l.SetUnlinkOnClose(unlink && !isInherited(l))
}
