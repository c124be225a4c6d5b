package unit

// This file defines which commands in front of a program do not hand on what systemd
// passes: they start it as another process than the one that LISTEN_PID names, or
// close the descriptors, or clear the environment.

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// wrappers are commands that start another as a child, by their names, and what has
// them not to; "" where nothing has.
var wrappers = map[string]string{
	"sudo": "", "su": "", "runuser": "", "doas": "", "pkexec": "", "screen": "", "tmux": "", "dtach": "", "timeout": "", "script": "",
	"unbuffer": "", "chronic": "", "strace": "", "ltrace": "", "gdb": "", "dlv": "", "dumb-init": "", "tini": "", "catatonit": "",
	"daemonize": "", "daemon": "", "supervisord": "", "xvfb-run": "", "dbus-run-session": "", "firejail": "", "systemd-run": "",
	"ssh": "", "inotifywait": "", "watch": "", "time": "", "perf": "",
	"flock": "--no-fork", "setsid": "", "start-stop-daemon": "", "parallel": "", "xargs": "", "make": "", "npm": "", "yarn": "",
	"docker": "", "docker-compose": "", "nerdctl": "", "ctr": "", "lxc": "", "lxc-attach": "", "kubectl": "", "snap": "", "flatpak": "",
}

// shells run a command line.
var shells = []string{"sh", "bash", "dash", "ash", "busybox", "ksh", "zsh"}

// compound matches what has a shell start a child, and wait for it: all but
// redirections.
var compound = regexp.MustCompile(`[;|\n]|&&|&\s|&$|` + "`" + `|\$\(`)

// wrapped checks that what is in front of the program hands the sockets on.
func (c *checker) wrapped(f *File) {
	if len(c.served) == 0 {
		return
	}
	for _, e := range f.All("Service", "ExecStart") {
		words, err := f.Words(e.Value)
		if err != nil || len(words) == 0 {
			continue // told before
		}
		words[0] = strings.TrimLeft(words[0], "-@:+!|")
		if why := loses(words); why != "" {
			c.add(f, e.Line, "", "wrapper", "%s: the sockets do not reach it; start the program itself, or with exec", why)
		}
	}
}

// loses says how a command line keeps the sockets from the program in it, "" when it
// does not.
func loses(words []string) string {
	for len(words) > 0 {
		name := path.Base(words[0])
		rest := words[1:]
		switch {
		case slices.Contains(shells, name):
			return shellLoses(rest)
		case name == "go" && len(rest) > 0 && rest[0] == "run":
			return "go run starts the program as a child, and LISTEN_PID is its own"
		case name == "env":
			if slices.Contains(rest, "-i") || slices.Contains(rest, "-") || slices.Contains(rest, "--ignore-environment") || slices.ContainsFunc(rest, isUnset) {
				return "env takes LISTEN_FDS and LISTEN_PID away"
			}
			words = afterOptions(rest, func(w string) bool { return strings.Contains(w, "=") })
			continue
		case slices.Contains(execing, name):
			words = afterOptions(rest, func(w string) bool { return strings.Trim(w, "0123456789,-") == "" || strings.HasPrefix(w, "0x") })
			continue
		}
		unless, wraps := wrappers[name]
		if !wraps || slices.ContainsFunc(rest, func(w string) bool { return unless != "" && (w == unless || name == "flock" && w == "-F") }) {
			return ""
		}
		return name + " starts the program as another process than the one that LISTEN_PID names, or without the descriptors"
	}
	return ""
}

// execing are commands that become the one behind them.
var execing = []string{"nice", "ionice", "chrt", "taskset", "numactl", "nohup", "stdbuf", "setpriv", "chpst", "setuidgid", "su-exec", "gosu", "prlimit", "catchsegv"}

func isUnset(w string) bool {
	return strings.HasPrefix(w, "-uLISTEN_") || strings.HasPrefix(w, "--unset=LISTEN_")
}

// afterOptions returns a command line from the first word on that is no option, and
// not one that also says.
func afterOptions(words []string, also func(string) bool) []string {
	for i, w := range words {
		if !strings.HasPrefix(w, "-") && !also(w) {
			return words[i:]
		}
	}
	return nil
}

// shellLoses says how a shell keeps the sockets from the program in its command.
func shellLoses(rest []string) string {
	at := slices.IndexFunc(rest, func(w string) bool { return strings.HasPrefix(w, "-") && strings.HasSuffix(w, "c") })
	if at < 0 || at+1 >= len(rest) {
		return "" // a script: who knows
	}
	command := strings.TrimSpace(rest[at+1])
	if compound.MatchString(command) {
		last := command[strings.LastIndexAny(command, ";|&\n")+1:]
		if strings.HasPrefix(strings.TrimSpace(last), "exec ") && !strings.Contains(command, "|") {
			return loses(strings.Fields(strings.TrimSpace(last))[1:])
		}
		return "the shell starts the program as a child, and LISTEN_PID is its own"
	}
	return loses(strings.Fields(strings.TrimPrefix(command, "exec ")))
}
