package fixer

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// swap exchanges two files in one step where the file system can, see renameat2(2).
func swap(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return swapCopied(a, b)
	case err != nil:
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}

// keepOwner gives a file that takes the place of another to its owner and group.
func keepOwner(f *os.File, of string) error {
	own, err := f.Stat()
	if err != nil {
		return err
	}
	fi, err := os.Lstat(of)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	is, want := own.Sys().(*syscall.Stat_t), fi.Sys().(*syscall.Stat_t)
	if is.Uid == want.Uid && is.Gid == want.Gid {
		return nil
	}
	if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
		return fmt.Errorf("%s belongs to user %d and group %d, whom a new file cannot be given to: run as that user: %w", of, want.Uid, want.Gid, err)
	}
	return nil
}

// linked reports whether a file has more than one name.
func linked(fi fs.FileInfo) bool { return fi.Sys().(*syscall.Stat_t).Nlink > 1 }

// processScope returns a word for the processes among which a pid means this one: of
// one pid namespace since one boot.
func processScope() string {
	h := fnv.New32a()
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err == nil {
		h.Write(boot)
	}
	if ns, err := os.Readlink("/proc/self/ns/pid"); err == nil {
		h.Write([]byte(ns))
	}
	return fmt.Sprintf("%08x", h.Sum32())
}

// syncFolder puts on disk what was renamed in a folder, see fsync(2).
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) { // of a file system without
		err = nil
	}
	return errors.Join(err, f.Close())
}
