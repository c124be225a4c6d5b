package launch

// This file defines how to find the process that has an address, in /proc.

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// holder says which process has a socket that keeps an address from being
// bound, as " by NAME (process N)"; "" if /proc does not tell.
func holder(network string, sa unix.Sockaddr) string {
	for _, inode := range inodes(network, sa) {
		for _, pid := range processes() {
			if slices.Contains(socketsOf(pid), inode) {
				name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
				return fmt.Sprintf(" by %s (process %d)", strings.TrimSpace(string(name)), pid)
			}
		}
	}
	return ""
}

// inodes lists the sockets that are bound to the port or path of an address.
func inodes(network string, sa unix.Sockaddr) []uint64 {
	var files []string
	match := func([]string) bool { return false }
	const local, state, inode = 1, 3, 9 // columns of /proc/net/tcp
	column := inode
	switch a := sa.(type) {
	case *unix.SockaddrUnix:
		files, column = []string{"unix"}, 6
		match = func(f []string) bool { return len(f) > 7 && f[7] == a.Name }
	case *unix.SockaddrInet4, *unix.SockaddrInet6:
		kind, port := "tcp", 0
		if strings.HasPrefix(network, "udp") {
			kind = "udp"
		}
		files = []string{kind, kind + "6"}
		if a4, ok := a.(*unix.SockaddrInet4); ok {
			port = a4.Port
		} else {
			port = a.(*unix.SockaddrInet6).Port
		}
		end := fmt.Sprintf(":%04X", port)
		match = func(f []string) bool {
			return len(f) > inode && strings.HasSuffix(f[local], end) && (kind == "udp" || f[state] == "0A")
		}
	}
	var out []uint64
	for _, name := range files {
		file, err := os.Open("/proc/self/net/" + name)
		if err != nil {
			continue
		}
		for sc := bufio.NewScanner(file); sc.Scan(); {
			if f := strings.Fields(sc.Text()); match(f) {
				if n, err := strconv.ParseUint(f[column], 10, 64); err == nil {
					out = append(out, n)
				}
			}
		}
		file.Close()
	}
	return out
}

// processes lists the processes, in order.
func processes() []int {
	entries, _ := os.ReadDir("/proc")
	var out []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			out = append(out, pid)
		}
	}
	slices.Sort(out)
	return out
}

// socketsOf lists the inodes of the sockets that a process has open; none when
// it may not be looked at.
func socketsOf(pid int) []uint64 {
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	var out []uint64
	for _, fd := range fds {
		to, err := os.Readlink(fd)
		if err != nil {
			continue
		}
		if text, ok := strings.CutPrefix(to, "socket:["); ok {
			if n, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}
