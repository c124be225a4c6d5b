package launch

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestHandover passes more descriptors than the kernel does in one message, and
// longer texts than a socket's buffer holds, and what a supervisor of before sends.
func TestHandover(t *testing.T) {
	for _, test := range []struct{ sockets, text int }{{0, 2}, {1, 100}, {253, 5000}, {254, 5000}, {600, 300_000}, {1000, 40}, {3, 900_000}} {
		var fds []int
		for range test.sockets {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			w.Close()
			defer r.Close()
			fds = append(fds, int(r.Fd()))
		}
		text := []byte("{" + strings.Repeat("x", test.text-2) + "}")
		from, to := unixPair(t)
		sent := make(chan error, 1)
		go func() { sent <- sendHandover(from, text, fds) }()
		got, passed, err := receiveHandover(to)
		if err != nil {
			t.Fatalf("%+v: %v", test, err)
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, text) || len(passed) != len(fds) {
			t.Errorf("%+v: %d bytes and %d descriptors", test, len(got), len(passed))
		}
		for i, fd := range passed {
			var a, b unix.Stat_t
			if unix.Fstat(fds[i], &a) != nil || unix.Fstat(fd, &b) != nil || a.Ino != b.Ino {
				t.Errorf("%+v: descriptor %d is another one", test, i)
			}
			unix.Close(fd)
		}
	}

	from, to := unixPair(t)
	old := []byte(`{"Version":1}`)
	if _, _, err := from.WriteMsgUnix(old, unix.UnixRights(0), nil); err != nil {
		t.Fatal(err)
	}
	got, passed, err := receiveHandover(to)
	if err != nil || !bytes.Equal(got, old) || len(passed) != 1 {
		t.Errorf("%s with %d descriptors, %v", got, len(passed), err)
	}
	for _, fd := range passed {
		unix.Close(fd)
	}
}

// unixPair returns two ends of a connection.
func unixPair(t *testing.T) (a, b *net.UnixConn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends []*net.UnixConn
	for _, fd := range fds {
		f := os.NewFile(uintptr(fd), "")
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		ends = append(ends, c.(*net.UnixConn))
	}
	return ends[0], ends[1]
}
