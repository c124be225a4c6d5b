package program

// This file defines what the analysis of one package hands over: what a driver
// carries from process to process as JSON. It is not changed once made.

import (
	"path"
	"slices"
	"strings"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// A Package is what the analysis of one package found. Files in it are named by
// the import path of their package and their base name.
type Package struct {
	Path   string `json:"path"`
	Name   string `json:"name"`
	Module string `json:"module,omitempty"`

	Sites   []SiteFacts   `json:"sites,omitempty"`
	Effects []EffectFacts `json:"effects,omitempty"`
	// SamePaths say which effects are on the paths of which sites, as far as the
	// package sees both.
	SamePaths []SamePath `json:"samePaths,omitempty"`
	// Taker is what takes inherited sockets already, here or below, in some way
	// other than the helper; the zero Called for nothing.
	Taker flow.Called `json:"taker,omitzero"`
	// Speaks says that it names the variables by which a supervisor tells of
	// sockets: whatever makes a listener of a file then takes one of those.
	Speaks bool `json:"speaks,omitempty"`
	// OfFamily is where it asks for a type of package net that only stream sockets of
	// one family have; the zero Pos where it serves on any.
	OfFamily flow.Pos `json:"ofFamily,omitzero"`
	// Reached is what package main knows of the sites that it reaches, and
	// Hidden how many listening sites it reaches that no call of the module
	// leads to by name: of a dependency, through interfaces and values.
	Reached []Reached `json:"reached,omitempty"`
	Hidden  int       `json:"hidden,omitempty"`
	// Truncated says that traces may be incomplete, for size.
	Truncated bool `json:"truncated,omitempty"`
}

// An API is what the row of a function that listens says of it.
type API struct {
	// Inherited says that the function takes an inherited socket, Helper that it
	// is the helper's, and Activation that it takes whatever LISTEN_FDS
	// announces.
	Inherited  bool `json:"inherited,omitempty"`
	Helper     bool `json:"helper,omitempty"`
	Activation bool `json:"activation,omitempty"`
	// Takes is the flag of the program under which it takes inherited sockets.
	Takes string `json:"takes,omitempty"`
	// Virtual says that the socket is none of the kernel's.
	Virtual bool `json:"virtual,omitempty"`
	// Empty is the address that it puts in for an empty one.
	Empty string `json:"empty,omitempty"`
	// NetAddr says that it takes a net.Addr, Raw that it binds a bare descriptor.
	NetAddr bool `json:"netAddr,omitempty"`
	Raw     bool `json:"raw,omitempty"`
	// TLS says that it serves with TLS.
	TLS bool `json:"tls,omitempty"`
}

// SiteFacts are what its package shows of a listen call.
type SiteFacts struct {
	Pos      flow.Pos `json:"pos"`
	Func     string   `json:"func"`
	Callee   string   `json:"callee"`
	API      API      `json:"api,omitzero"`
	Network  []string `json:"network"`
	Protocol string   `json:"protocol,omitempty"` // what it is served with, "" when not known
	// Shape is how the address is composed at the call.
	Shape string `json:"shape,omitempty"`
	// Excludes are the sites of the same function that never run in one pass
	// with this one.
	Excludes []flow.Pos `json:"excludes,omitempty"`
	// Loop says that the call stands in a loop.
	Loop bool `json:"loop,omitempty"`
	// Asserts is where the program asks for the concrete type of the listener.
	Asserts flow.Pos `json:"asserts,omitzero"`
	// OwnWay says that it takes a file by a protocol of the program's own.
	OwnWay bool `json:"ownWay,omitempty"`
	// Sole says that a site of the helper claims the only socket of its type.
	Sole bool `json:"sole,omitempty"`
	// Alone is what the package says of the site where no program does.
	Alone Alone `json:"alone"`
	// LeftOut says that the build leaves the file out: nothing but the name of
	// the function is known then.
	LeftOut LeftOut `json:"leftOut,omitempty"`
}

// Alone is what one package knows of a site.
type Alone struct {
	Class   Class         `json:"class"`
	Origins []flow.Origin `json:"origins,omitempty"`
	Port    Port          `json:"port,omitzero"`
}

// LeftOut says why a build leaves a file out.
type LeftOut uint8

const (
	Built       LeftOut = iota
	OtherTags           // it is for linux, with other tags
	OtherSystem         // it is for systems where no socket is inherited
)

// A Port is how a call can be rewritten, as far as its package shows.
type Port struct {
	Level Level `json:"level"`
	// Reason says how the rewritten call may differ, or why there is none; for a
	// call with an effect, what that does.
	Reason string `json:"reason,omitempty"`
	// ByRow says that a reason for having none is the row's, whatever else holds.
	ByRow bool `json:"byRow,omitempty"`
	// Fix are the edits of the call's file, and SoleFix those that claim the only
	// socket of the type. For a site that is ported they turn the one into the
	// other.
	Fix     []edit.Edit `json:"fix,omitempty"`
	SoleFix []edit.Edit `json:"soleFix,omitempty"`
	// Needs are the functions of the helper that the edits use.
	Needs []string `json:"needs,omitempty"`
}

// Reached is what a program knows of a site that it reaches, with the traces
// that only the whole program shows.
type Reached struct {
	Pos     flow.Pos `json:"pos"`
	Callee  string   `json:"callee"`
	Package string   `json:"package"`
	API     API      `json:"api,omitzero"`
	// Network holds the origins of the network argument; a constant in Fixed
	// when there is none.
	Network []flow.Origin `json:"network,omitempty"`
	Fixed   string        `json:"fixed,omitempty"`
	Origins []flow.Origin `json:"origins,omitempty"`
	// Doors are the calls through which the program reaches a site outside
	// its module.
	Doors []flow.Door `json:"doors,omitempty"`
}

// A SamePath says that an effect is on the path of a site.
type SamePath struct {
	Effect flow.Pos `json:"effect"`
	Site   flow.Pos `json:"site"`
	// Equal says that the two have the same origins, all of them.
	Equal bool `json:"equal,omitempty"`
}

// EffectFacts are what its package shows of a call that does something to a
// socket besides listening. What it is found to belong to a site by is in Path,
// Server, Site or Near, as [model.Op] has it.
type EffectFacts struct {
	Pos    flow.Pos `json:"pos"`
	Func   string   `json:"func"`
	Callee string   `json:"callee"`
	Op     model.Op `json:"op"`
	// Harmless says that there is nothing to port.
	Harmless bool `json:"harmless,omitempty"`
	Port     Port `json:"port,omitzero"`
	// Value is the mode that it sets, in octal, or the owner, as UID:GID, where
	// that is constant.
	Value string `json:"value,omitempty"`

	Path   *PathUse   `json:"path,omitempty"`
	Server *ServerUse `json:"server,omitempty"`
	// Site is the site that it belongs to where the package shows that.
	Site flow.Pos `json:"site,omitzero"`
	Near NearUse  `json:"near,omitzero"`
}

// A PathUse is how a call uses a path, or an address.
type PathUse struct {
	// Shape is how it is composed at the call.
	Shape string `json:"shape,omitempty"`
	// Any says that it is the path of whatever socket: the function is used as a
	// value, or given what a listener says of itself.
	Any bool `json:"any,omitempty"`
	// Checks says that the function around returns whether something is so.
	Checks bool `json:"checks,omitempty"`
}

// A ServerUse is how a call makes a server accept, or ends it.
type ServerUse struct {
	// Var is where the variable or field that holds the server is declared; the
	// zero Pos when that is not known.
	Var flow.Pos `json:"var,omitzero"`
	// Protocol is what the server speaks.
	Protocol string `json:"protocol,omitempty"`
}

// A NearUse is what the function around a call has at hand.
type NearUse struct {
	// Net is the kind of listener whose descriptor is used, "tcp" or "unix", ""
	// for none.
	Net string `json:"net,omitempty"`
}

// testFolders hold programs and packages that only serve a module's tests.
var testFolders = strings.Fields("bench benchmark benchmarks e2e mock mocks test testdata testing tests testutil testutils unittest")

// IsForTests reports whether a package of a module stands in a folder of
// programs for its tests.
func IsForTests(pkg, module string) bool {
	rel, ok := strings.CutPrefix(pkg, module+"/")
	return ok && slices.ContainsFunc(strings.Split(rel, "/"), func(dir string) bool { return slices.Contains(testFolders, dir) })
}

// IsTestFile reports whether a file is one of tests.
func IsTestFile(file string) bool { return strings.HasSuffix(path.Base(file), "_test.go") }
