//go:build linux

package main

// This file reads from /proc which sockets processes hold.

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A sock is a socket that receives: a listening one, or a datagram socket
// that is bound and not connected.
type sock struct {
	fd      int // in the process that was asked for; -1 if none was
	inode   uint64
	network string // tcp, tcp6, udp, udp6, unix, unixgram or unixpacket
	addr    string // HOST:PORT or PATH; "@NAME" if abstract
}

func (s sock) String() string {
	return fmt.Sprintf("%s %s (fd %d, inode %d)", s.network, s.addr, s.fd, s.inode)
}

// socketInodes returns the sockets in the fd table of a process.
func socketInodes(pid int) (map[int]uint64, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	inodes := make(map[int]uint64)
	for _, e := range entries {
		link, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			continue // closed meanwhile
		}
		var inode uint64
		if _, err := fmt.Sscanf(link, "socket:[%d]", &inode); err != nil {
			continue
		}
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			return nil, err
		}
		inodes[fd] = inode
	}
	return inodes, nil
}

// listeningInodes returns all sockets of this network namespace that receive,
// with no fd, by their inodes.
func listeningInodes() (map[uint64]sock, error) {
	socks := make(map[uint64]sock)
	for _, network := range []string{"tcp", "tcp6", "udp", "udp6", "unix"} {
		f, err := os.Open("/proc/net/" + network)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in := bufio.NewScanner(f)
		in.Scan() // the heading
		for in.Scan() {
			s, ok, err := parseSock(network, in.Text())
			if err != nil {
				return nil, fmt.Errorf("/proc/net/%s: %q: %w", network, in.Text(), err)
			}
			if ok {
				socks[s.inode] = s
			}
		}
		if err := in.Err(); err != nil {
			return nil, err
		}
	}
	return socks, nil
}

// parseSock reads a line of /proc/net/NETWORK and reports whether its socket
// receives.
func parseSock(network, line string) (s sock, ok bool, err error) {
	f := strings.Fields(line)
	if network == "unix" {
		return parseUnixSock(f)
	}
	// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
	if len(f) < 10 {
		return s, false, errors.New("too few fields")
	}
	const listen, unconnected = "0A", "07" // TCP_LISTEN, TCP_CLOSE
	want := listen
	if strings.HasPrefix(network, "udp") {
		want = unconnected
	}
	addr, err := parseHexAddr(f[1])
	if err != nil || f[3] != want || addr.Port() == 0 {
		return s, false, err
	}
	inode, err := strconv.ParseUint(f[9], 10, 64)
	return sock{fd: -1, inode: inode, network: network, addr: addr.String()}, true, err
}

// parseHexAddr reads an address as the kernel prints it: 32-bit words in the
// machine's byte order, in hexadecimal.
func parseHexAddr(text string) (netip.AddrPort, error) {
	host, port, ok := strings.Cut(text, ":")
	if !ok {
		return netip.AddrPort{}, errors.New("no port")
	}
	ip, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for word := range slices.Chunk(ip, 4) {
		if littleEndian {
			slices.Reverse(word)
		}
	}
	addr, ok := netip.AddrFromSlice(ip)
	if !ok {
		return netip.AddrPort{}, errors.New("bad length")
	}
	p, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(addr, uint16(p)), err
}

// parseUnixSock reads the fields
//
//	Num RefCount Protocol Flags Type St Inode [Path]
func parseUnixSock(f []string) (s sock, ok bool, err error) {
	if len(f) < 7 {
		return s, false, errors.New("too few fields")
	}
	flags, err := strconv.ParseUint(f[3], 16, 32)
	if err != nil {
		return s, false, err
	}
	const acceptCon = 1 << 16 // __SO_ACCEPTCON
	const unconnected = "01"  // SS_UNCONNECTED
	s = sock{fd: -1, addr: strings.Join(f[7:], " ")}
	switch f[4] {
	case "0001":
		s.network, ok = "unix", flags&acceptCon != 0
	case "0002":
		s.network, ok = "unixgram", s.addr != "" && f[5] == unconnected
	case "0005":
		s.network, ok = "unixpacket", flags&acceptCon != 0
	}
	s.inode, err = strconv.ParseUint(f[6], 10, 64)
	return s, ok, err
}

// listenersOf returns the sockets of a process that receive, by fd. A socket
// with two descriptors is there twice.
func listenersOf(pid int) ([]sock, error) {
	inodes, err := socketInodes(pid)
	if err != nil {
		return nil, err
	}
	listening, err := listeningInodes()
	if err != nil {
		return nil, err
	}
	var socks []sock
	for _, fd := range slices.Sorted(maps.Keys(inodes)) {
		if s, ok := listening[inodes[fd]]; ok {
			s.fd = fd
			socks = append(socks, s)
		}
	}
	return socks, nil
}

// countInodes returns the number of different sockets.
func countInodes(socks []sock) int {
	inodes := make(map[uint64]bool)
	for _, s := range socks {
		inodes[s.inode] = true
	}
	return len(inodes)
}

// TestListenersOf checks the oracle that the proofs rest on against sockets
// of this process.
func TestListenersOf(t *testing.T) {
	path := filepath.Join(shortTempDir(t), "a b")
	want := map[string]bool{"unix " + path: true}
	ul, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ul.Close()
	gram, err := net.ListenPacket("unixgram", path+".gram")
	if err != nil {
		t.Fatal(err)
	}
	defer gram.Close()
	want["unixgram "+path+".gram"] = true
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	want["tcp "+tcp.Addr().String()] = true
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	want["udp "+udp.LocalAddr().String()] = true
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		defer l.Close()
		want["tcp6 "+l.Addr().String()] = true
	}
	for _, network := range []string{"tcp", "udp"} { // clients are none
		addr := tcp.Addr().String()
		if network == "udp" {
			addr = udp.LocalAddr().String()
		}
		c, err := net.Dial(network, addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}

	socks, err := listenersOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, s := range socks {
		got[s.network+" "+s.addr] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("listenersOf this process = %v, want %v", got, want)
	}
}
