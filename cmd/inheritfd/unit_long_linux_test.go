//go:build long

package main

// This file runs the units that are generated for the daemons of testdata under
// a real systemd manager, of the system and of a user.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inheritfd/fixer/unit"
)

// TestLongUnits has units written for the ported daemons, and runs them as they
// are, but for ports that are free: the sockets are opened, the first client
// starts the service, a restart under load refuses nobody, and stop ends it.
func TestLongUnits(t *testing.T) {
	for _, d := range []struct {
		name, pkg string
		args      string            // besides those for sockets; LIB is the folder of its files
		files     map[string]string // there; ADDR is the address of the only socket
		env       string            // of the service; PORT is the port of the socket that is named so
		talk      [2]string         // what to send, and what the answer begins with
		lossless  bool              // it answers what it has accepted before it ends
	}{
		{name: "webd", pkg: ".", talk: [2]string{"GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200"}, lossless: true},
		{name: "notesd", pkg: "./cmd/notesd", args: "-data LIB/notesd", env: "METRICS_PORT=PORT:metrics", talk: [2]string{"GET /nothing HTTP/1.0\r\n\r\n", "HTTP/1.0 404"}},
		{name: "dnsd", pkg: ".", args: "--zone LIB/zone", files: map[string]string{"zone": dnsZone}, talk: [2]string{dnsQuery, "\x00\x09"}},
		{name: "cached", pkg: "./cmd/cached", args: "-config LIB/cached.yaml", files: map[string]string{"cached.yaml": "listen:\n  tcp: ADDR\n"}, talk: [2]string{"PING\r\n", "PONG"}},
	} {
		dir := portModule(t, d.name)
		for _, user := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s user=%v", d.name, user), func(t *testing.T) {
				m := startManager(t, user)
				lib := "/var/lib" // which is another folder inside
				if user {
					lib = filepath.Join(m.dir, "lib")
				}
				runIn(t, dir, nil, "go", "build", "-o", filepath.Join(m.dir, "lib/bin", d.name), d.pkg)
				flags := []string{"unit", "-C", dir, "-o", filepath.Join(m.dir, "units"), "-exec", filepath.Join(lib, "bin", d.name), "-args", strings.ReplaceAll(d.args, "LIB", lib)}
				if user {
					flags = append(flags, "-user")
				}
				out, err := exec.Command(inheritfdBin(t), flags...).CombinedOutput()
				if err != nil {
					t.Fatalf("inheritfd unit: %v\n%s", err, out)
				}
				var written []string
				for line := range strings.Lines(string(out)) {
					written = append(written, strings.TrimSpace(strings.TrimPrefix(line, "wrote ")))
				}
				analyzeUnits(t, m, written)
				asked := make(map[string]string) // network and address
				withFreeAddrs(t, len(written), func(addrs ...string) error {
					asked = moveUnits(t, m, written, addrs, d.files, d.env)
					var sockets []string
					for _, name := range written {
						if filepath.Ext(name) == ".socket" {
							sockets = append(sockets, filepath.Base(name))
							if err := m.startUnit(filepath.Base(name)); err != nil {
								return err
							}
						}
					}
					service := d.name + ".service"
					if state, _ := m.tryCtl("is-active", service); state == "active" {
						t.Fatal("the service runs before there is a client")
					}
					runUnits(t, m, service, asked, d.talk, d.lossless)
					m.ctl(append([]string{"stop", service}, sockets...)...)
					for addr, network := range asked {
						if c, err := net.Dial(network, addr); err == nil && network != "udp" {
							c.Close()
							t.Errorf("%s %s takes clients after the stop", network, addr)
						}
					}
					return nil
				})
			})
		}
	}
}

// analyzeUnits asks systemd whether units are well-formed.
func analyzeUnits(t *testing.T, m *systemdManager, files []string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("not asked, as it is not installed:", err)
		return
	}
	args := []string{"verify"}
	if m.user {
		args = append(args, "--user")
	}
	cmd := exec.Command("systemd-analyze", append(args, files...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+m.dir+"/units:", "XDG_RUNTIME_DIR="+m.dir+"/run")
	out, err := cmd.CombinedOutput()
	// It looks for the program, which is where it says only inside.
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "is not executable") {
			t.Errorf("systemd-analyze verify: %v: %s", err, line)
		}
	}
}

// moveUnits has the sockets of units opened on free ports, by drop-ins, and
// writes the daemon's files. It returns the networks of all sockets by their
// addresses.
func moveUnits(t *testing.T, m *systemdManager, written, addrs []string, files map[string]string, env string) map[string]string {
	t.Helper()
	asked := make(map[string]string)
	for i, name := range written {
		if filepath.Ext(name) != ".socket" {
			continue
		}
		parsed, err := unit.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parsed.Socket()
		if err != nil {
			t.Fatal(err)
		}
		lines := []string{"[Socket]", "ListenStream="}
		for _, l := range s.Listen {
			switch {
			case strings.HasPrefix(l.Value, "/"):
				asked[filepath.Join(m.dir, "run", strings.TrimPrefix(l.Value, "/run/"))] = "unix"
				lines = append(lines, "Listen"+l.Kind+"="+strings.Replace(l.Value, "/run/", "%t/", 1))
				continue
			case l.Kind == "Datagram":
				asked[addrs[i]] = "udp"
			default:
				asked[addrs[i]] = "tcp"
			}
			lines = append(lines, "Listen"+l.Kind+"="+addrs[i])
		}
		base := filepath.Base(name)
		_, port, _ := strings.Cut(addrs[i], ":")
		env = strings.ReplaceAll(env, "PORT:"+s.Name, port)
		if err := os.MkdirAll(filepath.Join(m.dir, "units", base+".d"), 0o755); err != nil {
			t.Fatal(err)
		}
		m.write("units/"+base+".d/10-test.conf", strings.Join(lines, "\n")+"\n")
	}
	for name, text := range files {
		m.write("lib/"+name, strings.ReplaceAll(text, "ADDR", addrs[0]))
	}
	if env != "" {
		m.write("units/service.d/20-test.conf", "[Service]\nEnvironment="+env+"\n")
	}
	m.ctl("daemon-reload")
	return asked
}

// runUnits asks on each socket, and then restarts the service under load.
func runUnits(t *testing.T, m *systemdManager, service string, asked map[string]string, talk [2]string, lossless bool) {
	t.Helper()
	for addr, network := range asked {
		if _, _, err := talkTo(network, addr, talk); err != nil {
			t.Errorf("%s %s: %v\n%s", network, addr, err, m.log())
		}
	}
	if state := m.ctl("is-active", service); state != "active" {
		t.Errorf("after the first client the service is %s", state)
	}
	for addr, network := range asked {
		if network == "udp" {
			continue
		}
		load := startLoad(t, 4, func() (string, bool, error) { return talkTo(network, addr, talk) })
		for range 3 {
			m.ctl("restart", service)
			load.more(t, 20)
		}
		load.stop()
		got := load.tallies[0]
		t.Logf("%s %s: %v", network, filepath.Base(addr), got)
		if got.refused > 0 || lossless && got.lost > 0 {
			t.Errorf("%s %s: %v", network, addr, got)
		}
	}
}

// talkTo sends something over a connection of its own, and checks how the
// answer begins; over TCP a DNS message has its length in front.
func talkTo(network, addr string, talk [2]string) (string, bool, error) {
	send, want := talk[0], talk[1]
	if send == dnsQuery && network == "tcp" {
		send, want = string([]byte{0, byte(len(send))})+send, "\x00"
	}
	c, err := net.DialTimeout(network, addr, deadline)
	if err != nil {
		return "", false, err
	}
	defer c.Close()
	if _, err := io.WriteString(c, send); err != nil {
		return "", true, err
	}
	got := make([]byte, 512)
	n, err := io.ReadAtLeast(c, got, len(want))
	if err == nil && !bytes.HasPrefix(got[:n], []byte(want)) {
		err = errors.New("another answer")
	}
	return "", true, err
}

// TestLongUnitCommand has the subcommand in the command line that the sockets are of.
func TestLongUnitCommand(t *testing.T) {
	for _, test := range []struct {
		dir, pkg, args string
		want           []string
	}{
		{"daemon/dnsd", ".", "", []string{"ExecStart=/usr/local/bin/dnsd serve --listen fd://listen", "# It does not start without --zone: add that."}},
		{"daemon/dnsd", ".", "serve --zone=/x", []string{"ExecStart=/usr/local/bin/dnsd serve --zone=/x --listen fd://listen"}},
		{"daemon/dnsd", ".", "--zone=/x serve", []string{"ExecStart=/usr/local/bin/dnsd --zone=/x serve --listen fd://listen"}},
		{"real/urfave3", "./urfave3", "", []string{"ExecStart=/usr/local/bin/urfave3 --metrics fd://metrics --listen fd://demo", "# No socket unit for http (urfave3/main.go:46): it is of the command relay."}},
		{"real/urfave3", "./urfave3", "relay", []string{"ExecStart=/usr/local/bin/urfave3 relay", "ListenStream=7000", "# No socket unit for demo (urfave3/main.go:33): it is of the program without a command."}},
		{"real/cobra2", "./cobra2", "", []string{"ExecStart=/usr/local/bin/cobra2 serve --admin fd://admin --listen fd://http"}},
	} {
		from, dir := filepath.Join("../../testdata", test.dir), t.TempDir()
		err := os.CopyFS(filepath.Join(dir, test.pkg), os.DirFS(from))
		if test.pkg != "." { // alone, as a module of so many programs takes its time
			for _, name := range []string{"go.mod", "go.sum"} {
				text, e := os.ReadFile(filepath.Join(from, "..", name))
				err = errors.Join(err, e, os.WriteFile(filepath.Join(dir, name), text, 0o666))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		runIn(t, dir, nil, inheritfdBin(t), "port", "-force")
		out := runIn(t, dir, nil, inheritfdBin(t), "unit", "-o", "-", "-args", test.args, test.pkg)
		lines := strings.Split(out, "\n")
		for _, want := range test.want {
			if !slices.Contains(lines, want) {
				t.Errorf("%s %s %q: no line %q in\n%s", test.dir, test.pkg, test.args, want, out)
			}
		}
		if strings.Contains(out, "without --zone") != (test.args == "" && test.pkg == ".") {
			t.Errorf("%s %q: required flags:\n%s", test.dir, test.args, out)
		}
	}
}
