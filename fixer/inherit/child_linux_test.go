package inherit_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
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

	"inheritfd/fixer/inherit"
)

// This file defines the daemon of the tests: the test binary itself, started
// with a table of descriptors that the test made, as a supervisor does.
//
// LISTEN_PID has to be the pid of the daemon, which only the daemon knows. So
// the binary runs three times: the test, a stub that sets the variables and
// replaces itself, and the child, which obeys one step after the other.

const (
	stubKey       = "INHERIT_TEST_STUB"       // JSON of the environment to set
	childKey      = "INHERIT_TEST_CHILD"      // "1"
	grandchildKey = "INHERIT_TEST_GRANDCHILD" // "1"

	timeout = 60 * time.Second
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(stubKey) != "":
		fmt.Fprintln(os.Stderr, "stub:", runStub())
		os.Exit(1)
	case os.Getenv(childKey) != "":
		if err := runChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	case os.Getenv(grandchildKey) != "":
		runGrandchild(os.Stdout)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runStub sets the environment and becomes the child. In a value, SELF is the
// pid of the child, OTHER that of another process and INODE the pidfd's inode.
func runStub() error {
	var env map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(stubKey)), &env); err != nil {
		return err
	}
	os.Unsetenv(stubKey)
	os.Setenv(childKey, "1")
	var inode uint64
	if fd, _, errno := syscall.Syscall(434, uintptr(os.Getpid()), 0, 0); errno == 0 {
		var st syscall.Stat_t
		if err := syscall.Fstat(int(fd), &st); err != nil {
			return err
		}
		inode = st.Ino
		syscall.Close(int(fd))
	}
	r := strings.NewReplacer("SELF", strconv.Itoa(os.Getpid()), "OTHER", strconv.Itoa(os.Getppid()), "INODE", strconv.FormatUint(inode, 10))
	for k, v := range env {
		os.Setenv(k, r.Replace(v))
	}
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

// runGrandchild prints what a child of the daemon can see of the activation.
func runGrandchild(w io.Writer) {
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, "LISTEN_") {
			fmt.Fprintln(w, kv)
		}
	}
	fds, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:") {
			fmt.Fprintln(w, fd, to)
		}
	}
}

// A step is what the child has to do next.
type step struct {
	Op               string // a drop-in, or Close, Told, Wait, Sockets, Grandchild, Nonblock, Chdir, an op of server
	Sole             bool
	Network, Address string
	Handle           int    // step that Close, Wait and the like refer to
	Cert, Key        string // files, for TLS
	Control          string // for the Context drop-ins: error of Control, "ok" for none
}

// A result is what came of it.
type result struct {
	Step    int
	Err     string
	Typed   *inherit.Error // the error, if it is one of ours
	InUse   bool           // the error is EADDRINUSE
	Type    string         // %T of what the drop-in returned
	Addr    string
	Out     string
	Sockets []socket // after the step
}

type socket struct {
	inherit.Socket
	Addr string
}

// claimed returns the descriptors that are claimed.
func (r result) claimed() string {
	var list []string
	for _, s := range r.Sockets {
		if s.ClaimedBy != "" {
			list = append(list, strconv.Itoa(s.FD))
		}
	}
	return strings.Join(list, " ")
}

// dropIns is what both the package and Sole offer.
type dropIns interface {
	Listen(network, address string) (net.Listener, error)
	ListenPacket(network, address string) (net.PacketConn, error)
	ListenTCP(network string, laddr *net.TCPAddr) (*net.TCPListener, error)
	ListenUDP(network string, laddr *net.UDPAddr) (*net.UDPConn, error)
	ListenUnix(network string, laddr *net.UnixAddr) (*net.UnixListener, error)
	ListenUnixgram(network string, laddr *net.UnixAddr) (*net.UnixConn, error)
	ListenContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.Listener, error)
	ListenPacketContext(ctx context.Context, lc *net.ListenConfig, network, address string) (net.PacketConn, error)
	ListenTLS(network, address string, config *tls.Config) (net.Listener, error)
	Serve(network, address string, serve func(net.Listener) error) error
	ServePacket(network, address string, serve func(net.PacketConn) error) error
	ListenOr(listen func(network, address string) (net.Listener, error), network, address string) (net.Listener, error)
	ListenPacketOr(listen func(network, address string) (net.PacketConn, error), network, address string) (net.PacketConn, error)
	ListenAndServe(addr string, handler http.Handler) error
	ListenAndServeTLS(addr, certFile, keyFile string, handler http.Handler) error
	ServerListenAndServe(srv *http.Server) error
	ServerListenAndServeTLS(srv *http.Server, certFile, keyFile string) error
}

// functions has the functions of the package as methods.
type functions struct{}

func (functions) Listen(n, a string) (net.Listener, error)         { return inherit.Listen(n, a) }
func (functions) ListenPacket(n, a string) (net.PacketConn, error) { return inherit.ListenPacket(n, a) }
func (functions) ListenTCP(n string, a *net.TCPAddr) (*net.TCPListener, error) {
	return inherit.ListenTCP(n, a)
}
func (functions) ListenUDP(n string, a *net.UDPAddr) (*net.UDPConn, error) {
	return inherit.ListenUDP(n, a)
}
func (functions) ListenUnix(n string, a *net.UnixAddr) (*net.UnixListener, error) {
	return inherit.ListenUnix(n, a)
}
func (functions) ListenUnixgram(n string, a *net.UnixAddr) (*net.UnixConn, error) {
	return inherit.ListenUnixgram(n, a)
}
func (functions) ListenContext(ctx context.Context, lc *net.ListenConfig, n, a string) (net.Listener, error) {
	return inherit.ListenContext(ctx, lc, n, a)
}
func (functions) ListenPacketContext(ctx context.Context, lc *net.ListenConfig, n, a string) (net.PacketConn, error) {
	return inherit.ListenPacketContext(ctx, lc, n, a)
}
func (functions) ListenTLS(n, a string, c *tls.Config) (net.Listener, error) {
	return inherit.ListenTLS(n, a, c)
}
func (functions) Serve(n, a string, f func(net.Listener) error) error { return inherit.Serve(n, a, f) }
func (functions) ServePacket(n, a string, f func(net.PacketConn) error) error {
	return inherit.ServePacket(n, a, f)
}
func (functions) ListenOr(f func(string, string) (net.Listener, error), n, a string) (net.Listener, error) {
	return inherit.ListenOr(f, n, a)
}
func (functions) ListenPacketOr(f func(string, string) (net.PacketConn, error), n, a string) (net.PacketConn, error) {
	return inherit.ListenPacketOr(f, n, a)
}
func (functions) ListenAndServe(a string, h http.Handler) error { return inherit.ListenAndServe(a, h) }
func (functions) ListenAndServeTLS(a, c, k string, h http.Handler) error {
	return inherit.ListenAndServeTLS(a, c, k, h)
}
func (functions) ServerListenAndServe(s *http.Server) error { return inherit.ServerListenAndServe(s) }
func (functions) ServerListenAndServeTLS(s *http.Server, c, k string) error {
	return inherit.ServerListenAndServeTLS(s, c, k)
}

// runChild obeys the steps on r, one JSON value a line, until it ends.
func runChild(r io.Reader, w io.Writer) error {
	d := daemon{open: map[int]io.Closer{}, done: map[int]chan error{}, servers: map[int]*server{}}
	steps, results := json.NewDecoder(r), json.NewEncoder(w)
	for n := 0; ; n++ {
		var s step
		if err := steps.Decode(&s); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		res, err := d.do(n, s)
		res.Step = n
		if err != nil {
			res.Err = err.Error()
			res.InUse = errors.Is(err, syscall.EADDRINUSE)
			if errors.As(err, &res.Typed) {
				copied := *res.Typed
				copied.Err = nil // does not survive JSON
				res.Typed = &copied
			}
		}
		for _, s := range inherit.Sockets() {
			out := socket{Socket: s}
			if s.Addr != nil {
				out.Addr = s.Addr.String()
			}
			out.Socket.Addr = nil
			res.Sockets = append(res.Sockets, out)
		}
		if err := results.Encode(res); err != nil {
			return err
		}
	}
}

type daemon struct {
	open map[int]io.Closer
	done map[int]chan error // of the drop-ins that serve

	servers map[int]*server
}

// listOp returns a function that lists all sockets, nil for another step.
func listOp(op string) func() (string, error) {
	var out []string
	switch op {
	case "Listeners":
		return func() (string, error) {
			list, err := inherit.Listeners()
			for _, l := range list {
				if l == nil {
					out = append(out, "nil")
					continue
				}
				out = append(out, l.Addr().String())
			}
			return strings.Join(out, " "), err
		}
	case "ListenersWithNames":
		return func() (string, error) {
			list, err := inherit.ListenersWithNames()
			for _, name := range slices.Sorted(maps.Keys(list)) {
				for _, l := range list[name] {
					out = append(out, name+"="+l.Addr().String())
				}
			}
			return strings.Join(out, " "), err
		}
	case "PacketConns":
		return func() (string, error) {
			list, err := inherit.PacketConns()
			for _, p := range list {
				if p == nil {
					out = append(out, "nil")
					continue
				}
				out = append(out, p.LocalAddr().String())
			}
			return strings.Join(out, " "), err
		}
	}
	return nil
}

func (d daemon) do(n int, s step) (res result, err error) {
	var in dropIns = functions{}
	if s.Sole {
		in = inherit.Sole
	}
	switch s.Op {
	case "Sockets":
		return res, nil
	case "Close":
		return res, d.open[s.Handle].Close()
	case "Wait":
		return res, <-d.done[s.Handle]
	case "Race": // many calls at once, of which one gets the socket
		listeners := make(chan net.Listener)
		for range 20 {
			go func() {
				l, _ := in.Listen(s.Network, s.Address) // error: in use
				inherit.Sockets()
				listeners <- l
			}()
		}
		got := 0
		for range 20 {
			if l := <-listeners; l != nil {
				got++
				defer l.Close()
			}
		}
		res.Out = strconv.Itoa(got)
		return res, nil
	case "Nonblock":
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, 3, syscall.F_GETFL, 0)
		if errno != 0 {
			return res, errno
		}
		res.Out = strconv.FormatBool(flags&syscall.O_NONBLOCK != 0)
		return res, nil
	case "Grandchild":
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), childKey+"=", grandchildKey+"=1")
		out, err := cmd.Output()
		res.Out = string(out)
		return res, err
	}
	if list := listOp(s.Op); list != nil {
		res.Out, err = list()
		return res, err
	}
	if f := pathOp(s.Op); f != nil {
		return res, f(s.Address)
	}
	if s.Op == "SetUnlinkOnClose" {
		inherit.SetUnlinkOnClose(d.open[s.Handle].(*net.UnixListener), true)
		return res, nil
	}
	if s.Op == "Told" { // what is to be told of the listener
		l := d.open[s.Handle].(net.Listener)
		res.Out = strings.TrimSpace(fmt.Sprintln(inherit.Addr(l, s.Address), inherit.Port(l, "configured"), inherit.Port(l, uint16(7)), inherit.Port(l, int64(7))))
		return res, nil
	}
	if ok, err := d.doServer(n, s, &res); ok {
		return res, err
	}
	if serve := serving(in, n, s); serve != nil {
		done := make(chan error, 1)
		d.done[n] = done
		go func() { done <- serve() }()
		return res, nil
	}
	conn, out, err := listen(in, s)
	res.Out = out
	if err != nil {
		if conn != nil {
			return res, fmt.Errorf("%T besides the error %w", conn, err)
		}
		return res, err
	}
	res.Type = fmt.Sprintf("%T", conn)
	d.open[n] = conn.(io.Closer)
	switch conn := conn.(type) {
	case net.Listener:
		res.Addr = conn.Addr().String()
		go func() { _ = answer(n, conn) }()
	case net.PacketConn:
		res.Addr = conn.LocalAddr().String()
		go func() { _ = answerPacket(n, conn) }()
	}
	return res, nil
}

// listen runs a drop-in that returns. The result is an untyped nil on error.
func listen(in dropIns, s step) (conn any, out string, err error) {
	defer func() {
		if err != nil && fmt.Sprint(conn) == "<nil>" {
			conn = nil
		}
	}()
	lc := &net.ListenConfig{}
	if s.Control != "" {
		lc.Control = func(network, address string, c syscall.RawConn) error {
			if cerr := c.Control(func(fd uintptr) {
				typ, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TYPE)
				out = fmt.Sprint(network, " ", address, " ", typ, " ", err)
			}); cerr != nil {
				return cerr
			}
			if s.Control == "EINVAL" {
				return os.NewSyscallError("setsockopt", syscall.EINVAL)
			}
			if s.Control != "ok" {
				return errors.New(s.Control)
			}
			return nil
		}
	}
	switch s.Op {
	case "Listen":
		conn, err = in.Listen(s.Network, s.Address)
	case "ListenPacket":
		conn, err = in.ListenPacket(s.Network, s.Address)
	case "ListenTCP":
		var a *net.TCPAddr
		if s.Address != "nil" {
			if a, err = net.ResolveTCPAddr(s.Network, s.Address); err != nil {
				return nil, "", err
			}
		}
		conn, err = in.ListenTCP(s.Network, a)
	case "ListenUDP":
		var a *net.UDPAddr
		if s.Address != "nil" {
			if a, err = net.ResolveUDPAddr(s.Network, s.Address); err != nil {
				return nil, "", err
			}
		}
		conn, err = in.ListenUDP(s.Network, a)
	case "ListenUnix", "ListenUnixgram":
		var a *net.UnixAddr
		if s.Address != "nil" {
			a = &net.UnixAddr{Name: s.Address, Net: s.Network}
		}
		if s.Op == "ListenUnix" {
			conn, err = in.ListenUnix(s.Network, a)
		} else {
			conn, err = in.ListenUnixgram(s.Network, a)
		}
	case "ListenContext":
		conn, err = in.ListenContext(context.Background(), lc, s.Network, s.Address)
	case "ListenPacketContext":
		conn, err = in.ListenPacketContext(context.Background(), lc, s.Network, s.Address)
	case "ListenOr":
		conn, err = in.ListenOr(func(network, address string) (net.Listener, error) {
			out = network + " " + address
			return net.Listen(network, address)
		}, s.Network, s.Address)
	case "ListenPacketOr":
		conn, err = in.ListenPacketOr(func(network, address string) (net.PacketConn, error) {
			out = network + " " + address
			return net.ListenPacket(network, address)
		}, s.Network, s.Address)
	case "StartPacket":
		conn, err = inherit.StartPacket(s.Network, s.Address, func(p net.PacketConn) (net.PacketConn, error) {
			if s.Control != "" {
				return nil, errors.New(s.Control)
			}
			return p, nil
		})
	case "ListenTLS":
		var config *tls.Config
		if s.Cert != "" {
			cert, err := tls.LoadX509KeyPair(s.Cert, s.Key)
			if err != nil {
				return nil, "", err
			}
			config = &tls.Config{Certificates: []tls.Certificate{cert}}
		}
		conn, err = in.ListenTLS(s.Network, s.Address, config)
	default:
		err = fmt.Errorf("no such step: %s", s.Op)
	}
	return conn, out, err
}

// serving returns a call of a drop-in that serves, nil if s.Op is none.
func serving(in dropIns, n int, s step) func() error {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "step %d %s", n, r.Proto) })
	srv := &http.Server{Addr: s.Address, Handler: h}
	switch s.Op {
	case "Serve":
		return func() error {
			return in.Serve(s.Network, s.Address, func(l net.Listener) error { return answerOnce(n, l) })
		}
	case "ServePacket":
		return func() error {
			return in.ServePacket(s.Network, s.Address, func(p net.PacketConn) error {
				defer p.Close()
				return answerPacketOnce(n, p)
			})
		}
	case "ListenAndServe":
		return func() error { return in.ListenAndServe(s.Address, h) }
	case "ListenAndServeTLS":
		return func() error { return in.ListenAndServeTLS(s.Address, s.Cert, s.Key, h) }
	case "ServerListenAndServe":
		return func() error { return in.ServerListenAndServe(srv) }
	case "ServerListenAndServeTLS":
		return func() error { return in.ServerListenAndServeTLS(srv, s.Cert, s.Key) }
	case "ServerShutdown":
		return func() error {
			if err := srv.Shutdown(context.Background()); err != nil {
				return err
			}
			return in.ServerListenAndServe(srv)
		}
	}
	return nil
}

// answer tells each client which step serves it.
func answer(n int, l net.Listener) error {
	for {
		if err := answerOnce(n, l); err != nil {
			return err
		}
	}
}

func answerOnce(n int, l net.Listener) error {
	c, err := l.Accept()
	if err != nil {
		return err
	}
	fmt.Fprintf(c, "step %d\n", n)
	return c.Close()
}

func answerPacket(n int, p net.PacketConn) error {
	for {
		if err := answerPacketOnce(n, p); err != nil {
			return err
		}
	}
}

func answerPacketOnce(n int, p net.PacketConn) error {
	buf := make([]byte, 100)
	_, from, err := p.ReadFrom(buf)
	if err != nil {
		return err
	}
	_, err = p.WriteTo(fmt.Appendf(nil, "step %d\n", n), from)
	return err
}

// A child is a running daemon, seen from the test.
type child struct {
	t       *testing.T
	steps   *json.Encoder
	results *json.Decoder
	stdin   io.Closer
	stderr  *strings.Builder
	cmd     *exec.Cmd
}

// env returns the variables that pass n descriptors to the child.
func env(n int, more ...string) map[string]string {
	m := map[string]string{"LISTEN_PID": "SELF", "LISTEN_FDS": strconv.Itoa(n)}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	return m
}

// start runs the child with files from descriptor 3 on; a nil file is a closed
// descriptor. It closes the files.
func start(t *testing.T, env map[string]string, files ...*os.File) *child {
	t.Helper()
	vars, err := json.Marshal(env)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Env = append(os.Environ(), stubKey+"="+string(vars), "GORACE=atexit_sleep_ms=0")
	cmd.Dir = t.TempDir()
	cmd.ExtraFiles = files
	cmd.WaitDelay = time.Second
	stderr := &strings.Builder{}
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // killed
		if strings.Contains(stderr.String(), "DATA RACE") {
			t.Error(stderr)
		}
	})
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
	return &child{t, json.NewEncoder(stdin), json.NewDecoder(bufio.NewReader(stdout)), stdin, stderr, cmd}
}

// do lets the child take a step.
func (c *child) do(s step) result {
	c.t.Helper()
	var res result
	if err := c.steps.Encode(s); err != nil {
		c.t.Fatalf("%+v: %v\n%s", s, err, c.stop())
	}
	if err := c.results.Decode(&res); err != nil {
		c.t.Fatalf("%+v: %v\n%s", s, err, c.stop())
	}
	return res
}

// listen lets the child take a step that has to succeed.
func (c *child) listen(op, network, address string) result {
	c.t.Helper()
	return c.must(step{Op: op, Network: network, Address: address})
}

func (c *child) must(s step) result {
	c.t.Helper()
	res := c.do(s)
	if res.Err != "" {
		c.t.Fatalf("%+v: %s", s, res.Err)
	}
	return res
}

// stop ends the child and returns what it wrote to standard error.
func (c *child) stop() string {
	c.stdin.Close()
	_ = c.cmd.Wait() // killed, or told so on standard error
	return c.stderr.String()
}
