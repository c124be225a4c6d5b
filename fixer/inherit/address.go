// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

func init() { byAddress, resolve, explain, explained = bestMatch, resolveAddr, tellBind, blame }

// reasons are why requests were not served on a socket that is free, by their text.
var reasons = make(map[string]string)

// tellBind writes why r binds a socket of its own although some of its type are free:
// clients of those wait for somebody to take them. It does so once for a request.
func tellBind(r request) {
	_, want, err := net.SplitHostPort(r.address)
	anyPort := err == nil && (want == "0" || want == "") || r.address == "<nil>" // as net's types are written
	if reasons[r.String()] != "" || anyPort {
		return
	}
	for _, s := range table.sockets {
		if socketType(s.network) != socketType(r.network) || !s.free() || s.listed {
			continue
		}
		why := "another address"
		if _, port, _ := inet(s.addr); !s.fits(r.network) {
			why = "another family"
		} else if err == nil && want != strconv.Itoa(port) && port != 0 {
			why = "another port"
		}
		ref := s.name
		if ref == "" || ref == "unknown" {
			ref = strconv.Itoa(s.fd)
		}
		reason := fmt.Sprintf("the inherited %s is free (%s); name it in the configuration as %s%s", s, why, scheme, ref)
		fmt.Fprintf(os.Stderr, "inherit: %s binds a socket of its own, and %s\n", r, reason)
		if reasons[r.String()] != "" {
			reason = reasons[r.String()] + "; " + reason
		}
		reasons[r.String()] = reason
	}
}

// blame puts what tellBind wrote of r into the error of its bind.
func blame(r request, err error) error {
	table.Lock()
	defer table.Unlock()
	reason := reasons[r.String()]
	op, ok := err.(*net.OpError)
	if !ok || op.Op != "listen" || reason == "" {
		return err
	}
	sys, ok := op.Err.(*os.SyscallError)
	if !ok {
		return err
	}
	told := *op // which may be the program's own
	told.Err = &os.SyscallError{Syscall: sys.Syscall, Err: bindError{sys.Err, reason}}
	return &told
}

// A bindError is the error of a system call with a reason.
type bindError struct {
	err    error
	reason string
}

func (e bindError) Error() string { return e.err.Error() + "; " + e.reason }
func (e bindError) Unwrap() error { return e.err }

// bestMatch returns the free socket whose address suits r best, nil for none.
func bestMatch(r request) *socket {
	var best *socket
	most := 0
	for _, s := range table.sockets {
		if n := s.rank(r); n > most && s.free() {
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
		if samePath(s.addr.(*net.UnixAddr).Name, want.Name) {
			return 1
		}
		return 0
	}
	ip, port, zone := inet(s.addr)
	wantIP, wantPort, wantZone := inet(r.addr)
	if wantPort == 0 || wantPort != port {
		return 0
	}
	v4, v6only := strings.HasSuffix(s.network, "4"), strings.HasSuffix(s.network, "6")
	wildcard := 4 // dual-stack, what net binds for a wildcard
	if v6only {
		wildcard = 3
	} else if v4 {
		wildcard = 2
	}
	anyIP := wantIP == nil || wantIP.IsUnspecified()
	switch {
	case ip.Equal(wantIP) && (zone == wantZone || wantZone == ""):
		return 4 + wildcard
	case ip.IsUnspecified() && !anyIP:
		if wantV4 := wantIP.To4() != nil; wantV4 && v6only || !wantV4 && v4 {
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

// inet returns the parts of a TCP or UDP address.
func inet(addr net.Addr) (ip net.IP, port int, zone string) {
	switch a := addr.(type) {
	case *net.TCPAddr:
		return a.IP, a.Port, a.Zone
	case *net.UDPAddr:
		return a.IP, a.Port, a.Zone
	}
	return nil, 0, ""
}
