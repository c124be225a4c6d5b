package inherit

import (
	"errors"
	"strings"
	"testing"
)

// PidfdID is for the tests of the other package.
func PidfdID() (uint64, bool) { return pidfdID() }

// FuzzParse checks that parse never panics, and that whatever it accepts agrees
// with itself and with sd_listen_fds(3).
func FuzzParse(f *testing.F) {
	const unset = "\xffunset"
	f.Add("7", unset, "1", unset)
	f.Add("7", "42", "2", "http:https")
	f.Add("7", "42", "2", "http")
	f.Add("7", "41", "1", "http")
	f.Add("7", "x", "1", "http")
	f.Add("7", unset, "1", "")
	f.Add("7", unset, "2", ":")
	f.Add("7", unset, "-1", unset)
	f.Add("7", unset, "0", unset)
	f.Add("7", unset, "", unset)
	f.Add("7", unset, "99999999999999999999", unset)
	f.Add("8", unset, "x", unset)
	f.Add("0", unset, "1", unset)
	f.Add("+7", unset, "1", unset)
	f.Add(" 7", unset, "1", unset)
	f.Add(unset, unset, "1", "http")
	inode(f, 42, true)
	f.Fuzz(func(t *testing.T, pid, pidfd, fds, fdnames string) {
		vars := map[string]string{"LISTEN_PID": pid, "LISTEN_PIDFDID": pidfd, "LISTEN_FDS": fds, "LISTEN_FDNAMES": fdnames}
		env := func(key string) (string, bool) {
			v := vars[key]
			return v, v != unset
		}
		to, names, err := parse(env, 7)
		if err != nil {
			var typed *Error
			if !errors.As(err, &typed) {
				t.Errorf("error is a %T", err)
			}
			if to != 0 || names != nil {
				t.Errorf("%d %q besides the error %v", to, names, err)
			}
			return
		}
		switch to {
		case 0:
			if names != nil && pid != unset {
				t.Errorf("names %q for no process", names)
			}
		case 7:
			if pidfd != unset && strings.TrimLeft(pidfd, "0") != "42" {
				t.Errorf("accepted LISTEN_PIDFDID=%q", pidfd)
			}
			if fdnames != unset && fds != unset && strings.Join(names, ":") != fdnames {
				t.Errorf("names %q of %q", names, fdnames)
			}
			if len(names) == 0 && fds != unset {
				t.Errorf("no names for LISTEN_FDS=%q", fds)
			}
		}
	})
}

// inode sets that of the pidfd of this process for a test.
func inode(t testing.TB, id uint64, ok bool) {
	old := pidfdID
	pidfdID = func() (uint64, bool) { return id, ok }
	t.Cleanup(func() { pidfdID = old })
}

func TestParse(t *testing.T) {
	inode(t, 42, true)
	for _, test := range []struct {
		env  string // of process 7, pidfd inode 42
		pid  int
		want string // names or error
	}{
		{"", 0, ""},
		{"LISTEN_FDS=1", 0, "unknown"}, // of whomever
		{"LISTEN_FDS=2 LISTEN_FDNAMES=a:b", 0, "a:b"},
		{"LISTEN_PID=7", 7, ""},
		{"LISTEN_PID=7 LISTEN_FDS=1", 7, "unknown"},
		{"LISTEN_PID=7 LISTEN_FDS=3", 7, "unknown:unknown:unknown"},
		{"LISTEN_PID=7 LISTEN_FDS=2 LISTEN_FDNAMES=a:", 7, "a:"},
		{"LISTEN_PID=8 LISTEN_FDS=1 LISTEN_FDNAMES=a", 8, "a"},
		{"LISTEN_PID=8 LISTEN_FDS=x LISTEN_PIDFDID=x", 8, ""},
		{"LISTEN_PID=7 LISTEN_PIDFDID=42 LISTEN_FDS=1", 7, "unknown"},
		{"LISTEN_PID=7 LISTEN_PIDFDID=41 LISTEN_FDS=1", 0, ""},
		{"LISTEN_PID=7 LISTEN_PIDFDID=4x LISTEN_FDS=1", 0, `inherit: wanted an inode in LISTEN_PIDFDID, found "4x"`},
		{"LISTEN_PID= LISTEN_FDS=1", 0, `inherit: wanted a process in LISTEN_PID, found ""`},
		{"LISTEN_PID=-7 LISTEN_FDS=1", 0, `inherit: wanted a process in LISTEN_PID, found "-7"`},
		{"LISTEN_PID=7 LISTEN_FDS=0", 0, `inherit: wanted a number of descriptors in LISTEN_FDS, found "0"`},
		{"LISTEN_PID=7 LISTEN_FDS=-1", 0, `inherit: wanted a number of descriptors in LISTEN_FDS, found "-1"`},
		{"LISTEN_PID=7 LISTEN_FDS=2147483647", 0, `inherit: wanted a number of descriptors in LISTEN_FDS, found "2147483647"`},
		{"LISTEN_PID=7 LISTEN_FDS=2 LISTEN_FDNAMES=a", 0, `inherit: wanted 2 names in LISTEN_FDNAMES, found "a"`},
		{"LISTEN_PID=7 LISTEN_FDS=1 LISTEN_FDNAMES=a:b", 0, `inherit: wanted 1 names in LISTEN_FDNAMES, found "a:b"`},
	} {
		env := func(key string) (string, bool) {
			for _, kv := range strings.Fields(test.env) {
				if v, ok := strings.CutPrefix(kv, key+"="); ok {
					return v, true
				}
			}
			return "", false
		}
		pid, names, err := parse(env, 7)
		got := strings.Join(names, ":")
		if err != nil {
			got = err.Error()
		}
		if pid != test.pid || got != test.want {
			t.Errorf("%s: got %d %s, want %d %s", test.env, pid, got, test.pid, test.want)
		}
	}

	env := func(key string) (string, bool) { return "7", key != "LISTEN_FDNAMES" }
	inode(t, 0, false)
	if pid, _, err := parse(env, 7); pid != 7 || err != nil {
		t.Errorf("without a pidfd inode: %d %v, want LISTEN_PIDFDID ignored", pid, err)
	}
}

// TestNoListener asks about a listener that a listen which failed has not made, while
// there is a socket that nobody has taken.
func TestNoListener(t *testing.T) {
	old := table.sockets
	table.sockets = []*socket{{}}
	defer func() { table.sockets = old }()
	if got := Addr(nil, ":80"); got != ":80" {
		t.Errorf("the address is %s", got)
	}
	if got := Port(nil, 80); got != 80 {
		t.Errorf("the port is %d", got)
	}
}
