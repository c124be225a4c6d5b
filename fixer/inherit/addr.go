// Bundled by inheritfd, helper version 1. Upgrade with: inheritfd init

package inherit

import "net"

// Addr returns the address that l is really bound to if it serves on an
// inherited socket, which need not be the configured one; else address. It is
// what to log, to register, or to make links of.
func Addr(l net.Listener, address string) string {
	if isInherited(l) {
		return l.Addr().String()
	}
	return address
}
