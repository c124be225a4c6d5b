package program

import (
	"slices"

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

// A Category is what a finding is about. Each is a section of the analyzer's
// documentation.
type Category string

const (
	CategoryListen      Category = "listen"
	CategoryHardcoded   Category = "hardcoded"
	CategoryPath        Category = "path"
	CategoryUnlink      Category = "unlink"
	CategoryShutdown    Category = "shutdown"
	CategoryAddress     Category = "address"
	CategoryProbe       Category = "probe"
	CategoryEnvironment Category = "environment"
	CategoryPrivilege   Category = "privilege"
)

// categoryOf returns the category of the calls that do something to a socket.
func categoryOf(op model.Op) Category {
	switch {
	case op.OnPath():
		return CategoryPath
	case op.Probing():
		return CategoryProbe
	}
	switch op {
	case model.UnlinksOnClose, model.ShutsDown, model.MakesFile:
		return CategoryUnlink
	case model.ClearsEnv, model.Starts, model.Becomes:
		return CategoryEnvironment
	case model.DropsPrivileges:
		return CategoryPrivilege
	case model.Stops, model.Serves:
		return CategoryShutdown
	case model.Tells:
		return CategoryAddress
	}
	return ""
}

// Findings is what the packages of a module say together.
type Findings struct {
	Sites     []Site // by position
	Listeners []Listener
	Effects   []Effect // by position
	// OfFamily is the first place where the packages ask for a type of package net
	// that only stream sockets of one family have; the zero Pos for none.
	OfFamily flow.Pos
}

// A Site is one listen call, as the whole module shows it.
type Site struct {
	SiteFacts
	Class Class
	// Mains are the import paths of the programs that reach the site.
	Mains   []string
	Origins []flow.Origin
	// Uses are calls that use the address for something else, as a client of
	// the daemon in the same program does: they fail where it names an inherited
	// socket.
	Uses []flow.Called
	// Rejected is a call beside the traces that fails on an address fd://.
	Rejected flow.Called
	Verdict
	// Names are the logical listeners that the site serves.
	Names []string
	// Select says how the configuration can name an inherited socket.
	Select []string
	// OnlyOne says that the site may claim the only socket of its type: every
	// program that reaches it is proved to have one logical listener of the type.
	// Several says of a site that claims it so (Sole) that a program has more by now.
	OnlyOne, Several bool
}

// A Verdict is what becomes of a site. The zero Verdict is that of a site which
// is no finding.
type Verdict struct {
	Category Category
	Level    Level
	Reason   string
	// Takes says how the program takes inherited sockets at a manual site: the
	// flag under which it does, or the function that does, "" for neither.
	Takes string
	// With is the call that takes inherited sockets in another way, and has to be
	// replaced in the same port; the zero Pos for none.
	With flow.Pos
}

// ShortCallee returns the callee without the folders of its import path.
func (s Site) ShortCallee() string { return flow.Short(s.Callee) }

// ByHelper reports whether the site takes inherited sockets from the helper.
func (s Site) ByHelper() bool { return s.Class == Inherited && s.API.Helper }

// Elsewhere reports whether the file is for systems where no socket is
// inherited, so that there is nothing to do.
func (s Site) Elsewhere() bool { return s.LeftOut == OtherSystem }

// Flagged reports whether the site is a finding.
func (s Site) Flagged() bool { return s.Class == Listen && !s.Elsewhere() }

// Edits returns the edits of the site's file that port it, nil for none; sole
// asks for those that claim the only socket of the type, where the site may. For
// a site that claims it and may no longer, they take that back.
func (s Site) Edits(sole bool) []edit.Edit {
	port := s.Alone.Port
	switch {
	case s.Class == Inherited && s.Sole && s.Several, s.Replaced():
		return port.Fix
	case s.Class != Listen || s.Level == Manual:
		return nil
	case sole && s.OnlyOne && port.SoleFix != nil:
		return port.SoleFix
	}
	return port.Fix
}

// Replaced reports whether the site takes inherited sockets in another way than the
// helper's, and becomes one of the helper's where others are ported.
func (s Site) Replaced() bool { return s.Class == Inherited && s.API.Activation && s.Level == Review }

// Needs returns the functions of the helper that Edits use.
func (s Site) Needs() []string {
	if s.Class != Listen && !s.Replaced() || s.Level == Manual {
		return nil
	}
	return s.Alone.Port.Needs
}

// hasPath reports whether the socket of a site may have a path.
func hasPath(class Class, networks []string) bool {
	return (class == Listen || class == Inherited) && (len(networks) == 0 || slices.ContainsFunc(networks, isUnix))
}

// An Effect is a call that does something to the socket of a site, or to its
// path, which an inherited one must be spared, or has no use for.
type Effect struct {
	EffectFacts
	// Sites are the sites that it belongs to, the nearest first.
	Sites []flow.Pos
}

// Category returns what a finding of the effect is about.
func (e Effect) Category() Category { return categoryOf(e.Op) }

// Of reports whether the call belongs to a site.
func (e Effect) Of(site flow.Pos) bool { return slices.Contains(e.Sites, site) }

// ShortCallee returns the callee without the folders of its import path.
func (e Effect) ShortCallee() string { return flow.Short(e.Callee) }

// Text says what happens, in one line.
func (e Effect) Text() string {
	if e.Op == model.Tells {
		return e.Port.Reason
	}
	return e.ShortCallee() + " " + e.Port.Reason
}
