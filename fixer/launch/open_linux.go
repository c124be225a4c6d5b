package launch

// This file defines how sockets are opened, and what is said when they cannot
// be.

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Open opens a socket: bound, and listening if it is one that does. It sets the
// umask for a moment, so it must not run beside anything that makes files.
func Open(spec Spec) (*Socket, error) {
	domain, typ, sa, err := resolve(spec)
	if err != nil {
		return nil, err
	}
	protocol := spec.protocol(domain, typ)
	fd, err := unix.Socket(domain, typ|unix.SOCK_CLOEXEC, protocol)
	if errors.Is(err, unix.EAFNOSUPPORT) && domain == unix.AF_INET6 && wildcard(sa) && !only6(spec) {
		domain, sa = unix.AF_INET, &unix.SockaddrInet4{Port: sa.(*unix.SockaddrInet6).Port} // as systemd does
		fd, err = unix.Socket(domain, typ|unix.SOCK_CLOEXEC, protocol)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%s: socket: %w", spec.Network, spec.Address, err)
	}
	s := &Socket{Name: spec.Name, Network: spec.Network, fd: fd, options: spec.Options}
	if s.Name == "" {
		s.Name = "unknown"
	}
	if err := s.open(spec, domain, typ, sa); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s:%s: %w", spec.Network, spec.Address, err)
	}
	s.keep = spec.KeepPath
	return s, nil
}

func (s *Socket) open(spec Spec, domain, typ int, sa unix.Sockaddr) error {
	if err := setOptions(s.fd, spec, domain); err != nil {
		return err
	}
	if err := s.setEarly(spec, domain); err != nil {
		return err
	}
	if err := s.bind(spec, sa); err != nil {
		return err
	}
	s.link(spec)
	if s.Stream() {
		backlog := spec.Backlog
		if backlog <= 0 {
			backlog = math.MaxInt32 // the kernel takes its own limit, somaxconn
		}
		if err := unix.Listen(s.fd, backlog); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	s.setLate(spec, domain)
	bound, err := unix.Getsockname(s.fd)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	s.Addr = addrString(bound)
	return nil
}

// Close closes the socket, and removes the path that it was bound to if that is
// still this socket's, unless it is to be kept.
func (s *Socket) Close() error {
	if s.path != "" && !s.lent && !s.keep {
		if dev, ino, err := node(s.path); err == nil && dev == s.device && ino == s.inode {
			for _, link := range s.links {
				if to, err := os.Readlink(link); err == nil && to == s.path {
					_ = os.Remove(link) // error: somebody else's by now
				}
			}
			if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				unix.Close(s.fd)
				return err
			}
		}
	}
	return unix.Close(s.fd)
}

// What to do when there are too many open files.
const (
	raiseLimit = "raise the limit (ulimit -n, LimitNOFILE= in a unit)"
	spareFiles = 16 // for the runtime of Go, and to start processes
)

// CheckFiles returns an error when this process cannot open n sockets and go on.
func CheckFiles(n int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return nil // then it is seen
	}
	free := 0
	for fd := uint64(0); fd < limit.Cur && free < n+spareFiles; fd++ {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
			free++
		}
	}
	if free < n+spareFiles {
		return fmt.Errorf("%d open files are too few for %d sockets: %s", limit.Cur, n, raiseLimit)
	}
	// The runtime opens its poller when it is first needed, and dies if it cannot.
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	return errors.Join(r.Close(), w.Close())
}

// resolve returns what socket(2) and bind(2) need.
func resolve(spec Spec) (domain, typ int, sa unix.Sockaddr, err error) {
	typ = unix.SOCK_STREAM
	switch spec.Network {
	case "unix", "unixgram", "seqpacket":
		switch spec.Network {
		case "unixgram":
			typ = unix.SOCK_DGRAM
		case "seqpacket":
			typ = unix.SOCK_SEQPACKET
		}
		return unix.AF_UNIX, typ, &unix.SockaddrUnix{Name: spec.Address}, spec.checkPath()
	case "vsock":
		cid, port, err := vsockAddr(spec.Address)
		return unix.AF_VSOCK, typ, &unix.SockaddrVM{CID: cid, Port: port}, err
	}
	if strings.HasPrefix(spec.Network, "udp") {
		typ = unix.SOCK_DGRAM
	}
	a, err := net.ResolveTCPAddr("tcp"+strings.TrimLeft(spec.Network, "tcpud"), spec.Address)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("%s:%s: %w", spec.Network, spec.Address, err)
	}
	if ip := a.IP.To4(); ip != nil || a.IP == nil && strings.HasSuffix(spec.Network, "4") {
		sa4 := &unix.SockaddrInet4{Port: a.Port}
		copy(sa4.Addr[:], ip)
		return unix.AF_INET, typ, sa4, nil
	}
	sa6 := &unix.SockaddrInet6{Port: a.Port}
	copy(sa6.Addr[:], a.IP)
	if a.Zone != "" {
		if n, err := strconv.Atoi(a.Zone); err == nil {
			sa6.ZoneId = uint32(n)
		} else if ifi, err := net.InterfaceByName(a.Zone); err == nil {
			sa6.ZoneId = uint32(ifi.Index)
		} else {
			return 0, 0, nil, fmt.Errorf("%s:%s: there is no network interface %s", spec.Network, spec.Address, a.Zone)
		}
	}
	return unix.AF_INET6, typ, sa6, nil
}

func wildcard(sa unix.Sockaddr) bool {
	a, ok := sa.(*unix.SockaddrInet6)
	return ok && a.Addr == [16]byte{}
}

// only6 reports whether an IPv6 socket is to be one of IPv6 alone.
func only6(spec Spec) bool {
	return spec.V6Only == "ipv6-only" || spec.V6Only == "" && strings.HasSuffix(spec.Network, "6")
}

func setOptions(fd int, spec Spec, domain int) error {
	type option struct {
		name         string
		level, which int
		value        int
	}
	var options []option
	if domain == unix.AF_INET || domain == unix.AF_INET6 {
		options = append(options, option{"SO_REUSEADDR", unix.SOL_SOCKET, unix.SO_REUSEADDR, 1})
	}
	if domain == unix.AF_INET6 && spec.V6Only != "default" {
		only := 0
		if only6(spec) {
			only = 1
		}
		options = append(options, option{"IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only})
	}
	inet := domain == unix.AF_INET || domain == unix.AF_INET6 // of a unit's sockets others have no such options
	if spec.ReusePort && inet {
		options = append(options, option{"SO_REUSEPORT", unix.SOL_SOCKET, unix.SO_REUSEPORT, 1})
	}
	if spec.FreeBind && inet {
		options = append(options, option{"IP_FREEBIND", unix.IPPROTO_IP, unix.IP_FREEBIND, 1})
	}
	for _, o := range options {
		if err := unix.SetsockoptInt(fd, o.level, o.which, o.value); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return nil
}

// bind binds the socket, and tells why it cannot be.
func (s *Socket) bind(spec Spec, sa unix.Sockaddr) error {
	u, isUnix := sa.(*unix.SockaddrUnix)
	if isUnix && !strings.HasPrefix(u.Name, "@") {
		return s.bindPath(spec, u)
	}
	err := unix.Bind(s.fd, sa)
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("the address is in use%s", holder(spec.Network, sa))
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("no permission: ports below %s are for root, or take CAP_NET_BIND_SERVICE", unprivileged())
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("this machine does not have the address (FreeBind= in a unit binds it all the same)")
	case err != nil:
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

// bindPath binds a unix socket to a path, in the place of one that a process
// which has ended left behind.
func (s *Socket) bindPath(spec Spec, sa *unix.SockaddrUnix) error {
	mode := spec.Mode
	if mode == 0 {
		mode = 0o666
	}
	uid, gid, err := owner(spec)
	if err != nil {
		return err
	}
	if spec.DirMode != 0 {
		if err := os.MkdirAll(filepath.Dir(sa.Name), spec.DirMode); err != nil {
			return err
		}
	}
	err = withUmask(0o777&^int(mode), func() error { return unix.Bind(s.fd, sa) })
	if errors.Is(err, unix.EADDRINUSE) {
		if err := removeStale(spec.Network, sa); err != nil {
			return err
		}
		err = withUmask(0o777&^int(mode), func() error { return unix.Bind(s.fd, sa) })
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s: make it first", filepath.Dir(sa.Name))
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("no permission to write to the folder %s", filepath.Dir(sa.Name))
	case err != nil:
		return fmt.Errorf("bind: %w", err)
	}
	s.path = sa.Name
	if s.device, s.inode, err = node(sa.Name); err != nil {
		return err
	}
	if uid >= 0 || gid >= 0 {
		if err := os.Lchown(sa.Name, uid, gid); err != nil {
			return fmt.Errorf("owner %s:%s: %w", spec.User, spec.Group, err)
		}
	}
	return nil
}

// link makes symbolic links to the path of the socket, in the place of links that are
// there. What cannot be linked is no reason not to serve, as with systemd.
func (s *Socket) link(spec Spec) {
	for _, link := range spec.Symlinks {
		var err error
		if spec.DirMode != 0 {
			err = os.MkdirAll(filepath.Dir(link), spec.DirMode)
		}
		if fi, e := os.Lstat(link); err == nil && e == nil && fi.Mode()&fs.ModeSymlink != 0 {
			err = os.Remove(link)
		}
		if err == nil {
			err = os.Symlink(s.path, link)
		}
		if err != nil {
			s.Unset = append(s.Unset, fmt.Sprintf("Symlinks=%s: %v", link, err))
			continue
		}
		s.links = append(s.links, link)
	}
}

// protocol returns the one of socket(2), 0 for the usual one: where another does not fit,
// and for a unix socket.
func (s Spec) protocol(domain, typ int) int {
	protocols := map[string]map[int]int{
		"mptcp":   {unix.SOCK_STREAM: unix.IPPROTO_MPTCP},
		"sctp":    {unix.SOCK_STREAM: unix.IPPROTO_SCTP, unix.SOCK_SEQPACKET: unix.IPPROTO_SCTP},
		"udplite": {unix.SOCK_DGRAM: unix.IPPROTO_UDPLITE},
	}
	if !inet(domain, true) {
		return 0
	}
	return protocols[s.Protocol][typ]
}

// withUmask runs f with another umask, which is the process's.
func withUmask(mask int, f func() error) error {
	defer unix.Umask(unix.Umask(mask))
	return f()
}

// owner looks up the owner of a path; -1 is for the process's own.
func owner(spec Spec) (uid, gid int, err error) {
	uid, gid = -1, -1
	if spec.User != "" {
		id := spec.User
		u, err := user.Lookup(spec.User)
		if err == nil {
			id = u.Uid
			gid, _ = strconv.Atoi(u.Gid) // a number, on unix
		}
		if uid, err = strconv.Atoi(id); err != nil {
			return 0, 0, fmt.Errorf("there is no user %s", spec.User)
		}
	}
	if spec.Group != "" {
		id := spec.Group
		if g, err := user.LookupGroup(spec.Group); err == nil {
			id = g.Gid
		}
		if gid, err = strconv.Atoi(id); err != nil {
			return 0, 0, fmt.Errorf("there is no group %s", spec.Group)
		}
	}
	return uid, gid, nil
}

// removeStale removes a socket file that nobody listens on, and tells what else
// is in the way.
func removeStale(network string, sa *unix.SockaddrUnix) error {
	fi, err := os.Lstat(sa.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // just gone
	case err != nil:
		return err
	case fi.IsDir():
		return errors.New("a folder is in the way: choose another path")
	case fi.Mode()&fs.ModeSocket == 0:
		return errors.New("a file that is no socket is in the way: remove it, or choose another path")
	}
	// A socket for datagrams finds out, whatever type the other one has, and is
	// not noticed by its owner.
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, sa); !errors.Is(err, unix.ECONNREFUSED) {
		return fmt.Errorf("the address is in use%s", holder(network, sa))
	}
	return os.Remove(sa.Name)
}

// node returns what tells the file at a path from others.
func node(path string) (device, inode uint64, err error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return 0, 0, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	return uint64(st.Dev), st.Ino, nil
}

func unprivileged() string {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil {
		return "1024"
	}
	return strings.TrimSpace(string(b))
}

// addrString returns an address as package net prints it.
func addrString(sa unix.Sockaddr) string {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return net.JoinHostPort(net.IP(a.Addr[:]).String(), strconv.Itoa(a.Port))
	case *unix.SockaddrInet6:
		host := net.IP(a.Addr[:]).String()
		if a.ZoneId != 0 {
			zone := strconv.Itoa(int(a.ZoneId))
			if ifi, err := net.InterfaceByIndex(int(a.ZoneId)); err == nil {
				zone = ifi.Name
			}
			host += "%" + zone
		}
		return net.JoinHostPort(host, strconv.Itoa(a.Port))
	case *unix.SockaddrUnix:
		return a.Name
	case *unix.SockaddrVM:
		if a.CID == unix.VMADDR_CID_ANY {
			return ":" + strconv.FormatUint(uint64(a.Port), 10)
		}
		return fmt.Sprintf("%d:%d", a.CID, a.Port)
	}
	return ""
}

// Inode returns the number by which /proc tells the socket from others.
func (s *Socket) Inode() (uint64, error) {
	var st unix.Stat_t
	err := unix.Fstat(s.fd, &st)
	return st.Ino, err
}
