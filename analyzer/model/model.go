package model

import (
	"go/types"
	"maps"
	"path"
	"strings"
	"sync"
)

// Part says which piece of a listen address a value is.
type Part uint8

const (
	Whole   Part = iota // the address as a whole, or not known more closely
	Host                // the host of host:port
	Port                // the port of host:port
	Path                // the path of a unix socket, or what is below Dir of it
	Network             // "tcp", "unix", …
	Dir                 // a folder that the path of a unix socket begins with
	Object              // no text: a struct with it, or a list or map of structs
)

// String returns the word that reports use for p.
func (p Part) String() string {
	return [...]string{"address", "host", "port", "path", "network", "dir", "object"}[p]
}

// An Arg is an argument of a call, counted without the receiver. The zero Arg
// says that a row has no such argument.
type Arg int

// The arguments that rows speak of.
const (
	Recv Arg = iota - 1 // the receiver
	None
	Arg0
	Arg1
	Arg2
	Arg3
	Arg4
	Arg5
	Arg6
)

// Index returns the place of a in a list of arguments without the receiver:
// -1 for None, and below for Recv.
func (a Arg) Index() int { return int(a - Arg0) }

// A Sink is a call that makes a socket listen, or bind for receiving.
type Sink struct {
	Func    string // full name
	Network Arg    // argument with the network name
	Fixed   string // networks when there is no such argument, separated by spaces
	Address Arg    // argument with the address (string or net.Addr)
	// NetAddr says that the address is a net.Addr of package net, not text that
	// could have the form fd://.
	NetAddr bool
	// Raw says that the call binds a bare descriptor.
	Raw bool
	// Protocol is what the socket is served with, "" where its package says, and
	// TLS says that it is so over TLS.
	Protocol string
	TLS      bool
	// Receiver says that the address is carried by the receiver (see
	// Carriers), as in (*http.Server).ListenAndServe.
	Receiver bool
	// Fields are struct fields, as pkg.Type.Field, that hold the address for
	// an API which takes it in a struct of options, whatever the object.
	Fields map[string]Part
	// Empty is the address that the API puts in for an empty one.
	Empty  string
	Recipe Recipe
	// ByNetwork are the recipes for networks that take different ones, by
	// their names without 4 or 6; Reason then is for other networks.
	ByNetwork map[string]Recipe
	// Inherited says that the call takes an inherited socket already, and File
	// is the argument with its file, whose origin tells whether it does.
	Inherited bool
	File      Arg
	// Activation says that it takes whatever LISTEN_FDS announces, so that
	// nothing beside it gets any.
	Activation bool
	// Takes is the flag of the program under which the call takes inherited
	// sockets, "" for none.
	Takes string
	// Virtual says that the socket is none of the kernel's, or of a family that no
	// unit opens, so that nobody
	// can hand it over.
	Virtual bool
	// Reason says for Recipe Manual why, and what to do instead.
	Reason string
	// Inferred says that no row describes the function: its package offers a
	// sibling that takes the listener.
	Inferred bool `json:"-"`
}

// A Recipe is a way to port a sink. The set is closed.
type Recipe struct {
	Kind RecipeKind
	Func string // function of package inherit
	// Serve is, for Wrap, what goes on with the socket: a Go expression, a
	// function that takes it. Its placeholders stand for pieces of the call:
	// {x} the receiver, {0} and so on the arguments, {rest} those from the
	// first that is neither network nor address on, {pkg} the name of the
	// callee's package and {net} that of package net in the file; {l} is the
	// listener l, or what Drainable conns of the helper make of it where the
	// package stops the server gracefully.
	Serve string
	// Again stands for the address in Serve where that must not be evaluated
	// twice: a Go expression, of l; "" when nothing can.
	Again string
	// Network and Address are Go expressions with the same placeholders, for
	// Wrap where the call has no such argument; Network is Sink.Fixed when
	// empty.
	Network, Address string
	// Differs says how the ported call may differ when nothing is inherited;
	// "" when it does not.
	Differs string
	// Unless are fields of the receiver without which Differs does not hold,
	// and WithArgs says that it only holds for a call with further arguments.
	Unless   []string
	WithArgs bool
	// Never are fields that the recipe would not heed: where the package
	// mentions one of the name, other than of its own types, the call is left.
	Never []string
	// Since is a field, as Type.field, that the callee's package has from the
	// version on in which Differs does not hold.
	Since string
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
	// Wrap: x.M(addr) becomes inherit.F(network, addr, serve).
	Wrap
	// By: x.M(network, addr) becomes inherit.F(x.M, network, addr).
	By
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

// A Source is a call that brings one configuration value in.
type Source struct {
	Func    string
	Kind    SourceKind
	Key     Arg // the flag's or variable's name
	Default Arg // the default value
	Help    Arg // the help text
	// Dest points to the variable which is filled; None when the value is
	// result 0.
	Dest Arg
	// Callback is a function whose first parameter receives the value
	// (flag.Func), or implements flag.Value, whose Set does.
	Callback Arg
	// Lookup says that the value is registered elsewhere under the same key,
	// as (*pflag.FlagSet).GetString does.
	Lookup bool
	// Map says that the result is a map, and the key what it is indexed with.
	Map bool
	// Dashes is 2 for a flag that is written --key, else 0.
	Dashes int
	// Unkeyed is the key of a source that has no name argument.
	Unkeyed string
	// Chain says how the calls on the receiver give the key, when not nil.
	Chain *Chain
	// Upper says that an environment variable of the flag's name, in upper
	// case and with underscores, is read too.
	Upper bool
}

// A Chain describes a source that is built call by call, as
// app.Flag("listen", "help").Default(":80").Envar("LISTEN").String() is. The
// functions are given by their full names; the last has the Source row.
type Chain struct {
	// Start are the functions that begin a value: their argument 0 is its
	// key, and argument 1 its help text if that is a string.
	Start map[string]SourceKind
	// Default and Env are functions whose arguments are the default value and
	// the name of an environment variable.
	Default, Env []string
	// Section is the function whose argument stands before the key, with a
	// dot between; "" for none.
	Section string
}

// A Literal is a struct whose composite literals each declare a flag, as
// cli.StringFlag{Name: "listen", Value: ":8080", EnvVar: "LISTEN"} does. The
// entries are names of fields, "" for none.
type Literal struct {
	Type string // pkg.Type
	// Kind is Flag when it is "".
	Kind SourceKind
	// Name is the key; in a list with commas the first is the main one.
	Name, Aliases, Default, Dest, Help string
	// Env holds the names of environment variables: a string with commas, a
	// []string, or the result of one of EnvFuncs, which is given them, or
	// results of such.
	Env      string
	EnvFuncs []string
	// Filed is a package with functions New…, which have a flag that they are given read
	// from a file by its names, too.
	Filed string
}

// A StoreOp is what a function does to a Store.
type StoreOp uint8

const (
	// Get returns the value at the key.
	Get StoreOp = iota
	// Set and SetDefault give the key a value.
	Set
	SetDefault
	// BindFlag makes the flag in argument Value the value at the key, and
	// BindFlags every flag of a set under its own name.
	BindFlag
	BindFlags
	// BindEnv reads the key from the variable named by the argument Value;
	// without one from the key in upper case.
	BindEnv
	// AutoEnv reads every key from the environment; argument Value, if any,
	// is the prefix. EnvPrefix sets the prefix.
	AutoEnv
	EnvPrefix
	// ReadFile reads a file of keys.
	ReadFile
	// Fill fills the struct that argument Dest points to, from the keys below
	// the key if there is one.
	Fill
	// Sub returns the store of the keys below the key.
	Sub
)

// A StoreCall is a function of a library that keeps configuration values of
// several sources by key, such as viper. All stores of one library are taken
// to be one.
type StoreCall struct {
	Func  string
	Store string // name of the library
	Op    StoreOp
	Key   Arg
	Value Arg // the value, the flag, or the name of the variable
	Dest  Arg // the pointer to what is filled
	Tag   string
}

// Stores that are no library's: FlagStore has the program's flags for keys, of
// libraries that let a flag be set in other ways too, and EnvStore its
// environment, for those that fill it from files.
const (
	FlagStore = "flags"
	EnvStore  = "env"
)

// A Field is a field of a modelled package that holds functions which the
// package calls with configuration: parameter Param receives it.
type Field struct {
	Name    string // pkg.Type.Field
	Param   int
	Kind    SourceKind
	Unkeyed string
}

// A Transfer is a function whose result is made of its arguments.
type Transfer struct {
	Func string
	From []Arg
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
	// Cuts is the argument that says where the function cuts a text apart, or
	// what of it is replaced; None for functions that keep it whole.
	Cuts Arg
	// Composes says what the result is made like of the first of From.
	Composes Composing
	// NeverEmpty says that the result is no empty string.
	NeverEmpty bool
}

// A Composing says how a function makes one path, or text, of another.
type Composing uint8

const (
	Hides   Composing = iota // not known
	Keeps                    // the same, written another way
	Joins                    // elements, with slashes between
	Folder                   // the folder of a path
	Base                     // the last element of a path
	Trims                    // without its ending
	Formats                  // by a Printf format
)

// A KeyStyle is how a decoder names a field that has no tag.
type KeyStyle uint8

const (
	AsIs       KeyStyle = iota // ListenAddr
	Lower                      // listenaddr
	Kebab                      // listen-addr
	Snake                      // listen_addr
	Upper                      // LISTENADDR
	UpperSnake                 // LISTEN_ADDR
	Skip                       // such fields are no configuration
)

// A Decoder fills a struct from a file, the environment or the command line
// through field tags.
type Decoder struct {
	Func string
	Kind SourceKind
	Tag  string // struct tag that holds the key
	Dest Arg    // points to the struct
	// DestField and PrefixField are fields of the struct of options that Dest
	// is, if it is one, which point to the struct, and hold the prefix or a
	// call that is given it; "" for none.
	DestField, PrefixField string
	// PrefixFunc is the function of that call; "" for none.
	PrefixFunc string
	// Section is the function whose argument stands before the keys, where the
	// decoder is a method of what it returns; "" for none.
	Section string
	// Result says that it is result 0 that is filled.
	Result bool
	// Style names fields without a tag.
	Style KeyStyle
	// Prefix is a prefix of every key.
	Prefix Arg
	// Env and Default are struct tags that hold environment variables and
	// the default value; "" for none. Those of Tag itself have the form
	// env:X and default=X between commas.
	Env, Default, Help string
	// Nested is the struct tag with the prefix of what is in a struct field.
	Nested string
	// Dashes is 2 for flags that are written --key.
	Dashes int
	// Own says how names are put together, for a loader of a program's own; nil for
	// a library's, which go by Style and Nested.
	Own *OwnKeys `json:",omitempty"`
}

// OwnKeys is how a loader of a program's own names what it asks for: a text, then the
// names of the fields that lead there, with a text between, all in one case. Where
// nothing stands between, it is the name of the last field alone.
type OwnKeys struct {
	Fixed, Between string
	// Also are other texts that may stand in front instead of Fixed.
	Also []string
	Case KeyCase
}

// A KeyCase says in which case a name is written.
type KeyCase uint8

const (
	SameCase  KeyCase = iota
	UpperCase         // LISTEN-ADDR
	LowerCase         // listen-addr
	EnvCase           // LISTEN_ADDR
)

// A Carrier is a struct of a modelled package that stands for an address: a
// value of the type is followed as if it were the string in the named fields.
type Carrier struct {
	Type   string // pkg.Type
	Fields map[string]Part
}

// A Model is what is known of APIs: rows, by the names of what they are for.
// It is immutable once made, so that any number of analyses may share it; a
// process may hold several.
type Model struct {
	user      *rowFile // rows of the user's, nil for none
	sinks     map[string]*Sink
	sources   map[string]*Source
	transfers map[string]*Transfer
	decoders  map[string]*Decoder
	carriers  map[string]*Carrier
	literals  map[string]*Literal
	stores    map[string]*StoreCall
	fields    map[string]*Field
	effects   map[string]*Effect
	packages  map[string]bool // import paths with a row
	// protocols are what the servers of packages speak, which names their
	// logical listeners where the configuration says nothing more telling.
	protocols map[string]string
	// serving are the functions that serve a listener, with what they speak.
	serving map[string]string
	// tellers say which functions tell an address; the first that fits counts.
	tellers []Teller
	// commands are the libraries of command lines, by their import paths without
	// a major version.
	commands map[string]*Command
	// helper is one more import path that is the helper's, "" for none.
	helper string
}

// families are the files with rows.
var families = []func(*Model){
	acmeRows, beegoRows, castRows, classicRows, cleanenvRows, cobraRows, configRows, decodeRows,
	dhcpRows, dnsRows, dockerRows, docoptRows, echoRows, effectRows, envRows, eventloopRows,
	exporterRows, fasthttpRows, ffRows, fiberRows, flagRows, freeportRows, ftpRows, getoptRows, ginRows,
	goargRows, goflagsRows, gracefulRows, hashicorpRows, hclRows, helperRows, httpRows, icmpRows,
	iniRows, irisRows, jsonRows, kcpRows, kingpinRows, koanfRows, kongRows, ldapRows, mailRows,
	mapstructureRows, microRows, mqttRows, natsRows, netRows, osRows, pflagRows, protobufRows, quicRows,
	redconRows, reuseportRows, seqRows, socksRows, sshRows, syscallRows, tellRows, textRows, thriftRows, tlsRows,
	tomlRows, tsnetRows, urfaveRows, viperRows, yamlRows,
}

// Default returns the built-in model. It is built when it is first needed: most
// of the processes of cmd/inheritfd only start others, and wait.
var Default = sync.OnceValue(func() *Model {
	m := &Model{
		sinks:     make(map[string]*Sink),
		sources:   make(map[string]*Source),
		transfers: make(map[string]*Transfer),
		decoders:  make(map[string]*Decoder),
		carriers:  make(map[string]*Carrier),
		literals:  make(map[string]*Literal),
		stores:    make(map[string]*StoreCall),
		fields:    make(map[string]*Field),
		effects:   make(map[string]*Effect),
		packages:  make(map[string]bool),
		protocols: make(map[string]string),
		serving:   make(map[string]string),
		commands:  make(map[string]*Command),
	}
	for _, rows := range families {
		rows(m)
	}
	return m
})

// clone returns a model that may be changed without changing m.
func (m *Model) clone() *Model {
	c := *m
	c.sinks, c.sources, c.transfers = maps.Clone(m.sinks), maps.Clone(m.sources), maps.Clone(m.transfers)
	c.decoders, c.carriers, c.literals = maps.Clone(m.decoders), maps.Clone(m.carriers), maps.Clone(m.literals)
	c.stores, c.fields, c.effects = maps.Clone(m.stores), maps.Clone(m.fields), maps.Clone(m.effects)
	c.packages, c.protocols = maps.Clone(m.packages), maps.Clone(m.protocols)
	c.serving, c.commands = maps.Clone(m.serving), maps.Clone(m.commands)
	return &c
}

// ForModule returns the model for the analysis of a module: the built-in rows of
// its own packages say nothing there, as their bodies are at hand; what rows of the
// user say of single functions holds. A module path of "" is none.
func (m *Model) ForModule(module string) *Model {
	var own []string
	for pkg := range m.packages {
		if module != "" && !IsStd(pkg) && (pkg == module || strings.HasPrefix(pkg, module+"/")) {
			own = append(own, pkg)
		}
	}
	if len(own) == 0 {
		return m
	}
	c := m.clone()
	for _, pkg := range own {
		c.forget(pkg)
	}
	if m.user != nil {
		c = c.with(m.user)
	}
	for _, pkg := range own {
		delete(c.packages, pkg) // so that it is analysed
	}
	return c
}

// A row is an entry of the model, of one of the types above.
type row[T any] interface {
	*T
	// name returns the full name of what the row is for, and the import path
	// in it.
	name() (name, pkg string)
}

func (s *Sink) name() (string, string)      { return s.Func, PkgOf(s.Func) }
func (s *Source) name() (string, string)    { return s.Func, PkgOf(s.Func) }
func (t *Transfer) name() (string, string)  { return t.Func, PkgOf(t.Func) }
func (d *Decoder) name() (string, string)   { return d.Func, PkgOf(d.Func) }
func (c *Carrier) name() (string, string)   { return c.Type, PkgOf(c.Type) }
func (l *Literal) name() (string, string)   { return l.Type, PkgOf(l.Type) }
func (s *StoreCall) name() (string, string) { return s.Func, PkgOf(s.Func) }
func (f *Field) name() (string, string)     { return f.Name, PkgOf(PkgOf(f.Name)) }
func (e *Effect) name() (string, string)    { return e.Func, PkgOf(e.Func) }
func (c *Command) name() (string, string)   { return c.Module, c.Module }
func (p *Protocol) name() (string, string)  { return p.Package + p.Func, p.Package + p.Func }
func (t *Teller) name() (string, string)    { return t.Names, t.Names }

// add indexes the rows of one file; a name that is given twice is a mistake
// in the rows.
func add[T any, R row[T]](m *Model, index map[string]*T, rows []T) {
	for i := range rows {
		name, pkg := R(&rows[i]).name()
		if index[name] != nil {
			panic("model: two rows for " + name)
		}
		index[name] = &rows[i]
		m.packages[pkg] = true
	}
}

func (m *Model) addSinks(rows []Sink)         { add(m, m.sinks, rows) }
func (m *Model) addSources(rows []Source)     { add(m, m.sources, rows) }
func (m *Model) addTransfers(rows []Transfer) { add(m, m.transfers, rows) }
func (m *Model) addDecoders(rows []Decoder)   { add(m, m.decoders, rows) }
func (m *Model) addCarriers(rows []Carrier)   { add(m, m.carriers, rows) }
func (m *Model) addLiterals(rows []Literal)   { add(m, m.literals, rows) }
func (m *Model) addStores(rows []StoreCall)   { add(m, m.stores, rows) }
func (m *Model) addFields(rows []Field)       { add(m, m.fields, rows) }
func (m *Model) addEffects(rows []Effect)     { add(m, m.effects, rows) }
func (m *Model) addCommands(rows []Command)   { add(m, m.commands, rows) }

// A Protocol says what the servers of a package, and of those below it, speak,
// or what a function speaks over the listener that it is given.
type Protocol struct {
	Package, Func string // one of them
	Speaks        string
}

// speaks says what the servers of some packages, and of those below them,
// speak.
func (m *Model) speaks(protocol string, pkgs ...string) {
	for _, p := range pkgs {
		m.protocols[p] = protocol
	}
}

// Protocol returns the protocol that a function which listens, serves or stops
// serves, "" when it is not known or none.
func (m *Model) Protocol(callee string) string {
	if s := m.Sink(callee); s != nil && s.Protocol != "" {
		return s.Protocol
	}
	for pkg := PkgOf(callee); pkg != "."; pkg = path.Dir(pkg) {
		if p := m.protocols[pkg]; p != "" {
			return p
		}
	}
	return ""
}

// Serving yields the functions that serve a listener which they are given, with
// what they speak.
func (m *Model) Serving() map[string]string { return m.serving }

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

// Sink returns the row for a function by its full name, or nil.
func (m *Model) Sink(name string) *Sink {
	if strings.HasPrefix(name, InterfacePrefix) {
		return &throughInterface
	}
	return m.sinks[m.canonical(name)]
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

// Source returns the row for a function by its full name, or nil.
func (m *Model) Source(name string) *Source { return m.sources[name] }

// Store returns the row for a function by its full name, or nil.
func (m *Model) Store(name string) *StoreCall { return m.stores[name] }

// Effect returns the row for a function by its full name, or nil.
func (m *Model) Effect(name string) *Effect { return m.effects[m.canonical(name)] }

// Field returns the row for a struct field, by pkg.Type.Field, or nil.
func (m *Model) Field(name string) *Field { return m.fields[name] }

// Literal returns the row for a named struct type or a pointer to one, or
// nil.
func (m *Model) Literal(t types.Type) *Literal { return byType(m, m.literals, t) }

// HasRow reports whether a function brings in, passes on or fills in values.
func (m *Model) HasRow(name string) bool {
	return m.transfers[name] != nil || m.sources[name] != nil || m.decoders[name] != nil || m.stores[name] != nil
}

// Transfer returns the row for a function by its full name, or nil.
func (m *Model) Transfer(name string) *Transfer { return m.transfers[name] }

// Decoder returns the row for a function by its full name, or nil.
func (m *Model) Decoder(name string) *Decoder { return m.decoders[name] }

// Carrier returns the row for a named struct type or a pointer to one, or
// nil.
func (m *Model) Carrier(t types.Type) *Carrier { return byType(m, m.carriers, t) }

// byType returns the row for a named type or a pointer to one; an instance of
// a generic type has the row of its origin.
func byType[T any](m *Model, rows map[string]*T, t types.Type) *T {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !m.packages[n.Obj().Pkg().Path()] {
		return nil
	}
	return rows[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
}

// HasRows reports whether any row names the package.
func (m *Model) HasRows(pkgPath string) bool { return m.packages[pkgPath] || m.IsHelper(pkgPath) }

// IsModelled reports whether the package is described by rows alone and its
// code never analysed: all of the standard library, and every other package
// that a row names.
func (m *Model) IsModelled(pkgPath string) bool {
	return m.packages[pkgPath] || IsStd(pkgPath) || m.IsHelper(pkgPath)
}

// TestedRows calls yield with the full name of every function that a row
// describes, for the test that checks them against the real packages.
func (m *Model) TestedRows(yield func(name string)) {
	for _, rows := range []map[string]bool{keys(m.sinks), keys(m.sources), keys(m.transfers), keys(m.decoders), keys(m.effects)} {
		for n := range rows {
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
