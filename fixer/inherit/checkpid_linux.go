// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"os"
	"strconv"
	"syscall"
)

// Package init functions run in the order of the names of their files: this one ahead
// of the scan in inherit.go.
func init() { pidReused = otherPidfd }

// otherPidfd reports whether the descriptors were passed to another process that had the
// pid of this one before, see LISTEN_PIDFDID in sd_listen_fds(3).
func otherPidfd(env func(string) (string, bool)) (bool, error) {
	v, ok := env("LISTEN_PIDFDID")
	if !ok {
		return false, nil
	}
	id, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return false, &Error{Want: "an inode in LISTEN_PIDFDID", Got: strconv.Quote(v)}
	}
	own, ok := pidfdID()
	return ok && own != id, nil
}

// pidfdID returns the inode of the pidfd of this process, which unlike its pid
// is never used again, see pidfd_open(2). It returns false where the kernel has
// no such inodes, before Linux 6.9 and on 32 bits.
var pidfdID = func() (uint64, bool) {
	const (
		sysPidfdOpen = 434        // on mips the number is another, this one is ENOSYS
		pidfsMagic   = 0x50494446 // PID_FS_MAGIC
	)
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(os.Getpid()), 0, 0)
	if errno != 0 {
		return 0, false
	}
	defer syscall.Close(int(fd))
	var fs syscall.Statfs_t
	var file syscall.Stat_t
	if syscall.Fstatfs(int(fd), &fs) != nil || int64(fs.Type) != pidfsMagic || syscall.Fstat(int(fd), &file) != nil {
		return 0, false
	}
	return uint64(file.Ino), strconv.IntSize == 64
}
