package inherit_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"inheritfd/fixer/inherit"
)

// What a test changes of a file: no file of ours has this mode or owner.
const (
	otherMode  = 0o604
	otherOwner = 12345
)

// pathOp returns what the child does to a path, nil if op is something else.
func pathOp(op string) func(name string) error {
	switch op {
	case "Chdir":
		return os.Chdir
	case "Remove":
		return inherit.Remove
	case "RemoveAll":
		return inherit.RemoveAll
	case "Unlink":
		return inherit.Unlink
	case "Chmod":
		return func(name string) error { return inherit.Chmod(name, otherMode) }
	case "Chown":
		return func(name string) error { return inherit.Chown(name, otherOwner, otherOwner) }
	case "Lchown":
		return func(name string) error { return inherit.Lchown(name, otherOwner, otherOwner) }
	}
	return nil
}

// osOps are the originals.
var osOps = map[string]func(name string) error{
	"Remove":    os.Remove,
	"RemoveAll": os.RemoveAll,
	"Unlink":    syscall.Unlink,
	"Chmod":     func(name string) error { return os.Chmod(name, otherMode) },
	"Chown":     func(name string) error { return os.Chown(name, otherOwner, otherOwner) },
	"Lchown":    func(name string) error { return os.Lchown(name, otherOwner, otherOwner) },
}

// tree makes a folder from names: of files, of folders if they end in a slash,
// of links if they have an arrow.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		link, to, _ := strings.Cut(name, "->")
		path := filepath.Join(dir, link)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		switch {
		case err != nil:
		case to != "":
			err = os.Symlink(to, path)
		case strings.HasSuffix(name, "/"):
			err = os.Mkdir(path, 0o755)
		default:
			err = os.WriteFile(path, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// list returns what is in a folder, each with its mode and owner.
func list(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		st := fi.Sys().(*syscall.Stat_t)
		rel, err := filepath.Rel(dir, path)
		line := fi.Mode().String() + " " + rel
		if st.Uid == otherOwner && st.Gid == otherOwner {
			line += " of another"
		}
		lines = append(lines, line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestPathStays checks that the path of an inherited socket stays as it is,
// however a daemon spells it.
func TestPathStays(t *testing.T) {
	for _, network := range []string{"unix", "unixgram"} {
		dir := tree(t, "link->.")
		f, path := bind(t, network, dir+"/s")
		c := start(t, env(1), f)
		listen := map[string]string{"unix": "ListenUnix", "unixgram": "ListenUnixgram"}[network]
		c.must(step{Op: "Chdir", Address: dir})
		before := list(t, dir)
		for op := range osOps {
			for _, name := range []string{
				path, dir + "/./s", dir + "//s", "s", "./s", "../" + filepath.Base(dir) + "/s",
				dir + "/link/s", "link/link/s", "fd://3", "fd://unknown",
			} {
				c.must(step{Op: op, Address: name})
				if after := list(t, dir); after != before {
					t.Fatalf("%s %s: before\n%s\nafter\n%s", op, name, before, after)
				}
			}
			r := c.listen(listen, network, path)
			wantAnswer(t, network, path, r)
			c.must(step{Op: "Close", Handle: r.Step})
		}

		// It is not the file that counts: a daemon does not know who removed it.
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		c.must(step{Op: "Remove", Address: path})
		c.must(step{Op: "Chmod", Address: path})
	}
}

func TestSetUnlinkOnClose(t *testing.T) {
	dir := t.TempDir()
	f, inherited := bind(t, "unix", dir+"/inherited")
	c := start(t, env(1), f)
	for path, left := range map[string]bool{inherited: true, dir + "/own": false} {
		r := c.listen("ListenUnix", "unix", path)
		c.must(step{Op: "SetUnlinkOnClose", Handle: r.Step})
		c.must(step{Op: "Close", Handle: r.Step})
		if _, err := os.Lstat(path); (err == nil) != left {
			t.Errorf("%s after close: %v", path, err)
		}
	}
	wantAnswer(t, "unix", inherited, c.listen("ListenUnix", "unix", inherited))
}

// TestRemoveAllAround removes folders that an inherited socket is in.
func TestRemoveAllAround(t *testing.T) {
	const all = "link run run/app run/app/back run/app/file run/app/old run/app/old/file run/app/s run/other run/other/file"
	for _, test := range []struct{ remove, left, err string }{
		// A link to a folder of the socket is one: the supervisor may name the
		// socket by it. But as with os its target is not emptied.
		{"run", "link run run/app run/app/back run/app/s", ""},
		{"run/", "link run run/app run/app/back run/app/s", ""},
		{"run/app", "link run run/app run/app/back run/app/s run/other run/other/file", ""},
		{"link", all, ""},
		{"link/", all, ""},

		{"run/app/old", strings.Replace(all, " run/app/old run/app/old/file", "", 1), ""},
		{"run/other", strings.TrimSuffix(all, " run/other run/other/file"), ""},
		{"run/.", all, "RemoveAll DIR/run/.: invalid argument"},
	} {
		t.Run(strings.ReplaceAll(test.remove, "/", "_"), func(t *testing.T) {
			dir := tree(t, "run/app/old/file", "run/app/file", "run/app/back->..", "run/other/file", "link->run")
			f, path := bind(t, "unix", dir+"/run/app/s")
			c := start(t, env(1), f)
			r := c.do(step{Op: "RemoveAll", Address: dir + "/" + test.remove})
			if want := strings.Replace(test.err, "DIR", dir, 1); r.Err != want {
				t.Errorf("error %q, want %q", r.Err, want)
			}
			if got := names(t, dir); got != test.left {
				t.Errorf("left is %q, want %q", got, test.left)
			}
			wantAnswer(t, "unix", path, c.listen("Listen", "unix", path))
		})
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			rel, _ := filepath.Rel(dir, path) // of one below dir
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// TestPathAsOS checks that other files are treated as by package os, whatever
// is inherited.
func TestPathAsOS(t *testing.T) {
	make := func() string {
		dir := tree(t, "file", "folder/file", "empty/", "link->file", "linked->folder", "dangling->nowhere", "@abstract", "cwd/file")
		l, err := net.Listen("unix", dir+"/socket")
		if err != nil {
			t.Fatal(err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		l.Close()
		return dir
	}
	tcp, _ := bind(t, "tcp4", "127.0.0.1:0")
	unix, _ := bind(t, "unix", t.TempDir()+"/s")
	abstract, _ := bind(t, "unix", "@"+filepath.Base(filepath.Dir(t.TempDir())))
	for name, c := range map[string]*child{
		"nothing":  start(t, nil),
		"tcp":      start(t, env(1), tcp),
		"unix":     start(t, env(1), unix),
		"abstract": start(t, env(1), abstract),
	} {
		for op, original := range osOps {
			for _, file := range []string{
				"file", "folder", "empty", "link", "linked", "linked/", "dangling", "socket", "@abstract",
				"missing", "file/below", "folder/", "folder/.", "cwd", "",
			} {
				got, want := make(), make()
				path := func(dir string) string {
					if file == "" {
						return ""
					}
					return dir + "/" + file
				}
				c.must(step{Op: "Chdir", Address: got + "/cwd"})
				r := c.do(step{Op: op, Address: path(got)})
				err := original(path(want))
				if e := strings.ReplaceAll(errString(err), want, got); r.Err != e {
					t.Errorf("%s inherited, %s %s: %q, want %q", name, op, file, r.Err, e)
				}
				if a, b := list(t, got), list(t, want); a != b {
					t.Errorf("%s inherited, %s %s: left is\n%s\nwant\n%s", name, op, file, a, b)
				}
			}
		}
	}
}

func errString(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
