package launch

// This file defines which signals are heard, and where they come from.

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// ending are the signals that end a supervisor.
var ending = []os.Signal{unix.SIGTERM, unix.SIGINT, unix.SIGQUIT}

// others are the signals that are the program's: neither those that stop and
// continue processes, nor those that the runtime of Go has a use for.
func others() []os.Signal {
	out := []os.Signal{unix.SIGUSR1, unix.SIGUSR2, unix.SIGWINCH, unix.SIGALRM, unix.SIGVTALRM, unix.SIGIO, unix.SIGPWR,
		unix.SIGABRT, unix.SIGTRAP, unix.SIGSYS, unix.SIGXCPU, unix.SIGXFSZ}
	for n := syscall.Signal(35); n <= 64; n++ { // of real time; those before are of the C library
		out = append(out, n)
	}
	return out
}

// hear has signals sent to a channel, but for those that this process was
// started to ignore, as by nohup(1), and the program then is too: SIGHUP and
// SIGINT, as the runtime of Go has a handler for all others.
func hear(c chan<- os.Signal, signals []os.Signal) {
	for _, s := range signals {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
}

// signals returns the channels of the signals that end a supervisor, of those
// that are the program's and of SIGHUP, and of those for children, apart so that
// many of one kind keep none of another out; and what stops them.
func signals() (ends, rest, children chan os.Signal, stop func()) {
	ends, rest, children = make(chan os.Signal, 4), make(chan os.Signal, 16), make(chan os.Signal, 1)
	hear(ends, ending)
	hear(rest, append(others(), unix.SIGHUP))
	signal.Notify(children, unix.SIGCHLD)
	return ends, rest, children, func() {
		for _, c := range []chan os.Signal{ends, rest, children} {
			signal.Stop(c)
		}
	}
}

// terminal reports whether this process has a terminal, and is in its
// foreground: what is typed there sends signals to the program too.
func terminal() (is, foreground bool) {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, false
	}
	defer unix.Close(fd)
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil, err == nil && group == unix.Getpgrp()
}
