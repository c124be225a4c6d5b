// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

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
	pid, names, err := parse(os.LookupEnv, os.Getpid())
	for _, key := range []string{"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		if e := os.Unsetenv(key); e != nil && err == nil {
			err = e
		}
	}
	if err == nil && pid != os.Getpid() && !astray(pid, names) {
		return nil, nil
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

// astray reports whether this process takes descriptors that were passed to another,
// or to nobody: a shell, a build tool or another wrapper started the daemon and kept
// its pid. It takes them where a launcher left LISTEN_PID out for such a tool and all
// are sockets that serve; a daemon that binds instead does so on other sockets than
// the ones its clients are queued on, so it says that.
func astray(pid int, names []string) bool {
	var serve []string
	for i, name := range names {
		s, err := inspect(firstFD+i, name)
		if err != nil {
			break // closed
		}
		if s.listening || socketType(s.network) == "datagram" {
			serve = append(serve, s.String())
		}
	}
	if len(serve) == 0 { // nothing was passed, or it is closed, as it should be
		return false
	}
	why, take := fmt.Sprintf("LISTEN_PID is %d but this is process %d", pid, os.Getpid()), false
	if pid == 0 {
		why, take = "LISTEN_FDS is set without LISTEN_PID, which says whom they are for", len(serve) == len(names)
	}
	then := "this process takes them"
	if !take {
		then = "inherited sockets are ignored; start the daemon without a wrapper, or with exec"
	}
	fmt.Fprintf(os.Stderr, "inherit: %s: %s (%d of %d serve: %s)\n", why, then, len(serve), len(names), strings.Join(serve, ", "))
	return take
}

// parse returns the process that descriptors were passed to, 0 if none is named, and
// a name for each. For a process other than pid the names are a guess and there is no
// error: it is not for pid to judge them.
func parse(env func(string) (string, bool), pid int) (int, []string, error) {
	v, ok := env("LISTEN_PID")
	to, err := strconv.ParseUint(v, 10, 31)
	if ok && (err != nil || to == 0) {
		return 0, nil, &Error{Want: "a process in LISTEN_PID", Got: strconv.Quote(v)}
	}
	if int(to) == pid {
		if again, err := pidReused(env); again || err != nil {
			return 0, nil, err
		}
	}
	names, err := parseNames(env)
	switch {
	case err == nil:
		return int(to), names, nil
	case int(to) == pid:
		return 0, nil, err
	}
	names, _ = parseNames(func(key string) (string, bool) {
		v, ok := env(key)
		return v, ok && key != "LISTEN_FDNAMES"
	})
	return int(to), names, nil
}

// pidReused is replaced where a program checks that, see otherPidfd.
var pidReused = func(env func(string) (string, bool)) (bool, error) { return false, nil }

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
	if err == nil && s.network == "" && flags&syscall.FD_CLOEXEC != 0 {
		err = errors.New("it was opened by this process")
	}
	if err != nil {
		return nil, &Error{FD: fd, Name: name, Want: "an inherited descriptor", Got: "none", Err: err}
	}
	return s, nil
}

// inspect returns what a descriptor is.
func inspect(fd int, name string) (*socket, error) {
	s := &socket{fd: fd, name: name}
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
	s.protocol = option(syscall.SOL_SOCKET, syscall.SO_PROTOCOL)
	s.listening = option(syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN) != 0
	v6only := domain == syscall.AF_INET6 && option(syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY) != 0
	s.network = network(domain, typ, s.protocol, v6only)
	if err != nil || s.network == "" {
		return s, err
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return nil, os.NewSyscallError("getsockname", err)
	}
	s.addr = address(s.network, sa)
	if !s.listening && socketType(s.network) == "stream" {
		_, err := syscall.Getpeername(fd)
		s.connected = err == nil
	}
	return s, nil
}

// network returns socket.network.
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

// address returns socket.addr.
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
	fd, err := fcntl(s.fd, syscall.F_DUPFD_CLOEXEC, firstFD)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), s.name), nil
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
