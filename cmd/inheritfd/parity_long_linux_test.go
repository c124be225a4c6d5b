//go:build long

package main

// This file compares what a program inherits from run with what it does from
// systemd and systemd-socket-activate.

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// serviced returns what inspect shows in a service, for the text of its socket
// unit. It is started by hand, so that no client waits.
func serviced(t *testing.T, m *systemdManager, name, socket string) ([]launch.Info, error) {
	t.Helper()
	log := filepath.Join(m.dir, "log", name+".service")
	os.Remove(log) // of another try
	m.write("units/"+name+".service", serviceUnit("Type=oneshot", "ExecStart="+inheritfdBin(t)+" inspect -json"))
	m.unit(name+".socket", socket)
	if err := m.startUnit(name + ".socket"); err != nil {
		return nil, err
	}
	m.ctl("start", name+".service")
	m.ctl("stop", name+".socket")
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return inspected(t, string(text)), nil
}

// TestLongRunParity opens sockets of each kind in all ways that there are, one after
// the other with the same address, and compares what a program sees of them.
// Each unix path is there, stale, when the next one binds it.
func TestLongRunParity(t *testing.T) {
	m := startSystemd(t)
	bin := inheritfdBin(t)
	for _, kind := range []struct {
		name      string
		prefix    string // of -l
		listen    string
		flag      string // of systemd-socket-activate
		directive string
		network   string // of a client
		to        string
	}{
		{"tcp4", "tcp:", "127.0.0.1:PORT", "", "ListenStream", "tcp", "127.0.0.1:PORT"},
		{"tcp6", "tcp:", "[::1]:PORT", "", "ListenStream", "tcp", "[::1]:PORT"},
		{"any", "", "PORT", "", "ListenStream", "tcp", "127.0.0.1:PORT"},
		{"path", "unix:", "DIR/stream", "", "ListenStream", "unix", "DIR/stream"},
		{"abstract", "", "@DIR/abstract", "", "ListenStream", "unix", "@DIR/abstract"},
		{"seqpacket", "seqpacket:", "DIR/seqpacket", "--seqpacket", "ListenSequentialPacket", "unixpacket", "DIR/seqpacket"},
		{"udp", "udp:", "127.0.0.1:PORT", "-d", "ListenDatagram", "udp", "127.0.0.1:PORT"},
		{"unixgram", "unixgram:", "DIR/gram", "-d", "ListenDatagram", "unixgram", "DIR/gram"},
	} {
		dir := shortTempDir(t)
		withFreeAddrs(t, 1, func(addrs ...string) error {
			_, port, _ := net.SplitHostPort(addrs[0])
			at := strings.NewReplacer("PORT", port, "DIR", dir)
			listen := at.Replace(kind.listen)

			r, err := runSockets(t, "run", "-l", "web="+kind.prefix+listen, "--", bin, "inspect", "-json")
			if err != nil {
				return err
			}
			run := inspected(t, r.out)

			args := []string{"-l", listen, "--fdname=web"}
			if kind.flag != "" {
				args = append(args, kind.flag)
			}
			activate, err := activated(t, args, kind.network, at.Replace(kind.to))
			if err != nil {
				return err
			}

			unit := socketUnit(kind.directive+"="+listen, "FileDescriptorName=web")
			service, err := serviced(t, m, kind.name, unit)
			if err != nil {
				return err
			}

			r, err = runSockets(t, "run", "-unit", filepath.Join(m.dir, "units", kind.name+".socket"), "--", bin, "inspect", "-json")
			if err != nil {
				return err
			}
			if len(service) != 1 || service[0].Kind != "socket" {
				t.Fatalf("%s: systemd passes %+v", kind.name, service)
			}
			same(t, kind.name+": run -l", run, service)
			same(t, kind.name+": systemd-socket-activate", activate, service)
			same(t, kind.name+": run -unit", inspected(t, r.out), service)
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%s: run leaves %v", kind.name, left)
			}
			return nil
		})
	}
}

// TestLongRunUnit reads socket units as systemd does: each is compared with what
// systemd makes of it.
func TestLongRunUnit(t *testing.T) {
	m := startSystemd(t) // of root, so %t is /run
	bin := inheritfdBin(t)
	run, err := os.MkdirTemp("/run", "ifd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(run); err != nil {
			t.Error(err)
		}
	})
	withFreeAddrs(t, 2, func(addrs ...string) error {
		_, port, _ := net.SplitHostPort(addrs[0])
		text := strings.NewReplacer("PORT", port, "DIR", filepath.Base(run), "ADDR", addrs[1]).Replace(`# The unit of a test.
[Unit]
Description=a unit = a test

[Socket]
ListenStream=/none/taken-back
ListenDatagram=127.0.0.1:1
ListenStream=
; both kinds of comments
ListenStream = \
# in the middle
	PORT
BindIPv6Only=both
BindIPv6Only=ipv6-only
ListenStream=%t/DIR/sub/%N-%n
ListenDatagram=ADDR
FileDescriptorName=100%%-%p
SocketMode=0600
DirectoryMode=0750
Backlog=7
`)
		want, err := serviced(t, m, "web", text)
		if err != nil {
			return err
		}
		mode := func(root string) string {
			var modes []string
			for _, name := range []string{"sub", "sub/web-web.socket"} {
				fi, err := os.Lstat(filepath.Join(root, filepath.Base(run), name))
				if err != nil {
					t.Fatal(err)
				}
				modes = append(modes, fi.Mode().String())
			}
			return strings.Join(modes, " ")
		}
		wantModes := mode(filepath.Join(m.dir, "run"))

		unit := filepath.Join(m.dir, "units/web.socket")
		p, _, err := tryRun(t, 3, "-unit", unit, "--", "sleep", "1000")
		if err != nil {
			return err
		}
		pid := child(t, p.pid(), "sleep")
		got := inspected(t, runCmd(t, nil, bin, "inspect", "-json", "-pid", strconv.Itoa(pid)).out)
		same(t, "run -unit", got, want)
		if len(got) != 3 || got[0].Network != "tcp6" || got[0].Backlog != 7 || got[0].Name != "100%-web" || got[1].Address != run+"/sub/web-web.socket" {
			t.Errorf("the unit gives %+v", got) // this test shows nothing then
		}
		if got := mode("/run"); got != wantModes {
			t.Errorf("the modes are %s, of systemd %s", got, wantModes)
		}
		p.terminate(t)
		return nil
	})
}

// showOptionsEnv makes this test binary a program that prints the options of the sockets
// that it inherits; see TestLongRunOptions.
const showOptionsEnv = "PARITY_TEST_OPTIONS"

// TestLongRunOptions sets the options of a unit as systemd does: a program that
// inherits the sockets reads the same from both.
func TestLongRunOptions(t *testing.T) {
	if os.Getenv(showOptionsEnv) != "" {
		showOptions()
		return
	}
	m := startSystemd(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	show := []string{self, "-test.run=^TestLongRunOptions$", "-test.v"}
	dir := shortTempDir(t)
	withFreeAddrs(t, 2, func(addrs ...string) error {
		text := socketUnit("ListenStream="+addrs[0], "ListenDatagram="+addrs[1], "ListenStream="+dir+"/s",
			"BindToDevice=lo", "KeepAlive=yes", "KeepAliveTimeSec=2min 5s", "KeepAliveIntervalSec=7", "KeepAliveProbes=3", "DeferAcceptSec=10s",
			"NoDelay=yes", "Broadcast=on", "PassCredentials=yes", "PassSecurity=1", "PassPacketInfo=yes", "Priority=3", "Mark=17", "IPTOS=low-delay", "IPTTL=9",
			"ReceiveBuffer=1M", "SendBuffer=70000", "Transparent=yes", "FreeBind=yes", "ReusePort=yes", "TCPCongestion=reno", "Timestamping=ns", "RemoveOnStop=yes")
		log := filepath.Join(m.dir, "log", "opt.service")
		os.Remove(log)
		m.write("units/opt.service", serviceUnit("Type=oneshot", "Environment="+showOptionsEnv+"=1", "ExecStart="+strings.Join(show, " ")))
		m.unit("opt.socket", text)
		if err := m.startUnit("opt.socket"); err != nil {
			return err
		}
		m.ctl("start", "opt.service")
		m.ctl("stop", "opt.socket")
		said, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		r, err := runSockets(t, append([]string{"run", "-E", showOptionsEnv + "=1", "-unit", filepath.Join(m.dir, "units", "opt.socket"), "--"}, show...)...)
		if err != nil {
			return err
		}
		options := func(text string) string {
			var out []string
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, "option ") {
					out = append(out, line)
				}
			}
			return strings.Join(out, "")
		}
		want, got := options(string(said)), options(r.out)
		if want != got || strings.Count(want, "\n") < 40 || !strings.Contains(want, "keepidle 125") {
			t.Errorf("run sets\n%s\nand systemd\n%s\n%s", got, want, r.out)
		}
		return nil
	})
}

func showOptions() {
	for fd := 3; fd < 6; fd++ {
		for _, o := range []struct {
			name       string
			level, opt int
		}{
			{"keepalive", unix.SOL_SOCKET, unix.SO_KEEPALIVE}, {"keepidle", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
			{"keepintvl", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}, {"keepcnt", unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
			{"defer", unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT}, {"nodelay", unix.IPPROTO_TCP, unix.TCP_NODELAY},
			{"broadcast", unix.SOL_SOCKET, unix.SO_BROADCAST}, {"passcred", unix.SOL_SOCKET, unix.SO_PASSCRED},
			{"passsec", unix.SOL_SOCKET, unix.SO_PASSSEC}, {"pktinfo", unix.IPPROTO_IP, unix.IP_PKTINFO},
			{"priority", unix.SOL_SOCKET, unix.SO_PRIORITY}, {"mark", unix.SOL_SOCKET, unix.SO_MARK},
			{"tos", unix.IPPROTO_IP, unix.IP_TOS}, {"ttl", unix.IPPROTO_IP, unix.IP_TTL},
			{"rcvbuf", unix.SOL_SOCKET, unix.SO_RCVBUF}, {"sndbuf", unix.SOL_SOCKET, unix.SO_SNDBUF},
			{"transparent", unix.IPPROTO_IP, unix.IP_TRANSPARENT}, {"freebind", unix.IPPROTO_IP, unix.IP_FREEBIND},
			{"reuseport", unix.SOL_SOCKET, unix.SO_REUSEPORT}, {"timestampns", unix.SOL_SOCKET, unix.SO_TIMESTAMPNS},
		} {
			n, err := unix.GetsockoptInt(fd, o.level, o.opt)
			fmt.Printf("option %d %s %d %v\n", fd, o.name, n, err)
		}
		device, err := unix.GetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE)
		congestion, err2 := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		fmt.Printf("option %d device %q %v congestion %q %v\n", fd, device, err, congestion, err2)
	}
}
