// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"strconv"
)

// Addr returns the address that l is really bound to if it serves on an
// inherited socket, and that is another than address; else address. It is what
// to log, to register, or to make links of. For an address without a host it
// has none either, where the socket takes any.
func Addr(l net.Listener, address string) string {
	if !isInherited(l) {
		return address
	}
	real := l.Addr().String()
	a, ok := l.Addr().(*net.TCPAddr)
	host, port, err := net.SplitHostPort(address)
	if !ok || err != nil {
		return real
	}
	if host == "" && a.IP.IsUnspecified() {
		real = ":" + strconv.Itoa(a.Port)
	}
	if n, err := net.LookupPort("tcp", port); err == nil && n == a.Port && (host == "" && a.IP.IsUnspecified() || a.IP.Equal(net.ParseIP(host))) {
		return address
	}
	return real
}
