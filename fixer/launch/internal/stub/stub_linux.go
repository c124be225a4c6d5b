// Package stub turns this process into the program that it was started for, if
// it is a stub, before anything else of it runs.
//
// It imports nothing but syscall and what that needs: packages are initialized
// as soon as those that they import are, so that this one is before nearly all
// others. It is not in main for the time that the others take, which is more
// than half of what a start by way of a stub costs (BenchmarkRunStart).
package stub

import (
	"strconv"
	"strings"
	"syscall"
)

// The environment of a stub: the program that it becomes, and the descriptor
// that it waits on first.
const (
	Env  = "INHERITFD_STUB"
	Wait = "INHERITFD_STUB_WAIT"
	// Anyone has LISTEN_PID left out: a child of the program takes the sockets.
	Anyone = "INHERITFD_STUB_ANYONE"
)

// Gate asks the helper of a ported daemon for its gate; the stub adds the
// process that it is for.
const Gate = "INHERITFD_GATE"

func init() {
	if program, _ := syscall.Getenv(Env); program != "" {
		become(program)
	}
}

// become does not return.
func become(program string) {
	unset(Env)
	if v, ok := syscall.Getenv(Wait); ok {
		unset(Wait)
		if fd, err := strconv.Atoi(v); err != nil || !released(fd) {
			syscall.Exit(0) // canceled, or whoever started us has ended
		}
	}
	pid := syscall.Getpid()
	if v, ok := syscall.Getenv(Gate); ok {
		set(Gate, v+":"+strconv.Itoa(pid))
	}
	_, anyone := syscall.Getenv(Anyone)
	unset(Anyone)
	if _, ok := syscall.Getenv("LISTEN_FDS"); ok && !anyone {
		set("LISTEN_PID", strconv.Itoa(pid))
		if id, ok := pidfdID(pid); ok {
			set("LISTEN_PIDFDID", strconv.FormatUint(id, 10))
		}
	}
	args, err := arguments()
	if err != nil {
		fail(126, cmdline, err)
	}
	err = syscall.Exec(program, args, syscall.Environ())
	if err == syscall.ENOENT {
		fail(127, program, err) // as a shell does, see launch.ExitCode
	}
	fail(126, program, err)
}

func fail(status int, what string, err error) {
	_, _ = syscall.Write(2, []byte("inheritfd: cannot run "+what+": "+err.Error()+"\n")) // error: nowhere to say it
	syscall.Exit(status)
}

// released waits for a byte, and reports whether it came.
func released(fd int) bool {
	n, err := syscall.Read(fd, make([]byte, 1))
	for err == syscall.EINTR {
		n, err = syscall.Read(fd, make([]byte, 1))
	}
	_ = syscall.Close(fd) // error: it was not open, and nothing read
	return n == 1 && err == nil
}

const cmdline = "/proc/self/cmdline"

// arguments returns those of this process, which package os does not have yet.
func arguments() ([]string, error) {
	fd, err := syscall.Open(cmdline, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	var text []byte
	buf := make([]byte, 4096)
	for {
		n, err := syscall.Read(fd, buf)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, err
		case n == 0:
			return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"), nil
		default:
			text = append(text, buf[:n]...)
		}
	}
}

func set(key, value string) {
	_ = syscall.Setenv(key, value) // error: no name of an environment variable
}

func unset(key string) {
	_ = syscall.Unsetenv(key) // error: none
}

// Of syscalls that package syscall has no names for.
const (
	sysPidfdOpen = 434        // on mips the number is another, this one is ENOSYS
	pidFSMagic   = 0x50494446 // PID_FS_MAGIC of linux/magic.h
)

// pidfdID returns the inode of the pidfd of a process, which unlike its pid is
// never used again; false where the kernel has no such inodes, before Linux 6.9.
func pidfdID(pid int) (uint64, bool) {
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(pid), 0, 0)
	if errno != 0 {
		return 0, false
	}
	defer syscall.Close(int(fd))
	var f syscall.Statfs_t
	var st syscall.Stat_t
	if syscall.Fstatfs(int(fd), &f) != nil || int64(f.Type) != pidFSMagic || syscall.Fstat(int(fd), &st) != nil {
		return 0, false
	}
	return uint64(st.Ino), strconv.IntSize == 64
}
