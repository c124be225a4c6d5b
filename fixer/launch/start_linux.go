package launch

// This file defines how a program is started with sockets, by way of a stub.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch/internal/stub"
)

// listenEnv are the variables of sd_listen_fds(3).
var listenEnv = []string{"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"}

// A Command is a program to start.
type Command struct {
	Path string   // of the file
	Args []string // with the name of the program first
	Env  []string // nil for that of this process; what sockets it passes is replaced
	Dir  string   // "" for that of this process
	// Stdin, Stdout and Stderr are those of this process when nil.
	Stdin, Stdout, Stderr *os.File
	// Inetd passes the only socket as standard input and output, by the
	// protocol of inetd(8).
	Inetd bool
	// NoPID leaves out for which process the sockets are, so that a child of the
	// program may take them: of a build tool, or of one that restarts at each save.
	NoPID bool
	Attr  *syscall.SysProcAttr // nil for none

	gate   int // descriptor for the gate's numbers, 0 for none
	limit  int // of the gate
	remote []string
}

// A Prepared is a stub that waits to become its program.
type Prepared struct {
	Process *os.Process
	release int // write end of the pipe that it reads
}

// Start starts the program with the sockets as its descriptors 3 and up; with
// none it is started as any other. The caller waits for the process.
func (c *Command) Start(sockets []*Socket) (*os.Process, error) {
	return c.start(sockets, -1)
}

// Prepare starts a stub for the program, which waits.
func (c *Command) Prepare(sockets []*Socket) (*Prepared, error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	process, err := c.start(sockets, p[0])
	unix.Close(p[0])
	if err != nil {
		unix.Close(p[1])
		return nil, err
	}
	return &Prepared{process, p[1]}, nil
}

// Go has the stub become its program, and returns the process.
func (p *Prepared) Go() (*os.Process, error) {
	_, err := unix.Write(p.release, []byte{1})
	unix.Close(p.release)
	if err != nil {
		return p.Process, fmt.Errorf("the process that was to become the program is gone: %w", err)
	}
	return p.Process, nil
}

// Cancel has the stub end, and waits for it.
func (p *Prepared) Cancel() {
	unix.Close(p.release)
	_, _ = p.Process.Wait() // it has nothing to say
}

func (c *Command) start(sockets []*Socket, wait int) (*os.Process, error) {
	const self = "/proc/self/exe" // which is there when an upgrade has replaced the file
	env := c.Env
	if env == nil {
		env = os.Environ()
	}
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return slices.Contains(listenEnv, key) || strings.HasPrefix(key, "INHERITFD_")
	})
	files := []uintptr{0, 1, 2}
	for i, f := range []*os.File{c.Stdin, c.Stdout, c.Stderr} {
		if f != nil {
			files[i] = f.Fd()
		}
	}
	if c.Inetd {
		if len(sockets) != 1 {
			return nil, fmt.Errorf("inetd passes one socket, and there are %d", len(sockets))
		}
		files[0], files[1] = uintptr(sockets[0].fd), uintptr(sockets[0].fd)
	} else {
		var names []string
		for _, s := range sockets {
			if err := CheckName(s.Name); err != nil {
				return nil, err
			}
			names = append(names, s.Name)
			files = append(files, uintptr(s.fd))
		}
		if len(sockets) > 0 {
			env = append(env, "LISTEN_FDS="+strconv.Itoa(len(sockets)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
		}
	}
	env = append(env, c.remote...)
	if c.gate != 0 {
		env = append(env, fmt.Sprintf("%s=%d:%d", stub.Gate, c.limit, len(files)))
		files = append(files, uintptr(c.gate))
	}
	env = append(env, stub.Env+"="+c.Path)
	if c.NoPID {
		env = append(env, stub.Anyone+"=1")
	}
	if wait >= 0 {
		env = append(env, stub.Wait+"="+strconv.Itoa(len(files)))
		files = append(files, uintptr(wait))
	}
	pid, _, err := syscall.StartProcess(self, c.Args, &syscall.ProcAttr{Dir: c.Dir, Env: env, Files: files, Sys: c.Attr})
	switch {
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.EBADF): // EBADF for a number above the limit, see dup(2)
		return nil, fmt.Errorf("start %s: %w: %s", c.Path, unix.EMFILE, raiseLimit)
	case err != nil:
		return nil, &fs.PathError{Op: "start", Path: c.Path, Err: err}
	}
	return os.FindProcess(pid)
}

// ExitCode returns the status that a shell ends with when it cannot run a
// program: 127 when there is none, 126 when it cannot be run.
func ExitCode(err error) int {
	if errors.Is(err, fs.ErrNotExist) {
		return 127
	}
	return 126
}
