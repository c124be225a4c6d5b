package verify

// This file defines the checks under a real systemd manager.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/fixer/launch"
)

// A manager is a systemd that can be asked.
type manager struct {
	user  bool
	dir   string // for units
	name  string // of the service
	files []string
}

// findManager returns the manager; the error says why there is none.
func findManager(ctx context.Context, user bool) (*manager, error) {
	m := &manager{user: user, name: fmt.Sprintf("inheritfd-verify-%d", os.Getpid())}
	out, err := m.ctl(ctx, "show", "-p", "UnitPath", "--value")
	if err != nil {
		return nil, skipped(fmt.Sprintf("there is no systemd manager to ask: %v", err))
	}
	paths := strings.Fields(out)
	want := []string{"/run/systemd/system"}
	if user {
		want = []string{filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "systemd/user")}
	}
	for _, p := range append(want, paths...) {
		if slices.Contains(paths, p) && !strings.HasSuffix(p, ".control") && !strings.HasSuffix(p, "transient") && os.MkdirAll(p, 0o755) == nil {
			m.dir = p
			return m, nil
		}
	}
	return nil, skipped("no folder that systemd reads units from can be written to")
}

func (m *manager) ctl(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"--no-pager"}, args...)
	if m.user {
		args = append([]string{"--user"}, args...)
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, "systemctl", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("systemctl %s: %w: %s", strings.Join(args, " "), err, firstLine([]byte(stderr.String())))
	}
	return strings.TrimSpace(string(out)), nil
}

// write writes a unit, which must not be there yet.
func (m *manager) write(name string, lines ...string) error {
	path := filepath.Join(m.dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	m.files = append(m.files, path)
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	return errors.Join(err, f.Close())
}

// remove stops the units and removes their files.
func (m *manager) remove(ctx context.Context) {
	var names []string
	for _, f := range m.files {
		names = append(names, filepath.Base(f))
	}
	slices.Reverse(names)                                    // the sockets first, or they start the service again
	_, _ = m.ctl(ctx, append([]string{"stop"}, names...)...) // error: nothing runs
	for _, f := range m.files {
		_ = os.Remove(f) // error: somebody was faster
	}
	_, _ = m.ctl(ctx, append([]string{"reset-failed"}, names...)...) // error: nothing failed
	_, _ = m.ctl(ctx, "daemon-reload")                               // error: it has ended
}

// underSystemd makes the checks under the manager.
func (v *verifier) underSystemd(ctx context.Context) {
	var m *manager
	name := "systemd-waits"
	v.check(ctx, name, func(ctx context.Context) (evidence string, err error) {
		if m, err = findManager(ctx, v.Systemd.User); err != nil {
			return "", err
		}
		return v.install(ctx, m)
	})
	last := v.result.Checks[len(v.result.Checks)-1]
	if m != nil {
		defer m.remove(context.WithoutCancel(ctx))
	}
	for _, c := range []struct {
		name string
		f    func(context.Context, *manager) (string, error)
	}{{"systemd-activates", v.activates}, {"systemd-restart", v.restarts}, {"systemd-stays", v.staysUnder}} {
		v.check(ctx, c.name, func(ctx context.Context) (string, error) {
			if last.Status != Pass {
				return "", skipped("see " + name)
			}
			return c.f(ctx, m)
		})
	}
}

// install writes the units and starts the sockets: the service has to wait.
func (v *verifier) install(ctx context.Context, m *manager) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	var sockets []string
	for i := range v.Specs {
		sockets = append(sockets, fmt.Sprintf("%s-%d.socket", m.name, i))
	}
	err = m.write(m.name+".service", "[Unit]", "Description=inheritfd verify", "StartLimitIntervalSec=0", "Requires="+strings.Join(sockets, " "), "After="+strings.Join(sockets, " "),
		"[Service]", "ExecStart="+v.Systemd.ExecStart, "WorkingDirectory="+strings.ReplaceAll(dir, "%", "%%"), "StandardOutput=null", "StandardError=null")
	if err != nil {
		return "", err
	}
	for i, spec := range v.Specs {
		kind, value, err := directive(spec)
		if err != nil {
			return "", err
		}
		lines := []string{"[Unit]", "Description=inheritfd verify", "[Socket]", "Listen" + kind + "=" + strings.ReplaceAll(value, "%", "%%"), "Service=" + m.name + ".service"}
		if spec.Name != "" {
			lines = append(lines, "FileDescriptorName="+spec.Name)
		}
		switch {
		case spec.V6Only != "":
			lines = append(lines, "BindIPv6Only="+spec.V6Only)
		case strings.HasSuffix(spec.Network, "6"):
			lines = append(lines, "BindIPv6Only=ipv6-only")
		default:
			lines = append(lines, "BindIPv6Only=both")
		}
		if err := m.write(sockets[i], lines...); err != nil {
			return "", err
		}
	}
	if _, err := m.ctl(ctx, "daemon-reload"); err != nil {
		return "", err
	}
	if _, err := m.ctl(ctx, append([]string{"start"}, sockets...)...); err != nil {
		return "", err
	}
	state, err := m.ctl(ctx, "show", "-p", "ActiveState", "--value", m.name+".service")
	if err == nil && state != "inactive" {
		err = fmt.Errorf("the service is %s before there is a client", state)
	}
	return "the sockets are open, and the service is not started", err
}

// directive returns the line of a unit for a socket.
func directive(s launch.Spec) (kind, value string, err error) {
	host, port, err := net.SplitHostPort(s.Address)
	switch {
	case s.Network == "unix":
		return "Stream", absolute(s.Address), nil
	case s.Network == "unixgram":
		return "Datagram", absolute(s.Address), nil
	case s.Network == "seqpacket":
		return "SequentialPacket", absolute(s.Address), nil
	case s.Network == "vsock":
		return "Stream", "vsock:" + s.Address, nil
	case err != nil:
		return "", "", err
	case port == "0":
		return "", "", fmt.Errorf("%s:%s: systemd opens no socket of which the system chooses the port", s.Network, s.Address)
	case host == "" && strings.HasSuffix(s.Network, "4"):
		host = "0.0.0.0"
	case host == "":
		host = "::"
	}
	kind = "Stream"
	if strings.HasPrefix(s.Network, "udp") {
		kind = "Datagram"
	}
	return kind, net.JoinHostPort(host, port), nil
}

func absolute(path string) string {
	if strings.HasPrefix(path, "@") {
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// activates checks that clients start the service, and that it serves what
// systemd opened.
func (v *verifier) activates(ctx context.Context, m *manager) (string, error) {
	var texts []string
	for _, s := range v.Specs {
		text, err := v.asked(ctx, nil, s.Name, s.Network, s.Address, nil)
		if err != nil {
			state, _ := m.ctl(ctx, "status", m.name+".service") // error: it is not active
			return "", fmt.Errorf("%s %s: %w: %s", s.Network, s.Address, err, state)
		}
		texts = append(texts, s.Network+" "+s.Address+": "+text)
	}
	out, err := m.ctl(ctx, "show", "-p", "MainPID", "--value", m.name+".service")
	if err != nil {
		return "", err
	}
	pid, err := strconv.Atoi(out)
	if err != nil || pid == 0 {
		return "", fmt.Errorf("the service has no process: MainPID=%s", out)
	}
	infos, err := launch.OfProcess(pid)
	if err != nil {
		return "", err
	}
	opened := slices.DeleteFunc(infos, v.handed) // systemd's: nobody could bind it besides
	if extra := v.extra(opened); extra != "" {
		return "", fmt.Errorf("it also listens on %s, which it opened itself", extra)
	}
	return fmt.Sprintf("process %d answers: %s", pid, strings.Join(texts, "; ")), nil
}

// restarts checks that clients lose nothing while systemd restarts the service.
func (v *verifier) restarts(ctx context.Context, m *manager) (string, error) {
	var asked []*launch.Socket
	for _, s := range v.Specs {
		if v.probe(s.Name, s.Network, s.Address).kind != "connect" {
			asked = append(asked, &launch.Socket{Name: s.Name, Network: s.Network, Addr: s.Address})
		}
	}
	if v.Restarts == 0 || len(asked) == 0 {
		return "", skipped("not asked for (-restarts), or a connection alone shows no answer")
	}
	load := newLoad(context.WithoutCancel(ctx), v, asked)
	defer load.stop()
	for range v.Restarts {
		if err := load.more(nil, v.Timeout, v.Clients*5); err != nil {
			return "", err
		}
		if _, err := m.ctl(ctx, "restart", m.name+".service"); err != nil {
			return "", err
		}
	}
	if err := load.more(nil, v.Timeout, v.Clients*5); err != nil {
		return "", err
	}
	load.stop()
	return load.verdict(v)
}

// staysUnder checks that the sockets are as they were when the service is
// stopped: the next client starts it again.
func (v *verifier) staysUnder(ctx context.Context, m *manager) (string, error) {
	if _, err := m.ctl(ctx, "stop", m.name+".service"); err != nil {
		return "", err
	}
	for i, s := range v.Specs {
		state, err := m.ctl(ctx, "show", "-p", "ActiveState", "--value", fmt.Sprintf("%s-%d.socket", m.name, i))
		if err != nil || state != "active" {
			return "", fmt.Errorf("the unit of %s %s is %s after the stop: %w", s.Network, s.Address, state, err)
		}
		if strings.HasPrefix(s.Network, "unix") && !strings.HasPrefix(s.Address, "@") {
			if fi, err := os.Lstat(s.Address); err != nil || fi.Mode()&fs.ModeSocket == 0 {
				return "", fmt.Errorf("the path %s is gone after the stop: %w", s.Address, err)
			}
		}
		if _, err := v.asked(ctx, nil, s.Name, s.Network, s.Address, nil); err != nil {
			return "", fmt.Errorf("%s %s after the stop: %w", s.Network, s.Address, err)
		}
	}
	return "after a stop the next client starts the service again", nil
}
