package launch

// This file defines how it is known that a worker is ready: it says so, by the
// protocol of sd_notify(3), or it accepts.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A notifier is a socket that workers send messages of sd_notify(3) to.
type notifier struct {
	fd   int
	addr string // for NOTIFY_SOCKET
}

// newNotifier opens one. Its address is abstract, so that nothing is left
// behind.
func newNotifier() (*notifier, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	n := &notifier{fd: fd}
	if err := unix.Bind(fd, &unix.SockaddrUnix{}); err != nil { // the kernel chooses
		unix.Close(fd)
		return nil, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1); err != nil {
		unix.Close(fd)
		return nil, err
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	n.addr = sa.(*unix.SockaddrUnix).Name
	return n, nil
}

// receive returns the next message and who sent it, until the socket is shut
// down.
func (n *notifier) receive() (pid int, message string, err error) {
	buf, oob := make([]byte, 8192), make([]byte, 256)
	for {
		size, oobn, flags, _, err := unix.Recvmsg(n.fd, buf, oob, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, "", err
		case size == 0 && oobn == 0:
			return 0, "", unix.ESHUTDOWN
		}
		msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
		if err != nil {
			continue
		}
		for _, m := range msgs {
			if m.Header.Type == unix.SCM_CREDENTIALS {
				if cred, err := unix.ParseUnixCredentials(&m); err == nil {
					pid = int(cred.Pid)
				}
			} else if fds, err := unix.ParseUnixRights(&m); err == nil { // FDSTORE=1, which nobody has here
				for _, fd := range fds {
					unix.Close(fd)
				}
			}
		}
		if flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) == 0 { // what else came with it is closed by now
			return pid, string(buf[:size]), nil
		}
	}
}

func (n *notifier) close() {
	_ = unix.Shutdown(n.fd, unix.SHUT_RDWR) // wakes receive
}

// Descendants lists the processes that come from one, parents first.
func Descendants(pid int) []int {
	out := childrenOf(pid)
	for i := 0; i < len(out); i++ {
		for _, child := range childrenOf(out[i]) {
			if !slices.Contains(out, child) {
				out = append(out, child)
			}
		}
	}
	return out
}

// childrenOf lists the children of a process.
func childrenOf(pid int) []int {
	var out []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // error: none
	for _, name := range tasks {
		text, _ := os.ReadFile(name) // error: it has just ended
		for _, f := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(f)); err == nil && !slices.Contains(out, child) {
				out = append(out, child)
			}
		}
	}
	return out
}

// ancestors lists a process and those that it comes from.
func ancestors(pid int) []int {
	var out []int
	for len(out) < 64 {
		out = append(out, pid)
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return out
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // state, parent
		if len(fields) < 2 {
			return out
		}
		if pid, err = strconv.Atoi(fields[1]); err != nil || pid <= 1 {
			return out
		}
	}
	return out
}

// Accepts reports whether a process waits for what comes on one of some
// sockets: it has registered it with epoll(7), as servers of package net do when
// they listen, or a thread is in accept(2), or waits for it in poll(2) or
// select(2).
func Accepts(pid int, inodes []uint64) bool {
	infos, err := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", pid))
	if err != nil {
		return false
	}
	for _, name := range infos {
		text, err := os.ReadFile(name)
		if err != nil || !bytes.HasPrefix(text, []byte("pos:")) || !bytes.Contains(text, []byte("\ntfd:")) {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "tfd:") {
				continue
			}
			if _, after, ok := strings.Cut(line, "ino:"); ok {
				if n, err := strconv.ParseUint(strings.Fields(after)[0], 16, 64); err == nil && slices.Contains(inodes, n) {
					return true
				}
			}
		}
	}
	calls, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	if err != nil {
		return false
	}
	for _, name := range calls {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		call := strings.Fields(string(text))
		if len(call) < 3 { // "running"
			continue
		}
		old := oldCalls[runtime.GOARCH]
		switch nr := call[0]; nr {
		case strconv.Itoa(unix.SYS_ACCEPT4), old.accept:
			return true
		case strconv.Itoa(unix.SYS_PPOLL), old.poll:
			if slices.ContainsFunc(polled(pid, call[1], call[2]), func(fd int) bool { return isSocket(pid, fd, inodes) }) {
				return true
			}
		case strconv.Itoa(unix.SYS_PSELECT6), old.selects:
			if slices.ContainsFunc(selected(pid, call[1], call[2]), func(fd int) bool { return isSocket(pid, fd, inodes) }) {
				return true
			}
		}
	}
	return false
}

// oldCalls are the numbers of system calls that not every system has.
var oldCalls = map[string]struct{ accept, poll, selects string }{
	"amd64": {"43", "7", "23"}, "arm64": {"202", "-", "-"}, "riscv64": {"202", "-", "-"}, "loong64": {"202", "-", "-"},
}

// maxPolled is how many descriptors of a call are looked at.
const maxPolled = 1024

// polled returns the descriptors of a call poll(fds, n, ...) of a process.
func polled(pid int, fds, n string) []int {
	count, err := strconv.ParseUint(n, 0, 64)
	if err != nil {
		return nil
	}
	data := memory(pid, fds, 8*int(min(count, maxPolled))) // struct pollfd is 8 bytes
	var out []int
	for ; len(data) >= 8; data = data[8:] {
		out = append(out, int(int32(binary.NativeEndian.Uint32(data))))
	}
	return out
}

// selected returns those of a call select(n, readfds, ...).
func selected(pid int, n, fds string) []int {
	count, err := strconv.ParseUint(n, 0, 64)
	if err != nil {
		return nil
	}
	count = min(count, maxPolled)
	var out []int
	for i, b := range memory(pid, fds, int(count+7)/8) {
		for bit := range 8 {
			if b&(1<<bit) != 0 {
				out = append(out, 8*i+bit)
			}
		}
	}
	return out
}

// memory reads that of a process; none where that is not allowed.
func memory(pid int, at string, size int) []byte {
	addr, err := strconv.ParseUint(at, 0, 64)
	if err != nil || addr == 0 || size == 0 {
		return nil
	}
	out := make([]byte, size)
	local := []unix.Iovec{{Base: &out[0]}}
	local[0].SetLen(size)
	n, err := unix.ProcessVMReadv(pid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: size}}, 0)
	if err != nil {
		return nil
	}
	return out[:n]
}

// isSocket reports whether a descriptor of a process is one of some sockets.
func isSocket(pid, fd int, inodes []uint64) bool {
	link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]"), 10, 64)
	return err == nil && slices.Contains(inodes, n)
}

func (s *Supervisor) listenNotify() {
	defer unix.Close(s.notify.fd)
	for {
		pid, text, err := s.notify.receive()
		if err != nil {
			return
		}
		from := ancestors(pid) // as long as the sender waits for us, see sd_notify_barrier(3)
		s.events <- func() { s.notified(from, text) }
	}
}

// notified hears what a worker, or a child of one, says.
func (s *Supervisor) notified(from []int, text string) {
	for _, w := range s.workers {
		if w.adopted || !slices.Contains(from, w.process.Pid) {
			continue
		}
		for line := range strings.Lines(text) {
			switch key, value, _ := strings.Cut(strings.TrimSpace(line), "="); {
			case key == "STATUS":
				w.status = value
			case key == "READY" && value == "1" && w.state == starting && s.Ready != "accept":
				s.serves(w)
			}
		}
		return
	}
}

// tellSupervisor says something to the supervisor of this process, if it has
// one that listens.
func tellSupervisor(text string) {
	addr := os.Getenv("NOTIFY_SOCKET")
	if addr == "" {
		return
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	_ = unix.Sendto(fd, []byte(text), 0, &unix.SockaddrUnix{Name: addr}) // nobody to tell then
}
