package launch

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"strconv"
	"strings"
)

// connections returns how many connections of some sockets are open, as /proc
// has it: accepted ones, and ones that only the server has yet to close.
func connections(sockets []*Socket) int {
	ports, paths := make(map[string]bool), make(map[string]bool)
	for _, s := range sockets {
		switch {
		case strings.HasPrefix(s.Network, "tcp"):
			if _, port, err := net.SplitHostPort(s.Addr); err == nil {
				n, _ := strconv.Atoi(port)
				ports[strings.ToUpper(strconv.FormatInt(int64(n)+1<<16, 16)[1:])] = true
			}
		case s.Network == "unix", s.Network == "seqpacket":
			paths[s.Addr] = true
		}
	}
	n := 0
	for _, name := range []string{"tcp", "tcp6"} {
		const local, state = 1, 3
		eachLineWith("/proc/self/net/"+name, []string{" 01 ", " 08 "}, func(f []string) {
			if len(f) <= state || f[state] != "01" && f[state] != "08" { // ESTABLISHED, CLOSE_WAIT
				return
			}
			if _, port, ok := strings.Cut(f[local], ":"); ok && ports[port] {
				n++
			}
		})
	}
	eachLineWith("/proc/self/net/unix", []string{" 03 "}, func(f []string) {
		const state, path = 5, 7
		if len(f) > path && f[state] == "03" && paths[strings.Join(f[path:], " ")] { // SS_CONNECTED
			n++
		}
	})
	return n
}

// eachLine calls f with the fields of each line of a file that can be read.
func eachLine(name string, f func(fields []string)) { eachLineWith(name, []string{""}, f) }

// eachLineWith is eachLine for lines that have one of some texts: most lines
// are of connections that are over.
func eachLineWith(name string, having []string, f func(fields []string)) {
	file, err := os.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	for sc := bufio.NewScanner(file); sc.Scan(); {
		for _, text := range having {
			if bytes.Contains(sc.Bytes(), []byte(text)) {
				f(strings.Fields(sc.Text()))
				break
			}
		}
	}
}
