package unit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Socket is what the [Socket] section of a unit says, see systemd.socket(5).
type Socket struct {
	Listen []Listen // in order
	Name   string   // FileDescriptorName; the unit's name when the file has none

	NameLine int // of FileDescriptorName, 0 when the file has none

	Mode    fs.FileMode // SocketMode
	DirMode fs.FileMode // DirectoryMode
	User    string      // SocketUser
	Group   string      // SocketGroup
	V6Only  string      // BindIPv6Only: "", default, both or ipv6-only
	// Protocol is SocketProtocol: "", or one of another kind than the socket's usual.
	Protocol string
	Backlog  int // 0 when the file has none

	ReusePort, FreeBind, Accept bool
	KeepPath                    bool     // RemoveOnStop=no, said outright
	Symlinks                    []string // absolute, to the path

	MaxConnections int    // 64 when the file has none
	MaxPerSource   int    // MaxConnectionsPerSource; 0 for no limit
	Service        string // the service that is started, by its unit's name

	Others []Entry // of the section: what is not read, or is none of its keys
}

// A Listen is one socket of a unit.
type Listen struct {
	Kind  string // Stream, Datagram, SequentialPacket, or another of Listen...=
	Value string // with specifiers expanded
	Line  int
}

// listens are the directives for sockets, and for what is none.
var listens = []string{"ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO", "ListenSpecial", "ListenNetlink", "ListenMessageQueue", "ListenUSBFunction"}

// Socket reads the section [Socket]. The error is that of the first mistake.
func (f *File) Socket() (*Socket, error) {
	s := &Socket{Mode: 0o666, DirMode: 0o755, MaxConnections: 64, Name: filepath.Base(f.Name)}
	for _, e := range f.All("Socket", listens...) {
		v, err := f.Expand(e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %s=%s: %w", f.at(e.Line), e.Key, e.Value, err)
		}
		s.Listen = append(s.Listen, Listen{strings.TrimPrefix(e.Key, "Listen"), v, e.Line})
	}
	if len(s.Listen) == 0 {
		return nil, fmt.Errorf("%s: there is no socket in its section [Socket]: no ListenStream= or the like", f.Name)
	}
	var err error
	remove := true
	read := slices.Clone(listens)
	for _, d := range []struct {
		key string
		to  any
	}{
		{"FileDescriptorName", &s.Name}, {"SocketUser", &s.User}, {"SocketGroup", &s.Group}, {"BindIPv6Only", &s.V6Only}, {"SocketProtocol", &s.Protocol}, {"Service", &s.Service},
		{"ReusePort", &s.ReusePort}, {"FreeBind", &s.FreeBind}, {"Accept", &s.Accept}, {"RemoveOnStop", &remove},
		{"SocketMode", &s.Mode}, {"DirectoryMode", &s.DirMode}, {"Backlog", &s.Backlog}, {"MaxConnections", &s.MaxConnections}, {"MaxConnectionsPerSource", &s.MaxPerSource},
	} {
		read = append(read, d.key)
		if e := f.Last("Socket", d.key); e.Value != "" {
			if err := f.set(d.to, e.Value); err != nil {
				return nil, fmt.Errorf("%s: %s=%s %w", f.at(e.Line), e.Key, e.Value, err)
			}
		}
	}
	s.KeepPath = !remove
	if s.Symlinks, err = f.symlinks(); err != nil {
		return nil, err
	}
	read = append(read, "Symlinks")
	for _, e := range f.Entries {
		switch {
		case e.Section != "Socket" || slices.Contains(read, e.Key):
		case e.Value == "": // takes the ones before back
			s.Others = slices.DeleteFunc(s.Others, func(o Entry) bool { return o.Key == e.Key })
		default:
			s.Others = append(s.Others, e)
		}
	}
	s.NameLine = f.Last("Socket", "FileDescriptorName").Line
	if only, err := parseBool(s.V6Only); err == nil { // as systemd takes it
		s.V6Only = map[bool]string{true: "ipv6-only", false: "both"}[only]
	}
	if v := s.V6Only; v != "" && v != "default" && v != "both" && v != "ipv6-only" {
		return nil, fmt.Errorf("%s: BindIPv6Only=%s is none of default, both and ipv6-only", f.at(f.Last("Socket", "BindIPv6Only").Line), v)
	}
	if s.Service == "" {
		base := strings.TrimSuffix(filepath.Base(f.Name), ".socket")
		if s.Service = base + ".service"; s.Accept {
			s.Service = base + "@.service"
		}
	}
	return s, nil
}

// symlinks returns the paths of Symlinks=, those that are absolute, as systemd takes them.
func (f *File) symlinks() ([]string, error) {
	var out []string
	for _, e := range f.All("Socket", "Symlinks") {
		words, err := f.Words(e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %s=%s: %w", f.at(e.Line), e.Key, e.Value, err)
		}
		for _, w := range words {
			if filepath.IsAbs(w) {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// set reads a value into what to points to; the error goes on from the value.
func (f *File) set(to any, value string) (err error) {
	switch to := to.(type) {
	case *string:
		if *to, err = f.Expand(value); err != nil {
			return fmt.Errorf("cannot be expanded: %w", err)
		}
	case *bool:
		*to, err = parseBool(value)
	case *fs.FileMode:
		*to, err = parseMode(value)
	case *int:
		n, e := strconv.ParseUint(value, 10, 32)
		if e != nil {
			return errors.New("is no number")
		}
		*to = int(min(n, 1<<31-1))
	}
	return err
}

// parseBool reads a value as systemd does.
func parseBool(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "1", "yes", "y", "true", "t", "on":
		return true, nil
	case "0", "no", "n", "false", "f", "off":
		return false, nil
	}
	return false, errors.New("is neither yes nor no")
}

func parseMode(text string) (fs.FileMode, error) {
	n, err := strconv.ParseUint(text, 8, 12)
	if err != nil {
		return 0, errors.New("is no file mode")
	}
	return fs.FileMode(n), nil
}

// Expand expands the specifiers of a value, those of systemd.unit(5) that say
// something of the unit, the user or the system's folders.
func (f *File) Expand(value string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '%' {
			b.WriteByte(value[i])
			continue
		}
		i++
		if i == len(value) {
			return "", fmt.Errorf("%% at the end: a percent sign is written %%%%")
		}
		text, err := f.specifier(value[i])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (f *File) specifier(c byte) (string, error) {
	name := filepath.Base(f.Name)
	full := strings.TrimSuffix(name, filepath.Ext(name))
	prefix, instance, _ := strings.Cut(full, "@")
	home := os.Getuid() != 0
	folder := func(system, variable, below string) string {
		if !home {
			return system
		}
		if v := os.Getenv(variable); v != "" {
			return v
		}
		return filepath.Join(os.Getenv("HOME"), below)
	}
	switch c {
	case '%':
		return "%", nil
	case 'n':
		return name, nil
	case 'N':
		return full, nil
	case 'p':
		return prefix, nil
	case 'P':
		return Unescape(prefix), nil
	case 'i':
		return instance, nil
	case 'I':
		return Unescape(instance), nil
	case 't':
		return folder("/run", "XDG_RUNTIME_DIR", ""), nil
	case 'S':
		return folder("/var/lib", "XDG_STATE_HOME", ".local/state"), nil
	case 'C':
		return folder("/var/cache", "XDG_CACHE_HOME", ".cache"), nil
	case 'L':
		return folder("/var/log", "XDG_STATE_HOME", ".local/state/log"), nil
	case 'E':
		return folder("/etc", "XDG_CONFIG_HOME", ".config"), nil
	case 'T':
		return os.TempDir(), nil
	case 'H':
		return os.Hostname()
	case 'U':
		return strconv.Itoa(os.Getuid()), nil
	case 'h', 'u':
		u, err := user.Current()
		if err != nil {
			return "", err
		}
		if c == 'h' {
			return u.HomeDir, nil
		}
		return u.Username, nil
	}
	return "", fmt.Errorf("specifier %%%c is not known here", c)
}

// Unescape reads a name that is escaped as by systemd-escape(1).
func Unescape(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case name[i] == '-':
			b.WriteByte('/')
		case name[i] == '\\' && i+3 < len(name) && name[i+1] == 'x':
			n, err := strconv.ParseUint(name[i+2:i+4], 16, 8)
			if err != nil {
				b.WriteByte(name[i])
				continue
			}
			b.WriteByte(byte(n))
			i += 3
		default:
			b.WriteByte(name[i])
		}
	}
	return b.String()
}
