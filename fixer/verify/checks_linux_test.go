package verify

import (
	"slices"
	"strings"
	"testing"

	"inheritfd/fixer/launch"
)

// infos writes sockets as "tcp 127.0.0.1:80".
func infos(all ...string) []launch.Info {
	out := []launch.Info{}
	for i, text := range all {
		network, address, _ := strings.Cut(text, " ")
		out = append(out, launch.Info{Kind: "socket", Network: network, Address: address, Listening: true, Inode: uint64(100 + i)})
	}
	return out
}

func specs(all ...string) []launch.Spec {
	var out []launch.Spec
	for _, i := range infos(all...) {
		out = append(out, launch.Spec{Network: i.Network, Address: i.Address})
	}
	return out
}

// TestExtra checks which sockets a daemon should not have opened itself, in a run
// with others handed over.
func TestExtra(t *testing.T) {
	for _, test := range []struct {
		name   string
		plain  []string // of the run without; nil for none
		random []string
		handed []string
		opened []string // besides those handed over
		want   string
	}{
		{"nothing", []string{"tcp 127.0.0.1:80"}, nil, []string{"tcp 127.0.0.1:80"}, nil, ""},
		{"what was handed over, again", []string{"tcp 127.0.0.1:80"}, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:80"}, "tcp 127.0.0.1:80"},
		{"what was not handed over", []string{"tcp 127.0.0.1:80", "udp 127.0.0.1:53"}, nil, []string{"tcp 127.0.0.1:80"}, []string{"udp 127.0.0.1:53"}, ""},
		{"one that the run without has not", []string{"tcp 127.0.0.1:80"}, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:81"}, "tcp 127.0.0.1:81"},
		{"two in the place of one", []string{"tcp 127.0.0.1:80", "tcp 127.0.0.1:81"}, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:81", "tcp 127.0.0.1:81"}, "tcp 127.0.0.1:81"},
		{"no run without, another address", nil, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:81"}, ""},
		{"no run without, the same address", nil, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:80"}, "tcp 127.0.0.1:80"},
		{"any port was handed over, and it opens its own too", []string{"tcp 127.0.0.1:80"}, nil, []string{"tcp 127.0.0.1:0"}, []string{"tcp 127.0.0.1:80"}, "tcp 127.0.0.1:80"},
		{"any port was handed over for one of two", []string{"tcp 127.0.0.1:80", "tcp 127.0.0.1:81"}, nil, []string{"tcp 127.0.0.1:0"}, []string{"tcp 127.0.0.1:81"}, ""},
		{"a port that the system chooses", []string{"tcp 127.0.0.1:80", "tcp 127.0.0.1:40001"}, []string{"tcp 127.0.0.1:40001"}, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:40002"}, ""},
		{"a port that it does not", []string{"tcp 127.0.0.1:80", "tcp 127.0.0.1:40001"}, nil, []string{"tcp 127.0.0.1:80"}, []string{"tcp 127.0.0.1:40002"}, "tcp 127.0.0.1:40002"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := &verifier{Config: Config{Specs: specs(test.handed...)}, random: test.random}
			if test.plain != nil {
				v.own = infos(test.plain...)
			}
			if got := v.extra(infos(test.opened...)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLikePlain checks when a run is one as without sockets.
func TestLikePlain(t *testing.T) {
	v := &verifier{own: infos("tcp 127.0.0.1:80", "unix /run/a.sock")}
	if !v.likePlain(infos("unix /run/a.sock", "tcp 127.0.0.1:80", "udp 127.0.0.1:53")) {
		t.Error("all and one more is not enough")
	}
	if v.likePlain(infos("tcp 127.0.0.1:80")) {
		t.Error("one of two is enough")
	}
	if (&verifier{}).likePlain(nil) {
		t.Error("without a run to compare with, nothing is like it")
	}
}

// TestSaid checks what is read out of what a daemon says.
func TestSaid(t *testing.T) {
	for said, want := range map[string]string{
		"all is well\n":                                        "",
		"it would not panic: ever\n":                           "",
		"starting\npanic: no listener\n\ngo…\n":                "panic: no listener",
		"fatal error: all goroutines are asleep - deadlock!\n": "fatal error: all goroutines are asleep - deadlock!",
		"[signal SIGSEGV: segmentation violation]\n":           "[signal SIGSEGV: segmentation violation]",
	} {
		if got := crashed(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
	for said, want := range map[string][]string{
		"listening on :8080":                       {"8080"},
		"at 127.0.0.1:8080, [::1]:8081":            {"8080", "8081"},
		"http://localhost:9090/metrics":            {"9090"},
		"2026/11/29 12:34:56 started":              nil,
		"addr=:80 port 81":                         {"80"},
		"at 12:34 it listens on example.com:7070.": {"7070"},
	} {
		var got []string
		for _, m := range portIn.FindAllStringSubmatch(said, -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: ports %v, want %v", said, got, want)
		}
	}
	for said, want := range map[string]bool{
		"inherit: fd 3 is udp, want tcp": true, "bad file descriptor": true, "address already in use": true, "oops": false,
	} {
		if tells.MatchString(said) != want {
			t.Errorf("%q tells what is wrong: %t", said, !want)
		}
	}
}

// TestEphemeral checks which ports the system may have chosen.
func TestEphemeral(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:80": false, "127.0.0.1:40000": true, "[::]:40000": true, "/run/a.sock": false} {
		if ephemeral(addr) != want {
			t.Errorf("%s: %t", addr, !want)
		}
	}
}
