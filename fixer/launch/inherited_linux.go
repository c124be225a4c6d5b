package launch

// This file defines what there is to say of a socket that a process has.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Inspect describes a descriptor of this process.
func Inspect(fd int) (Info, error) {
	i := Info{FD: fd, Depth: -1, Backlog: -1}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return i, fmt.Errorf("fd %d: %w", fd, err)
	}
	i.Inode = st.Ino
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil {
		i.Nonblock = flags&unix.O_NONBLOCK != 0
	}
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
		i.CloseExec = flags&unix.FD_CLOEXEC != 0
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		i.Kind = "socket"
	case unix.S_IFIFO:
		i.Kind, i.Is = "fifo", []string{"sd_is_fifo(fd, NULL)"}
	case unix.S_IFREG, unix.S_IFCHR:
		i.Kind, i.Is = map[bool]string{true: "file", false: "device"}[st.Mode&unix.S_IFMT == unix.S_IFREG], []string{"sd_is_special(fd, NULL)"}
	case unix.S_IFDIR:
		i.Kind = "directory"
	default:
		i.Kind = "other"
	}
	if i.Kind == "socket" {
		i.socket(fd)
	}
	return i, nil
}

func (i *Info) socket(fd int) {
	option := func(level, which int) int {
		v, err := unix.GetsockoptInt(fd, level, which)
		if err != nil {
			return -1
		}
		return v
	}
	domain, typ := option(unix.SOL_SOCKET, unix.SO_DOMAIN), option(unix.SOL_SOCKET, unix.SO_TYPE)
	i.Domain = word(map[int]string{unix.AF_INET: "inet", unix.AF_INET6: "inet6", unix.AF_UNIX: "unix", unix.AF_VSOCK: "vsock", unix.AF_NETLINK: "netlink"}, domain)
	i.Type = word(map[int]string{unix.SOCK_STREAM: "stream", unix.SOCK_DGRAM: "dgram", unix.SOCK_SEQPACKET: "seqpacket", unix.SOCK_RAW: "raw"}, typ)
	if strings.HasPrefix(i.Domain, "inet") {
		i.Protocol = word(map[int]string{unix.IPPROTO_TCP: "tcp", unix.IPPROTO_UDP: "udp", unix.IPPROTO_MPTCP: "mptcp", unix.IPPROTO_SCTP: "sctp", unix.IPPROTO_UDPLITE: "udplite"},
			option(unix.SOL_SOCKET, unix.SO_PROTOCOL))
	}
	i.Listening = option(unix.SOL_SOCKET, unix.SO_ACCEPTCONN) == 1
	i.V6Only = domain == unix.AF_INET6 && option(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY) == 1
	i.Network = i.network()
	port := 0
	if sa, err := unix.Getsockname(fd); err == nil {
		i.Address = addrString(sa)
		switch a := sa.(type) {
		case *unix.SockaddrInet4:
			port = a.Port
		case *unix.SockaddrInet6:
			port = a.Port
		}
	}
	if depth, backlog, err := queue(fd, i.Inode, i.Domain); err == nil && i.Listening {
		i.Depth, i.Backlog = depth, backlog
	}
	i.is(port)
}

func (i *Info) network() string {
	switch {
	case i.Domain == "unix":
		return map[string]string{"stream": "unix", "dgram": "unixgram", "seqpacket": "seqpacket"}[i.Type]
	case i.Domain == "vsock" && i.Type == "stream":
		return "vsock"
	case i.Type == "stream" && (i.Protocol == "tcp" || i.Protocol == "mptcp"), i.Type == "dgram" && i.Protocol == "udp":
		network := map[string]string{"stream": "tcp", "dgram": "udp"}[i.Type]
		switch {
		case i.Domain == "inet":
			return network + "4"
		case i.V6Only:
			return network + "6"
		}
		return network
	}
	return ""
}

// is lists the calls of sd_is_socket(3) that return a positive number.
func (i *Info) is(port int) {
	listening := 0
	if i.Listening {
		listening = 1
	}
	typ := "SOCK_" + strings.ToUpper(i.Type)
	i.Is = append(i.Is, fmt.Sprintf("sd_is_socket(fd, AF_%s, %s, %d)", strings.ToUpper(i.Domain), typ, listening))
	switch i.Domain {
	case "inet", "inet6":
		i.Is = append(i.Is, fmt.Sprintf("sd_is_socket_inet(fd, AF_%s, %s, %d, %d)", strings.ToUpper(i.Domain), typ, listening, port))
	case "unix":
		path, length := strconv.Quote(i.Address), 0
		if name, ok := strings.CutPrefix(i.Address, "@"); ok { // of the abstract ones the length is asked for
			path, length = `"\000`+strings.TrimPrefix(strconv.Quote(name), `"`), len(i.Address)
		}
		i.Is = append(i.Is, fmt.Sprintf("sd_is_socket_unix(fd, %s, %d, %s, %d)", typ, listening, path, length))
	}
}

func word(words map[int]string, n int) string {
	if w, ok := words[n]; ok {
		return w
	}
	return strconv.Itoa(n)
}

// Matches reports whether a descriptor is what a spec asks for: the network,
// the port, and the address where the spec has one.
func (i Info) Matches(spec Spec) bool {
	if i.Network == "" || spec.Name != "" && spec.Name != i.Name {
		return false
	}
	general, special := i.Network, spec.Network // the one may be tcp, and the other tcp4
	if len(general) > len(special) {
		general, special = special, general
	}
	if general != special && !(slices.Contains([]string{"tcp", "udp"}, general) && strings.HasPrefix(special, general)) {
		return false
	}
	_, _, want, err := resolve(spec)
	if err != nil {
		return false
	}
	if !strings.HasPrefix(i.Network, "tcp") && !strings.HasPrefix(i.Network, "udp") {
		return addrString(want) == i.Address
	}
	_, _, have, err := resolve(Spec{Network: i.Network[:3], Address: i.Address})
	if err != nil {
		return false
	}
	wantIP, wantPort := ipPort(want)
	haveIP, havePort := ipPort(have)
	return (wantPort == 0 || wantPort == havePort) && (wantIP == "" || wantIP == haveIP)
}

// ipPort returns the parts of an address of IP, "" for any host.
func ipPort(sa unix.Sockaddr) (string, int) {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		if a.Addr == [4]byte{} {
			return "", a.Port
		}
		return string(a.Addr[:]), a.Port
	case *unix.SockaddrInet6:
		if a.Addr == [16]byte{} {
			return "", a.Port
		}
		return string(a.Addr[:]), a.Port
	}
	return "", 0
}

// Inherited describes the descriptors that were passed to a process by the
// protocol of sd_listen_fds(3); none when none were.
func Inherited(env func(string) string, pid int) ([]Info, error) {
	names, err := passed(env, pid)
	var out []Info
	for n, name := range names {
		i, err := Inspect(3 + n)
		if err != nil {
			return nil, fmt.Errorf("LISTEN_FDS announces fd %d, named %q, which is not open: %w", 3+n, name, errors.Unwrap(err))
		}
		i.Name = name
		out = append(out, i)
	}
	return out, err
}

// Take returns the sockets that this process inherited, to be passed on, and
// removes the variables of sd_listen_fds(3) from its environment. It has to be
// called before anything opens files.
func Take() ([]*Socket, error) {
	infos, err := Inherited(os.Getenv, os.Getpid())
	for _, key := range listenEnv {
		os.Unsetenv(key)
	}
	var out []*Socket
	for _, i := range infos {
		unix.CloseOnExec(i.FD)
		out = append(out, &Socket{Name: i.Name, Network: i.Network, Addr: i.Address, fd: i.FD})
	}
	return out, err
}

// passed returns the names of the descriptors that are passed to a process.
func passed(env func(string) string, pid int) ([]string, error) {
	if env("LISTEN_FDS") == "" || env("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, nil
	}
	n, err := strconv.ParseUint(env("LISTEN_FDS"), 10, 20)
	if err != nil {
		return nil, fmt.Errorf("LISTEN_FDS=%s is no number of descriptors", env("LISTEN_FDS"))
	}
	if n == 0 {
		return nil, nil
	}
	names := strings.Split(env("LISTEN_FDNAMES"), ":")
	if env("LISTEN_FDNAMES") == "" {
		names = slices.Repeat([]string{"unknown"}, int(n))
	}
	if len(names) != int(n) {
		return nil, fmt.Errorf("LISTEN_FDNAMES=%s has %d names for %d descriptors", env("LISTEN_FDNAMES"), len(names), n)
	}
	return names, nil
}

// OfProcess describes the sockets of another process on which clients may come:
// those that listen, and bound ones for datagrams. Descriptors that it was
// passed have their names, if it still has them.
func OfProcess(pid int) ([]Info, error) {
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noProcess(pid)
	}
	if err != nil {
		return nil, err
	}
	vars := make(map[string]string)
	for _, kv := range strings.Split(string(environ), "\x00") {
		if k, v, ok := strings.Cut(kv, "="); ok {
			vars[k] = v
		}
	}
	names, _ := passed(func(key string) string { return vars[key] }, pid) // error: then there are none
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("process %d: %w", pid, err)
	}
	defer unix.Close(pidfd)
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		return nil, err
	}
	var out []Info
	for _, name := range fds {
		fd, err := strconv.Atoi(filepath.Base(name))
		if to, e := os.Readlink(name); err != nil || e != nil || !strings.HasPrefix(to, "socket:") {
			continue
		}
		i, err := ofOther(pidfd, pid, fd)
		if errors.Is(err, unix.EBADF) {
			continue // closed meanwhile
		}
		if err != nil {
			return nil, err
		}
		if fd >= 3 && fd-3 < len(names) {
			i.Name = names[fd-3]
		}
		if i.Listening || i.Type == "dgram" && i.Address != "" && i.Domain != "netlink" {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Info) int { return a.FD - b.FD })
	return out, nil
}

func ofOther(pidfd, pid, fd int) (Info, error) {
	own, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		return Info{}, fmt.Errorf("process %d, fd %d: %w (looking into another process takes the permission to trace it, ptrace(2))", pid, fd, err)
	}
	defer unix.Close(own)
	i, err := Inspect(own)
	i.FD = fd
	if text, e := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", pid, fd)); e == nil {
		i.CloseExec = false
		for line := range strings.Lines(string(text)) {
			if flags, ok := strings.CutPrefix(line, "flags:"); ok {
				n, _ := strconv.ParseUint(strings.TrimSpace(flags), 8, 32)
				i.CloseExec = n&unix.O_CLOEXEC != 0
			}
		}
	}
	return i, err
}

// queue returns how many connections wait in the queue of a listening socket,
// and how many may.
func queue(fd int, inode uint64, domain string) (depth, limit int, err error) {
	if domain == "unix" {
		return unixQueue(inode)
	}
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return 0, 0, err
	}
	return int(info.Unacked), int(info.Sacked), nil
}

// unixQueue asks for the queue of a listening unix socket, by sock_diag(7).
func unixQueue(inode uint64) (depth, limit int, err error) {
	const (
		byFamily  = 20   // SOCK_DIAG_BY_FAMILY
		showQueue = 0x10 // UDIAG_SHOW_RQLEN
		attrQueue = 4    // UNIX_DIAG_RQLEN
		header    = 16   // of a netlink message
		message   = 16   // struct unix_diag_msg
	)
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0, 0, err
	}
	defer unix.Close(s)
	order := binary.NativeEndian
	b := order.AppendUint32(nil, header+24)
	b = order.AppendUint16(b, byFamily)
	b = order.AppendUint16(b, unix.NLM_F_REQUEST)
	b = append(b, make([]byte, 8)...)
	b = append(b, unix.AF_UNIX, 0, 0, 0)
	for _, word := range []uint32{1 << 10 /* listening */, uint32(inode), showQueue, ^uint32(0), ^uint32(0)} {
		b = order.AppendUint32(b, word)
	}
	if err := unix.Sendto(s, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, 0, err
	}
	buf := make([]byte, 4096)
	n, _, err := unix.Recvfrom(s, buf, 0)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case n < header+4:
		return 0, 0, errors.New("sock_diag: short answer")
	case order.Uint16(buf[4:]) == unix.NLMSG_ERROR:
		return 0, 0, unix.Errno(-int32(order.Uint32(buf[header:])))
	}
	for p := buf[min(n, header+message):n]; len(p) >= 4; {
		size, attr := int(order.Uint16(p)), order.Uint16(p[2:])
		if size < 4 || size > len(p) {
			break
		}
		if attr == attrQueue && size >= 12 {
			return int(order.Uint32(p[4:])), int(order.Uint32(p[8:])), nil
		}
		p = p[min(len(p), (size+3)&^3):]
	}
	return 0, 0, errors.New("sock_diag: the answer has no queue")
}

// noProcess is the error for a process that is not there.
type noProcess int

func (pid noProcess) Error() string { return fmt.Sprintf("there is no process %d", int(pid)) }

func (noProcess) Is(target error) bool { return target == fs.ErrNotExist }
