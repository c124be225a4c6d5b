package model

import (
	"regexp"
	"sync"
)

// This file defines what a program's units have to allow it, by the names of
// the standard library that it speaks of.

// A Habit is what names of a package let a program do besides serving.
type Habit struct {
	Package string
	// Dials are the names that connect, look up names, open sockets of their
	// own, or run programs, which may; Privileged those that may take a
	// capability. Regular expressions; nil is none of the names.
	Dials, Privileged *regexp.Regexp
}

// habits are the rows, by import path.
var habits = sync.OnceValue(func() map[string]Habit {
	out := make(map[string]Habit)
	re := func(expr string) *regexp.Regexp { return regexp.MustCompile(expr) }
	const capable = `^(L?[Ff]?[Cc]hown|Setrlimit|Mount|Unmount|Sethostname|Settimeofday|Chroot|Mknod|Reboot|Setpriority|Socket|Syscall|RawSyscall|Ptrace.*|Setns|Unshare)`
	for _, h := range []Habit{
		{"net", re(`^(Dial|Lookup|Resolve|Listen|Interface|DefaultResolver$)`), nil},
		{"net/http", re(`^(Get|Head|Post|PostForm|Client|DefaultClient|Transport|DefaultTransport|NewRequest.*|ListenAndServe.*)$`), nil},
		{"net/http/httputil", re(`ReverseProxy`), nil},
		{"net/rpc", re(`^Dial`), nil},
		{"net/smtp", re(``), nil},
		{"crypto/tls", re(`^(Dial|Listen)`), nil},
		{"log/syslog", re(`^Dial`), nil},
		{"os/exec", re(``), re(``)},
		{"os", re(`^StartProcess$`), re(`^(Chown|Lchown)$`)},
		{"database/sql", re(`^Open`), nil},
		{"syscall", re(`^(Connect|Sendto|Sendmsg|Socket|ForkExec|Exec|Syscall|RawSyscall)`), re(capable)},
		{"golang.org/x/sys/unix", re(`^(Connect|Sendto|Sendmsg|Socket|Exec|Syscall|RawSyscall)`), re(capable)},
		{"google.golang.org/grpc", re(`^(Dial|NewClient)`), nil},
	} {
		out[h.Package] = h
	}
	return out
})

// HabitsOf reports what a name of a package lets a program do.
func HabitsOf(pkgPath, name string) (dials, privileged bool) {
	h := habits()[pkgPath]
	return h.Dials != nil && h.Dials.MatchString(name), h.Privileged != nil && h.Privileged.MatchString(name)
}
