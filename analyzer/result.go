package analyzer

import (
	"fmt"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Class tells what kind of listening a site is.
type Class string

const (
	Listen    Class = "listen"    // a service that an administrator knows
	Ephemeral Class = "ephemeral" // any free port, or a client's packet socket
	Probe     Class = "probe"     // closed at once
	Runtime   Class = "runtime"   // the address arrives while running
	Test      Class = "test"      // in a test, or a program for tests
	Inherited Class = "inherited" // takes an inherited socket already
)

// A Level tells how sure a fix is.
type Level string

const (
	Safe   Level = "safe"   // the same when nothing is inherited, by construction
	Review Level = "review" // may differ; the reason says how
	Manual Level = "manual" // no fix; the reason says why
)

// A Result is what the analysis of one package found. Files in it are named
// by the import path of their package and their base name.
type Result struct {
	Package string `json:"package"`
	Name    string `json:"name"`
	Module  string `json:"module,omitempty"`
	Sites   []Site `json:"sites,omitempty"`
	// Joined is what package main knows of the sites that it reaches, and
	// Hidden how many listening sites it reaches that no call of the module
	// leads to by name: of a dependency, through interfaces and values.
	Joined []Joined `json:"joined,omitempty"`
	Hidden int      `json:"hidden,omitempty"`
	// Lifecycle are the calls of the package with an effect on sockets, on
	// which if any; and Links is what package main knows of that.
	Lifecycle []Lifecycle `json:"lifecycle,omitempty"`
	Links     []Link      `json:"links,omitempty"`
	// Truncated says that traces may be incomplete, for size.
	Truncated bool `json:"truncated,omitempty"`
}

// A Site is one listen call.
type Site struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Col     int      `json:"col"`
	Func    string   `json:"func"`
	Callee  string   `json:"callee"`
	Network []string `json:"network"`
	Class   Class    `json:"class"`
	// Mains are the programs that reach the site: import paths in a Result,
	// folders of the module in a report.
	Mains    []string `json:"mains"`
	Category string   `json:"category,omitempty"`
	Level    Level    `json:"level,omitempty"`
	Reason   string   `json:"reason"`
	// Takes says how the program takes inherited sockets at a manual site: the
	// flag under which it does, or the function that does, "" for neither.
	Takes string `json:"takes,omitempty"`
	// Names are the logical listeners that the site serves.
	Names []string `json:"names,omitempty"`
	// Select says how the configuration can name an inherited socket.
	Select  []string `json:"select"`
	Origins []Origin `json:"origins"`

	// Fix and SoleFix are the edits of the site's file that port it, SoleFix
	// for a program with one logical listener of the type. For an inherited
	// site they turn the one into the other.
	Fix     []edit.Edit `json:"fix,omitempty"`
	SoleFix []edit.Edit `json:"soleFix,omitempty"`
	// Sole says that an inherited site claims the only socket.
	Sole bool `json:"sole,omitempty"`
	// Needs are the optional files of the helper that the fix uses.
	Needs []string `json:"needs,omitempty"`
	// Excludes lists the lines of sites in the same function that never run
	// in one pass with this one.
	Excludes []int `json:"excludes,omitempty"`
	// Loop says that the call stands in a loop.
	Loop bool `json:"loop,omitempty"`
	// Rejected is a call beside the traces that fails on an address fd://.
	Rejected string `json:"rejected,omitempty"`
	// Shape is how the address is composed at the call; not in reports.
	Shape string `json:"shape,omitempty"`
	// Serves is the protocol that the listener is served with, where the
	// function shows it.
	Serves string `json:"serves,omitempty"`
	// Elsewhere says that the file is for systems where no socket is
	// inherited, so that there is nothing to do.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Empty is the address that the API puts in for an empty one.
	Empty string `json:"empty,omitempty"`
}

// ShortCallee returns the callee without the folders of its import path.
func (s Site) ShortCallee() string { return flow.Short(s.Callee) }

// Place names the site as the lists of sites do: file:line.
func (s Site) Place() string { return fmt.Sprintf("%s:%d", s.File, s.Line) }

// ByHelper reports whether the site takes inherited sockets from the helper.
func (s Site) ByHelper() bool { return s.Class == Inherited && model.IsHelper(model.PkgOf(s.Callee)) }

// A Joined is what a program knows about a site that it reaches, with the
// traces that only the whole program shows.
type Joined struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	Callee  string `json:"callee"`
	Package string `json:"package"`
	// Network holds the origins of the network argument; a constant in Fixed
	// when there is none.
	Network []Origin `json:"network,omitempty"`
	Fixed   string   `json:"fixed,omitempty"`
	Origins []Origin `json:"origins"`
	// Doors are the calls through which the program reaches a site outside
	// its module.
	Doors []Door `json:"doors,omitempty"`
}

// A Door is a call in the module of a function outside it that listens.
type Door struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Func   string `json:"func"`
	Callee string `json:"callee"`
}

// An Origin is where a part of a site's address comes from.
type Origin struct {
	Part    string `json:"part"` // address, host, port, path or network
	Kind    string `json:"kind"` // flag, env, file, const, args, param, runtime or unknown
	Key     string `json:"key"`
	Default string `json:"default"`
	// HasDefault tells an empty default from none.
	HasDefault bool   `json:"hasDefault,omitempty"`
	Value      string `json:"value"`
	Reason     string `json:"reason"`
	Trace      []Step `json:"trace"`
	// Context is what tells the logical listeners of one site apart: the
	// calls and literals with alternatives on the way, from the site up.
	Context []string `json:"context,omitempty"`
	// Rejected is the function on the way that fails on fd:// addresses.
	Rejected string `json:"rejected,omitempty"`
	// IsDefault says that a constant is the default of another origin.
	IsDefault bool `json:"isDefault,omitempty"`
	// Many says that the value is one of a configured list or map.
	Many bool `json:"many,omitempty"`
	// Dash is what a flag is written with: "-" or "--".
	Dash string `json:"dash,omitempty"`
	// Help is the source's help text.
	Help string `json:"help,omitempty"`
}

// A Step is one hop of a trace, from the origin to the site.
type Step struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
	What string `json:"what"`
}

// IsConfig reports whether o is something that an administrator sets.
func (o Origin) IsConfig() bool {
	return o.Kind == "flag" || o.Kind == "env" || o.Kind == "file" || o.Kind == "args"
}

// String names the origin: flag -addr, default ":8080".
func (o Origin) String() string {
	def := ""
	if o.HasDefault {
		def = fmt.Sprintf(", default %q", o.Default)
	}
	switch o.Kind {
	case "const":
		return fmt.Sprintf("constant %q", o.Value)
	case "flag":
		return "flag " + o.Dash + o.Key + def
	case "env":
		return "env " + o.Key + def
	case "file":
		return "file key " + o.Key + def
	case "args":
		return "command-line arguments"
	case "runtime":
		return "known only at run time: " + o.Reason
	}
	return o.Reason
}
