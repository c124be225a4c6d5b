package unit

// A Program is what a daemon does, as far as its units are concerned.
type Program struct {
	Name      string // of the program, and of its units
	Listeners []Listener
	Notifies  bool // by sd_notify(3)
	Dials     bool // or may: it looks up names, connects, or runs programs
	// Privileged says that it does, or may do, what takes root or capabilities
	// besides to bind.
	Privileged bool
	Drops      []string // calls that drop privileges, as file:line
	Listens    []string // calls that bind and are not ported, as file:line
}

// A Listener is what an administrator thinks of as one socket.
type Listener struct {
	Name string
	Kind string // Stream, Datagram or SequentialPacket; "" when not known
	// Networks are those that the calls name, as package net does.
	Networks []string
	// Address is the default: host:port, or a path; "" when there is none.
	Address string
	From    string   // what the address comes from, for people, with its place
	Select  []string // ways to name a descriptor, such as "-addr fd://http"
	Place   string   // of the call, as file:line
	Many    bool     // it stands for a list
	Ported  bool     // it takes an inherited socket
	Mode    string   // that the program sets for a path, in octal; "" for none
	ModeAt  string   // where it does
	Owner   string   // that it sets, as UID:GID, -1 for neither; "" for none
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
