package unit

// This file defines the units that fit a program.

import (
	"errors"
	"fmt"
	"net"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Options say what kind of units to write.
type Options struct {
	User     bool   // for the user manager
	Template bool   // for instances: the port or the name of the path is %i
	Program  string // path of the installed program; "" for /usr/local/bin and its name
	Args     string // of the program, besides those that name sockets, as in ExecStart=
}

// ErrArgs is the error of a command line that is none.
var ErrArgs = errors.New("arguments")

// Generate returns the units of a program: a .socket for each of its sockets,
// and the .service that they start. What is not known is said in a comment; the
// error is for a program of which nothing is, or is ErrArgs.
func Generate(p Program, o Options) ([]*File, error) {
	words, err := split(o.Args)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArgs, err)
	}
	var args []string
	for _, w := range words {
		args = append(args, strings.NewReplacer("%%", "%", "$$", "$").Replace(w.text))
	}
	command := p.command(args)
	all := p.Listeners
	config, err := readConfig(args)
	if err != nil && p.readsFiles() {
		return nil, fmt.Errorf("%w: %w", ErrArgs, err)
	}
	p, used := p.configured(args, nil, config)
	g := generator{Program: p, Options: o}
	for _, l := range all {
		if !l.of(command) {
			of := "the command " + strings.Join(l.Command.Words, " ")
			if len(l.Command.Words) == 0 {
				of = "the program without a command"
			}
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): it is of %s", l.Name, l.Place, of))
		}
	}
	for i, w := range words {
		if !used[i] {
			g.words = append(g.words, w.raw)
		}
	}
	if g.Options.Program == "" {
		g.Options.Program = "/usr/local/bin/" + p.Name
	}
	groups := g.group()
	if len(groups) == 0 {
		return nil, fmt.Errorf("%s: no socket is known that a unit could open%s", p.Name, g.why())
	}
	if err := g.templated(groups); err != nil {
		return nil, err
	}
	var files []*File
	for _, group := range groups {
		files = append(files, g.socket(group, len(groups)))
	}
	if command != nil && !command.in(args) {
		g.words = slices.Concat(command.Words, g.words)
	}
	service, err := g.service(files, slices.Concat(groups...), command)
	if err != nil {
		return nil, err
	}
	return append(files, service), nil
}

type generator struct {
	Program
	Options
	words   []string // of the arguments, as written, those that units take the place of left out
	missing []string // what has no socket, for comments
}

// unitName returns the name of a unit of the program.
func (g *generator) unitName(suffix, kind string) string {
	name := g.Name
	if suffix != "" {
		name += "-" + suffix
	}
	if g.Template {
		name += "@"
	}
	return name + "." + kind
}

// group returns the listeners that a unit can open, those of one name together:
// FileDescriptorName= holds for a whole unit.
func (g *generator) group() [][]Listener {
	var out [][]Listener
	for _, l := range g.Listeners {
		switch {
		case l.Untaken != "":
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): %s", l.Name, l.Place, l.Untaken))
			continue
		case !l.Ported && l.Already == "":
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): the program still binds it itself: %s", l.Name, l.Place, l.PortedBy))
			continue
		case l.Kind == "":
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): its network is not known", l.Name, l.Place))
			continue
		case l.networksAre("tcp") && several(l.Networks):
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): it listens for %s apart: write a unit for each by hand", l.Name, l.Place, strings.Join(l.Networks, " and ")))
			continue
		case l.Address == "":
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): its address has no default: %s", l.Name, l.Place, l.From))
			continue
		}
		if l.asksByName() {
			l.Name = l.Asked
		}
		if _, err := g.listenValue(l); err != nil {
			g.missing = append(g.missing, fmt.Sprintf("%s (%s): %v (%s)", l.Name, l.Place, err, l.From))
			continue
		}
		i := slices.IndexFunc(out, func(group []Listener) bool { return group[0].Name == l.Name })
		if i < 0 {
			out = append(out, []Listener{l})
		} else {
			out[i] = append(out[i], l)
		}
	}
	return out
}

// several reports whether networks are of IPv4 and of IPv6, each alone.
func several(networks []string) bool {
	has := func(suffix string) bool {
		return slices.ContainsFunc(networks, func(n string) bool { return strings.HasSuffix(n, suffix) })
	}
	return has("4") && has("6")
}

func (g *generator) why() string {
	if len(g.missing) == 0 {
		return ""
	}
	return ": " + strings.Join(g.missing, "; ")
}

// templated checks that instances can have sockets of their own, and get them.
func (g *generator) templated(groups [][]Listener) error {
	if !g.Template {
		return nil
	}
	ports := 0
	for _, group := range groups {
		for _, l := range group {
			if flag, env := selectBy(l, l.Name); flag == nil && env == "" && l.Asked == "" && !l.Any {
				return fmt.Errorf("%s takes its socket %s by its address, which the configuration of each instance would have to have: write these units by hand", g.Name, l.Name)
			}
			if !l.IsUnix() {
				ports++
				break
			}
		}
	}
	if ports > 1 {
		return fmt.Errorf("%s has %d ports, and an instance has one name to make them of: write one unit for each by hand", g.Name, ports)
	}
	return nil
}

// socket returns the unit for listeners of one name.
func (g *generator) socket(group []Listener, units int) *File {
	suffix := ""
	if units > 1 {
		suffix = group[0].Name
	}
	f := &File{Name: g.unitName(suffix, "socket"), Head: []string{fmt.Sprintf("%s: written by inheritfd unit.", g.unitName(suffix, "socket"))}}
	f.add("Unit", "Description", Escape(fmt.Sprintf("%s socket of %s", group[0].Name, g.Name)))
	anyV6, isUnix := false, false
	for _, l := range group {
		value, _ := g.listenValue(l) // error: not of one that is in a group
		comment := []string{fmt.Sprintf("%s, for %s", l.From, l.Place)}
		if l.Many {
			comment = append(comment, "The configuration has a list: repeat the line for each.")
		}
		f.add("Socket", "Listen"+l.Kind, value, comment...)
		anyV6 = anyV6 || strings.HasPrefix(value, "[::]") || !strings.ContainsAny(value, ".:/@")
		isUnix = isUnix || l.IsUnix() && !strings.HasPrefix(value, "@")
	}
	switch {
	case anyV6 && group[0].networksAre("tcp6"), anyV6 && group[0].networksAre("udp6"):
		f.add("Socket", "BindIPv6Only", "ipv6-only", "The network is "+group[0].Networks[0]+".")
	case anyV6:
		f.add("Socket", "BindIPv6Only", "both", "Go listens for IPv4 too, whatever net.ipv6.bindv6only says.")
	}
	f.add("Socket", "FileDescriptorName", group[0].Name)
	if isUnix {
		g.access(f, group)
	}
	if units > 1 {
		f.add("Socket", "Service", strings.Replace(g.unitName("", "service"), "@.", "@%i.", 1))
	}
	f.add("Install", "WantedBy", "sockets.target")
	return f
}

// access writes who may connect to a path.
func (g *generator) access(f *File, group []Listener) {
	for _, l := range group {
		uid, gid, ok := strings.Cut(l.Owner, ":")
		if ok && uid != "-1" {
			f.add("Socket", "SocketUser", uid, "That the program sets at "+l.OwnerAt+".")
		}
		if ok && gid != "-1" {
			f.add("Socket", "SocketGroup", gid, "That the program sets at "+l.OwnerAt+".")
		}
	}
	for _, l := range group {
		if l.Mode != "" && l.Mode != "0000" {
			f.add("Socket", "SocketMode", l.Mode, "That the program sets at "+l.ModeAt+".")
			return
		}
	}
	f.add("Socket", "SocketMode", "0600", "The program sets none, and without a unit only its own user may connect:",
		"SocketUser= and SocketGroup= say who else may.")
}

// listenValue returns the value of ListenStream= and the like. The error says
// why a unit has none.
func (g *generator) listenValue(l Listener) (string, error) {
	if strings.ContainsFunc(l.Address, unicode.IsControl) || strings.HasSuffix(l.Address, `\`) {
		return "", fmt.Errorf("its address %q has a character that no unit can have", l.Address)
	}
	if l.Set && strings.ContainsAny(l.Address, "%$") {
		return "", fmt.Errorf("what %s is, is known at its start only", l.Address)
	}
	if l.IsUnix() {
		return g.path(l), nil
	}
	host, port, err := net.SplitHostPort(l.Address)
	if err != nil {
		return "", fmt.Errorf("its address %q is none that a unit could have", l.Address)
	}
	number, err := net.LookupPort(strings.TrimRight(goNetwork(l), "46"), port)
	if err != nil {
		return "", fmt.Errorf("its port %q is not known", port)
	}
	if number == 0 {
		return "", errors.New("its port is 0: any, or none")
	}
	port = fmt.Sprint(number)
	if g.Template {
		port = "%i"
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	switch {
	case host == "" && (l.networksAre("tcp4") || l.networksAre("udp4")):
		return "0.0.0.0:" + port, nil
	case host == "" || host == "::":
		if g.Template {
			return "[::]:" + port, nil
		}
		return port, nil
	case net.ParseIP(host) == nil:
		return "", fmt.Errorf("its host %q is a name, and units know addresses only", host)
	}
	return strings.ReplaceAll(net.JoinHostPort(Escape(host), "PORT"), "PORT", port), nil
}

func goNetwork(l Listener) string {
	if l.Kind == "Datagram" {
		return "udp"
	}
	return "tcp"
}

// path returns that of a unix socket, which has to be absolute: a relative one
// goes to the folder for such.
func (g *generator) path(l Listener) string {
	p := l.Address
	if strings.HasPrefix(p, "@") {
		if g.Template {
			return Escape(p) + "-%i"
		}
		return Escape(p)
	}
	dir, base := path.Split(filepath.ToSlash(p))
	switch {
	case !path.IsAbs(p):
		dir = "%t/" + Escape(g.Name) + "/"
	case g.User && (strings.HasPrefix(p, "/run/") || strings.HasPrefix(p, "/var/run/")):
		_, below, _ := strings.Cut(dir, "run/")
		dir = "%t/" + Escape(below)
	default:
		dir = Escape(strings.Replace(dir, "/var/run/", "/run/", 1))
	}
	base = Escape(base)
	if g.Template {
		ext := path.Ext(base)
		base = strings.TrimSuffix(base, ext) + "-%i" + ext
	}
	return dir + base
}

// service returns the unit that the sockets start.
func (g *generator) service(sockets []*File, listeners []Listener, command *Subcommand) (*File, error) {
	f := &File{Name: g.unitName("", "service"), Head: []string{fmt.Sprintf("%s: written by inheritfd unit.", g.unitName("", "service"))}}
	for _, m := range g.missing {
		f.Head = append(f.Head, "No socket unit for "+m+".")
	}
	for _, place := range g.Listens {
		f.Head = append(f.Head, "Not ported by inheritfd: "+place+".")
	}
	var names []string
	for _, s := range sockets {
		names = append(names, strings.Replace(s.Name, "@.", "@%i.", 1))
	}
	f.add("Unit", "Description", Escape(g.Name))
	f.add("Unit", "Requires", strings.Join(names, " "), "Started by itself, too, it finds its sockets open.")
	f.add("Unit", "After", strings.Join(names, " "))
	kind := "exec"
	if g.Notifies {
		kind = "notify"
	}
	f.add("Service", "Type", kind)
	if g.Notifies {
		f.Entries[len(f.Entries)-1].Comment = []string{"The program says when it is ready."}
	}
	line, err := Command([]string{g.Options.Program})
	if err != nil {
		return nil, err
	}
	line = strings.Join(append([]string{line}, g.words...), " ")
	var comments, environment []string
	if command != nil {
		for _, name := range command.Required {
			if _, _, ok := lookupFlag(slices.Concat(g.words, []string{""}), "--"+name); !ok {
				comments = append(comments, fmt.Sprintf("It does not start without --%s: add that.", name))
			}
		}
	}
	told := make(map[string]bool)
	for _, l := range listeners {
		flag, env := selectBy(l, l.Name)
		how := strings.Join(flag, " ") + env + l.From
		switch {
		case told[how]:
		case strings.HasPrefix(l.Already, "-"):
			line += " " + l.Already
			comments = append(comments, fmt.Sprintf("%s takes the socket under %s.", l.Name, l.Already))
		case l.Asked != "":
			comments = append(comments, fmt.Sprintf("%s takes the socket fd://%s.", l.Name, l.Asked))
		case flag != nil:
			for _, word := range flag {
				line += " " + quote(word)
			}
			comments = append(comments, fmt.Sprintf("%s takes the socket by its name (%s).", l.Name, l.From))
		case env != "":
			environment = append(environment, env)
		case l.Any:
			comments = append(comments, l.Name+" takes the socket, as the only one of its type")
		default:
			comments = append(comments, fmt.Sprintf("%s takes the socket by its address: %s.", l.Name, l.From))
		}
		told[how] = true
	}
	f.add("Service", "ExecStart", line, comments...)
	for _, env := range environment {
		f.add("Service", "Environment", quoteEnv(env))
	}
	f.add("Service", "NonBlocking", "yes")
	g.harden(f)
	f.add("Install", "Also", strings.Join(names, " "))
	return f, nil
}

// selectBy returns the flag, or else the variable of the environment, by which
// the configuration takes the socket of a name.
func selectBy(l Listener, name string) (flag []string, env string) {
	for _, s := range l.Select {
		how, ok := strings.CutSuffix(s, "fd://"+l.Name)
		switch {
		case !ok:
		case strings.HasPrefix(s, "-"):
			return strings.Fields(how + "fd://" + name), ""
		case strings.Contains(s, "=") && !strings.Contains(s, " "):
			env = how + "fd://" + name
		}
	}
	return nil, env
}

func quoteEnv(kv string) string {
	if plainWord.MatchString(kv) {
		return kv
	}
	return quote(kv)
}

// harden writes what a program that need not bind can do without.
func (g *generator) harden(f *File) {
	if g.User {
		f.add("Service", "NoNewPrivileges", "yes")
		return
	}
	if len(g.Drops) > 0 {
		f.add("Service", "", "", fmt.Sprintf("It gives up root by itself (%s), for which it has to have it; with User= in the place of that", strings.Join(g.Drops, ", ")),
			"it needs none: the sockets are open.")
		return
	}
	if len(g.Listens) > 0 {
		f.add("Service", "NoNewPrivileges", "yes", "More than that once it binds nothing itself.")
		return
	}
	if g.Privileged {
		f.add("Service", "NoNewPrivileges", "yes", "More than that only who knows what it needs: it does things that root may do.")
		return
	}
	f.add("Service", "DynamicUser", "yes", "It need not be root to bind: the sockets are open. It may write below /var/lib/"+g.Name+" only,",
		"where it starts, and has a /tmp of its own; for other files set User= instead.")
	state := Escape(g.Name)
	if g.Template {
		state += "/%i" // or instances write each other's files
	}
	f.add("Service", "StateDirectory", state)
	f.add("Service", "WorkingDirectory", "%S/"+state)
	f.add("Service", "CapabilityBoundingSet", "")
	f.add("Service", "NoNewPrivileges", "yes")
	if why := "It connects to others, or may."; g.Dials || len(g.missing) > 0 {
		if !g.Dials {
			why = "It may open the sockets that have no unit."
		}
		f.add("Service", "RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK", why)
		return
	}
	f.add("Service", "RestrictAddressFamilies", "AF_UNIX AF_NETLINK", "It connects to nobody, and the inherited sockets work all the same.")
	f.add("Service", "PrivateNetwork", "yes")
}
