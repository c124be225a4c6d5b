// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const (
	firstFD       = 3   // SD_LISTEN_FDS_START of sd_listen_fds(3)
	protocolMPTCP = 262 // IPPROTO_MPTCP, not in package syscall
)

// scan reads the variables of sd_listen_fds(3), unsets them whatever they say,
// and inspects the descriptors that they announce.
func scan() ([]*socket, error) {
	pid, names, err := parse(os.LookupEnv, os.Getpid(), pidfdID)
	for _, key := range []string{"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		if e := os.Unsetenv(key); e != nil && err == nil {
			err = e
		}
	}
	if err == nil && pid != os.Getpid() {
		why := fmt.Sprintf("LISTEN_PID is %d but this is process %d", pid, os.Getpid())
		served := serving(names)
		if pid == 0 {
			why = "LISTEN_FDS is set without LISTEN_PID, which says whom they are for"
		}
		switch {
		case len(served) == 0: // nothing was passed, or it is closed, as it should be
			return nil, nil
		case pid != 0:
			fmt.Fprintf(os.Stderr, "inherit: %s, so inherited sockets are ignored (%s); start the daemon without a wrapper, or with exec\n",
				why, strings.Join(served, ", "))
			return nil, nil
		case len(served) < len(names):
			fmt.Fprintf(os.Stderr, "inherit: %s, and only %d of %d descriptors are sockets that serve, so they are ignored (%s)\n",
				why, len(served), len(names), strings.Join(served, ", "))
			return nil, nil
		}
		// A launcher leaves it out for a program that a build tool starts.
		fmt.Fprintf(os.Stderr, "inherit: %s; this process takes them (%s)\n", why, strings.Join(served, ", "))
	}
	var sockets []*socket
	for i, name := range names {
		s, e := receive(firstFD+i, name)
		if e != nil { // as many as there are, however many are announced
			return nil, e
		}
		sockets = append(sockets, s)
	}
	return sockets, err
}

// parse returns the process that descriptors were passed to, 0 if none were,
// and a name for each. For a process other than pid the names are a guess and
// there is no error: it is not for pid to judge them. pidfdID returns the inode
// of the pidfd of pid, false if the kernel has none.
func parse(env func(string) (string, bool), pid int, pidfdID func() (uint64, bool)) (int, []string, error) {
	v, ok := env("LISTEN_PID")
	if !ok {
		names, err := parseNames(env)
		if err != nil { // of the names, mostly: not for anybody to judge
			names, _ = parseNames(func(key string) (string, bool) {
				if key == "LISTEN_FDNAMES" {
					return "", false
				}
				return env(key)
			})
		}
		return 0, names, nil
	}
	to, err := strconv.ParseUint(v, 10, 31)
	if err != nil || to == 0 {
		return 0, nil, &Error{Want: "a process in LISTEN_PID", Got: strconv.Quote(v)}
	}
	if int(to) != pid {
		names, _ := parseNames(env) // error: see above
		return int(to), names, nil
	}
	if v, ok := env("LISTEN_PIDFDID"); ok {
		id, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			return 0, nil, &Error{Want: "an inode in LISTEN_PIDFDID", Got: strconv.Quote(v)}
		}
		if own, ok := pidfdID(); ok && own != id {
			return 0, nil, nil // pid was used by another process before
		}
	}
	names, err := parseNames(env)
	if err != nil {
		return 0, nil, err
	}
	return pid, names, nil
}

// parseNames returns a name for each of LISTEN_FDS descriptors.
func parseNames(env func(string) (string, bool)) ([]string, error) {
	v, ok := env("LISTEN_FDS")
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseUint(v, 10, 20) // 20 bits: the kernel's default fs.nr_open
	if err != nil || n == 0 {
		return nil, &Error{Want: "a number of descriptors in LISTEN_FDS", Got: strconv.Quote(v)}
	}
	list, ok := env("LISTEN_FDNAMES")
	if !ok {
		list = strings.Repeat("unknown:", int(n)-1) + "unknown"
	}
	names := strings.Split(list, ":")
	if len(names) != int(n) {
		return nil, &Error{Want: v + " names in LISTEN_FDNAMES", Got: strconv.Quote(list)}
	}
	return names, nil
}

// pidfdID returns the inode of the pidfd of this process, which unlike its pid
// is never used again, see pidfd_open(2). It returns false where the kernel has
// no such inodes, before Linux 6.9 and on 32 bits.
func pidfdID() (uint64, bool) {
	const (
		sysPidfdOpen = 434        // on mips the number is another, this one is ENOSYS
		pidfsMagic   = 0x50494446 // PID_FS_MAGIC
	)
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(os.Getpid()), 0, 0)
	if errno != 0 {
		return 0, false
	}
	defer syscall.Close(int(fd))
	var fs syscall.Statfs_t
	var file syscall.Stat_t
	if syscall.Fstatfs(int(fd), &fs) != nil || int64(fs.Type) != pidfsMagic || syscall.Fstat(int(fd), &file) != nil {
		return 0, false
	}
	return uint64(file.Ino), strconv.IntSize == 64
}

// serving describes those of the descriptors that were announced, to another process
// or to nobody, which are sockets that serve: a shell, a build tool or another wrapper
// started the daemon and kept its pid. A daemon that then binds does so on other
// sockets than the ones its clients are queued on.
func serving(names []string) (served []string) {
	for i, name := range names {
		s, err := inspect(firstFD+i, name)
		if err != nil {
			break // closed
		}
		if s.Listening || socketType(s.Network) == "datagram" {
			served = append(served, s.String())
		}
	}
	return served
}

// receive inspects a descriptor and keeps it from the children of this process.
func receive(fd int, name string) (*socket, error) {
	flags, err := fcntl(fd, syscall.F_GETFD, 0)
	if err == nil {
		_, err = fcntl(fd, syscall.F_SETFD, flags|syscall.FD_CLOEXEC)
	}
	var s *socket
	if err == nil {
		s, err = inspect(fd, name)
	}
	// exec(2) leaves no descriptor with FD_CLOEXEC. What has it is a file that
	// the runtime of Go opened on a number that was free.
	if err == nil && s.Network == "" && flags&syscall.FD_CLOEXEC != 0 {
		err = errors.New("it was opened by this process")
	}
	if err != nil {
		return nil, &Error{FD: fd, Name: name, Want: "an inherited descriptor", Got: "none", Err: err}
	}
	return s, nil
}

// inspect returns what a descriptor is.
func inspect(fd int, name string) (*socket, error) {
	s := &socket{Socket: Socket{FD: fd, Name: name}}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return s, nil
	}
	var err error
	option := func(level, opt int) int {
		v, e := syscall.GetsockoptInt(fd, level, opt)
		if e != nil && err == nil {
			err = os.NewSyscallError("getsockopt", e)
		}
		return v
	}
	domain := option(syscall.SOL_SOCKET, syscall.SO_DOMAIN)
	typ := option(syscall.SOL_SOCKET, syscall.SO_TYPE)
	s.Protocol = option(syscall.SOL_SOCKET, syscall.SO_PROTOCOL)
	s.Listening = option(syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN) != 0
	s.V6Only = domain == syscall.AF_INET6 && option(syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY) != 0
	s.Network = network(domain, typ, s.Protocol, s.V6Only)
	if err != nil || s.Network == "" {
		return s, err
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return nil, os.NewSyscallError("getsockname", err)
	}
	s.Addr = address(s.Network, sa)
	if !s.Listening && socketType(s.Network) == "stream" {
		_, err := syscall.Getpeername(fd)
		s.connected = err == nil
	}
	return s, nil
}

// network returns Socket.Network.
func network(domain, typ, protocol int, v6only bool) string {
	version := ""
	switch {
	case domain == syscall.AF_UNIX:
		return map[int]string{
			syscall.SOCK_STREAM:    "unix",
			syscall.SOCK_DGRAM:     "unixgram",
			syscall.SOCK_SEQPACKET: "unixpacket",
		}[typ]
	case domain == syscall.AF_INET:
		version = "4"
	case domain != syscall.AF_INET6:
		return ""
	case v6only:
		version = "6"
	}
	switch {
	case typ == syscall.SOCK_STREAM && (protocol == syscall.IPPROTO_TCP || protocol == protocolMPTCP):
		return "tcp" + version
	case typ == syscall.SOCK_DGRAM && protocol == syscall.IPPROTO_UDP:
		return "udp" + version
	}
	return ""
}

// address returns Socket.Addr.
func address(network string, sa syscall.Sockaddr) net.Addr {
	var a net.TCPAddr
	switch sa := sa.(type) {
	case *syscall.SockaddrUnix:
		return &net.UnixAddr{Name: sa.Name, Net: network}
	case *syscall.SockaddrInet4:
		a = net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
	case *syscall.SockaddrInet6:
		a = net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
		if sa.ZoneId != 0 {
			a.Zone = strconv.Itoa(int(sa.ZoneId))
			if link, err := net.InterfaceByIndex(int(sa.ZoneId)); err == nil {
				a.Zone = link.Name
			}
		}
	}
	if family(network) == "udp" {
		return (*net.UDPAddr)(&a)
	}
	return &a
}

// dup returns a duplicate of s for the caller to close. It leaves O_NONBLOCK
// alone, which is shared with every other process that has the socket.
func (s *socket) dup() (*os.File, error) {
	fd, err := fcntl(s.FD, syscall.F_DUPFD_CLOEXEC, firstFD)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), s.Name), nil
}

func fcntl(fd, cmd, arg int) (int, error) {
	n, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), uintptr(cmd), uintptr(arg))
	if errno != 0 {
		return 0, os.NewSyscallError("fcntl", errno)
	}
	return int(n), nil
}

// openNumbers returns what writes to a descriptor of the launcher's, at its
// beginning.
func openNumbers(fd int) func(text string) error {
	syscall.CloseOnExec(fd)
	return func(text string) error {
		_, err := syscall.Pwrite(fd, []byte(text), 0)
		return err
	}
}
