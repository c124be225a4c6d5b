//go:build long && linux

package fixer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// killedDir has the process of TestLongWriteKilled that is killed write there.
const killedDir = "INHERITFD_TEST_KILLED"

// TestLongWriteKilled kills the writing of a plan forty times, or as often as
// INHERITFD_KILLS says, at any moment of it.
// Each file is then as it was or as it is to be, none calls the helper without it, git
// shows no change that the journal does not explain, and another run goes on to the end
// and leaves nothing beside.
func TestLongWriteKilled(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		afterMove = func() { <-time.After(500 * time.Microsecond) } // or they are over at once
		if err := killedPlan(t, dir).Write(); err != nil {
			t.Fatal(err)
		}
		return
	}
	kills := 40
	if text := os.Getenv("INHERITFD_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	template := filepath.Join(t.TempDir(), "template")
	for name, text := range killedOld() {
		writeTo(t, filepath.Join(template, name), text)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"}} {
		cmd := exec.Command("git", append([]string{"-C", template}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	root := t.TempDir()
	whole := killedRun(t, copied(t, root, template), -1)
	died, partly := 0, 0
	for range kills {
		dir := copied(t, root, template)
		killedRun(t, dir, time.Duration(rand.Int64N(int64(whole))))
		done, all := killedState(t, dir)
		if done > 0 && done < all {
			partly++
		}
		if done < all {
			died++
		}
		files, err := dirty(t.Context(), dir, underway(dir))
		if err != nil || len(files) > 0 && done < all { // else it was done, but for its end
			t.Fatalf("git shows %v, %v, with %d of %d files written", files, err, done, all)
		}
		killedRun(t, dir, -1)
		if done, all := killedState(t, dir); done != all {
			t.Fatalf("another run leaves %d of %d files as they were", all-done, all)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, stagePrefix+"*")); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d before the end, %d between the first file and the last; a whole run takes %v", kills, died, partly, whole)
	if died < kills/4 || partly == 0 {
		t.Error("the experiment shows little: too few runs were killed while they wrote")
	}
}

// killedRun writes the plan in another process, which is killed after some time if that
// is not negative, and returns how long the process took.
func killedRun(t *testing.T, dir string, after time.Duration) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLongWriteKilled$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	begin := time.Now()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after >= 0 {
		kill := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer kill.Stop()
	}
	if err := cmd.Wait(); err != nil && after < 0 {
		t.Fatalf("%v\n%s", err, &out)
	}
	return time.Since(begin)
}

// killedState returns how many files are as they are to be, and how many there are.
func killedState(t *testing.T, dir string) (done, all int) {
	t.Helper()
	helper := true
	for name, text := range killedNew() {
		all++
		now, err := os.ReadFile(filepath.Join(dir, name))
		if bytes.Equal(now, []byte(text)) {
			done++
			continue
		}
		if filepath.Dir(name) != "." {
			helper = false
		}
		if old, ok := killedOld()[name]; err == nil && (!ok || string(now) != old) {
			t.Fatalf("%s is neither old nor new:\n%s", name, now)
		} else if err != nil && ok {
			t.Fatal(err)
		}
	}
	if !helper && done > 0 {
		t.Fatalf("%d files are written, and the helper is not", done)
	}
	return done, all
}

const killedFiles = 20

func killedOld() map[string]string {
	out := map[string]string{"go.mod": "module example.com/killed\n"}
	for i := range killedFiles {
		out[fmt.Sprintf("f%02d.go", i)] = fmt.Sprintf("package killed // %d\n", i)
	}
	return out
}

func killedNew() map[string]string {
	out := map[string]string{"internal/inherit/inherit.go": "package inherit\n", "internal/inherit/sockets_linux.go": "package inherit // linux\n"}
	for i := range killedFiles {
		out[fmt.Sprintf("f%02d.go", i)] = fmt.Sprintf("package killed // %d, ported\n", i)
	}
	return out
}

// killedPlan plans what is not done yet.
func killedPlan(t *testing.T, dir string) *Plan {
	p := &Plan{report: &Report{build: &build{root: Module{Dir: dir}}}}
	for name, text := range killedNew() {
		f := File{Path: filepath.Join(dir, name), New: []byte(text), Mode: 0o644}
		now, err := os.ReadFile(f.Path)
		if err == nil {
			f.Old = now
		}
		if !bytes.Equal(f.Old, f.New) {
			p.Files = append(p.Files, f)
		}
	}
	p.Sweep()
	return p
}

func copied(t *testing.T, root, from string) string {
	t.Helper()
	dir, err := os.MkdirTemp(root, "")
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(from))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeTo(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
