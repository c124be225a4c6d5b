//go:build !linux

package launch

import (
	"os"
	"syscall"
)

// A Command is a program to start.
type Command struct {
	Path                  string
	Args, Env             []string
	Dir                   string
	Stdin, Stdout, Stderr *os.File
	Inetd, NoPID          bool
	Attr                  *syscall.SysProcAttr
}

// Start fails.
func (*Command) Start([]*Socket) (*os.Process, error) { return nil, ErrUnsupported }

// Open fails.
func Open(Spec) (*Socket, error) { return nil, ErrUnsupported }

// OfProcess fails.
func OfProcess(int) ([]Info, error) { return nil, ErrUnsupported }

// Close does nothing.
func (*Socket) Close() error { return nil }

// Inode fails.
func (*Socket) Inode() (uint64, error) { return 0, ErrUnsupported }
