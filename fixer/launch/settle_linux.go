package launch

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// settle prepares this process for a long time with little to do.
func settle() {
	debug.SetGCPercent(20)
	debug.FreeOSMemory()
	// The runtime ends a program for which it gets no more threads, as when
	// RLIMIT_NPROC or TasksMax= is reached; this one has to go on then, with
	// those that it has: threads that wait are kept for what comes.
	const procs, spare = 2, 6
	runtime.GOMAXPROCS(min(procs, runtime.GOMAXPROCS(0)))
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
