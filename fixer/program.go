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

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
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
	var first []flow.Pos // sites of the listeners
	for _, l := range r.Listeners {
		if r.Folder(l.Main) == main {
			u := r.unitListener(l)
			if c := r.command(l); c.known {
				u.Command = &unit.Subcommand{Words: c.words, Required: c.required}
			}
			p.Listeners, first = append(p.Listeners, u), append(first, l.Sites[0])
		}
	}
	for _, s := range r.Flagged() {
		if slices.Contains(list(s.Mains, r.Folder), main) {
			why := "inheritfd port"
			if s.Level == program.Manual && s.Reason != "" {
				why = s.Reason
			}
			p.Listens = append(p.Listens, fmt.Sprintf("%s (%s)", r.Place(s.Pos), why))
		}
	}
	for _, e := range r.Effects {
		if e.Op == model.DropsPrivileges && slices.ContainsFunc(first, e.Of) {
			p.Drops = append(p.Drops, r.Place(e.Pos))
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
		if main := r.Folder(l.Main); !slices.Contains(mains, main) {
			mains = append(mains, main)
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
func (r *Report) unitListener(l program.Listener) unit.Listener {
	u := unit.Listener{Name: l.Name, Networks: l.Network, Select: l.Select, Many: l.Many, Place: r.Place(l.Sites[0]), Ported: true, Any: true, PortedBy: "inheritfd port"}
	u.Kind = map[string]string{"stream": "Stream", "packet": "Datagram", "seqpacket": "SequentialPacket"}[l.Type]
	empty, manual, reason, takes := "", true, "", ""
	for _, s := range r.Sites {
		if l.Of(s.Pos) {
			if s.Class == program.Listen && s.Level == program.Review {
				u.PortedBy = "inheritfd port -level=review"
			}
			manual = manual && s.Class == program.Listen && s.Level == program.Manual
			u.Ported = u.Ported && s.Class == program.Inherited
			u.Any = u.Any && s.Sole
			empty, reason, takes = s.API.Empty, s.Reason, s.Takes
			u.Serves = s.Protocol
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
	address, u.From = r.defaultAddress(l.Origins, empty)
	u.Below = below(l.Origins)
	u.Default(address)
	u.Settings = settings(l.Origins)
	if u.Kind == "" && u.IsUnix() {
		u.Kind = "Stream"
	}
	for _, e := range r.Effects {
		if e.Value == "" || !slices.ContainsFunc(l.Sites, e.Of) {
			continue
		}
		switch e.Op {
		case model.SetsMode:
			u.Mode, u.ModeAt = e.Value, r.Place(e.Pos)
		case model.SetsOwner:
			u.Owner, u.OwnerAt = e.Value, r.Place(e.Pos)
		}
	}
	return u
}

// severalFolders reports whether a path is made of more folders than one, whose
// order is not known, rather than of one that several settings may name.
func severalFolders(origins []flow.Origin) bool {
	consts, configured := 0, make(map[string]bool)
	settings := false
	for _, o := range origins {
		switch {
		case o.Part != model.Dir:
		case o.Kind == flow.FromConst:
			consts++
		default:
			settings = true
			if o.Default != "" {
				configured[o.Default] = true
			}
		}
	}
	return consts > 1 || consts == 1 && settings || len(configured) > 1
}

// below returns the path below the folders among origins, "" where it is not a
// constant.
func below(origins []flow.Origin) string {
	for _, o := range origins {
		if o.Part == model.Path && o.Kind == flow.FromConst {
			return o.Value
		}
	}
	return ""
}

// defaultAddress returns the address that is listened on unless the
// configuration has another, "" if there is none, and where it comes from.
func (r *Report) defaultAddress(origins []flow.Origin, empty string) (address, from string) {
	of := func(parts ...model.Part) (string, bool, *flow.Origin) {
		var best *flow.Origin
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
			case o.Kind == flow.FromConst && value == "":
				value = o.Value
				if best == nil {
					best = &origins[i]
				}
			}
		}
		return value, best != nil, best
	}
	dir, hasDir, _ := of(model.Dir)
	if hasDir && (dir == "" || severalFolders(origins)) {
		return "", "nothing known"
	}
	whole, hasWhole, o := of(model.Whole, model.Path)
	if hasWhole {
		if whole == "" && !o.IsConfig() { // what is configured to be empty is off, mostly
			whole = empty
		}
		if hasDir && !path.IsAbs(whole) {
			whole = path.Join(dir, whole)
		}
		return whole, r.describe(o)
	}
	port, hasPort, o := of(model.Port)
	if !hasPort || port == "" {
		return "", "nothing known"
	}
	host, _, _ := of(model.Host)
	if h, p, err := net.SplitHostPort(host); err == nil && p != "" { // before it is taken apart
		host = h
	}
	if _, p, err := net.SplitHostPort(port); err == nil {
		port = p
	}
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + port, r.describe(o)
}

// command returns the command that the flags of a listener belong to, or its
// arguments.
func (r *Report) command(l program.Listener) (c command) {
	for _, o := range l.Origins {
		if (o.Kind == flow.FromFlag || o.Kind == flow.FromArgs) && len(o.Trace) > 0 && !c.known {
			c = commandOf(r.build.rows, r.build.abs(o.Trace[0].Pos.File), o.Trace[0].Pos.Line)
		}
	}
	return c
}

// settings returns the flags, variables and keys of files among the origins.
func settings(origins []flow.Origin) []unit.Setting {
	var out []unit.Setting
	for _, o := range origins {
		s := unit.Setting{Part: o.Part.String()}
		switch o.Kind {
		case flow.FromFlag:
			s.Flag = o.Dash + o.Key
		case flow.FromEnv:
			s.Env = o.Key
		case flow.FromFile:
			s.File = o.Key
		default:
			continue
		}
		if o.Part != model.Network && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (r *Report) describe(o *flow.Origin) string {
	if o == nil {
		return "nothing known"
	}
	text := o.String()
	if len(o.Trace) > 0 {
		text += fmt.Sprintf(" (%s)", r.Place(o.Trace[0].Pos))
	}
	return text
}

// habits notes whether a program tells its supervisor when it is ready, whether
// it may connect to others, and whether it may need privileges: what the source
// of the packages that it is made of speaks of, those of std left out.
func (b *build) habits(ctx context.Context, main string, p *unit.Program) error {
	args := append([]string{"list", "-deps", "-json=Dir,GoFiles,CgoFiles,Standard,ImportPath,Module"}, b.buildFlags()...)
	out, err := b.goCmd(ctx, append(args, filepath.Join(b.root.Dir, filepath.FromSlash(main)))...)
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
			p.Pings = p.Pings || own && h.pings
			p.Notifies = p.Notifies || own && h.notifies // others have the word for it only
			p.Privileged = p.Privileged || own && h.privileged
		}
	})
}

// habits are what a file speaks of.
type habits struct{ notifies, pings, dials, privileged bool }

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
			h.pings = h.pings || n.Sel.Name == "SdNotifyWatchdog" || n.Sel.Name == "SdWatchdogEnabled"
			dials, privileged := model.HabitsOf(from, n.Sel.Name)
			h.dials, h.privileged = h.dials || dials, h.privileged || privileged
		case *ast.BasicLit:
			h.notifies = h.notifies || n.Kind == token.STRING && strings.Contains(n.Value, "READY=1")
			h.pings = h.pings || n.Kind == token.STRING && strings.Contains(n.Value, "WATCHDOG")
		}
		return true
	})
	return h
}
