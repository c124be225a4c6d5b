// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import (
	"net"
	"strings"
)

func init() { byAddress, resolve = bestMatch, resolveAddr }

// bestMatch returns the free socket whose address suits r best, nil for none.
func bestMatch(r request) *socket {
	var best *socket
	most := 0
	for _, s := range table.sockets {
		if n := s.rank(r); n > most && !s.busy() {
			best, most = s, n
		}
	}
	return best
}

// rank says how well the address of s suits r, 0 for not at all.
func (s *socket) rank(r request) int {
	if r.addr == nil || !s.fits(r.network) {
		return 0
	}
	if want, ok := r.addr.(*net.UnixAddr); ok {
		if samePath(s.Addr.(*net.UnixAddr).Name, want.Name) {
			return 1
		}
		return 0
	}
	ip, port, zone := inet(s.Addr)
	wantIP, wantPort, wantZone := inet(r.addr)
	if wantPort == 0 || wantPort != port {
		return 0
	}
	v4 := strings.HasSuffix(s.Network, "4")
	wildcard := 4 // dual-stack, what net binds for a wildcard
	if s.V6Only {
		wildcard = 3
	} else if v4 {
		wildcard = 2
	}
	anyIP := wantIP == nil || wantIP.IsUnspecified()
	switch {
	case ip.Equal(wantIP) && (zone == wantZone || wantZone == ""):
		return 4 + wildcard
	case ip.IsUnspecified() && !anyIP:
		if wantV4 := wantIP.To4() != nil; wantV4 && s.V6Only || !wantV4 && v4 {
			return 0
		}
		return wildcard
	case ip.IsUnspecified():
		return wildcard
	case anyIP:
		return 1
	}
	return 0
}

// resolveAddr returns what net would bind for address. Where net fails it
// returns nil, so that the caller goes on to net and its error.
func resolveAddr(network, address string) net.Addr {
	var addr net.Addr
	var err error
	switch family(network) {
	case "tcp":
		addr, err = net.ResolveTCPAddr(network, address)
	case "udp":
		addr, err = net.ResolveUDPAddr(network, address)
	default:
		addr, err = net.ResolveUnixAddr(network, address)
	}
	if err != nil {
		return nil
	}
	return addr
}
