package unit

import (
	"net"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Program is what a daemon does, as far as its units are concerned.
type Program struct {
	Name      string // of the program, and of its units
	Listeners []Listener
	Notifies  bool // by sd_notify(3)
	Pings     bool // its supervisor's watchdog, or may
	Dials     bool // or may: it looks up names, connects, or runs programs
	// Privileged says that it does, or may do, what takes root or capabilities
	// besides to bind.
	Privileged bool
	Drops      []string // calls that drop privileges, as file:line
	// Listens are the calls that bind and are not ported, as file:line with what
	// ports them, or why nothing does.
	Listens []string
}

// A Subcommand is one of a program, or the program itself.
type Subcommand struct {
	Words    []string // that lead to it
	Required []string // names of flags that it does not start without
}

// A Listener is what an administrator thinks of as one socket.
type Listener struct {
	Name string
	Kind string // Stream, Datagram or SequentialPacket; "" when not known
	// Networks are those that the calls name, as package net does.
	Networks []string
	// Address is the default: host:port, or a path; "" when there is none.
	Address string
	// Below is the path in the folder that settings of part dir name.
	Below  string
	From   string   // what the address comes from, for people, with its place
	Select []string // ways to name a descriptor, such as "-addr fd://http"
	// Settings are the flags, variables and keys of files that the address comes from.
	Settings []Setting
	Command  *Subcommand // that listens, nil where that is not known
	Asked    string      // what fd://ASKED of a setting asks for: a name, or a number
	Set      bool        // a setting says what the address is
	Any      bool        // it takes any socket of its type
	Place    string      // of the call, as file:line
	Serves   string      // the protocol, http or dns; "" when not known
	Many     bool        // it stands for a list
	Ported   bool        // it takes an inherited socket
	PortedBy string      // the command that has it take one
	Untaken  string      // why it never does, "" for one that does or that a port makes do it
	// Already is how a listener that is not ported takes one all the same: the
	// flag under which it does, or the function that does.
	Already string
	Mode    string // that the program sets for a path, in octal; "" for none
	ModeAt  string // where it does
	Owner   string // that it sets, as UID:GID, -1 for neither; "" for none
	OwnerAt string
}

// IsUnix reports whether the default is a unix socket's.
func (l Listener) IsUnix() bool {
	return l.Address != "" && (l.Address[0] == '/' || l.Address[0] == '@' || l.Address[0] == '.' || l.networksAre("unix"))
}

func (l Listener) networksAre(family string) bool {
	if len(l.Networks) == 0 {
		return false
	}
	for _, n := range l.Networks {
		if len(n) < len(family) || n[:len(family)] != family {
			return false
		}
	}
	return true
}

// A Setting is a flag, a variable of the environment or a key of a configuration file
// that decides an address, or a part of one.
type Setting struct {
	Flag, Env string // "-addr", or "ADDR"
	File      string // or the key of a configuration file: "server.addr"
	Part      string // address, path, host, port, or dir: a folder that the path begins with
}

// configured returns the program as a command line, without the program's name,
// and an environment set it, and which of the arguments are addresses in the
// place of which a socket's name can be. Values with variables or specifiers are
// taken as they are. Files are what is set by configuration files.
func (p Program) configured(args, env []string, files config) (Program, map[int]bool) {
	used := make(map[int]bool)
	command := p.command(args)
	p.Listeners = slices.DeleteFunc(slices.Clone(p.Listeners), func(l Listener) bool { return !l.of(command) })
	for i := range p.Listeners {
		l := &p.Listeners[i]
		for _, s := range l.Settings { // a flag goes before a variable, and that before a file
			switch v, ok := files.value(s.File); {
			case !ok || l.Many:
			case v.several:
				l.Address, l.From = "", s.File+" stands several times in a file among the arguments"
			case v.text == "" && s.Part != "host":
				l.Address, l.From = "", s.File+" is empty in a file among the arguments"
			default:
				l.set(s.Part, v.text, s.File+" in a file among the arguments")
			}
		}
		for _, s := range l.Settings {
			if value, ok := lookupEnv(env, s.Env); ok {
				l.set(s.Part, value, s.Env+"= in the environment")
			}
		}
		for _, s := range l.Settings {
			if value, at, ok := lookupFlag(args, s.Flag); ok {
				l.set(s.Part, value, s.Flag+" among the arguments")
				named := slices.ContainsFunc(l.Select, func(how string) bool { return strings.HasPrefix(how, s.Flag+" ") })
				for _, n := range at {
					used[n] = l.Set && named
				}
			}
		}
	}
	return p, used
}

// readsFiles reports whether a key of a file decides an address.
func (p Program) readsFiles() bool {
	return slices.ContainsFunc(p.Listeners, func(l Listener) bool {
		return slices.ContainsFunc(l.Settings, func(s Setting) bool { return s.File != "" })
	})
}

// Configured returns the program as a command line, without the program's name, and an
// environment set it: the listeners of its command, with their addresses.
func (p Program) Configured(args, env []string) Program {
	files, _ := readConfig(args) // error: as without the file
	p, _ = p.configured(args, env, files)
	return p
}

// command returns the command that a command line is of, and the first one that
// listens where it names none; nil when none is known.
func (p Program) command(args []string) *Subcommand {
	var best, first *Subcommand
	for _, l := range p.Listeners {
		c := l.Command
		if c == nil {
			continue
		}
		if first == nil {
			first = c
		}
		if c.in(args) && (best == nil || len(c.Words) > len(best.Words)) {
			best = c
		}
	}
	if best == nil {
		return first
	}
	return best
}

// in reports whether a command line has the words of the command, maybe behind
// flags.
func (c *Subcommand) in(args []string) bool {
	for i := 0; i+len(c.Words) <= len(args); i++ {
		if slices.Equal(args[i:i+len(c.Words)], c.Words) {
			return true
		}
	}
	return false
}

// of reports whether the listener may be of a command; nil is one not known.
func (l Listener) of(c *Subcommand) bool {
	return c == nil || l.Command == nil || slices.Equal(l.Command.Words, c.Words)
}

// asksByName reports whether a setting asks for a socket by its name.
func (l Listener) asksByName() bool {
	_, err := strconv.Atoi(l.Asked)
	return l.Asked != "" && err != nil
}

func lookupEnv(env []string, key string) (string, bool) {
	for _, kv := range slices.Backward(env) { // the last one holds
		if k, v, ok := strings.Cut(kv, "="); ok && k == key && key != "" {
			return v, true
		}
	}
	return "", false
}

// lookupFlag returns the value of a flag, and where it is: -flag=value, or -flag
// value, each with one dash or two.
func lookupFlag(args []string, flag string) (value string, at []int, ok bool) {
	name := strings.TrimLeft(flag, "-")
	for i := 0; i < len(args) && name != ""; i++ {
		if args[i] == "--" {
			break
		}
		has, v, whole := strings.Cut(args[i], "=")
		switch {
		case !strings.HasPrefix(has, "-") || strings.TrimLeft(has, "-") != name:
		case whole:
			value, at, ok = v, append(at, i), true
		case i+1 < len(args):
			value, at, ok = args[i+1], append(at, i, i+1), true
			i++
		}
	}
	return value, at, ok
}

var scheme = regexp.MustCompile(`^(tcp|unix|udp|http|https)[46]?://`)

// Default sets the address that is listened on unless the configuration has
// another, as it is written there; a number alone is a port.
func (l *Listener) Default(address string) {
	if _, err := strconv.Atoi(address); err == nil {
		address = ":" + address
	}
	l.Address = strings.TrimPrefix(scheme.ReplaceAllString(address, ""), "unix:")
}

// set sets what a setting decides.
func (l *Listener) set(part, value, how string) {
	if asked, ok := strings.CutPrefix(value, "fd://"); ok && part != "dir" {
		l.Asked, l.Set = asked, false
		return
	}
	l.Asked, l.Set = "", true
	host, port, err := net.SplitHostPort(l.Address)
	switch {
	case part == "dir":
		l.Address = ""
		if l.Below != "" {
			l.Address = path.Join(value, l.Below)
		}
	case part != "host" && part != "port":
		l.Default(value)
	case err != nil && part == "port":
		l.Address = net.JoinHostPort("", value)
	case part == "port":
		l.Address = net.JoinHostPort(host, strings.TrimPrefix(value, ":"))
	case err == nil:
		l.Address = net.JoinHostPort(value, port)
	}
	l.From = how
}
