//go:build long

package main

// This file compares what unit -check says of directives with what systemd does.

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What systemd does with the units of a daemon that is asked, restarted, asked again,
// stopped and asked again.
const (
	works    = "works"
	refuses  = "refuses" // to start the socket
	ignores  = "ignores" // a key or value, and says so
	silent   = "silent"  // the first client gets no answer
	restart_ = "restart" // clients get none after a restart
	stop_    = "stop"    // nor after a stop
)

// A directive is a change of good units: lines that are added to one, or what an
// expression finds in it replaced.
type directive struct {
	unit string // socket or service
	text string // OLD => NEW, or lines with a section
	does string // what systemd 252 does
	says string // the category of the finding that -check has for it, "" for none
}

// directives are what people write. ADDR and PATH are those of the sockets, DIR the
// folder of the path and EXEC the command.
var directives = []directive{
	{"socket", "[Socket] Backlog=64", works, ""},
	{"socket", "[Socket] SocketMode=0660", works, ""},
	{"socket", "[Socket] DirectoryMode=0755", works, ""},
	{"socket", "[Socket] FreeBind=yes", works, ""},
	{"socket", "[Socket] ReusePort=yes", works, ""},
	{"socket", "[Socket] KeepAlive=yes", works, ""},
	{"socket", "[Socket] NoDelay=yes", works, ""},
	{"socket", "[Socket] ReceiveBuffer=64K", works, ""},
	{"socket", "[Socket] SendBuffer=64K", works, ""},
	{"socket", "[Socket] PassCredentials=yes", works, ""},
	{"socket", "[Socket] RemoveOnStop=yes", works, ""},
	{"socket", "[Socket] FileDescriptorName=web", works, ""},
	{"socket", "[Socket] BindIPv6Only=both", works, ""},
	{"socket", "[Socket] TriggerLimitBurst=100", works, ""},
	{"socket", "[Socket] Priority=3", works, ""},
	{"socket", "[Socket] Service=webd.service", works, ""},
	{"socket", "[Install] WantedBy=sockets.target", works, ""},
	{"socket", "[Unit] Description=sockets of webd", works, ""},
	{"socket", "ListenStream=ADDR => ListenStream=localhost:PORT", silent, "value"},
	{"socket", "ListenStream=ADDR => ListenStream=:PORT", silent, "value"},
	{"socket", "ListenStream=ADDR => ListenStream=127.0.0.1:70000", silent, "value"},
	{"socket", "ListenStream=ADDR => ListenStream=127.0.0.1:0", silent, "value"},
	{"socket", "ListenStream=ADDR => ListenStream=run/webd.sock", silent, "value"},
	{"socket", "[Socket] ListenSteam=ADDR", ignores, "key"},
	{"socket", "[Socket] Restart=always", ignores, "key"},
	{"socket", "[Sokket] Backlog=3", ignores, "install"},
	{"socket", "[Unit] PartOf=webd.service", stop_, "undo"},
	{"socket", "[Unit] BindsTo=webd.service", stop_, "undo"},
	{"socket", "[Unit] StopWhenUnneeded=yes", silent, "undo"},
	{"socket", "[Socket] Accept=yes", silent, "order+accept"},
	{"socket", "[Socket] Service=other.service", refuses, "order"},
	{"service", "[Service] NoNewPrivileges=yes", works, ""},
	{"service", "[Service] PrivateTmp=yes", works, ""},
	{"service", "[Service] PrivateNetwork=yes", works, ""},
	{"service", "[Service] RestrictAddressFamilies=AF_UNIX", works, ""},
	{"service", "[Service] CapabilityBoundingSet=", works, ""},
	{"service", "[Service] UMask=0077", works, ""},
	{"service", "[Service] KillMode=mixed", works, ""},
	{"service", "[Service] StandardInput=null", works, ""},
	{"service", "[Service] RuntimeDirectory=webd-other", works, ""},
	{"service", "[Service] Type=exec", works, ""},
	{"service", "[Unit] Requires=webd.socket", works, ""},
	{"service", "[Service] ExecStartPre=/bin/rm -f PATH", silent, "undo"},
	{"service", "[Service] ExecStopPost=/bin/rm -f PATH", restart_, "undo"},
	{"service", "[Service] RuntimeDirectory=webd", restart_, "folder"},
	{"service", "[Service] RuntimeDirectory=webd\nRuntimeDirectoryPreserve=yes", works, ""},
	{"service", "[Service] StandardInput=socket", silent, "undo"},
	{"service", "[Service] Type=notify\nTimeoutStartSec=1s", restart_, "notify"},
	{"service", "[Service] Type=forking\nTimeoutStartSec=1s", restart_, "notify"},
	{"service", "[Service] Restrat=always", ignores, "key"},
	{"service", "[Unit] ConditionPathExists=/nowhere", silent, "undo"},
	{"service", "ExecStart=EXEC => ExecStart=/bin/sh -c 'EXEC | cat'", silent, "wrapper"},
	{"service", "ExecStart=EXEC => ExecStart=/bin/sh -c 'EXEC; true'", silent, "wrapper"},
	{"service", "ExecStart=EXEC => ExecStart=/bin/sh -c 'exec EXEC'", works, ""},
	{"service", "ExecStart=EXEC => ExecStart=/usr/bin/env -i EXEC", silent, "wrapper"},
	{"service", "ExecStart=EXEC => ExecStart=/usr/bin/env LC_ALL=C EXEC", works, ""},
	{"service", "ExecStart=EXEC => ExecStart=/usr/bin/flock DIR/lock EXEC", silent, "wrapper"},
	{"service", "ExecStart=EXEC => ExecStart=/usr/bin/nice EXEC", works, ""},
	{"service", "-addr ADDR => -addr fd://nobody", silent, "missing+extra"},
}

// TestLongDirectives checks for each directive what systemd does, and what -check says.
func TestLongDirectives(t *testing.T) {
	m := startManager(t, false, "TMPFS_RUN=1")
	module := portModule(t, "webd")
	const bin = "/var/lib/bin/webd" // inside
	runIn(t, module, nil, "go", "build", "-o", filepath.Join(m.dir, "lib/bin/webd"), ".")
	for _, d := range directives {
		withFreeAddrs(t, 1, func(addrs ...string) error {
			_, port, _ := strings.Cut(addrs[0], ":")
			path := "/run/webd/webd.sock"
			outside := fmt.Sprintf("/proc/%d/root%s", m.init, path)
			command := bin + " -addr " + addrs[0] + " -socket " + path
			socket := "[Socket]\nListenStream=ADDR\nListenStream=PATH\nSocketMode=0660\n[Install]\nWantedBy=sockets.target\n"
			service := "[Unit]\nRequires=webd.socket\nAfter=webd.socket\nStartLimitIntervalSec=1h\nStartLimitBurst=6\n[Service]\nExecStart=EXEC\n"
			if d.unit == "socket" {
				socket = d.change(t, socket)
			} else {
				service = d.change(t, service)
			}
			fill := strings.NewReplacer("EXEC", command, "ADDR", addrs[0], "PORT", port, "PATH", path, "DIR", "/var/lib")
			m.write("units/webd.socket", fill.Replace(socket))
			m.unit("webd.service", d.late(fill.Replace(service), addrs[0]))
			said := saysOf(t, module, filepath.Join(m.dir, "units"))
			does, err := whatSystemdDoes(m, addrs[0], outside)
			if err != nil {
				return err
			}
			t.Logf("%-7s  %-60s  systemd %-8s  -check %s", d.unit, strings.ReplaceAll(d.text, "\n", " "), does, said)
			if does != d.does {
				t.Errorf("%s %q: systemd %s, want %s", d.unit, d.text, does, d.does)
			}
			if said != d.says {
				t.Errorf("%s %q: -check says %q, want %q", d.unit, d.text, said, d.says)
			}
			return nil
		})
	}
}

// change makes the change in a unit.
func (d directive) change(t *testing.T, unit string) string {
	t.Helper()
	if old, now, ok := strings.Cut(d.text, " => "); ok {
		if !strings.Contains(unit, old) && !strings.Contains("-addr ADDR", old) {
			t.Fatalf("%q is not in\n%s", old, unit)
		}
		return strings.Replace(unit, old, now, 1)
	}
	section, lines, _ := strings.Cut(d.text, " ")
	return unit + section + "\n" + lines + "\n"
}

// late makes a change in the command.
func (d directive) late(service, addr string) string {
	if now, ok := strings.CutPrefix(d.text, "-addr ADDR => "); ok {
		return strings.Replace(service, "-addr "+addr, now, 1)
	}
	return service
}

var category = regexp.MustCompile(`(?m)^([a-z]+): `)

// saysOf returns the category of the findings of -check, several with a plus.
func saysOf(t *testing.T, module, units string) string {
	t.Helper()
	cmd := exec.Command(inheritfdBin(t), "unit", "-C", module, "-check", filepath.Join(units, "webd.socket"), filepath.Join(units, "webd.service"))
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitFindings) {
		t.Fatalf("unit -check: %v\n%s", err, out)
	}
	var said []string
	for _, found := range category.FindAllStringSubmatch(string(out), -1) {
		if name := found[1]; name != "systemd" && !strings.Contains(strings.Join(said, "+"), name) {
			said = append(said, name)
		}
	}
	return strings.Join(said, "+")
}

// whatSystemdDoes takes the units of webd through their life. The error is that of a
// port that is taken.
func whatSystemdDoes(m *systemdManager, addr, path string) (does string, err error) {
	before := len(m.log())
	defer func() {
		_, _ = m.tryCtl("stop", "webd.socket", "webd.service")
		_, _ = m.tryCtl("reset-failed")
		os.Remove(path)
	}()
	if err := m.startUnit("webd.socket"); errors.Is(err, errInUse) {
		return "", err
	} else if err != nil {
		return refuses, nil
	}
	answered := func() bool {
		return answers(m, "tcp", addr) && answers(m, "unix", path)
	}
	if !answered() {
		return silent, nil
	}
	if _, err := m.tryCtl("restart", "webd.service"); err != nil || !answered() {
		return restart_, nil
	}
	if _, err := m.tryCtl("stop", "webd.service"); err != nil || !answered() {
		return stop_, nil
	}
	if regexp.MustCompile(`(?m)webd\.\w+:\d+: (Unknown|Failed to parse|Invalid)`).MatchString(m.log()[before:]) {
		return ignores, nil
	}
	return works, nil
}

// answers reports whether a client gets an answer, before either unit has failed.
func answers(m *systemdManager, network, addr string) bool {
	got := make(chan error, 1)
	go func() { _, _, err := getOnce(network, addr); got <- err }()
	failed := func() bool {
		for _, unit := range []string{"webd.socket", "webd.service"} {
			if state, _ := m.tryCtl("is-failed", unit); state == "failed" {
				return true
			}
		}
		return false
	}
	err := pollErr(func() error {
		select {
		case err := <-got:
			if err != nil {
				return fmt.Errorf("%w: %w", errGiveUp, err)
			}
			return nil
		default:
		}
		if failed() {
			return errGiveUp
		}
		return errors.New("no answer yet")
	})
	return err == nil
}
