package flow

import (
	"cmp"
	"fmt"
	"slices"

	"inheritfd/analyzer/model"
)

// An OriginKind says what a trace ends in: a kind of configuration source, or
// one of the others.
type OriginKind string

const (
	FromFlag    = OriginKind(model.Flag)
	FromEnv     = OriginKind(model.Env)
	FromFile    = OriginKind(model.File)
	FromArgs    = OriginKind(model.Args)
	FromRuntime = OriginKind(model.Runtime)
	FromConst   = OriginKind("const")
	FromParam   = OriginKind("param")
	FromUnknown = OriginKind("unknown")
)

// An Origin is where a part of a site's address comes from, with the way that it
// took.
type Origin struct {
	Part model.Part `json:"part"`
	Kind OriginKind `json:"kind"`
	// Key names the flag, variable or file key.
	Key string `json:"key,omitempty"`
	// Default is the source's default value, and HasDefault tells an empty one
	// from none.
	Default    string `json:"default,omitempty"`
	HasDefault bool   `json:"hasDefault,omitempty"`
	// Value is the value of a constant.
	Value string `json:"value,omitempty"`
	// Reason says why the origin is unknown, or a parameter or runtime value.
	Reason string `json:"reason,omitempty"`
	// Trace leads from the origin to the site, excluding the site.
	Trace []Step `json:"trace,omitempty"`
	// Context lists the calls and composite literals that the trace passes
	// and that have alternatives, from the site up: what tells the logical
	// listeners of one site apart.
	Context []Pos `json:"context,omitempty"`
	// Rejected is the call on the way that fails on fd:// addresses.
	Rejected Called `json:"rejected,omitzero"`
	// IsDefault says that a constant is the default of another origin.
	IsDefault bool `json:"isDefault,omitempty"`
	// Many says that the value is one of a configured list or map.
	Many bool `json:"many,omitempty"`
	// ByType says that the object which a field on the way is read of could not
	// be followed: the origin may be that of another object of the type.
	ByType bool `json:"byType,omitempty"`
	// Cut says that the program takes the address out of the value by cutting it,
	// where one of the form fd://name would be cut, too.
	Cut bool `json:"cut,omitempty"`
	// Dash is what a flag is written with: "-" or "--".
	Dash string `json:"dash,omitempty"`
	// Help is the help text of the source; "" when none is known.
	Help string `json:"help,omitempty"`
}

// A Step is one hop of a trace, from the origin to the site.
type Step struct {
	Pos  Pos    `json:"pos"`
	What string `json:"what"`
}

// IsConfig reports whether o is something that an administrator sets.
func (o Origin) IsConfig() bool {
	switch o.Kind {
	case FromFlag, FromEnv, FromFile, FromArgs:
		return true
	}
	return false
}

// telling reports whether o says where a value comes from.
func (o Origin) telling() bool {
	return o.Kind != FromUnknown && (o.Kind != FromConst || o.Value != "")
}

// Name names what an administrator sets, as it is written: -addr, METRICS_PORT, a
// key of a file; "" for what is no configuration.
func (o Origin) Name() string {
	switch o.Kind {
	case FromFlag:
		return o.Dash + o.Key
	case FromEnv, FromFile:
		return o.Key
	case FromArgs:
		return "command-line arguments"
	}
	return ""
}

// String names the origin: flag -addr, default ":8080".
func (o Origin) String() string {
	def := ""
	if o.HasDefault {
		def = fmt.Sprintf(", default %q", o.Default)
	}
	switch o.Kind {
	case FromConst:
		return fmt.Sprintf("constant %q", o.Value)
	case FromFlag:
		return "flag " + o.Dash + o.Key + def
	case FromEnv:
		return "env " + o.Key + def
	case FromFile:
		return "file key " + o.Key + def
	case FromArgs:
		return "command-line arguments"
	case FromRuntime:
		return "known only at run time: " + o.Reason
	}
	return o.Reason
}

// rank orders origins as an administrator looks for them.
func (o Origin) rank() int {
	kinds := []OriginKind{FromFlag, FromEnv, FromFile, FromArgs, FromConst}
	if i := slices.Index(kinds, o.Kind); i >= 0 {
		return i
	}
	return len(kinds)
}

// compareOrigins orders origins by part and context, then as an administrator
// looks for them, those with short traces first.
func compareOrigins(a, b Origin) int {
	return cmp.Or(cmp.Compare(a.Part, b.Part), slices.CompareFunc(a.Context, b.Context, Pos.Compare),
		compareBools(a.ByType, b.ByType), cmp.Compare(a.rank(), b.rank()), cmp.Compare(len(a.Trace), len(b.Trace)),
		cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Reason, b.Reason))
}

// A Called is a call of a function that has a name: what rejects fd://, what
// takes inherited sockets.
type Called struct {
	Callee string `json:"callee"`
	Pos    Pos    `json:"pos"`
}

// IsValid reports whether c is a call.
func (c Called) IsValid() bool { return c.Callee != "" }

// String names the call and where it is.
func (c Called) String() string { return Short(c.Callee) + " at " + c.Pos.String() }
