package inherit_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"inheritfd/fixer/inherit"
)

// bind makes a socket as a supervisor does and returns it with its address.
func bind(t *testing.T, network, address string) (*os.File, string) {
	t.Helper()
	var conn any
	var err error
	switch strings.TrimRight(network, "46") {
	case "udp", "unixgram":
		conn, err = net.ListenPacket(network, address)
	default:
		conn, err = net.Listen(network, address)
	}
	if err != nil && strings.Contains(address, "::") {
		t.Skip("no IPv6: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := conn.(*net.UnixListener); ok {
		l.SetUnlinkOnClose(false)
	}
	f, err := conn.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.(io.Closer).Close()
	if l, ok := conn.(net.Listener); ok {
		return f, l.Addr().String()
	}
	return f, conn.(net.PacketConn).LocalAddr().String()
}

// bindOnly makes a TCP socket that is bound but does not listen.
func bindOnly(t *testing.T) (*os.File, string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "bound"), fmt.Sprintf("127.0.0.1:%d", sa.(*syscall.SockaddrInet4).Port)
}

// pipe returns the reading end of a pipe.
func pipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return r
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask connects as a client and returns who answers.
func ask(t *testing.T, network, address string) string {
	t.Helper()
	d := net.Dialer{Timeout: timeout}
	if network == "unixgram" {
		d.LocalAddr = &net.UnixAddr{Name: filepath.Join(t.TempDir(), "client"), Net: network}
	}
	c, err := d.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		t.Fatal(err)
	}
	switch strings.TrimRight(network, "46") {
	case "udp", "unixgram":
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(buf[:n]))
}

func wantAnswer(t *testing.T, network, address string, by result) {
	t.Helper()
	if got, want := ask(t, network, address), fmt.Sprint("step ", by.Step); got != want {
		t.Errorf("%s %s: answer %q, want %q", network, address, got, want)
	}
}

func wantClaimed(t *testing.T, r result, fds string) {
	t.Helper()
	if got := r.claimed(); got != fds {
		t.Errorf("step %d claimed %q, want %q", r.Step, got, fds)
	}
}

// wantRefused checks for our error, and that it names all of what.
func wantRefused(t *testing.T, r result, fd int, name string, what ...string) {
	t.Helper()
	if r.Typed == nil {
		t.Errorf("step %d: error %q of another type, or none", r.Step, r.Err)
		return
	}
	if r.Typed.FD != fd || r.Typed.Name != name {
		t.Errorf("error is about fd %d %q, want fd %d %q: %s", r.Typed.FD, r.Typed.Name, fd, name, r.Err)
	}
	for _, w := range what {
		if !strings.Contains(r.Err, w) {
			t.Errorf("error %q does not say %q", r.Err, w)
		}
	}
}

func TestServesInherited(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		op, network, address string
		typ                  string // that std returns
		described            string // Socket.Network
		ask                  string // network of the client
		v6only               bool
	}{
		{"Listen", "tcp", "127.0.0.1:0", "*net.TCPListener", "tcp4", "tcp4", false},
		{"Listen", "tcp4", "127.0.0.1:0", "*net.TCPListener", "tcp4", "tcp4", false},
		{"Listen", "tcp6", "[::1]:0", "*net.TCPListener", "tcp6", "tcp6", true},
		{"Listen", "tcp", "[::]:0", "*net.TCPListener", "tcp", "tcp4", false},
		{"Listen", "tcp", "[::]:0", "*net.TCPListener", "tcp", "tcp6", false},
		{"Listen", "unix", dir + "/a", "*net.UnixListener", "unix", "unix", false},
		{"Listen", "unix", "@" + dir, "*net.UnixListener", "unix", "unix", false},
		{"Listen", "unixpacket", dir + "/b", "*net.UnixListener", "unixpacket", "unixpacket", false},
		{"ListenTCP", "tcp", "127.0.0.1:0", "*net.TCPListener", "tcp4", "tcp", false},
		{"ListenUnix", "unix", dir + "/c", "*net.UnixListener", "unix", "unix", false},
		{"ListenUnix", "unixpacket", "@" + dir + "/d", "*net.UnixListener", "unixpacket", "unixpacket", false},
		{"ListenContext", "tcp", "127.0.0.1:0", "*net.TCPListener", "tcp4", "tcp", false},
		{"ListenPacket", "udp", "127.0.0.1:0", "*net.UDPConn", "udp4", "udp", false},
		{"ListenPacket", "unixgram", dir + "/e", "*net.UnixConn", "unixgram", "unixgram", false},
		{"ListenPacketContext", "udp6", "[::1]:0", "*net.UDPConn", "udp6", "udp", true},
		{"ListenUDP", "udp", "[::]:0", "*net.UDPConn", "udp", "udp4", false},
		{"ListenUnixgram", "unixgram", dir + "/f", "*net.UnixConn", "unixgram", "unixgram", false},
	} {
		t.Run(test.op+" "+test.network+" "+filepath.Base(test.address), func(t *testing.T) {
			f, addr := bind(t, test.network, test.address)
			c := start(t, env(1, "LISTEN_FDNAMES", "web"), f)
			r := c.listen(test.op, test.network, addr)
			if r.Type != test.typ || r.Addr != addr {
				t.Errorf("got %s %s, want %s %s", r.Type, r.Addr, test.typ, addr)
			}
			if len(r.Sockets) != 1 {
				t.Fatalf("sockets: %+v", r.Sockets)
			}
			s := r.Sockets[0]
			stream := !strings.Contains(test.op, "Packet") && test.op != "ListenUDP" && test.op != "ListenUnixgram"
			if s.FD != 3 || s.Name != "web" || s.Network != test.described || s.Addr != addr || s.V6Only != test.v6only || s.Listening != stream {
				t.Errorf("described as %+v", s)
			}
			if want := test.op + " " + test.network + " " + addr; s.ClaimedBy != want {
				t.Errorf("claimed by %q, want %q", s.ClaimedBy, want)
			}
			if test.ask == "tcp4" || test.ask == "udp4" {
				addr = "127.0.0.1:" + port(t, addr)
			}
			wantAnswer(t, test.ask, addr, r)
		})
	}
}

// TestMatch asks one inherited socket for many addresses.
func TestMatch(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(dir, dir+"/link"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		network, address string   // of the inherited socket
		match, other     []string // requests; %s is its port
	}{
		{"tcp4", "127.0.0.1:0",
			[]string{"tcp 127.0.0.1:%s", "tcp4 127.0.0.1:%s", "tcp localhost:%s", "tcp [::ffff:127.0.0.1]:%s", "tcp :%s", "tcp 0.0.0.0:%s", "tcp4 :%s", "tcp [::]:%s", "tcp4 localhost:%s"},
			[]string{"tcp 127.0.0.1:0", "tcp :0", "tcp ", "tcp 127.0.0.2:%s", "tcp [::1]:%s", "tcp6 [::1]:%s", "tcp6 :%s", "tcp 127.0.0.1:", "tcp no such host", "udp 127.0.0.1:%s"}},
		{"tcp4", "0.0.0.0:0",
			[]string{"tcp :%s", "tcp4 :%s", "tcp 0.0.0.0:%s", "tcp 127.0.0.1:%s", "tcp4 127.0.0.1:%s", "tcp [::]:%s"},
			[]string{"tcp [::1]:%s", "tcp6 [::1]:%s", "tcp6 :%s", "tcp6 [::]:%s", "tcp :0"}},
		{"tcp6", "[::1]:0",
			[]string{"tcp [::1]:%s", "tcp6 [::1]:%s", "tcp :%s", "tcp6 :%s", "tcp [::]:%s"},
			[]string{"tcp 127.0.0.1:%s", "tcp4 :%s", "tcp4 127.0.0.1:%s"}},
		{"tcp6", "[::]:0",
			[]string{"tcp [::1]:%s", "tcp6 [::1]:%s", "tcp :%s", "tcp6 :%s", "tcp 0.0.0.0:%s"},
			[]string{"tcp 127.0.0.1:%s", "tcp4 :%s", "tcp [::ffff:127.0.0.1]:%s"}},
		{"tcp", "[::]:0",
			[]string{"tcp [::1]:%s", "tcp6 [::1]:%s", "tcp :%s", "tcp6 :%s", "tcp 0.0.0.0:%s", "tcp 127.0.0.1:%s", "tcp [::ffff:127.0.0.1]:%s"},
			[]string{"tcp4 :%s", "tcp4 127.0.0.1:%s", "tcp :0"}},
		{"udp4", "127.0.0.1:0",
			[]string{"udp 127.0.0.1:%s", "udp4 :%s", "udp localhost:%s"},
			[]string{"udp :0", "udp6 :%s", "udp 127.0.0.2:%s", "tcp 127.0.0.1:%s"}},
		{"unix", dir + "/s",
			[]string{"unix " + dir + "/s", "unix " + dir + "/./s", "unix " + dir + "/link/s"},
			[]string{"unix " + dir + "/other", "unix @" + dir + "/s", "unixpacket " + dir + "/s", "unix "}},
		{"unix", "@" + filepath.Base(filepath.Dir(dir)),
			[]string{"unix @" + filepath.Base(filepath.Dir(dir))},
			[]string{"unix " + dir + "/x", "unix ./@" + filepath.Base(filepath.Dir(dir))}},
	} {
		t.Run(test.network+" "+filepath.Base(test.address), func(t *testing.T) {
			f, addr := bind(t, test.network, test.address)
			c := start(t, env(1), f)
			try := func(request, want string) {
				t.Helper()
				if strings.Contains(request, "%s") {
					request = fmt.Sprintf(request, port(t, addr))
				}
				network, address, _ := strings.Cut(request, " ")
				op := "Listen"
				if strings.HasPrefix(network, "udp") {
					op = "ListenPacket"
				}
				r := c.do(step{Op: op, Network: network, Address: address})
				if got := r.claimed(); got != want {
					t.Errorf("%s: claimed %q, want %q: %s", request, got, want, r.Err)
				}
				if r.Typed != nil {
					t.Errorf("%s: %s", request, r.Err)
				}
				if r.Err == "" {
					c.must(step{Op: "Close", Handle: r.Step})
				}
			}
			for _, request := range test.match {
				try(request, "3")
			}
			for _, request := range test.other {
				try(request, "")
			}
		})
	}
}

func TestServiceName(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	wantClaimed(t, c.do(step{Op: "Listen", Network: "tcp", Address: "127.0.0.1:http"}), "")
	n, err := strconv.Atoi(port(t, addr))
	if err != nil {
		t.Fatal(err)
	}
	wantClaimed(t, c.listen("Listen", "tcp", fmt.Sprintf("127.0.0.1:%05d", n)), "3")
}

// TestPrefers checks which of two sockets on one port is claimed.
func TestPrefers(t *testing.T) {
	v6, addr := bind(t, "tcp6", "[::]:0")
	p := port(t, addr)
	v4, _ := bind(t, "tcp4", "0.0.0.0:"+p)
	c := start(t, env(2), v4, v6)
	for request, want := range map[string]string{
		"tcp :" + p: "4", "tcp 0.0.0.0:" + p: "3", "tcp4 :" + p: "3", "tcp6 :" + p: "4",
		"tcp [::]:" + p: "4", "tcp 127.0.0.1:" + p: "3", "tcp [::1]:" + p: "4",
	} {
		network, address, _ := strings.Cut(request, " ")
		r := c.listen("Listen", network, address)
		wantClaimed(t, r, want)
		c.must(step{Op: "Close", Handle: r.Step})
	}
}

func TestExplicit(t *testing.T) {
	dir := t.TempDir()
	web, webAddr := bind(t, "tcp4", "127.0.0.1:0")
	dns, dnsAddr := bind(t, "udp4", "127.0.0.1:0")
	dnsTCP, dnsTCPAddr := bind(t, "tcp4", "127.0.0.1:0")
	sock, sockAddr := bind(t, "unix", dir+"/s")
	bound, boundAddr := bindOnly(t)
	c := start(t, env(6, "LISTEN_FDNAMES", "web:dns:dns:sock:fifo:bound"), web, dns, dnsTCP, sock, pipe(t), bound)

	refused := func(network, address string, fd int, name string, what ...string) {
		t.Helper()
		op := "Listen"
		if strings.HasPrefix(network, "udp") {
			op = "ListenPacket"
		}
		wantRefused(t, c.do(step{Op: op, Network: network, Address: address}), fd, name, append(what, op, address)...)
	}
	refused("unixpacket", "fd://", 0, "", "web", "fifo")
	refused("tcp", "fd://missing", 0, "missing", "web", webAddr)
	refused("tcp", "fd://-1", -1, "")
	refused("tcp", "fd://0", 0, "")
	refused("tcp", "fd://2", 2, "")
	refused("tcp", "fd://99", 99, "")
	refused("tcp", "fd://99999999999999999999", 0, "99999999999999999999")
	refused("udp", "fd://3", 3, "web", "tcp4 "+webAddr)
	refused("unixpacket", "fd://6", 6, "sock", "unix "+sockAddr)
	refused("tcp", "fd://fifo", 7, "fifo", "not a TCP, UDP or unix socket")
	refused("tcp", "fd://8", 8, "bound", boundAddr, "not listening")
	refused("tcp", "fd://bound", 8, "bound", boundAddr, "not listening")
	if r := c.do(step{Op: "Sockets"}); r.claimed() != "" || len(r.Sockets) != 6 {
		t.Fatalf("after refusals: %+v", r.Sockets)
	}

	first := c.listen("Listen", "tcp", "fd://")
	wantAnswer(t, "tcp", webAddr, first)
	wantAnswer(t, "tcp", dnsTCPAddr, c.listen("Listen", "tcp", "fd://"))
	c.must(step{Op: "Close", Handle: first.Step})
	c.must(step{Op: "Close", Handle: first.Step + 1})

	for _, network := range []string{"tcp", "tcp6"} { // as this program asks for no type of one family
		other := c.listen("Listen", network, "fd://sock")
		wantAnswer(t, "unix", sockAddr, other)
		c.must(step{Op: "Close", Handle: other.Step})
	}
	other := c.listen("ListenContext", "unix", "fd://web")
	wantAnswer(t, "tcp", webAddr, other)
	c.must(step{Op: "Close", Handle: other.Step})

	r3 := c.listen("Listen", "tcp", "fd://3")
	wantAnswer(t, "tcp", webAddr, r3)
	refused("tcp", "fd://web", 3, "web", "in use by Listen tcp fd://3")
	r4 := c.listen("ListenPacket", "udp", "fd://dns")
	wantAnswer(t, "udp", dnsAddr, r4)
	r5 := c.listen("ListenContext", "tcp", "fd://dns")
	wantAnswer(t, "tcp", dnsTCPAddr, r5)
	r6 := c.listen("Listen", "unix", "fd://sock")
	wantAnswer(t, "unix", sockAddr, r6)
	wantClaimed(t, r6, "3 4 5 6")
	refused("tcp", "fd://dns", 5, "dns", "in use by ListenContext tcp fd://dns")
	c.must(step{Op: "Close", Handle: r3.Step})
	wantAnswer(t, "tcp", webAddr, c.listen("Listen", "tcp4", "fd://web"))
}

func TestExplicitNothingInherited(t *testing.T) {
	c := start(t, nil)
	for _, a := range []string{"fd://3", "fd://web", "fd://", "fd://-1"} {
		r := c.do(step{Op: "Listen", Network: "tcp", Address: a})
		if r.Typed == nil || !strings.Contains(r.Err, "no descriptors inherited") {
			t.Errorf("%s: %s", a, r.Err)
		}
	}
}

func TestNames(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	g, addr2 := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(2, "LISTEN_FDNAMES", "a.socket:a.socket"), f, g)
	first := c.listen("Listen", "tcp", "fd://a.socket")
	second := c.listen("Listen", "tcp", "fd://a.socket")
	wantAnswer(t, "tcp", addr, first)
	wantAnswer(t, "tcp", addr2, second)

	f, _ = bind(t, "tcp4", "127.0.0.1:0")
	r := start(t, env(1), f).listen("Listen", "tcp", "fd://unknown")
	wantClaimed(t, r, "3")

	f, _ = bind(t, "tcp4", "127.0.0.1:0")
	wantClaimed(t, start(t, env(1, "LISTEN_FDNAMES", ""), f).listen("Listen", "tcp", "fd://"), "3")
}

// TestBroken checks that a broken environment makes all calls fail, also those
// that would have bound.
func TestBroken(t *testing.T) {
	tcp := func() *os.File { f, _ := bind(t, "tcp4", "127.0.0.1:0"); return f }
	for name, test := range map[string]struct {
		env   map[string]string
		files []*os.File
		fd    int
		name  string
		want  string
	}{
		"too many names": {env(1, "LISTEN_FDNAMES", "a:b"), []*os.File{tcp()}, 0, "", "LISTEN_FDNAMES"},
		"too few names":  {env(2, "LISTEN_FDNAMES", "a"), []*os.File{tcp(), tcp()}, 0, "", "LISTEN_FDNAMES"},
		"pid":            {env(1, "LISTEN_PID", "x"), []*os.File{tcp()}, 0, "", "LISTEN_PID"},
		"count":          {env(1, "LISTEN_FDS", "one"), []*os.File{tcp()}, 0, "", "LISTEN_FDS"},
		"negative":       {env(1, "LISTEN_FDS", "-1"), []*os.File{tcp()}, 0, "", "LISTEN_FDS"},
		"zero":           {env(1, "LISTEN_FDS", "0"), []*os.File{tcp()}, 0, "", "LISTEN_FDS"},
		"pidfd":          {env(1, "LISTEN_PIDFDID", "garbage"), []*os.File{tcp()}, 0, "", "LISTEN_PIDFDID"},
		"first closed":   {env(2, "LISTEN_FDNAMES", "a:b"), []*os.File{nil, tcp()}, 3, "a", "descriptor"},
		"last closed":    {env(2, "LISTEN_FDNAMES", "a:b"), []*os.File{tcp()}, 4, "b", "descriptor"},
		"all closed":     {env(9), nil, 3, "unknown", "descriptor"},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, test.env, test.files...)
			for _, s := range []step{
				{Op: "Listen", Network: "tcp", Address: "127.0.0.1:0"},
				{Op: "Listen", Network: "tcp", Address: "fd://3"},
				{Op: "ListenPacket", Network: "udp", Address: "127.0.0.1:0"},
				{Op: "ListenTCP", Network: "tcp", Address: "nil"},
				{Op: "ListenTCP", Network: "tcp", Address: "nil", Sole: true},
			} {
				r := c.do(s)
				wantRefused(t, r, test.fd, test.name, test.want)
				if len(r.Sockets) != 0 {
					t.Errorf("sockets %+v", r.Sockets)
				}
			}
			if out := c.must(step{Op: "Grandchild"}).Out; strings.Contains(out, "LISTEN_") {
				t.Errorf("a child of the daemon sees %s", out)
			}
		})
	}
}

func TestNonSocket(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(2), pipe(t), f)
	r := c.listen("Listen", "tcp", addr)
	wantAnswer(t, "tcp", addr, r)
	wantClaimed(t, r, "4")
	if s := r.Sockets[0]; s.FD != 3 || s.Network != "" || s.Addr != "" {
		t.Errorf("pipe described as %+v", s)
	}
}

func TestNotListening(t *testing.T) {
	for _, s := range []step{{Address: "127.0.0.1:%s"}, {Address: ":%s"}, {Address: "127.0.0.1:0", Sole: true}} {
		f, addr := bindOnly(t)
		s.Op, s.Network = "Listen", "tcp"
		if strings.Contains(s.Address, "%s") {
			s.Address = fmt.Sprintf(s.Address, port(t, addr))
		}
		r := start(t, env(1), f).do(s)
		wantRefused(t, r, 3, "unknown", addr, "not listening")
	}
}

func TestOtherProcess(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1, "LISTEN_PID", "OTHER", "LISTEN_FDNAMES", "web"), f)
	r := c.listen("Listen", "tcp", "127.0.0.1:0")
	if r.Addr == addr || len(r.Sockets) != 0 {
		t.Errorf("took %s of %+v", r.Addr, r.Sockets)
	}
	wantAnswer(t, "tcp", r.Addr, r)
	pid := c.cmd.Process.Pid
	warning := c.stop()
	for _, want := range []string{fmt.Sprint("LISTEN_PID is ", os.Getpid()), fmt.Sprint("process ", pid), "web", addr} {
		if !strings.Contains(warning, want) {
			t.Errorf("warning %q does not say %q", warning, want)
		}
	}
	if strings.Count(warning, "\n") != 1 {
		t.Errorf("warning is not a line: %q", warning)
	}

	// Without sockets nothing was taken away, and there is nothing to say.
	for _, files := range [][]*os.File{nil, {pipe(t)}} {
		c = start(t, env(1, "LISTEN_PID", "OTHER"), files...)
		c.listen("Listen", "tcp", "127.0.0.1:0")
		if out := c.stop(); out != "" {
			t.Errorf("warning %q", out)
		}
	}
}

func TestPidfdID(t *testing.T) {
	if _, ok := inherit.PidfdID(); !ok {
		t.Skip("kernel without pidfs")
	}
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	wantClaimed(t, start(t, env(1, "LISTEN_PIDFDID", "INODE"), f).listen("Listen", "tcp", addr), "3")
	f, _ = bind(t, "tcp4", "127.0.0.1:0")
	r := start(t, env(1, "LISTEN_PIDFDID", "1"), f).listen("Listen", "tcp", "127.0.0.1:0")
	if len(r.Sockets) != 0 {
		t.Errorf("took %+v, of another process with this pid", r.Sockets)
	}
}

// TestTwoListeners checks that the order of the calls does not decide which of
// two logical listeners gets the only socket.
func TestTwoListeners(t *testing.T) {
	for _, serverFirst := range []bool{true, false} {
		f, server := bind(t, "tcp4", "127.0.0.1:0")
		c := start(t, env(1), f)
		debug := "127.0.0.1:0"
		var s, d result
		if serverFirst {
			s = c.listen("Listen", "tcp", server)
			d = c.listen("Listen", "tcp", debug)
		} else {
			d = c.listen("Listen", "tcp", debug)
			wantClaimed(t, d, "")
			s = c.listen("Listen", "tcp", server)
		}
		wantClaimed(t, c.do(step{Op: "Sockets"}), "3")
		if s.Addr != server || d.Addr == server {
			t.Errorf("server on %s, debug on %s, inherited %s", s.Addr, d.Addr, server)
		}
		wantAnswer(t, "tcp", server, s)
		wantAnswer(t, "tcp", d.Addr, d)
	}
}

// TestOtherDropIn checks that a call never takes a socket that it cannot return.
func TestOtherDropIn(t *testing.T) {
	dir := t.TempDir()
	f, tcp := bind(t, "tcp4", "127.0.0.1:0")
	g, udp := bind(t, "udp4", "127.0.0.1:0")
	h, packet := bind(t, "unixpacket", dir+"/s")
	c := start(t, env(3), f, g, h)
	for _, s := range []step{
		{Op: "Listen", Network: "udp", Address: udp},
		{Op: "ListenPacket", Network: "tcp", Address: tcp},
		{Op: "ListenTCP", Network: "unixpacket", Address: "nil"},
		{Op: "ListenUDP", Network: "tcp", Address: "nil"},
		{Op: "ListenUnix", Network: "tcp", Address: tcp},
		{Op: "ListenUnixgram", Network: "unixpacket", Address: packet},
		{Op: "Listen", Network: "tcp46", Address: tcp},
		{Op: "Listen", Network: "unix4", Address: packet},
	} {
		for _, sole := range []bool{false, true} {
			s.Sole = sole
			r := c.do(s)
			wantClaimed(t, r, "")
			if r.Err == "" || r.Typed != nil {
				t.Errorf("%+v: error %q is not that of std", s, r.Err)
			}
		}
	}
}

// TestUnbound checks that port 0 is not the port of a socket without one.
func TestUnbound(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, env(1), os.NewFile(uintptr(fd), "unbound"))
	wantClaimed(t, c.listen("ListenPacket", "udp", ":0"), "")
	wantClaimed(t, c.listen("ListenUDP", "udp4", "0.0.0.0:0"), "")
}

// TestInUse checks that a second call for a claimed socket fails as if the first
// one had bound.
func TestInUse(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	c.listen("Listen", "tcp", addr)
	for _, s := range []step{{Sole: true}, {}} {
		s.Op, s.Network, s.Address = "Listen", "tcp", addr
		if r := c.do(s); !r.InUse || r.Typed != nil {
			t.Errorf("second listen: %q", r.Err)
		}
	}
}

func TestConcurrent(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	for range 3 {
		if r := c.must(step{Op: "Race", Network: "tcp", Address: addr}); r.Out != "1" {
			t.Errorf("%s calls got the socket", r.Out)
		}
	}
}

func TestReload(t *testing.T) {
	for _, op := range []string{"Listen", "ListenPacket"} {
		network := map[string]string{"Listen": "tcp", "ListenPacket": "udp"}[op]
		f, addr := bind(t, network, "127.0.0.1:0")
		c := start(t, env(1), f)
		r := c.listen(op, network, addr)
		wantAnswer(t, network, addr, r)
		for range 3 {
			wantClaimed(t, c.must(step{Op: "Close", Handle: r.Step}), "")
			answer := make(chan string)
			go func() { answer <- ask(t, network, addr) }() // waits in the queue
			r = c.listen(op, network, addr)
			wantClaimed(t, r, "3")
			if got, want := <-answer, fmt.Sprint("step ", r.Step); got != want {
				t.Errorf("after reload: %q, want %q", got, want)
			}
			if c.must(step{Op: "Nonblock"}).Out != "true" {
				t.Error("O_NONBLOCK was cleared")
			}
		}
	}
}

// TestBranches checks that one logical listener gets the socket in whichever
// branch it listens, or an error that names both.
func TestBranches(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t)
	tcp := func() *os.File { f, _ := bind(t, "tcp4", "127.0.0.1:0"); return f }
	for _, test := range []struct {
		step
		file func() *os.File
		want string // of the error, "" for none
	}{
		{step{Op: "Listen", Network: "tcp", Address: ":1"}, tcp, ""},
		{step{Op: "ListenTLS", Network: "tcp", Address: ":1", Cert: cert, Key: key}, tcp, ""},
		{step{Op: "ListenTCP", Network: "tcp", Address: "nil"}, tcp, ""},
		{step{Op: "Listen", Network: "unix", Address: dir + "/own"}, tcp, "tcp4 127.0.0.1:"},
		{step{Op: "Listen", Network: "tcp6", Address: ":1"}, tcp, "tcp4 127.0.0.1:"},
		{step{Op: "Listen", Network: "tcp", Address: ":1"}, func() *os.File { f, _ := bind(t, "unix", dir+"/s"); return f }, "unix " + dir + "/s"},
		{step{Op: "Listen", Network: "unix", Address: dir + "/own"}, func() *os.File { f, _ := bind(t, "unix", dir+"/t"); return f }, ""},
		{step{Op: "ListenUDP", Network: "udp", Address: "nil"}, func() *os.File { f, _ := bind(t, "udp4", "127.0.0.1:0"); return f }, ""},
		{step{Op: "ListenUnixgram", Network: "unixgram", Address: dir + "/own"}, func() *os.File { f, _ := bind(t, "udp4", "127.0.0.1:0"); return f }, "udp4 127.0.0.1:"},
	} {
		c := start(t, env(1), test.file())
		test.Sole = true
		r := c.do(test.step)
		if test.want != "" {
			wantRefused(t, r, 3, "unknown", test.want, test.Op+" "+test.Network+" "+test.Address)
			continue
		}
		if r.Err != "" {
			t.Errorf("%+v: %s", test.step, r.Err)
		}
		wantClaimed(t, r, "3")
	}
}

func TestSole(t *testing.T) {
	sole := step{Op: "Listen", Network: "tcp", Address: "127.0.0.1:0", Sole: true}

	// Of the types asked for there is one each.
	f, stream := bind(t, "tcp4", "127.0.0.1:0")
	g, datagram := bind(t, "udp4", "127.0.0.1:0")
	c := start(t, env(3), f, g, pipe(t))
	r := c.must(sole)
	wantAnswer(t, "tcp", stream, r)
	r = c.must(step{Op: "ListenPacket", Network: "udp", Address: ":0", Sole: true})
	wantAnswer(t, "udp", datagram, r)
	wantClaimed(t, r, "3 4")

	// Other sites never get it.
	f, _ = bind(t, "tcp4", "127.0.0.1:0")
	wantClaimed(t, start(t, env(1), f).listen("Listen", "tcp", "127.0.0.1:0"), "")

	// Of two none is the only one, but an address still decides.
	f, _ = bind(t, "tcp4", "127.0.0.1:0")
	g, addr := bind(t, "tcp4", "127.0.0.1:0")
	c = start(t, env(2), f, g)
	wantClaimed(t, c.must(sole), "")
	sole.Address = addr
	wantClaimed(t, c.must(sole), "4")
}

func TestHTTP(t *testing.T) {
	cert, key := certificate(t)
	for _, op := range []string{"ListenAndServe", "ServerListenAndServe", "ListenAndServeTLS", "ServerListenAndServeTLS"} {
		t.Run(op, func(t *testing.T) {
			var c *child
			var addrs []string
			var files []*os.File
			for range 2 {
				f, addr := bind(t, "tcp4", "127.0.0.1:0")
				files, addrs = append(files, f), append(addrs, addr)
			}
			c = start(t, env(2), files...)
			scheme, proto := "http", "HTTP/1.1"
			if strings.HasSuffix(op, "TLS") {
				scheme, proto = "https", "HTTP/2.0"
			}
			for i := range 2 { // two servers of one type, last socket first
				addr := addrs[1-i]
				s := c.must(step{Op: op, Address: addr, Cert: cert, Key: key})
				if got, want := get(t, scheme+"://"+addr), fmt.Sprintf("step %d %s", s.Step, proto); got != want {
					t.Errorf("%s: got %q, want %q", addr, got, want)
				}
			}
			wantClaimed(t, c.must(step{Op: "Sockets"}), "3 4")

			// A third server fails as it would with net/http.
			s := c.must(step{Op: op, Address: addrs[0], Cert: cert, Key: key})
			if r := c.do(step{Op: "Wait", Handle: s.Step}); !r.InUse {
				t.Errorf("third server: %q", r.Err)
			}
		})
	}

	// An error after the claim gives the socket back.
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	s := c.must(step{Op: "ListenAndServeTLS", Address: addr, Cert: "missing", Key: "missing"})
	r := c.do(step{Op: "Wait", Handle: s.Step})
	if !strings.Contains(r.Err, "missing") || r.Typed != nil {
		t.Errorf("bad certificate: %q", r.Err)
	}
	wantClaimed(t, r, "")
	s = c.must(step{Op: "ServerShutdown", Address: addr})
	r = c.do(step{Op: "Wait", Handle: s.Step})
	if r.Err != http.ErrServerClosed.Error() {
		t.Errorf("after Shutdown: %q", r.Err)
	}
	wantClaimed(t, r, "")
	s = c.must(step{Op: "ListenAndServe", Address: "fd://other"})
	wantRefused(t, c.do(step{Op: "Wait", Handle: s.Step}), 0, "other")
}

// TestHTTPDefaultPort checks that an empty address means the port of the scheme:
// with a sole socket the claim says so.
func TestHTTPDefaultPort(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	c.must(step{Op: "ListenAndServe", Sole: true})
	get(t, "http://"+addr)
	if by := c.do(step{Op: "Sockets"}).Sockets[0].ClaimedBy; by != "ListenAndServe tcp :http" {
		t.Errorf("claimed by %q", by)
	}
}

func TestListenTLS(t *testing.T) {
	cert, key := certificate(t)
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	r := c.do(step{Op: "ListenTLS", Network: "tcp", Address: addr})
	_, err := tls.Listen("tcp", addr, nil)
	if r.Err != err.Error() {
		t.Errorf("no config: %q, want %q", r.Err, err)
	}
	wantClaimed(t, r, "")
	r = c.must(step{Op: "ListenTLS", Network: "tcp", Address: addr, Cert: cert, Key: key})
	wantClaimed(t, r, "3")
	if r.Type != "*tls.listener" {
		t.Errorf("type %s", r.Type)
	}
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if out, err := io.ReadAll(conn); string(out) != fmt.Sprintf("step %d\n", r.Step) {
		t.Errorf("answer %q, %v", out, err)
	}
}

func TestServe(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	g, packet := bind(t, "udp4", "127.0.0.1:0")
	c := start(t, env(2), f, g)
	for _, s := range []step{{Op: "Serve", Network: "tcp", Address: addr}, {Op: "ServePacket", Network: "udp", Address: packet}} {
		for range 2 { // a second time, as the first one closes
			r := c.must(s)
			wantAnswer(t, s.Network, s.Address, r)
			wantClaimed(t, c.must(step{Op: "Wait", Handle: r.Step}), "")
		}
		s.Address = "fd://other"
		r := c.must(s)
		wantRefused(t, c.do(step{Op: "Wait", Handle: r.Step}), 0, "other")
	}
}

func TestWithPacketConn(t *testing.T) {
	f, addr := bind(t, "udp4", "127.0.0.1:0")
	c := start(t, env(1), f)
	r := c.do(step{Op: "StartPacket", Network: "udp", Address: addr, Control: "no start"})
	if r.Err != "no start" {
		t.Errorf("error %q", r.Err)
	}
	wantClaimed(t, r, "")
	r = c.must(step{Op: "StartPacket", Network: "udp", Address: addr})
	wantClaimed(t, r, "3")
	wantAnswer(t, "udp", addr, r)
	wantRefused(t, c.do(step{Op: "StartPacket", Network: "udp", Address: "fd://other"}), 0, "other")
}

// TestListenBy checks that the function which is given listens where nothing
// is inherited, and only there.
func TestListenBy(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	g, packet := bind(t, "udp4", "127.0.0.1:0")
	c := start(t, env(2), f, g)
	for _, s := range []step{
		{Op: "ListenOr", Network: "tcp", Address: addr},
		{Op: "ListenPacketOr", Network: "udp", Address: packet},
	} {
		r := c.must(s)
		if r.Out != "" {
			t.Errorf("%s listened by itself: %s", s.Op, r.Out)
		}
		wantAnswer(t, s.Network, s.Address, r)
		s.Address = "127.0.0.1:0"
		if r := c.must(s); r.Out != s.Network+" "+s.Address {
			t.Errorf("%s called its function with %q", s.Op, r.Out)
		}
		s.Address = "fd://other"
		wantRefused(t, c.do(s), 0, "other")
	}
}

// TestListeners checks that a list of all sockets leaves those to others that ask for
// their addresses, and to nobody else.
func TestListeners(t *testing.T) {
	f, web := bind(t, "tcp4", "127.0.0.1:0")
	g, packet := bind(t, "udp4", "127.0.0.1:0")
	h, admin := bind(t, "tcp4", "127.0.0.1:0")
	c := start(t, env(3, "LISTEN_FDNAMES", "web:packet:admin"), f, g, h)
	list := func(op, want string) result {
		t.Helper()
		r := c.must(step{Op: op})
		if r.Out != want {
			t.Errorf("%s: %q, want %q", op, r.Out, want)
		}
		return r
	}
	wantClaimed(t, list("Listeners", web+" nil "+admin), "3 5")
	list("Listeners", "nil nil nil")
	list("ListenersWithNames", "")
	r := c.must(step{Op: "Listen", Network: "tcp", Address: "127.0.0.1:0"})
	if r.Addr == web || r.Addr == admin {
		t.Errorf("a listener at any port got %s", r.Addr)
	}
	r = c.must(step{Op: "Listen", Network: "tcp", Address: admin})
	wantAnswer(t, "tcp", admin, r)
	wantRefused(t, c.do(step{Op: "Listen", Network: "tcp", Address: "fd://admin"}), 5, "admin") // in use by now
	wantClaimed(t, list("PacketConns", "nil "+packet+" nil"), "3 4 5")
	wantAnswer(t, "tcp", web, c.must(step{Op: "Listen", Network: "tcp", Address: "fd://web"}))

	f, web = bind(t, "tcp4", "127.0.0.1:0")
	h, admin = bind(t, "tcp4", "127.0.0.1:0")
	c = start(t, env(2, "LISTEN_FDNAMES", "web:admin"), f, h)
	list("ListenersWithNames", "admin="+admin+" web="+web)
}

func TestControl(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ op, network, address, bound, want string }{
		{"ListenContext", "tcp", "127.0.0.1:0", "tcp4", "tcp4 %s 1 <nil>"},
		{"ListenContext", "tcp", "[::1]:0", "tcp6", "tcp6 %s 1 <nil>"},
		{"ListenContext", "unix", dir + "/s", "unix", "unix %s 1 <nil>"},
		{"ListenPacketContext", "udp", "127.0.0.1:0", "udp4", "udp4 %s 2 <nil>"},
	} {
		f, addr := bind(t, test.bound, test.address)
		c := start(t, env(1), f)
		s := step{Op: test.op, Network: test.network, Address: addr, Control: "no such option"}
		r := c.do(s)
		if !strings.Contains(r.Err, "no such option") || r.Typed != nil {
			t.Errorf("%+v: %q", s, r.Err)
		}
		wantClaimed(t, r, "")
		s.Control = "ok"
		r = c.must(s)
		wantClaimed(t, r, "3")
		if want := fmt.Sprintf(test.want, addr); r.Out != want {
			t.Errorf("%+v: Control got %q, want %q", s, r.Out, want)
		}

		// An option for sockets that are not bound yet does nothing, and says so.
		f, s.Address = bind(t, test.bound, strings.Replace(test.address, "/s", "/e", 1))
		c = start(t, env(1), f)
		s.Control = "EINVAL"
		wantClaimed(t, c.must(s), "3")
		if warning := c.stop(); !strings.Contains(warning, "an option of the program does nothing on the inherited") || strings.Count(warning, "\n") != 1 {
			t.Errorf("warning %q", warning)
		}
	}
}

// TestNobody checks that sockets which are for nobody in particular, as systemfd
// --no-pid passes them, are taken, and only where all that is announced is there.
func TestNobody(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	nobody := func(n int) map[string]string {
		vars := env(n, "LISTEN_FDNAMES", strings.Repeat("web:", n-1)+"web")
		delete(vars, "LISTEN_PID")
		return vars
	}
	said := func(c *child, words ...string) {
		t.Helper()
		warning := c.stop()
		for _, want := range append(words, "LISTEN_FDS is set without LISTEN_PID", "web", addr) {
			if !strings.Contains(warning, want) {
				t.Errorf("%q does not say %q", warning, want)
			}
		}
	}
	c := start(t, nobody(1), f)
	wantClaimed(t, c.listen("Listen", "tcp", addr), "3")
	said(c, "takes them")

	f, addr = bind(t, "tcp4", "127.0.0.1:0")
	vars := nobody(1)
	vars["LISTEN_FDNAMES"] = "web:too many"
	c = start(t, vars, f)
	wantClaimed(t, c.listen("Listen", "tcp", addr), "3")
	c.stop()

	f, addr = bind(t, "tcp4", "127.0.0.1:0")
	c = start(t, nobody(2), f, pipe(t))
	if r := c.listen("Listen", "tcp", "127.0.0.1:0"); r.Addr == addr || len(r.Sockets) != 0 {
		t.Errorf("took %s of %+v", r.Addr, r.Sockets)
	}
	said(c, "ignored")
}

// TestNoLeak checks what a child of the daemon gets: nothing.
func TestNoLeak(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	g, _ := bind(t, "udp4", "127.0.0.1:0")
	c := start(t, env(2, "LISTEN_FDNAMES", "a:b", "LISTEN_PIDFDID", "INODE"), f, g)
	c.listen("Listen", "tcp", addr)
	if out := c.must(step{Op: "Grandchild"}).Out; out != "" {
		t.Errorf("a child of the daemon has\n%s", out)
	}
}

func TestUnixPath(t *testing.T) {
	dir := t.TempDir()
	f, inherited := bind(t, "unix", dir+"/inherited")
	c := start(t, env(1), f)
	own := dir + "/own"
	for path, left := range map[string]bool{inherited: true, own: false} {
		r := c.listen("ListenUnix", "unix", path)
		wantAnswer(t, "unix", path, r)
		c.must(step{Op: "Close", Handle: r.Step})
		if _, err := os.Lstat(path); (err == nil) != left {
			t.Errorf("%s after close: %v", path, err)
		}
	}
	// A daemon that removes the path ahead of its listen still gets the socket.
	if err := os.Remove(inherited); err != nil {
		t.Fatal(err)
	}
	wantClaimed(t, c.listen("Listen", "unix", dir+"/./inherited"), "3")
}

// TestAsStd checks that with nothing inherited, and for what is not, the errors
// and results are those of std.
func TestAsStd(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := taken.Addr().String()
	takenUDP, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer takenUDP.Close()
	busyUDP := takenUDP.LocalAddr().String()
	f, _ := bind(t, "tcp4", "127.0.0.1:0")
	for name, c := range map[string]*child{"nothing": start(t, nil), "another": start(t, env(1), f)} {
		for _, s := range []step{
			{Op: "Listen", Network: "tcp", Address: busy},
			{Op: "Listen", Network: "tcp", Address: "127.0.0.1:0"},
			{Op: "Listen", Network: "tcp", Address: "no port"},
			{Op: "Listen", Network: "tcp", Address: "127.0.0.1:nosuchservice"},
			{Op: "Listen", Network: "tcp7", Address: busy},
			{Op: "Listen", Network: "", Address: busy},
			{Op: "Listen", Network: "udp", Address: busy},
			{Op: "Listen", Network: "unix", Address: ""},
			{Op: "Listen", Network: "unix", Address: "/no/such/folder/s"},
			{Op: "ListenPacket", Network: "udp", Address: busyUDP},
			{Op: "ListenPacket", Network: "tcp", Address: busyUDP},
			{Op: "ListenTCP", Network: "tcp", Address: "nil"},
			{Op: "ListenTCP", Network: "tcp", Address: busy},
			{Op: "ListenTCP", Network: "unix", Address: "nil"},
			{Op: "ListenUDP", Network: "udp", Address: "nil"},
			{Op: "ListenUDP", Network: "udp", Address: busyUDP},
			{Op: "ListenUnix", Network: "unix", Address: "nil"},
			{Op: "ListenUnix", Network: "unixgram", Address: "@x"},
			{Op: "ListenUnixgram", Network: "unixgram", Address: "nil"},
			{Op: "ListenUnixgram", Network: "unix", Address: "@x"},
			{Op: "ListenContext", Network: "tcp", Address: busy},
			{Op: "ListenPacketContext", Network: "udp", Address: busyUDP},
			{Op: "ListenTLS", Network: "tcp", Address: busy},
		} {
			r := c.do(s)
			conn, _, err := listen(std{}, s)
			if err != nil {
				if got, why, _ := strings.Cut(r.Err, "; "); got != err.Error() || why != "" && !strings.Contains(why, "name it in the configuration as fd://3") {
					t.Errorf("%s inherited, %+v: %q, std has %q", name, s, r.Err, err)
				}
				continue
			}
			conn.(io.Closer).Close()
			if got := fmt.Sprintf("%T", conn); r.Err != "" || r.Type != got {
				t.Errorf("%s inherited, %+v: %s %q, std has %s", name, s, r.Type, r.Err, got)
			}
		}
	}
}

// std has the originals of the drop-ins that TestAsStd compares with.
type std struct{ dropIns }

func (std) Listen(n, a string) (net.Listener, error)                     { return net.Listen(n, a) }
func (std) ListenPacket(n, a string) (net.PacketConn, error)             { return net.ListenPacket(n, a) }
func (std) ListenTCP(n string, a *net.TCPAddr) (*net.TCPListener, error) { return net.ListenTCP(n, a) }
func (std) ListenUDP(n string, a *net.UDPAddr) (*net.UDPConn, error)     { return net.ListenUDP(n, a) }
func (std) ListenUnix(n string, a *net.UnixAddr) (*net.UnixListener, error) {
	return net.ListenUnix(n, a)
}
func (std) ListenUnixgram(n string, a *net.UnixAddr) (*net.UnixConn, error) {
	return net.ListenUnixgram(n, a)
}
func (std) ListenContext(ctx context.Context, lc *net.ListenConfig, n, a string) (net.Listener, error) {
	return lc.Listen(ctx, n, a)
}
func (std) ListenPacketContext(ctx context.Context, lc *net.ListenConfig, n, a string) (net.PacketConn, error) {
	return lc.ListenPacket(ctx, n, a)
}
func (std) ListenTLS(n, a string, c *tls.Config) (net.Listener, error) { return tls.Listen(n, a, c) }

// certificate writes a self-signed one for 127.0.0.1.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// get returns the body of url.
func get(t *testing.T, url string) string {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	client := http.Client{Transport: tr, Timeout: timeout}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestTold checks what a program is to tell of its listener: of an inherited
// one what it is bound to, of its own what is configured.
func TestTold(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	_, port, _ := strings.Cut(addr, ":")
	g, other := bind(t, "tcp4", "127.0.0.1:0")
	_, otherPort, _ := strings.Cut(other, ":")
	path := t.TempDir() + "/s"
	u, _ := bind(t, "unix", path)
	for _, test := range []struct {
		c                      *child
		network, address, want string
	}{
		{start(t, nil), "tcp", "127.0.0.1:0", "127.0.0.1:0 configured 7 7"},
		{start(t, env(1), f), "tcp", addr, addr + " " + port + " " + port + " " + port},
		{start(t, env(1), g), "tcp", "fd://3", other + " " + otherPort + " " + otherPort + " " + otherPort},
		{start(t, env(1), u), "unix", "fd://3", path + " configured 7 7"},
	} {
		r := test.c.must(step{Op: "Listen", Network: test.network, Address: test.address})
		got := test.c.must(step{Op: "Told", Handle: r.Step, Address: test.address}).Out
		if got != test.want {
			t.Errorf("%s %s: told %q, want %q", test.network, test.address, got, test.want)
		}
	}
}

// TestBindFails checks that a bind that fails says which inherited sockets are free,
// and keeps the error that the program may ask for; and that none is blamed that any
// address would have done.
func TestBindFails(t *testing.T) {
	f, addr := bind(t, "tcp4", "127.0.0.1:0")
	g, busy := bind(t, "tcp4", "127.0.0.1:0")
	defer g.Close()
	c := start(t, env(1, "LISTEN_FDNAMES", "web"), f)
	for _, op := range []string{"Listen", "ListenTCP", "ListenContext"} {
		r := c.do(step{Op: op, Network: "tcp", Address: busy})
		want := fmt.Sprintf("listen tcp %s: bind: address already in use; the inherited fd 3 \"web\" tcp4 %s is free (another port); name it in the configuration as fd://web", busy, addr)
		if r.Err != want {
			t.Errorf("%s: %s\nwant %s", op, r.Err, want)
		}
	}
	if r := c.do(step{Op: "Listen", Network: "unix", Address: "/no/such/folder/s"}); !strings.HasSuffix(r.Err, "(another family); name it in the configuration as fd://web") {
		t.Errorf("unix: %s", r.Err)
	}
	if r := c.do(step{Op: "ListenPacket", Network: "udp", Address: "192.0.2.1:9"}); strings.Contains(r.Err, "inherited") || r.Err == "" {
		t.Errorf("udp, of which none is inherited: %q", r.Err)
	}
}
