// Package launch starts programs with sockets that they inherit, by the
// protocol of sd_listen_fds(3), as systemd does.
//
// LISTEN_PID names the process that the sockets are for, which nobody knows
// before it is started. So a program that uses this package is started as a
// stub of itself, which knows its own process id and then becomes the target
// with execve(2), keeping it: call [Stub] first thing in main.
//
// Sockets are made blocking, and stay so on this side: O_NONBLOCK is shared by
// every holder of a socket, and (*os.File).Fd, which os/exec calls, would clear
// it under a running service.
package launch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// A Socket is a socket to be inherited. Its holder closes File; closing does
// not disturb a program that inherited it.
type Socket struct {
	File *os.File
	Name string // for LISTEN_FDNAMES
	Addr string // as the program would print it
}

// stubEnv holds the path of the program that a stub becomes.
const stubEnv = "INHERITFD_STUB"

// Start starts cmd with the sockets as its descriptors 3 and up. Cmd.Env must
// be set; cmd.ExtraFiles must not. The caller waits for cmd.
func Start(cmd *exec.Cmd, sockets []Socket) error {
	if cmd.Env == nil || cmd.ExtraFiles != nil {
		return errors.New("launch: Env must be set, and ExtraFiles must not")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var names []string
	for _, s := range sockets {
		if s.Name == "" || len(s.Name) > 255 || strings.ContainsFunc(s.Name, badInName) {
			return fmt.Errorf("socket name %q: names have 1 to 255 characters, printable ASCII without ':'", s.Name)
		}
		names = append(names, s.Name)
		cmd.ExtraFiles = append(cmd.ExtraFiles, s.File)
	}
	cmd.Env = append(cmd.Env, stubEnv+"="+cmd.Path,
		"LISTEN_FDS="+strconv.Itoa(len(sockets)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	cmd.Path = self
	return cmd.Start()
}

func badInName(r rune) bool { return r < ' ' || r >= 0x7f || r == ':' }
