package model

import (
	"go/types"
	"strings"
)

// Part says which piece of a listen address a value is.
type Part uint8

const (
	Whole   Part = iota // the address as a whole, or not known more closely
	Host                // the host of host:port
	Port                // the port of host:port
	Path                // the path of a unix socket
	Network             // "tcp", "unix", …
)

// String returns the word that reports use for p.
func (p Part) String() string {
	return [...]string{"address", "host", "port", "path", "network"}[p]
}

// None says that a row has no such argument.
const None = -1

// A Sink is a call that makes a socket listen, or bind for receiving.
// Arguments are counted without the receiver.
type Sink struct {
	Func    string // full name
	Network int    // argument with the network name, or None
	Fixed   string // network when there is no such argument
	Address int    // argument with the address (string or net.Addr), or None
	// Receiver says that the address is carried by the receiver (see
	// Carriers), as in (*http.Server).ListenAndServe.
	Receiver bool
	// Empty is the address that the API puts in for an empty one.
	Empty  string
	Recipe Recipe
	// Inherited says that the call takes an inherited socket already.
	Inherited bool
	// Reason says for Recipe Manual why, and what to do instead.
	Reason string
}

// A Recipe is a way to port a sink. The set is closed.
type Recipe struct {
	Kind RecipeKind
	Func string // function of package inherit
}

// A RecipeKind tells how the call is rewritten.
type RecipeKind uint8

const (
	// Manual: not rewritten; the sink's Reason says why.
	Manual RecipeKind = iota
	// Replace: pkg.F(args) becomes inherit.F(args).
	Replace
	// Receiver: x.M(args) becomes inherit.F(x, args); x is taken by address
	// where the method does.
	Receiver
	// AfterContext: x.M(ctx, args) becomes inherit.F(ctx, x, args).
	AfterContext
)

// A SourceKind tells where configuration comes from.
type SourceKind string

const (
	Flag    SourceKind = "flag"
	Env     SourceKind = "env"
	File    SourceKind = "file"
	Args    SourceKind = "args"
	Runtime SourceKind = "runtime"
)

// A Source is a call that brings one configuration value in. Arguments are
// counted without the receiver; None where there is no such argument.
type Source struct {
	Func    string
	Kind    SourceKind
	Key     int // argument with the flag's or variable's name
	Default int // argument with the default value
	// Dest is the argument that points to the variable which is filled, or
	// None when the value is result 0.
	Dest int
	// Callback is the argument whose first parameter receives the value
	// (flag.Func), or that implements flag.Value and whose Set does.
	Callback int
	// Lookup says that the value is registered elsewhere under the same key,
	// as (*pflag.FlagSet).GetString does.
	Lookup bool
	// Dashes is 2 for a flag that is written --key, else 0.
	Dashes int
	// Unkeyed is the key of a source that has no name argument.
	Unkeyed string
}

// A Transfer is a function whose result is made of its arguments.
type Transfer struct {
	Func string
	From []int // arguments, without the receiver; Recv for the receiver
	// Parts gives, per entry of From, what part of the result it fills; nil
	// means that every one is the whole.
	Parts []Part
	// Results are the parts that the results hold, in order, for functions
	// that take an address apart; nil means result 0 only.
	Results []Part
	// Rejects says that the function fails on fd:// addresses.
	Rejects bool
	// Format says that From[0] is a Printf format and the rest its operands.
	Format bool
}

// Recv stands for the receiver in Transfer.From.
const Recv = -2

// A Decoder fills a struct from a file or the environment through field tags.
type Decoder struct {
	Func string
	Kind SourceKind
	Tag  string // struct tag that holds the key
	Dest int    // argument that points to the struct
	// Fold says that keys without a tag are the lower-cased field name.
	Fold bool
	// Prefix is the argument with a prefix of every key, or None.
	Prefix int
}

// A Carrier is a struct of a modelled package that stands for an address: a
// value of the type is followed as if it were the string in the named fields.
type Carrier struct {
	Type   string // pkg.Type
	Fields map[string]Part
}

var (
	sinks     = make(map[string]*Sink)
	sources   = make(map[string]*Source)
	transfers = make(map[string]*Transfer)
	decoders  = make(map[string]*Decoder)
	carriers  = make(map[string]*Carrier)
	packages  = make(map[string]bool) // import paths with a row
)

// add indexes the rows of one file; a name that is given twice is a mistake
// in the rows.
func add[T any](index map[string]*T, name func(*T) string, rows []T) {
	for i := range rows {
		n := name(&rows[i])
		if index[n] != nil {
			panic("model: two rows for " + n)
		}
		index[n] = &rows[i]
		packages[PkgOf(n)] = true
	}
}

func addSinks(rows []Sink)         { add(sinks, func(r *Sink) string { return r.Func }, rows) }
func addSources(rows []Source)     { add(sources, func(r *Source) string { return r.Func }, rows) }
func addTransfers(rows []Transfer) { add(transfers, func(r *Transfer) string { return r.Func }, rows) }
func addDecoders(rows []Decoder)   { add(decoders, func(r *Decoder) string { return r.Func }, rows) }
func addCarriers(rows []Carrier)   { add(carriers, func(r *Carrier) string { return r.Type }, rows) }

// PkgOf returns the import path in the full name of a function or type: what
// is before the last dot, in the parentheses if there are any, as in
// (*net/http.Server).Serve. The last element of an import path may have dots
// of its own (gopkg.in/yaml.v3).
func PkgOf(name string) string {
	if strings.HasPrefix(name, "(") {
		name, _, _ = strings.Cut(strings.TrimLeft(name, "(*"), ")")
	}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return name[:dot]
	}
	return name
}

// SinkOf returns the row for a function by its full name, or nil.
func SinkOf(name string) *Sink {
	if strings.HasPrefix(name, InterfacePrefix) {
		return &throughInterface
	}
	return sinks[canonical(name)]
}

// InterfacePrefix begins the name of a sink that is an interface method; its
// full name follows.
const InterfacePrefix = "interface "

// throughInterface is the sink for methods by which listeners are started
// through an interface: which one is not known at the call.
var throughInterface = Sink{
	Func: "interface", Network: None, Fixed: "tcp", Address: None,
	Reason: "listens through an interface: port what implements it, or call it directly",
}

// IsListenMethod reports whether an interface method is shaped like a modelled
// method that listens, (*net/http.Server).ListenAndServe or its TLS twin.
func IsListenMethod(m *types.Func) bool {
	params := 0
	switch m.Name() {
	case "ListenAndServe":
	case "ListenAndServeTLS":
		params = 2
	default:
		return false
	}
	sig := m.Signature()
	return sig.Params().Len() == params && sig.Results().Len() == 1 && sig.Results().At(0).Type().String() == "error"
}

// SourceOf returns the row for a function by its full name, or nil.
func SourceOf(name string) *Source { return sources[name] }

// TransferOf returns the row for a function by its full name, or nil.
func TransferOf(name string) *Transfer { return transfers[name] }

// DecoderOf returns the row for a function by its full name, or nil.
func DecoderOf(name string) *Decoder { return decoders[name] }

// CarrierOf returns the row for a named struct type or a pointer to one, or
// nil.
func CarrierOf(t types.Type) *Carrier {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !packages[n.Obj().Pkg().Path()] {
		return nil
	}
	return carriers[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
}

// HasRows reports whether any row names the package.
func HasRows(pkgPath string) bool { return packages[pkgPath] || IsHelper(pkgPath) }

// IsModelled reports whether the package is described by rows alone and its
// code never analysed: all of the standard library, and every other package
// that a row names.
func IsModelled(pkgPath string) bool { return packages[pkgPath] || IsStd(pkgPath) || IsHelper(pkgPath) }

// TestedRows calls yield with the full name of every function that a row
// describes, for the test that checks them against the real packages.
func TestedRows(yield func(name string)) {
	for _, m := range []map[string]bool{keys(sinks), keys(sources), keys(transfers), keys(decoders)} {
		for n := range m {
			yield(n)
		}
	}
}

func keys[T any](m map[string]*T) map[string]bool {
	out := make(map[string]bool, len(m))
	for k := range m {
		out[k] = true
	}
	return out
}
