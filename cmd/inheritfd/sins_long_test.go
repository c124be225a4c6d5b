//go:build long && linux

package main

// This file shows that a port does none of what people did wrong when they
// ported daemons by hand, and what reviewers found.

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// A ported is a sample of testdata/sin before and after its port.
type ported struct {
	dir    string // ported, and a git repository of what it was
	before string // as it was
	output string // of inheritfd port
}

var (
	webSample  = sync.OnceValues(func() (*ported, error) { return portSample("web") })
	kindSample = sync.OnceValues(func() (*ported, error) { return portSample("kind") })
)

// portSample ports a sample and builds its programs, before and after, in the
// folder bin of each tree. It stays next to the test binary, as the built
// commands do.
func portSample(name string) (*ported, error) {
	archive, err := txtar.ParseFile(filepath.Join("../../testdata/sin", name+".txtar"))
	if err != nil {
		return nil, err
	}
	files, err := txtar.FS(archive)
	if err != nil {
		return nil, err
	}
	bin, err := builtDir()
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp(bin, name)
	if err != nil {
		return nil, err
	}
	p := &ported{dir: filepath.Join(root, "after"), before: filepath.Join(root, "before")}
	run := func(dir string, argv ...string) {
		if err != nil {
			return
		}
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
		}
		p.output = string(out)
	}
	err = errors.Join(os.CopyFS(p.dir, files), os.CopyFS(p.before, files))
	run(p.dir, "git", "init", "-q")
	run(p.dir, "git", "add", ".")
	run(p.dir, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "as it was")
	run(p.before, "go", "build", "-o", filepath.Join(root, "before-bin")+"/", "./...")
	run(p.dir, filepath.Join(bin, "inheritfd"), "port", "-C", p.dir)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == exitFindings {
		err = nil
	}
	output := p.output
	run(p.dir, "go", "build", "-o", filepath.Join(root, "after-bin")+"/", "./...")
	p.output = output
	return p, err
}

func sample(t *testing.T, get func() (*ported, error)) *ported {
	t.Helper()
	p, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// bin returns a program of the ported tree.
func (p *ported) bin(name string) string { return p.dir + "-bin/" + name }

// oldBin returns a program of the tree as it was.
func (p *ported) oldBin(name string) string { return p.before + "-bin/" + name }

// diff returns the lines that the port took out of files and put in.
func (p *ported) diff(t *testing.T) (out, in []string) {
	t.Helper()
	text := runIn(t, p.dir, nil, "git", "diff", "-U0")
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
		case line[0] == '-':
			out = append(out, line[1:])
		case line[0] == '+':
			in = append(in, line[1:])
		}
	}
	return out, in
}

// A fileConn is what has a descriptor to pass on.
type fileConn interface{ File() (*os.File, error) }

// inherits starts a program that inherits sockets under names, separated by
// colons. With no names LISTEN_FDNAMES is not set.
func inherits(t *testing.T, socks []fileConn, names string, env []string, argv ...string) *proc {
	t.Helper()
	var files []*os.File
	for _, s := range socks {
		f, err := s.File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files = append(files, f)
	}
	env = append(slices.Clone(env), fmt.Sprintf("LISTEN_FDS=%d", len(socks)))
	if names != "" {
		env = append(env, "LISTEN_FDNAMES="+names)
	}
	// Only the process itself knows its pid; the shell becomes the program.
	sh := []string{"sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`}
	return startProcWith(t, files, env, slices.Concat(sh, argv)...)
}

// assertInherited checks that the process serves on just these sockets of
// ours.
func assertInherited(t *testing.T, p *proc, socks []fileConn) {
	t.Helper()
	own, err := socketInodes(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	all, err := listeningInodes()
	if err != nil {
		t.Fatal(err)
	}
	var want []sock
	for _, s := range socks {
		fd := -1
		raw, err := s.(syscall.Conn).SyscallConn()
		if err == nil {
			err = raw.Control(func(n uintptr) { fd = int(n) })
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, all[own[fd]])
	}
	assertOnly(t, p.pid(), want)
}

func listenTCP(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

func listenUnix(t *testing.T) *net.UnixListener {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(shortTempDir(t), "sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.UnixListener)
}

func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	return pc.(*net.UDPConn)
}

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	certDER, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return writeFile(t, "cert.pem", text("CERTIFICATE", certDER)), writeFile(t, "key.pem", text("PRIVATE KEY", keyDER))
}

// exchange connects, sends text if there is any, and returns all that it gets.
func exchange(t *testing.T, network, addr, send string) string {
	t.Helper()
	c := dial(t, network, addr)
	defer c.Close()
	if _, err := io.WriteString(c, send); err != nil {
		t.Fatal(err)
	}
	if network == "udp" {
		buf := make([]byte, 512)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// fails waits for the end of a program, which must fail, but not by a panic or
// by a signal, and returns what it has written.
func (p *proc) fails(t *testing.T) string {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(deadline):
		t.Fatalf("%q runs on; it listens on %v", p.cmd.Args, func() []sock { s, _ := listenersOf(p.pid()); return s }())
	}
	if p.cmd.ProcessState.ExitCode() != 1 || strings.Contains(p.log(), "panic") || strings.Contains(p.log(), "goroutine") {
		t.Errorf("%q ended with %v\n%s", p.cmd.Args, p.err, p.log())
	}
	return p.log()
}

// webArgs returns the command line of the sample web.
func webArgs(t *testing.T, bin string, addr, tlsAddr, raw, names, metrics string, more ...string) []string {
	t.Helper()
	cert, key := certificate(t)
	return append([]string{bin, "-addr", addr, "-tls-addr", tlsAddr, "-raw-addr", raw, "-names-addr", names,
		"-metrics-addr", metrics, "-cert", cert, "-key", key}, more...)
}

// TestLongSinSitesForgotten: only some listening sites ported. Every flagged site
// is ported or has a reason, the TLS twin, the UDP half and the numbers too.
func TestLongSinSitesForgotten(t *testing.T) {
	for name, get := range map[string]func() (*ported, error){"web": webSample, "kind": kindSample} {
		t.Run(name, func(t *testing.T) {
			p := sample(t, get)
			var doc struct {
				Sites []struct {
					File, Class, Callee, Reason string
					Line                        int
				}
			}
			cmd := exec.Command(inheritfdBin(t), "check", "-C", p.before, "-json")
			out, err := cmd.Output()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitFindings {
				t.Fatalf("check: %v", err)
			}
			if err := json.Unmarshal(out, &doc); err != nil {
				t.Fatal(err)
			}
			sites := regexp.MustCompile(`\bListen\w*\(`)
			calls := 0
			for _, file := range strings.Fields(runIn(t, p.dir, nil, "git", "ls-files", "*.go", ":!*_test.go")) {
				src, err := os.ReadFile(filepath.Join(p.before, file))
				if err != nil {
					t.Fatal(err)
				}
				calls += len(sites.FindAll(src, -1))
			}
			if len(doc.Sites) < calls {
				t.Errorf("%d sites found of %d calls", len(doc.Sites), calls)
			}
			for _, s := range doc.Sites {
				at := fmt.Sprintf("%s:%d ", s.File, s.Line)
				isPorted := strings.Contains(p.output, "ported   "+at)
				left := regexp.MustCompile(`(?m)^left +` + regexp.QuoteMeta(at) + `.*: .+$`).MatchString(p.output)
				if s.Class == "listen" && isPorted == left {
					t.Errorf("%s%s is neither ported nor left with a reason:\n%s", at, s.Callee, p.output)
				}
			}
		})
	}
}

// TestLongSinOtherSystems: the build on another system broken.
func TestLongSinOtherSystems(t *testing.T) {
	p := sample(t, kindSample)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	vet := func(goos string) {
		t.Helper()
		runIn(t, dir, []string{"GOOS=" + goos, "CGO_ENABLED=0"}, "go", "vet", ".", "./internal/...", "./cmd/alone")
	}
	for _, goos := range []string{"windows", "darwin", "freebsd"} {
		vet(goos)
	}
	// And what is for Windows alone can be ported too.
	out := runIn(t, dir, nil, inheritfdBin(t), "port", "-goos", "windows", "-force")
	if !strings.Contains(out, "ported   listen_windows.go:9 ") {
		t.Errorf("port -goos windows:\n%s", out)
	}
	vet("windows")
	vet("linux")
}

// TestLongSinWrapperLost: a wrapper or a server setting lost. On inherited
// sockets the pages still pass both wrappers and the timeout, TLS is TLS, and
// HTTP/2 is there.
func TestLongSinWrapperLost(t *testing.T) {
	s := sample(t, webSample)
	page, secure, raw, names, metrics := listenTCP(t), listenTCP(t), listenTCP(t), listenTCP(t), listenTCP(t)
	pc, err := net.ListenPacket("udp", names.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	socks := []fileConn{page, secure, raw, names, metrics, pc.(*net.UDPConn)}
	p := inherits(t, socks, "", nil, webArgs(t, s.bin("web"),
		page.Addr().String(), secure.Addr().String(), raw.Addr().String(), names.Addr().String(), metrics.Addr().String(),
		"-secure-metrics")...)

	for n := 1; n <= 2; n++ {
		got := exchange(t, "tcp", page.Addr().String(), "client-a"+"GET / HTTP/1.0\r\n\r\n")
		if want := fmt.Sprintf("HTTP/1.0 from client-a#%d", n); !strings.HasSuffix(got, want) {
			t.Errorf("the page = %q, want %q: a wrapper is lost", got, want)
		}
	}
	// The server ends the wait for a request, not we: its read timeout.
	c := dial(t, "tcp", page.Addr().String())
	if _, err := io.WriteString(c, "client-bGET / HT"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the read timeout is lost: %v", err)
	}

	for name, addr := range map[string]net.Addr{"TLS twin": secure.Addr(), "numbers": metrics.Addr()} {
		if proto := getTLS(t, addr.String()); proto != "HTTP/2.0" {
			t.Errorf("the %s speak %s, want HTTP/2.0", name, proto)
		}
	}
	conn, err := tls.DialWithDialer(&net.Dialer{Deadline: time.Now().Add(deadline)}, "tcp", raw.Addr().String(),
		&tls.Config{InsecureSkipVerify: true, NextProtos: []string{"web"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, err := io.ReadAll(conn); string(got) != "raw" || err != nil || conn.ConnectionState().NegotiatedProtocol != "web" {
		t.Errorf("TLS alone: %q, %v", got, err)
	}
	for _, network := range []string{"tcp", "udp"} {
		send := map[string]string{"udp": "?"}[network]
		if got := exchange(t, network, names.Addr().String(), send); got != "name" {
			t.Errorf("over %s the name is %q", network, got)
		}
	}
	assertInherited(t, p, socks)
	p.stop(t) // in order: the listener that the signal closes is the one that serves
}

// getTLS does a request over TLS and returns the protocol of the answer.
func getTLS(t *testing.T, addr string) string {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport, Timeout: deadline}).Get("https://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || !strings.HasPrefix(string(body), res.Proto) {
		t.Errorf("https://%s: %q, %v", addr, body, err)
	}
	return res.Proto
}

// TestLongSinShadowed: `:=` inside a branch shadowed the outer listener. An
// assignment stays one, and the diff declares nothing.
func TestLongSinShadowed(t *testing.T) {
	for _, get := range []func() (*ported, error){webSample, kindSample} {
		p := sample(t, get)
		declares := func(lines []string) (n int) {
			for _, line := range lines {
				n += strings.Count(line, ":=")
			}
			return n
		}
		out, in := p.diff(t)
		if declares(in) > declares(out) {
			t.Errorf("the port declares:\n%s", strings.Join(in, ""))
		}
	}
	_, in := sample(t, webSample).diff(t)
	if text := strings.Join(in, ""); !regexp.MustCompile(`\t\tln, err = inherit\.(Sole\.)?Listen\("unix", path\)`).MatchString(text) {
		t.Errorf("the assignment is not one:\n%s", text)
	}
}

// TestLongSinModuleFiles: go.mod and vendor must not change. See also
// testdata/script/port-vendor.txtar.
func TestLongSinModuleFiles(t *testing.T) {
	for _, get := range []func() (*ported, error){webSample, kindSample} {
		p := sample(t, get)
		if got := runIn(t, p.dir, nil, "git", "status", "--porcelain", "-uall", "go.mod", "go.sum", "vendor"); got != "" {
			t.Errorf("changed: %s", got)
		}
	}
}

// TestLongSinPlainChanged: behaviour changed when nothing is inherited. The
// errors are the same to the byte, and so is the default port.
func TestLongSinPlainChanged(t *testing.T) {
	web, kind := sample(t, webSample), sample(t, kindSample)
	taken, takenUDP := listenTCP(t).Addr().String(), listenUDP(t).LocalAddr().String()
	const free = "127.0.0.1:0"
	cert := writeFile(t, "cert.pem", "")
	args := func(addr, tlsAddr, raw, names, metrics string, more ...string) []string {
		return append([]string{"web", "-addr", addr, "-tls-addr", tlsAddr, "-raw-addr", raw, "-names-addr", names, "-metrics-addr", metrics}, more...)
	}
	tests := map[string]struct {
		p    *ported
		argv []string
		env  string
	}{
		"stream in use":   {kind, []string{"kind", "-tcp", taken}, ""},
		"bad address":     {kind, []string{"kind", "-tcp", "127.0.0.1:99999"}, ""},
		"no port":         {kind, []string{"kind", "-tcp", "127.0.0.1"}, ""},
		"alone in use":    {kind, []string{"alone", "-addr", taken}, ""},
		"server in use":   {kind, []string{"twice"}, "TWO=" + taken},
		"packet in use":   {kind, []string{"twice"}, "ONE=" + takenUDP},
		"no such folder":  {web, args("unix:/no/such/folder/s", free, free, free, free), ""},
		"bad certificate": {web, args(free, free, free, free, free, "-cert", cert, "-key", cert), ""},
		"no certificate":  {web, args(free, free, free, free, free, "-cert", "", "-key", ""), ""},
		"numbers in use":  {web, args(free, free, free, free, taken), ""},
		"names in use":    {web, args(free, free, free, takenUDP, free), ""},
		"secure in use":   {web, args(free, free, free, free, taken, "-secure-metrics"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.p == web && !slices.Contains(tt.argv, "-cert") {
				// The other servers must not be the first to fail.
				c, k := certificate(t)
				tt.argv = append(tt.argv, "-cert", c, "-key", k)
			}
			env := append([]string{"ONE=" + free, "TWO=" + free}, tt.env)
			before := startProc(t, env, append([]string{tt.p.oldBin(tt.argv[0])}, tt.argv[1:]...)...).fails(t)
			after := startProc(t, env, append([]string{tt.p.bin(tt.argv[0])}, tt.argv[1:]...)...).fails(t)
			if before != after {
				t.Errorf("the error was %q and is %q", before, after)
			}
		})
	}
	t.Run("default port", func(t *testing.T) {
		enter := []string{"unshare", "--net"} // where port 80 is free and ours
		if os.Geteuid() != 0 {
			enter = append(enter, "--map-root-user")
		}
		if out, err := exec.Command(enter[0], append(enter[1:], "true")...).CombinedOutput(); err != nil {
			skipOrFail(t, fmt.Sprintf("no network namespace: %v\n%s", err, out))
		}
		for _, bin := range []string{kind.oldBin("twice"), kind.bin("twice")} {
			p := startProc(t, nil, append(enter, bin, "default")...)
			poll(t, bin, func() error {
				select {
				case <-p.exited:
					return fmt.Errorf("%w: %v\n%s", errGiveUp, p.err, p.log())
				default:
				}
				for _, table := range []string{"tcp", "tcp6"} {
					text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.pid(), table))
					if err != nil {
						return err
					}
					if regexp.MustCompile(`(?m)^ *\d+: 0+:0050 \S+ 0A`).Match(text) {
						return nil
					}
				}
				return errors.New("does not listen on port 80")
			})
		}
	})
}

// TestLongSinWrongKind: the wrong kind of socket panics, or is served by the
// wrong code, or makes the program bind in silence. It is an error that says
// what was wanted and what was found.
func TestLongSinWrongKind(t *testing.T) {
	bin := sample(t, kindSample).bin("kind")
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	connected := os.NewFile(uintptr(pair[0]), "pair")
	defer connected.Close()
	defer syscall.Close(pair[1])
	idle, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	notListening := os.NewFile(uintptr(idle), "idle")
	defer notListening.Close()
	pipe, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	defer w.Close()

	const free = "127.0.0.1:0"
	for name, tt := range map[string]struct {
		sock fileConn
		tcp  string
		udp  string
		want []string
	}{
		"unix for any":          {listenUnix(t), free, "", []string{"unix", "tcp"}},
		"unix by number":        {listenUnix(t), "fd://3", "", []string{"unix", "tcp"}},
		"datagrams by number":   {listenUDP(t), "fd://3", "", []string{"udp", "tcp"}},
		"datagrams by name":     {listenUDP(t), "fd://web", "", []string{"udp", "tcp", "web"}},
		"stream for datagrams":  {listenTCP(t), free, "fd://3", []string{"udp", "tcp"}},
		"below 0":               {listenTCP(t), "fd://-1", "", []string{"-1"}},
		"standard error":        {listenTCP(t), "fd://2", "", []string{"2"}},
		"too high":              {listenTCP(t), "fd://99", "", []string{"99"}},
		"no number":             {listenTCP(t), "fd://99999999999999999999", "", []string{"99999999999999999999"}},
		"none that suits":       {listenUDP(t), "fd://", "", []string{"fd://", "only fd 3"}},
		"no such name":          {listenTCP(t), "fd://wev", "", []string{"wev", "web"}},
		"connected":             {plainFile{connected}, "fd://3", "", []string{"unix"}},
		"not listening":         {plainFile{notListening}, "fd://3", "", []string{"not listening"}},
		"pipe":                  {plainFile{pipe}, "fd://3", "", []string{"not a"}},
		"nothing inherited":     {nil, "fd://3", "", []string{"3", "no descriptors"}},
		"datagrams, by a clash": {listenUDP(t), "fd://3", "fd://3", []string{"udp"}},
	} {
		t.Run(name, func(t *testing.T) {
			argv := []string{bin, "-tcp", tt.tcp, "-udp", tt.udp}
			var p *proc
			if tt.sock == nil {
				p = startProc(t, nil, argv...)
			} else {
				p = inherits(t, []fileConn{tt.sock}, "web", nil, argv...)
			}
			log := p.fails(t)
			for _, want := range tt.want {
				if !strings.Contains(log, want) {
					t.Errorf("%q does not say %q", log, want)
				}
			}
			// While one call fails the other may have served, on a socket
			// that it was given.
			if tt.udp == "" && strings.Count(log, "\n") != 1 {
				t.Errorf("more than one line: %q", log)
			}
		})
	}
}

// A plainFile is a file that is no connection of package net.
type plainFile struct{ f *os.File }

func (p plainFile) File() (*os.File, error) {
	fd, err := syscall.Dup(int(p.f.Fd()))
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), p.f.Name()), nil
}

// TestLongSinEnvironmentConsumed: the environment consumed by the first call. Two
// servers of one type, and a packet socket before them, each get their own,
// in whatever order they come.
func TestLongSinEnvironmentConsumed(t *testing.T) {
	s := sample(t, kindSample)
	one, two := listenTCP(t), listenTCP(t)
	udp, err := net.ListenPacket("udp", one.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	for _, socks := range [][]fileConn{
		{one, two, udp.(*net.UDPConn)},
		{udp.(*net.UDPConn), two, one},
	} {
		for _, by := range []string{"address", "name"} {
			env := []string{"ONE=" + one.Addr().String(), "TWO=" + two.Addr().String()}
			names := ""
			if by == "name" {
				env = []string{"ONE=fd://one", "TWO=fd://two"}
				for _, s := range socks {
					names += map[bool]string{true: ":two", false: ":one"}[s == fileConn(two)]
				}
				names = names[1:]
			}
			p := inherits(t, socks, names, env, s.bin("twice"))
			for addr, want := range map[net.Addr]string{one.Addr(): "one", two.Addr(): "two"} {
				if got := httpDo(t, "GET", "http://"+addr.String(), ""); got != want {
					t.Errorf("by %s, %s is served by %q", by, want, got)
				}
			}
			if got := exchange(t, "udp", one.Addr().String(), "?"); got != "udp" {
				t.Errorf("over UDP: %q", got)
			}
			assertInherited(t, p, socks)
			p.cmd.Process.Kill()
			<-p.exited
		}
	}
}

// TestLongSinErrorsSwallowed: activation errors swallowed. A broken environment
// fails every listen, with what is broken; nothing is bound instead.
func TestLongSinErrorsSwallowed(t *testing.T) {
	bin := sample(t, kindSample).bin("alone")
	for name, tt := range map[string]struct {
		names string
		env   []string
		want  string
	}{
		"too many names": {"a:b", nil, "LISTEN_FDNAMES"},
		"no number":      {"", []string{"LISTEN_FDS=x"}, "LISTEN_FDS"},
		"below 0":        {"", []string{"LISTEN_FDS=-1"}, "LISTEN_FDS"},
		"too many":       {"", []string{"LISTEN_FDS=2"}, "fd 4"},
	} {
		t.Run(name, func(t *testing.T) {
			l := listenTCP(t)
			env := tt.env
			f, err := l.File()
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if len(env) == 0 {
				env = []string{"LISTEN_FDS=1", "LISTEN_FDNAMES=" + tt.names}
			}
			p := startProcWith(t, []*os.File{f}, env, "sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, bin, "-addr", "127.0.0.1:0")
			if log := p.fails(t); !strings.Contains(log, tt.want) {
				t.Errorf("%q does not say %q", log, tt.want)
			}
		})
	}
	t.Run("another process", func(t *testing.T) {
		// What a wrapper that ate the activation leaves behind: the program
		// binds as ever, and says so.
		f, err := listenTCP(t).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		p := startProcWith(t, []*os.File{f}, []string{"LISTEN_FDS=1", "LISTEN_PID=1"}, bin, "-addr", "127.0.0.1:0")
		poll(t, "the warning", func() error {
			if log := p.log(); !strings.Contains(log, "LISTEN_PID") {
				return fmt.Errorf("%q does not say LISTEN_PID", log)
			}
			return nil
		})
	})
}

// TestLongSinAddressIgnored: silently ignores a configured address. When the
// socket is another than the configuration says, the program says so.
func TestLongSinAddressIgnored(t *testing.T) {
	s := sample(t, kindSample)
	l := listenTCP(t)
	p := inherits(t, []fileConn{l}, "", nil, s.bin("alone"), "-addr", "127.0.0.1:1")
	if got := exchange(t, "tcp", l.Addr().String(), ""); got != "0" {
		t.Errorf("served %q", got)
	}
	assertInherited(t, p, []fileConn{l})
	if log := p.log(); !strings.Contains(log, "127.0.0.1:1") || !strings.Contains(log, l.Addr().String()) {
		t.Errorf("the program says %q, not which address it ignores for which", log)
	}
}

// TestLongSinListenAgain: the second claim of a reload needs the same socket
// again, however it found it the first time.
func TestLongSinListenAgain(t *testing.T) {
	s := sample(t, kindSample)
	for _, by := range []string{"address", "number", "sole"} {
		t.Run(by, func(t *testing.T) {
			l := listenTCP(t)
			addr := map[string]string{"address": l.Addr().String(), "number": "fd://3", "sole": "127.0.0.1:1"}[by]
			p := inherits(t, []fileConn{l}, "", nil, s.bin("alone"), "-addr", addr)
			if got := exchange(t, "tcp", l.Addr().String(), ""); got != "0" {
				t.Fatalf("served %q", got)
			}
			for n := 1; n <= 3; n++ {
				if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
					t.Fatal(err)
				}
				poll(t, "the reload", func() error {
					// Until the old listener is closed it may answer.
					if got := exchange(t, "tcp", l.Addr().String(), ""); got != fmt.Sprint(n) {
						return fmt.Errorf("served %q, want %d\n%s", got, n, p.log())
					}
					return nil
				})
				assertInherited(t, p, []fileConn{l})
			}
		})
	}
}

// TestLongSinTestBinary: tests flaky because fd 3 is already taken in the test
// binary. The tests of a ported package pass whatever is there.
func TestLongSinTestBinary(t *testing.T) {
	s := sample(t, kindSample)
	test := filepath.Join(t.TempDir(), "kind.test")
	runIn(t, s.dir, nil, "go", "test", "-c", "-o", test, ".")
	l := listenTCP(t)
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	regular, err := os.Open(test)
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	for name, tt := range map[string]struct {
		file *os.File
		env  []string
	}{
		"a socket":                 {f, nil},
		"a file":                   {regular, nil},
		"another's, a socket":      {f, []string{"LISTEN_PID=1", "LISTEN_FDS=1"}},
		"another's, a file":        {regular, []string{"LISTEN_PID=1", "LISTEN_FDS=1"}},
		"a number without process": {f, []string{"LISTEN_FDS=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := startProcWith(t, []*os.File{tt.file}, tt.env, test)
			<-p.exited
			if p.err != nil || !bytes.Contains([]byte(p.log()), []byte("PASS")) {
				t.Errorf("%v\n%s", p.err, p.log())
			}
		})
	}
	if runIn(t, s.dir, nil, "go", "test", ".") == "" {
		t.Error("no tests")
	}
}
