package launch

// This file defines how to find the process that has an address, in /proc.

import (
	"encoding/binary"
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

// inodes lists the sockets that are bound to an address, or to one that it
// cannot be used besides; those that listen come first.
func inodes(network string, sa unix.Sockaddr) []uint64 {
	if a, ok := sa.(*unix.SockaddrUnix); ok {
		const flags, inode, path = 3, 6, 7
		return inodesOf("unix", inode, func(f []string) (bool, bool) {
			return len(f) > path && strings.Join(f[path:], " ") == a.Name, f[flags] == "00010000" // __SO_ACCEPTCON
		})
	}
	kind := "tcp"
	if strings.HasPrefix(network, "udp") {
		kind = "udp"
	}
	host, port := hexAddr(sa)
	match := func(f []string) (bool, bool) {
		const local, state = 1, 3
		h, p, _ := strings.Cut(f[local], ":")
		// An IPv4 address ends one of IPv6 that stands for it.
		return p == port && (strings.HasSuffix(h, host) || isAny(h) || isAny(host)), f[state] == "0A"
	}
	const inode = 9
	return append(inodesOf(kind, inode, match), inodesOf(kind+"6", inode, match)...)
}

// hexAddr returns an address as /proc/net/tcp has it.
func hexAddr(sa unix.Sockaddr) (host, port string) {
	var ip []byte
	n := 0
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		ip, n = a.Addr[:], a.Port
	case *unix.SockaddrInet6:
		ip, n = a.Addr[:], a.Port
	}
	for word := range slices.Chunk(ip, 4) {
		host += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(word))
	}
	return host, fmt.Sprintf("%04X", n)
}

func isAny(host string) bool { return strings.Trim(host, "0") == "" }

// inodesOf lists the inodes of a file of /proc/net, of the lines that match,
// and of the first ones first.
func inodesOf(name string, column int, match func(fields []string) (matches, first bool)) []uint64 {
	var firsts, others []uint64
	eachLine("/proc/self/net/"+name, func(f []string) {
		if len(f) <= column {
			return
		}
		matches, first := match(f)
		n, err := strconv.ParseUint(f[column], 10, 64)
		switch {
		case !matches || err != nil:
		case first:
			firsts = append(firsts, n)
		default:
			others = append(others, n)
		}
	})
	return append(firsts, others...)
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
