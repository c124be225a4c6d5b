package unit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestValues checks which values of Listen directives systemd can read against
// systemd-analyze verify.
func TestValues(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "p")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	hosts := []string{"", "0.0.0.0", "127.0.0.1", "localhost", "*", "::", "::1", "[::]", "[::1]", "[::ffff:1.2.3.4]", "[127.0.0.1]", "1.2.3", "example.com", "tcp://0.0.0.0", "\"0.0.0.0"}
	ports := []string{"", "0", "1", "8080", "65535", "65536", "80800", "http", "8080,8081", "8080 # web", "-1", "08080"}
	values := []string{
		"/run/x.sock", "./x.sock", "x.sock", "@x", "@", "$XDG_RUNTIME_DIR/x.sock", "~/x.sock", "/" + strings.Repeat("a", 106), "/" + strings.Repeat("a", 107), "/" + strings.Repeat("a", 108),
		"@" + strings.Repeat("a", 106), "@" + strings.Repeat("a", 107), "@" + strings.Repeat("a", 108),
		"vsock:2:1234", "vsock::1234", "vsock:1234", "vsock:x:1", "\"8080\"", "unix:/run/x.sock", "/run/../x.sock", "/run//x.sock",
	}
	for _, p := range ports {
		values = append(values, p)
		for _, h := range hosts {
			values = append(values, h+":"+p)
		}
	}
	values = append(values, hosts...)
	var files []string
	cases := make(map[string][2]string)
	for _, kind := range []string{"Stream", "Datagram", "SequentialPacket"} {
		for _, value := range values {
			if value == "" {
				continue
			}
			base := fmt.Sprintf("v%d", len(cases))
			cases[base] = [2]string{kind, value}
			socket := filepath.Join(dir, base+".socket")
			text := fmt.Sprintf("[Socket]\nListenFIFO=/run/always\nListen%s=%s\n", kind, strings.ReplaceAll(value, "%", "%%"))
			service := fmt.Sprintf("[Service]\nExecStart=%s\n", program)
			for name, text := range map[string]string{socket: text, filepath.Join(dir, base+".service"): service} {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			files = append(files, socket)
		}
	}
	out, _ := exec.CommandContext(t.Context(), verify, append([]string{"verify", "--man=no"}, files...)...).CombinedOutput() // status 1 where something is wrong
	refused := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return c == '/' || c == ':' || c == ' ' }) {
			if base, ok := strings.CutSuffix(word, ".socket"); ok && (strings.Contains(line, "parse") || strings.Contains(line, "upport")) {
				refused[base] = true
			}
		}
	}
	if len(refused) < 100 || len(refused) == len(cases) {
		t.Fatalf("%d of %d values are refused:\n%s", len(refused), len(cases), out)
	}
	wrong := 0
	for base, c := range cases {
		if why := badListen(c[0], c[1]); (why != "") != refused[base] {
			wrong++
			t.Errorf("Listen%s=%s: %q, and systemd refuses it: %t", c[0], c[1], why, refused[base])
		}
	}
	t.Logf("%d values, %d of them refused, %d judged otherwise", len(cases), len(refused), wrong)
}
