package launch

// This file defines what a process does that is there for a long time, and
// mostly waits.

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// settle gives back what the start took.
func settle() {
	debug.SetGCPercent(20)
	debug.FreeOSMemory()
}

// reserve keeps threads for what comes. The runtime ends a program for which it
// gets no more of them, as when RLIMIT_NPROC or TasksMax= is reached, and this
// one has to go on then with those that it has. It is done before anything is
// started that would be left alone, and not where there is little room.
func reserve() {
	const procs, spare = 2, 6
	runtime.GOMAXPROCS(min(procs, runtime.GOMAXPROCS(0)))
	if room() < 4*spare {
		return
	}
	var held sync.WaitGroup
	held.Add(spare)
	release := make(chan struct{})
	for range spare {
		go func() {
			runtime.LockOSThread() // so that each needs one of its own
			defer runtime.UnlockOSThread()
			held.Done()
			<-release
		}()
	}
	held.Wait()
	close(release)
}

// room returns how many threads there may be besides those of now, as far as is
// known.
func room() int {
	const plenty = 1 << 20
	left := plenty
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err == nil && os.Getuid() != 0 && limit.Cur < 4096 { // no more are counted
		left = int(limit.Cur) - threadsOf(os.Getuid())
	}
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return left
	}
	for line := range strings.Lines(string(text)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		for dir := filepath.Join("/sys/fs/cgroup", group); strings.HasPrefix(dir, "/sys/fs/cgroup"); dir = filepath.Dir(dir) {
			most, err := readNumber(filepath.Join(dir, "pids.max"))
			now, err2 := readNumber(filepath.Join(dir, "pids.current"))
			if errors.Join(err, err2) == nil { // error: "max", or no such limit
				left = min(left, most-now)
			}
		}
	}
	return left
}

func readNumber(name string) (int, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// threadsOf counts the threads of a user.
func threadsOf(uid int) int {
	names, _ := filepath.Glob("/proc/[0-9]*/status") // error: none
	total := 0
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue // it has just ended
		}
		owner, threads := -1, 0
		for s := bufio.NewScanner(f); s.Scan(); {
			key, value, _ := strings.Cut(s.Text(), ":")
			fields := strings.Fields(value)
			switch {
			case len(fields) == 0:
			case key == "Uid":
				owner, _ = strconv.Atoi(fields[0]) // a number
			case key == "Threads":
				threads, _ = strconv.Atoi(fields[0])
			}
		}
		f.Close()
		if owner == uid {
			total += threads
		}
	}
	return total
}
