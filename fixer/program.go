package fixer

// This file defines what the units of a program have to know of it.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"inheritfd/analyzer"
	"inheritfd/fixer/unit"
)

// Program returns what the program in a folder of the module does, as far as
// units are concerned. The error is a *UsageError when there is none, or when
// the folder is "" and there are several.
func (r *Report) Program(ctx context.Context, folder string) (unit.Program, error) {
	main, err := r.Main(folder)
	if err != nil {
		return unit.Program{}, err
	}
	p := unit.Program{Name: path.Base(main)}
	if main == "." {
		p.Name = path.Base(r.Module)
		if regexp.MustCompile(`^v[0-9]+$`).MatchString(p.Name) {
			p.Name = path.Base(path.Dir(r.Module))
		}
	}
	for _, l := range r.Listeners {
		if l.Main == main {
			u := r.unitListener(l)
			if c := r.command(l); c.known {
				u.Command = &unit.Subcommand{Words: c.words, Required: c.required}
			}
			p.Listeners = append(p.Listeners, u)
		}
	}
	for _, s := range r.Sites {
		if s.Class == analyzer.Listen && !s.Elsewhere && slices.Contains(s.Mains, main) {
			why := "inheritfd port"
			if s.Level == analyzer.Manual && s.Reason != "" {
				why = s.Reason
			}
			p.Listens = append(p.Listens, fmt.Sprintf("%s (%s)", s.Place(), why))
		}
	}
	for _, l := range r.Lifecycle {
		if l.Category == "privilege" && slices.ContainsFunc(p.Listeners, func(u unit.Listener) bool { return l.Of(u.Place) }) {
			p.Drops = append(p.Drops, fmt.Sprintf("%s:%d", l.File, l.Line))
		}
	}
	err = r.build.habits(ctx, main, &p)
	return p, err
}

// Main returns the program in a folder, as reports name it: the only one that
// listens for "". The error is a *UsageError.
func (r *Report) Main(folder string) (string, error) {
	var mains []string
	for _, l := range r.Listeners {
		if !slices.Contains(mains, l.Main) {
			mains = append(mains, l.Main)
		}
	}
	slices.Sort(mains)
	if folder != "" {
		want := "./" + strings.TrimPrefix(path.Clean(filepath.ToSlash(folder)), "./")
		if want == "./." {
			want = "."
		}
		for _, m := range mains {
			if m == want || strings.TrimPrefix(m, "./") == strings.TrimPrefix(want, "./") {
				return m, nil
			}
		}
		return "", &UsageError{fmt.Sprintf("there is no program that listens in %s: those of %s are in %s", folder, r.Module, strings.Join(mains, ", "))}
	}
	switch len(mains) {
	case 0:
		return "", &UsageError{"no program of " + r.Module + " listens"}
	case 1:
		return mains[0], nil
	}
	return "", &UsageError{"several programs listen, name one of them: " + strings.Join(mains, ", ")}
}

// unitListener returns what units have to know of a listener.
func (r *Report) unitListener(l analyzer.Listener) unit.Listener {
	u := unit.Listener{Name: l.Name, Networks: l.Network, Select: l.Select, Many: l.Many, Place: l.Sites[0], Ported: true, Any: true}
	u.Kind = map[string]string{"stream": "Stream", "packet": "Datagram", "seqpacket": "SequentialPacket"}[l.Type]
	empty, manual, reason, takes := "", true, "", ""
	for _, s := range r.Sites {
		if slices.Contains(l.Sites, s.Place()) {
			manual = manual && s.Class == analyzer.Listen && s.Level == analyzer.Manual
			u.Ported = u.Ported && s.Class == analyzer.Inherited
			u.Any = u.Any && s.Sole
			empty, reason, takes = s.Empty, s.Reason, s.Takes
		}
	}
	switch {
	case !manual:
	case takes != "":
		u.Already = takes
	default:
		u.Untaken = reason
	}
	var address string
	address, u.From = defaultAddress(l.Origins, empty)
	u.Default(address)
	u.Settings = settings(l.Origins)
	if u.Kind == "" && u.IsUnix() {
		u.Kind = "Stream"
	}
	for _, c := range r.Lifecycle {
		if c.Category == "path" && c.Value != "" && slices.ContainsFunc(l.Sites, c.Of) && strings.HasSuffix(c.Callee, "Chmod") {
			u.Mode, u.ModeAt = c.Value, fmt.Sprintf("%s:%d", c.File, c.Line)
		}
		if c.Category == "path" && c.Value != "" && slices.ContainsFunc(l.Sites, c.Of) && strings.HasSuffix(c.Callee, "hown") {
			u.Owner, u.OwnerAt = c.Value, fmt.Sprintf("%s:%d", c.File, c.Line)
		}
	}
	return u
}

// defaultAddress returns the address that is listened on unless the
// configuration has another, "" if there is none, and where it comes from.
func defaultAddress(origins []analyzer.Origin, empty string) (address, from string) {
	of := func(parts ...string) (string, bool, *analyzer.Origin) {
		var best *analyzer.Origin
		value := ""
		for i, o := range origins {
			if !slices.Contains(parts, o.Part) {
				continue
			}
			switch {
			case o.IsConfig() && (best == nil || value == "" || !best.IsConfig()):
				if o.Default != "" || value == "" {
					best = &origins[i]
				}
				if o.Default != "" {
					value = o.Default
				}
			case o.Kind == "const" && value == "":
				value = o.Value
				if best == nil {
					best = &origins[i]
				}
			}
		}
		return value, best != nil, best
	}
	whole, hasWhole, o := of("address", "path")
	if hasWhole {
		if whole == "" && !o.IsConfig() { // what is configured to be empty is off, mostly
			whole = empty
		}
		return whole, describe(o)
	}
	port, hasPort, o := of("port")
	if !hasPort || port == "" {
		return "", "nothing known"
	}
	host, _, _ := of("host")
	if h, p, err := net.SplitHostPort(host); err == nil && p != "" { // before it is taken apart
		host = h
	}
	if _, p, err := net.SplitHostPort(port); err == nil {
		port = p
	}
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + port, describe(o)
}

// command returns the command that the flags of a listener belong to, or its
// arguments.
func (r *Report) command(l analyzer.Listener) (c command) {
	for _, o := range l.Origins {
		if (o.Kind == "flag" || o.Kind == "args") && len(o.Trace) > 0 && !c.known {
			c = commandOf(filepath.Join(r.build.root.Dir, filepath.FromSlash(o.Trace[0].File)), o.Trace[0].Line)
		}
	}
	return c
}

// settings returns the flags and variables among the origins.
func settings(origins []analyzer.Origin) []unit.Setting {
	var out []unit.Setting
	for _, o := range origins {
		s := unit.Setting{Part: o.Part}
		switch o.Kind {
		case "flag":
			s.Flag = o.Dash + o.Key
		case "env":
			s.Env = o.Key
		default:
			continue
		}
		if o.Part != "network" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func describe(o *analyzer.Origin) string {
	if o == nil {
		return "nothing known"
	}
	text := o.String()
	if len(o.Trace) > 0 {
		text += fmt.Sprintf(" (%s:%d)", o.Trace[0].File, o.Trace[0].Line)
	}
	return text
}

// habits notes whether a program tells its supervisor when it is ready, whether
// it may connect to others, and whether it may need privileges: what the source
// of the packages that it is made of speaks of, those of std left out.
func (b *build) habits(ctx context.Context, main string, p *unit.Program) error {
	args := append([]string{"list", "-deps", "-json=Dir,GoFiles,CgoFiles,Standard,ImportPath,Module"}, b.buildFlags()...)
	out, err := b.goCmd(ctx, append(args, path.Join(b.root.Path, main))...)
	if err != nil {
		return err
	}
	type goPackage struct {
		Dir, ImportPath   string
		GoFiles, CgoFiles []string
		Standard          bool
		Module            *struct{ Main bool }
	}
	return decodeAll(out, func(g goPackage) {
		if g.Standard || strings.HasSuffix(g.ImportPath, "/"+helperDir) {
			return
		}
		own := g.Module != nil && g.Module.Main
		p.Dials = p.Dials || len(g.CgoFiles) > 0 // into which nobody looks
		for _, name := range slices.Concat(g.GoFiles, g.CgoFiles) {
			h := habitsOf(filepath.Join(g.Dir, name))
			p.Dials = p.Dials || h.dials
			p.Notifies = p.Notifies || own && h.notifies // others have the word for it only
			p.Privileged = p.Privileged || own && h.privileged
		}
	})
}

// dialing are the names of std that connect, look up names, open sockets of
// their own, or run programs, which may.
var dialing = sync.OnceValue(func() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"net":                    regexp.MustCompile(`^(Dial|Lookup|Resolve|Listen|Interface|DefaultResolver$)`),
		"net/http":               regexp.MustCompile(`^(Get|Head|Post|PostForm|Client|DefaultClient|Transport|DefaultTransport|NewRequest.*|ListenAndServe.*)$`),
		"net/http/httputil":      regexp.MustCompile(`ReverseProxy`),
		"net/rpc":                regexp.MustCompile(`^Dial`),
		"net/smtp":               regexp.MustCompile(``),
		"crypto/tls":             regexp.MustCompile(`^(Dial|Listen)`),
		"log/syslog":             regexp.MustCompile(`^Dial`),
		"os/exec":                regexp.MustCompile(``),
		"os":                     regexp.MustCompile(`^StartProcess$`),
		"database/sql":           regexp.MustCompile(`^Open`),
		"syscall":                regexp.MustCompile(`^(Connect|Sendto|Sendmsg|Socket|ForkExec|Exec|Syscall|RawSyscall)`),
		"golang.org/x/sys/unix":  regexp.MustCompile(`^(Connect|Sendto|Sendmsg|Socket|Exec|Syscall|RawSyscall)`),
		"google.golang.org/grpc": regexp.MustCompile(`^(Dial|NewClient)`),
	}
})

// privileged are the names of std that may take a capability.
var privileged = sync.OnceValue(func() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"os":      regexp.MustCompile(`^(Chown|Lchown)$`),
		"os/exec": regexp.MustCompile(``),
		"syscall": regexp.MustCompile(`^(L?[Ff]?[Cc]hown|Setrlimit|Mount|Unmount|Sethostname|Settimeofday|Chroot|Mknod|Reboot|Setpriority|Socket|Syscall|RawSyscall|Ptrace.*|Setns|Unshare)`),
	}
})

// habits are what a file speaks of.
type habits struct{ notifies, dials, privileged bool }

// habitsOf reads a file; one that cannot be read may do anything.
func habitsOf(name string) (h habits) {
	src, err := os.ReadFile(name)
	if err != nil {
		return habits{dials: true, privileged: true}
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return habits{dials: true, privileged: true}
	}
	imports := make(map[string]string) // by name
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value) // it parses
		imports[path.Base(p)] = p
		if spec.Name != nil {
			imports[spec.Name.Name] = p
		}
	}
	h.dials = imports["."] != ""
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			id, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			from := imports[id.Name]
			h.notifies = h.notifies || n.Sel.Name == "SdNotifyReady"
			if re := dialing()[from]; re != nil && re.MatchString(n.Sel.Name) {
				h.dials = true
			}
			if from == "golang.org/x/sys/unix" {
				from = "syscall"
			}
			if re := privileged()[from]; re != nil && re.MatchString(n.Sel.Name) {
				h.privileged = true
			}
		case *ast.BasicLit:
			h.notifies = h.notifies || n.Kind == token.STRING && strings.Contains(n.Value, "READY=1")
		}
		return true
	})
	return h
}
