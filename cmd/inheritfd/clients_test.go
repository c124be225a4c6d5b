//go:build linux

package main

// This file runs commands, and asks daemons as clients.

import (
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runIn runs a command in dir, with env on top of ours, and returns what it
// writes. It fails the test if the command does.
func runIn(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"GOWORK=off"}, env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// assertOnly checks that the process serves on the given sockets, each of
// them, and on no other. want comes from the process that made them.
func assertOnly(t *testing.T, pid int, want []sock) {
	t.Helper()
	got, err := listenersOf(pid)
	if err != nil {
		t.Fatal(err)
	}
	inWant := func(s sock) bool {
		return slices.ContainsFunc(want, func(w sock) bool { return w.inode == s.inode })
	}
	for _, s := range got {
		if !inWant(s) {
			t.Errorf("process %d opened %v itself", pid, s)
		}
	}
	if countInodes(got) != countInodes(want) {
		t.Errorf("process %d serves on %v, want %v", pid, got, want)
	}
}

// assertAddrs checks that the process has exactly these sockets that receive,
// each a network and an address, by however many descriptors.
func assertAddrs(t *testing.T, pid int, want ...string) {
	t.Helper()
	socks, err := listenersOf(pid)
	if err != nil {
		t.Fatal(err)
	}
	addrs := make(map[uint64]string) // by inode
	for _, s := range socks {
		addrs[s.inode] = s.network + " " + s.addr
	}
	got := slices.Collect(maps.Values(addrs))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("process %d listens on %q, want %q", pid, got, want)
	}
}

// httpDo does one request over a connection of its own and returns the body.
func httpDo(t *testing.T, method, url, body string) string {
	t.Helper()
	client := &http.Client{
		Timeout:   deadline,
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s: %s, %v\n%s", method, url, res.Status, err, text)
	}
	return string(text)
}

// dial connects with a deadline on everything that follows.
func dial(t *testing.T, network, addr string) net.Conn {
	t.Helper()
	c, err := net.DialTimeout(network, addr, deadline)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	return c
}

// writeFile writes a file of a new directory and returns its path.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// groupOf lists the processes of a process group that still run.
func groupOf(group int) []int {
	var pids []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // state, parent, group
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil && f[0] != "Z" && f[2] == strconv.Itoa(group) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// kill kills a process that the test has started.
func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
