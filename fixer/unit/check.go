package unit

// This file defines what is wrong with units, for a program.

import (
	"cmp"
	"fmt"
	"net"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Finding is something that units and the program do not agree on.
type Finding struct {
	Unit  string `json:"unit"`  // file
	Line  int    `json:"line"`  // in it; 0 for what is missing there
	Place string `json:"place"` // in the code, as file:line; "" for none
	// Kind is type, family, path, mode, port, host, missing, extra, accept, bind,
	// privilege, folder, install, order, notify, value, key, undo or wrapper; or
	// systemd, for what that says itself.
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// String returns the finding in a line.
func (f Finding) String() string {
	at := f.Unit
	if f.Line > 0 {
		at += fmt.Sprintf(":%d", f.Line)
	}
	if f.Place != "" {
		at += " and " + f.Place
	}
	return at + ": " + f.Text
}

// Check compares units with a program: .socket files, and the .service file,
// nil for none. The error is for files that cannot be read as units.
func Check(sockets []*File, service *File, p Program) ([]Finding, error) {
	c := checker{service: service, served: make(map[string]bool)}
	if err := c.configure(p); err != nil {
		return nil, err
	}
	for _, f := range sockets {
		s, err := f.Socket()
		if err != nil {
			return nil, err
		}
		c.socket(f, s)
	}
	c.missing(sockets)
	if service != nil {
		if err := c.checkService(sockets); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(c.out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Line, b.Line)) })
	return c.out, nil
}

type checker struct {
	p       Program
	service *File
	served  map[string]bool // listeners that have a socket, by place and name
	out     []Finding
}

// configure notes the program as the service sets it.
func (c *checker) configure(p Program) error {
	var args, env, files []string
	var lines []Entry
	if c.service != nil {
		lines = c.service.All("Service", "ExecStart", "Environment", "EnvironmentFile")
	}
	for _, e := range lines {
		if e.Key == "EnvironmentFile" {
			if name, err := c.service.Expand(e.Value); err == nil {
				files = append(files, environmentOf(name)...)
			}
			continue
		}
		words, err := split(e.Value)
		if err != nil {
			return fmt.Errorf("%s: %s=: %w", c.service.at(e.Line), e.Key, err)
		}
		for i, w := range words {
			text, err := c.service.Expand(w.text)
			if err != nil {
				text = w.text // of a specifier that says nothing here
			}
			switch {
			case e.Key == "Environment":
				env = append(env, text)
			case i > 0:
				args = append(args, strings.ReplaceAll(text, "$$", "$"))
			}
		}
	}
	config, _ := readConfig(slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !filepath.IsAbs(valueOf(arg)) })) // error: as without the file
	c.p, _ = p.configured(args, slices.Concat(env, files), config)
	return nil
}

func (c *checker) add(f *File, line int, place, kind, format string, args ...any) {
	name, at := f.place(line)
	c.out = append(c.out, Finding{name, at, place, kind, fmt.Sprintf(format, args...)})
}

// socket checks one .socket unit.
func (c *checker) socket(f *File, s *Socket) {
	for _, l := range s.Listen {
		best, bad := c.listenerFor(s, l), badValue(f, l) != ""
		if best != nil {
			c.served[best.Place+best.Name] = true
		}
		switch {
		case bad: // which is told
		case best == nil:
			c.unfit(f, s, l)
		default:
			c.family(f, s, l, *best)
			c.address(f, s, l, *best)
		}
	}
	if s.Accept {
		line := f.Last("Socket", "Accept").Line
		for _, l := range s.Listen {
			if l.Kind == "Datagram" {
				c.add(f, l.Line, "", "accept", "a datagram socket has no connections: Accept=yes has no effect on it")
			}
		}
		for _, l := range c.p.Listeners {
			if !l.Ported && c.served[l.Place+l.Name] {
				c.add(f, line, l.Place, "accept", "Accept=yes passes one connection, and the program expects a listening socket there: port it, or set Accept=no")
			}
		}
		if !strings.HasSuffix(s.Service, "@.service") || c.service != nil && !strings.Contains(path.Base(c.service.Name), "@") {
			c.add(f, line, "", "accept", "Accept=yes starts instances: the service has to be a template, %s", strings.TrimSuffix(path.Base(f.Name), ".socket")+"@.service")
		}
	}
	for _, key := range []string{"WantedBy", "RequiredBy"} {
		if e := f.Last("Install", key); strings.Contains(e.Value, "multi-user.target") || strings.Contains(e.Value, "default.target") {
			c.add(f, e.Line, "", "install", "%s=%s: sockets belong to sockets.target, or they are opened late", e.Key, e.Value)
		}
	}
	c.sections(f, "Unit", "Socket", "Install")
	c.values(f, s)
	c.keys(f, "Socket", socketKeys)
	c.tied(f, s)
}

// sections tells of sections that systemd does not know, and ignores.
func (c *checker) sections(f *File, known ...string) {
	seen := make(map[string]bool)
	for _, e := range f.Entries {
		if !seen[e.Section] && !slices.Contains(known, e.Section) && !strings.HasPrefix(e.Section, "X-") {
			c.add(f, e.Line, "", "install", "there is no section [%s] in such a unit: it is ignored", e.Section)
		}
		seen[e.Section] = true
	}
}

// listenerFor returns the listener that a socket of a unit is for, nil if there
// is none: of the type, by its address, its name, or as the only one.
func (c *checker) listenerFor(s *Socket, l Listen) *Listener {
	var fits []*Listener
	taken := 0
	for i := range c.p.Listeners {
		p := &c.p.Listeners[i]
		switch {
		case p.Kind != l.Kind && p.Kind != "", !p.takes(l.Value):
		case !p.Many && c.served[p.Place+p.Name]:
			taken++
		default:
			fits = append(fits, p)
		}
	}
	for _, p := range fits {
		if p.Asked != "" && p.Asked == s.Name {
			return p
		}
	}
	fits = slices.DeleteFunc(fits, func(p *Listener) bool { return p.asksByName() }) // for another
	for _, p := range fits {
		if p.Address != "" && sameAddress(p.Address, l.Value) {
			return p
		}
	}
	for _, p := range fits {
		if p.Name == s.Name {
			return p
		}
	}
	if len(fits) == 1 && taken == 0 {
		return fits[0]
	}
	return nil
}

// takes reports whether the listener's networks have addresses of the family of
// a value, where they are known.
func (l *Listener) takes(value string) bool {
	isPath := strings.HasPrefix(value, "/") || strings.HasPrefix(value, "@")
	switch {
	case len(l.Networks) == 0:
		return true
	case isPath:
		return slices.ContainsFunc(l.Networks, func(n string) bool { return strings.HasPrefix(n, "unix") })
	}
	return !l.networksAre("unix")
}

// unfit says why no listener takes a socket.
func (c *checker) unfit(f *File, s *Socket, l Listen) {
	for _, p := range c.p.Listeners {
		if p.Name != s.Name && !sameAddress(p.Address, l.Value) {
			continue
		}
		if p.Kind != "" && p.Kind != l.Kind {
			c.add(f, l.Line, p.Place, "type", "Listen%s=%s, and the program listens on Listen%s= for %s", l.Kind, l.Value, p.Kind, p.Name)
			c.served[p.Place+p.Name] = true
			return
		}
		if !p.takes(l.Value) {
			c.add(f, l.Line, p.Place, "family", "Listen%s=%s, and the program listens on %s for %s", l.Kind, l.Value, strings.Join(p.Networks, " or "), p.Name)
			c.served[p.Place+p.Name] = true
			return
		}
	}
	kinds := make(map[string]bool)
	for _, p := range c.p.Listeners {
		kinds[p.Kind] = true
	}
	if !kinds[l.Kind] && !kinds[""] {
		c.add(f, l.Line, "", "type", "Listen%s=%s, and the program has no listener of that type%s", l.Kind, l.Value, c.names())
		return
	}
	c.add(f, l.Line, "", "extra", "nothing in the program asks for Listen%s=%s named %q%s", l.Kind, l.Value, s.Name, c.names())
}

func (c *checker) names() string {
	var all []string
	for _, p := range c.p.Listeners {
		all = append(all, fmt.Sprintf("%s (Listen%s, %s)", p.Name, p.Kind, p.Place))
	}
	if len(all) == 0 {
		return ", which has no listeners"
	}
	return "; it has " + strings.Join(all, ", ")
}

// family checks that IPv4 and IPv6 are those of the program.
func (c *checker) family(f *File, s *Socket, l Listen, p Listener) {
	host, _, err := net.SplitHostPort(l.Value)
	ip := net.ParseIP(host)
	v4 := err == nil && ip.To4() != nil
	only6 := err != nil && !strings.ContainsAny(l.Value, "/@") || ip != nil && ip.To4() == nil
	dual := only6 && s.V6Only != "ipv6-only" && (ip == nil || ip.IsUnspecified())
	is := func(suffix string) bool {
		return len(p.Networks) > 0 && !slices.ContainsFunc(p.Networks, func(n string) bool { return !strings.HasSuffix(n, suffix) })
	}
	switch {
	case v4 && is("6"):
		c.add(f, l.Line, p.Place, "family", "%s is of IPv4, and the program listens on %s", l.Value, p.Networks[0])
	case only6 && !dual && is("4"), dual && is("4"):
		c.add(f, l.Line, p.Place, "family", "%s is of IPv6, and the program listens on %s: write 0.0.0.0:%s", l.Value, p.Networks[0], portOf(l.Value))
	case dual && is("6"):
		c.add(f, l.Line, p.Place, "family", "%s takes IPv4 too, and the program listens on %s: BindIPv6Only=ipv6-only", l.Value, p.Networks[0])
	case only6 && s.V6Only == "ipv6-only" && len(p.Networks) > 0 && !is("6"):
		c.add(f, f.Last("Socket", "BindIPv6Only").Line, p.Place, "family", "BindIPv6Only=ipv6-only, and the program listens for IPv4 too")
	}
}

// address checks that an address is the program's default, or that the service
// tells the program another.
func (c *checker) address(f *File, s *Socket, l Listen, p Listener) {
	isPath := strings.HasPrefix(l.Value, "/") || strings.HasPrefix(l.Value, "@")
	if isPath && p.Mode != "" && f.Last("Socket", "SocketMode").Value != "" {
		if want, err := parseMode(p.Mode); err == nil && want != s.Mode {
			c.add(f, f.Last("Socket", "SocketMode").Line, p.ModeAt, "mode", "SocketMode=%04o, and the program sets %s", s.Mode, p.Mode)
		}
	}
	if isPath && p.Mode != "" && p.Mode != "0000" && f.Last("Socket", "SocketMode").Value == "" {
		c.add(f, l.Line, p.ModeAt, "mode", "there is no SocketMode=, so that it is 0666, and the program sets %s", p.Mode)
	}
	if p.Address == "" || p.Asked != "" || p.Any || p.Many {
		return
	}
	if sameAddress(p.Address, l.Value) {
		c.reach(f, l, p)
		return
	}
	if !p.Set && c.told(p, l.Value) {
		return
	}
	kind := "port"
	if isPath {
		kind = "path"
	}
	if p.Set {
		c.add(f, l.Line, p.Place, kind, "%s, and the service has the program listen on %s, which it binds itself: %s", l.Value, p.Address, c.advice(p, s.Name))
		return
	}
	c.add(f, l.Line, p.Place, kind, "%s is not the program's default %s (%s), and the service does not tell it: %s", l.Value, p.Address, p.From, c.advice(p, s.Name))
}

// reach checks that as many can reach a socket as the program lets: a host of any
// address takes the place of each, and is one of another security.
func (c *checker) reach(f *File, l Listen, p Listener) {
	host, _, err := net.SplitHostPort(p.Address)
	if err != nil {
		return
	}
	value, _, _ := net.SplitHostPort(l.Value) // error: a port alone
	ip := net.ParseIP(host)
	switch loopback := ip.IsLoopback() || host == "localhost"; {
	case loopback && anyHost(value) && portOf(l.Value) != "":
		c.add(f, l.Line, p.Place, "host", "%s can be reached from everywhere, and the program listens on %s only", l.Value, p.Address)
	case (host == "" || host == "::") && value == "0.0.0.0" && !p.networksAre("tcp4") && !p.networksAre("udp4"):
		c.add(f, l.Line, p.Place, "family", "%s is of IPv4 alone, and the program listens for IPv6 too: write %s", l.Value, portOf(l.Value))
	}
}

// advice says how to have the program take the socket of a name.
func (c *checker) advice(p Listener, name string) string {
	if flag, env := selectBy(p, name); flag != nil {
		return "add " + strings.Join(flag, " ") + " to ExecStart="
	} else if env != "" {
		return "add Environment=" + env
	}
	return "configure the program for it, or change the unit"
}

// told reports whether the service names the socket, or its address, to the
// program.
func (c *checker) told(p Listener, value string) bool {
	if c.service == nil {
		return true // not known
	}
	for _, e := range c.service.All("Service", "ExecStart", "Environment") {
		if port := portOf(value); port != "" && mentions(e.Value, ":"+port) || mentions(e.Value, value) {
			return true
		}
	}
	return len(c.service.All("Service", "EnvironmentFile")) > 0 // may
}

// mentions reports whether a command line has a word, or the end of one.
func mentions(line, word string) bool {
	return regexp.MustCompile(regexp.QuoteMeta(word) + `($|[^\w.-])`).MatchString(line)
}

func portOf(value string) string {
	if _, port, err := net.SplitHostPort(value); err == nil {
		return port
	}
	if !strings.ContainsAny(value, "/@") {
		return value
	}
	return ""
}

// sameAddress reports whether a default address and a value of ListenStream=
// name one socket: the port, and hosts that are one or any.
func sameAddress(address, value string) bool {
	if value == "" {
		return false // of a template, not known
	}
	if strings.ContainsAny(value[:1], "/@") {
		clean := func(p string) string { return strings.Replace(filepath.Clean(p), "/var/run/", "/run/", 1) }
		return clean(address) == clean(value)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	wantHost, wantPort, err := net.SplitHostPort(value)
	if err != nil {
		wantHost, wantPort = "", value
	}
	if n, err := net.LookupPort("tcp", port); err == nil {
		port = fmt.Sprint(n)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	return port == wantPort && (host == wantHost || anyHost(host) || anyHost(wantHost)) // as the helper has it
}

func anyHost(host string) bool { return host == "" || host == "::" || host == "0.0.0.0" }

// missing tells of listeners that no unit has a socket for.
func (c *checker) missing(sockets []*File) {
	if len(sockets) == 0 {
		return
	}
	for _, p := range c.p.Listeners {
		if !c.served[p.Place+p.Name] && p.Address != "" && !p.asksByName() {
			c.add(sockets[0], 0, p.Place, "missing", "the program also listens on %s for %s (%s), and no unit opens that: it binds it itself", p.Address, p.Name, p.From)
		}
	}
}

// checkService checks the .service unit.
func (c *checker) checkService(sockets []*File) error {
	f := c.service
	for _, p := range c.p.Listeners {
		if !p.Ported && p.Already == "" && c.served[p.Place+p.Name] {
			c.add(f, 0, p.Place, "bind", "the program still binds %s itself: %s", p.Name, cmp.Or(p.Untaken, "inheritfd port"))
		}
		if flag := p.Already; strings.HasPrefix(flag, "-") && c.served[p.Place+p.Name] && !c.has(flag) {
			c.add(f, f.Last("Service", "ExecStart").Line, p.Place, "bind", "the program binds %s itself without %s", p.Name, flag)
		}
	}
	for _, place := range c.p.Drops {
		c.add(f, 0, place, "privilege", "the program gives up root itself, which it has to be started with: User= does it, as the sockets are open")
	}
	for _, key := range []string{"AmbientCapabilities", "CapabilityBoundingSet"} {
		for _, e := range f.All("Service", key) {
			if !strings.Contains(e.Value, "CAP_NET_BIND_SERVICE") || strings.HasPrefix(e.Value, "~") {
				continue
			}
			c.add(f, e.Line, "", "privilege", "%s=%s: the sockets are open, so that nothing has to bind", e.Key, e.Value)
		}
	}
	e := f.Last("Service", "Type")
	if e.Value == "forking" {
		c.add(f, e.Line, "", "notify", "Type=forking, and a Go program does not put itself into the background: its start would time out")
	}
	if strings.HasPrefix(e.Value, "notify") && !c.p.Notifies {
		c.add(f, e.Line, "", "notify", "Type=%s, and the program never says that it is ready: its start would time out", e.Value)
	}
	c.asked(f, sockets)
	if err := c.folders(f, sockets); err != nil {
		return err
	}
	c.order(f, sockets)
	c.sections(f, "Unit", "Service", "Install")
	c.keys(f, "Service", serviceKeys)
	c.wrapped(f)
	c.undone(f, sockets)
	c.confined(f)
	return nil
}

// has reports whether the service has a flag among the arguments.
func (c *checker) has(flag string) bool {
	return slices.ContainsFunc(c.service.All("Service", "ExecStart"), func(e Entry) bool {
		return slices.Contains(strings.Fields(e.Value), flag)
	})
}

// asked checks that the sockets which the command line asks for by name are
// there, and that the sockets start this service.
func (c *checker) asked(f *File, sockets []*File) {
	names := make(map[string]bool)
	for _, u := range sockets {
		s, err := u.Socket()
		if err != nil {
			continue // told before
		}
		names[s.Name] = true
		if want, have := s.Service, path.Base(f.Name); want != have && instance(want) != instance(have) {
			c.add(u, u.Last("Socket", "Service").Line, "", "order", "it starts %s, which is not %s", want, have)
		} else if strings.Contains(want, "@.") && !s.Accept && !strings.Contains(path.Base(u.Name), "@.") {
			c.add(u, u.Last("Socket", "Service").Line, "", "order", "Service=%s is a template without an instance: write %s", want, strings.Replace(want, "@.", "@%i.", 1))
		}
	}
	c.numbered(f, sockets)
	for _, e := range f.All("Service", "ExecStart", "Environment") {
		for _, m := range asks.FindAllStringSubmatch(e.Value, -1) {
			if !names[m[1]] && len(sockets) > 0 {
				c.add(f, e.Line, "", "missing", "%s= asks for fd://%s, and no unit has FileDescriptorName=%s", e.Key, m[1], m[1])
			}
		}
	}
}

// numbered checks that a descriptor which the program is told to take is there.
func (c *checker) numbered(f *File, sockets []*File) {
	last := 2
	for _, u := range sockets {
		if s, err := u.Socket(); err == nil {
			last += len(s.Listen)
		}
	}
	for _, p := range c.p.Listeners {
		if fd, err := strconv.Atoi(p.Asked); err == nil && fd > last && len(sockets) > 0 {
			c.add(f, f.Last("Service", "ExecStart").Line, p.Place, "missing", "it asks for fd://%d, and the units open fd 3 to %d", fd, last)
		}
	}
}

var asks = regexp.MustCompile(`fd://([^\s"'0-9][^\s"']*)`)

// instance returns the name of a unit without its instance.
func instance(name string) string {
	before, _, ok := strings.Cut(name, "@")
	if !ok {
		return name
	}
	return before + "@" + path.Ext(name)
}

// folders checks that the service does not own, and remove, a socket's folder.
func (c *checker) folders(f *File, sockets []*File) error {
	e := f.Last("Service", "RuntimeDirectory")
	preserve, err := parseBool(f.Last("Service", "RuntimeDirectoryPreserve").Value) // restart is no
	kept := err == nil && preserve
	if e.Value == "" {
		return nil
	}
	for _, u := range sockets {
		s, err := u.Socket()
		if err != nil {
			return err
		}
		run, err := u.Expand("%t")
		if err != nil {
			return err
		}
		for _, l := range s.Listen {
			for _, dir := range strings.Fields(e.Value) {
				if !strings.HasPrefix(l.Value, path.Join(run, strings.Split(dir, ":")[0])+"/") {
					continue
				}
				owner := f.Last("Service", "User").Value
				switch {
				case kept && owner != "" && (s.User != "" && s.User != owner || s.Group != ""):
					c.add(f, e.Line, "", "folder", "RuntimeDirectory=%s: systemd gives the folder to %s with all that is in it, and %s of %s with it, whatever SocketUser= and SocketGroup= say; leave it to the socket unit, which makes it", e.Value, owner, l.Value, u.Name)
				case !kept:
					c.add(f, e.Line, "", "folder", "RuntimeDirectory=%s: the folder goes when the service stops, and %s of %s with it; leave it to the socket unit, which makes it", e.Value, l.Value, u.Name)
				}
			}
		}
	}
	return nil
}

// order checks that a start of the service itself finds the sockets open.
func (c *checker) order(f *File, sockets []*File) {
	for _, u := range sockets {
		name := path.Base(u.Name)
		if s, err := u.Socket(); err == nil && s.Accept {
			continue
		}
		named := func(section string, keys ...string) bool {
			return slices.ContainsFunc(f.All(section, keys...), func(e Entry) bool {
				v, err := f.Expand(e.Value)
				return err != nil || slices.Contains(strings.Fields(v), name) // what is not known may be it
			})
		}
		if !named("Unit", "Requires", "Wants", "BindsTo") && !named("Service", "Sockets") {
			c.add(f, 0, "", "order", "started by itself it does not start %s, and binds on its own: Requires=%s, After=%s", name, name, name)
		}
	}
}
