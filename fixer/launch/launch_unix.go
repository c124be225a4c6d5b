//go:build unix

package launch

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Stub turns the process into the program that [Start] was asked to start, if
// it is a stub; else it does nothing. It does not return when it succeeds.
func Stub() {
	program := os.Getenv(stubEnv)
	if program == "" {
		return
	}
	os.Unsetenv(stubEnv)
	os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	err := unix.Exec(program, os.Args, os.Environ())
	fmt.Fprintf(os.Stderr, "inheritfd: cannot run %s: %v\n", program, err)
	os.Exit(126)
}

// ListenTCP opens a listening TCP socket on an IPv4 address, for Start. Port 0
// lets the system choose.
func ListenTCP(name string, ip net.IP, port int) (s Socket, err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return s, fmt.Errorf("socket: %w", err)
	}
	unix.CloseOnExec(fd)
	sa := &unix.SockaddrInet4{Port: port}
	copy(sa.Addr[:], ip.To4())
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		unix.Close(fd)
		return s, fmt.Errorf("SO_REUSEADDR: %w", err)
	}
	if err := unix.Bind(fd, sa); err != nil {
		unix.Close(fd)
		return s, fmt.Errorf("bind %s:%d: %w", ip, port, err)
	}
	if err := unix.Listen(fd, unix.SOMAXCONN); err != nil {
		unix.Close(fd)
		return s, fmt.Errorf("listen on %s:%d: %w", ip, port, err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		unix.Close(fd)
		return s, fmt.Errorf("getsockname: %w", err)
	}
	addr := net.JoinHostPort(ip.String(), strconv.Itoa(bound.(*unix.SockaddrInet4).Port))
	return Socket{File: os.NewFile(uintptr(fd), name), Name: name, Addr: addr}, nil
}

// Inode returns the number by which /proc tells the socket from others.
func (s Socket) Inode() (uint64, error) {
	conn, err := s.File.SyscallConn()
	if err != nil {
		return 0, err
	}
	var st unix.Stat_t
	var statErr error
	if err := conn.Control(func(fd uintptr) { statErr = unix.Fstat(int(fd), &st) }); err != nil {
		return 0, err
	}
	return uint64(st.Ino), statErr
}
