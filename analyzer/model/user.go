package model

// This file defines how rows are read from a user's file.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A rowFile is the form of a user's file: rows as they are in this package,
// with the names of fields in any case and arguments counted from 0, and
// packages whose own rows are to be forgotten first.
type rowFile struct {
	Drop      []string
	Sinks     []Sink
	Sources   []Source
	Transfers []Transfer
	Decoders  []Decoder
	Carriers  []Carrier
	Literals  []Literal
	Stores    []StoreCall
	Fields    []Field
	Effects   []Effect
	Protocols []Protocol
	Tellers   []Teller
	Commands  []Command
}

// Load returns m with the rows in a file, in place of rows that m has for the
// same names. What follows a '#' in name is not part of it; go vet, which sees
// that the flag differs but not that the file does, can be told by it. Errors
// name the file, the line and the row, all of them.
func (m *Model) Load(name string) (*Model, error) {
	file, _, _ := strings.Cut(name, "#")
	data, err := os.ReadFile(file)
	if err != nil {
		if !filepath.IsAbs(file) && errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w (go vet runs its tools in the folder of each package: give the whole path)", err)
		}
		return nil, err
	}
	rows, err := m.parseRows(file, data)
	if err != nil {
		return nil, err
	}
	return m.with(rows), nil
}

// parseRows reads and checks the rows in a file.
func (m *Model) parseRows(file string, data []byte) (*rowFile, error) {
	p := &rowParser{model: m, file: filepath.Base(file), data: data}
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, fmt.Errorf("%s: not a JSON object of rows: {\"sinks\": [...], ...}", p.file)
	}
	for dec.More() {
		at := dec.InputOffset()
		tok, err := dec.Token()
		if err != nil {
			return nil, p.syntax(err)
		}
		if err := p.section(dec, at, fmt.Sprint(tok)); err != nil {
			return nil, p.syntax(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, p.syntax(err)
	}
	if dec.More() {
		return nil, fmt.Errorf("%s:%d: there is more after the object", p.file, p.line(dec.InputOffset()))
	}
	return &p.rows, errors.Join(p.errs...)
}

type rowParser struct {
	model *Model
	file  string
	data  []byte
	rows  rowFile
	errs  []error
}

// line returns the line of what begins at or after an offset.
func (p *rowParser) line(offset int64) int {
	for offset < int64(len(p.data)) && strings.IndexByte(" \t\r\n,:", p.data[offset]) >= 0 {
		offset++
	}
	return 1 + bytes.Count(p.data[:min(offset, int64(len(p.data)))], []byte("\n"))
}

func (p *rowParser) syntax(err error) error {
	if syn := (*json.SyntaxError)(nil); errors.As(err, &syn) {
		return fmt.Errorf("%s:%d: %w", p.file, p.line(syn.Offset-1), err)
	}
	return fmt.Errorf("%s: %w", p.file, err)
}

// section reads one list of rows; mistakes in rows are collected, those in
// the JSON returned.
func (p *rowParser) section(dec *json.Decoder, at int64, name string) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	if tok != json.Delim('[') {
		return fmt.Errorf("line %d: %q is not a list", p.line(at), name)
	}
	for i := 0; dec.More(); i++ {
		at := dec.InputOffset()
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		row, err := p.row(strings.ToLower(name), raw)
		if err != nil {
			what := fmt.Sprintf("%s[%d]", name, i)
			if row != "" {
				what += " (" + row + ")"
			}
			p.errs = append(p.errs, fmt.Errorf("%s:%d: %s: %w", p.file, p.line(at), what, err))
		}
	}
	_, err = dec.Token()
	return err
}

// row reads one row and returns its name.
func (p *rowParser) row(section string, raw json.RawMessage) (string, error) {
	switch section {
	case "drop":
		var pkg string
		err := strict(raw, &pkg)
		p.rows.Drop = append(p.rows.Drop, pkg)
		if IsStd(pkg) || pkg == helperPath {
			return pkg, errors.New("these rows cannot be dropped")
		}
		if err == nil && !p.model.packages[pkg] {
			err = errors.New("there are no rows for this package")
		}
		return pkg, err
	case "sinks":
		return readRow(raw, &p.rows.Sinks)
	case "sources":
		return readRow(raw, &p.rows.Sources)
	case "transfers":
		return readRow(raw, &p.rows.Transfers)
	case "decoders":
		return readRow(raw, &p.rows.Decoders)
	case "carriers":
		return readRow(raw, &p.rows.Carriers)
	case "literals":
		return readRow(raw, &p.rows.Literals)
	case "stores":
		return readRow(raw, &p.rows.Stores)
	case "fields":
		return readRow(raw, &p.rows.Fields)
	case "effects":
		return readRow(raw, &p.rows.Effects)
	case "protocols":
		return readRow(raw, &p.rows.Protocols)
	case "tellers":
		return readRow(raw, &p.rows.Tellers)
	case "commands":
		return readRow(raw, &p.rows.Commands)
	}
	return "", errors.New("unknown kind of rows: there are drop, sinks, sources, transfers, decoders, carriers, literals, stores, fields, effects, protocols, tellers and commands")
}

// A checkedRow is a row of a kind that users may add.
type checkedRow[T any] interface {
	row[T]
	check() error // reports a mistake in it
}

// readRow adds a row to those before it and returns its name.
func readRow[T any, R checkedRow[T]](raw json.RawMessage, rows *[]T) (string, error) {
	var r T
	if err := strict(raw, &r); err != nil {
		return "", err
	}
	name, _ := R(&r).name()
	err := R(&r).check()
	for i := range *rows {
		if other, _ := R(&(*rows)[i]).name(); other == name && err == nil {
			err = errors.New("there is a row for it already")
		}
	}
	*rows = append(*rows, r)
	return name, err
}

// strict decodes JSON that may have no fields which the value has not.
func strict(raw json.RawMessage, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if typ := (*json.UnmarshalTypeError)(nil); errors.As(err, &typ) {
		return fmt.Errorf("%s cannot be a %s", typ.Field, typ.Value)
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// with returns m with the rows of a file.
func (m *Model) with(f *rowFile) *Model {
	c := m.clone()
	c.user = f
	for _, pkg := range f.Drop {
		c.forget(pkg)
	}
	replace(c, c.sinks, f.Sinks)
	replace(c, c.sources, f.Sources)
	replace(c, c.transfers, f.Transfers)
	replace(c, c.decoders, f.Decoders)
	replace(c, c.carriers, f.Carriers)
	replace(c, c.literals, f.Literals)
	replace(c, c.stores, f.Stores)
	replace(c, c.fields, f.Fields)
	replace(c, c.effects, f.Effects)
	replace(c, c.commands, f.Commands)
	for _, p := range f.Protocols {
		if p.Package != "" {
			c.protocols[p.Package] = p.Speaks
		} else {
			c.serving[p.Func] = p.Speaks
		}
	}
	c.tellers = slices.Concat(f.Tellers, c.tellers)
	return c
}

// replace indexes rows in place of those for the same names.
func replace[T any, R row[T]](m *Model, index map[string]*T, rows []T) {
	for i := range rows {
		name, _ := R(&rows[i]).name()
		delete(index, name)
	}
	add[T, R](m, index, rows)
}

// forget drops the rows of a package.
func (m *Model) forget(pkg string) {
	delete(m.packages, pkg)
	drop(m.sinks, pkg)
	drop(m.sources, pkg)
	drop(m.transfers, pkg)
	drop(m.decoders, pkg)
	drop(m.carriers, pkg)
	drop(m.literals, pkg)
	drop(m.stores, pkg)
	drop(m.fields, pkg)
	drop(m.effects, pkg)
	drop(m.commands, pkg)
	delete(m.protocols, pkg)
	maps.DeleteFunc(m.serving, func(fn, _ string) bool { return PkgOf(fn) == pkg })
}

func drop[T any, R row[T]](index map[string]*T, pkg string) {
	maps.DeleteFunc(index, func(_ string, r *T) bool {
		_, of := R(r).name()
		return of == pkg
	})
}

var fullName = regexp.MustCompile(`^(\(\*?[^\s()*]+\.\w+\)\.\w+|[^\s()*]+\.\w+)$`)

// checkName checks the full name of a function or type.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("no name: give the full name, such as (*example.com/web.Server).Start")
	case !fullName.MatchString(name):
		return fmt.Errorf("%q is no full name: they look like example.com/web.Serve or (*example.com/web.Server).Start", name)
	case IsStd(PkgOf(name)):
		return fmt.Errorf("%s is of the standard library, whose rows are fixed", PkgOf(name))
	}
	return nil
}

var placeholders = regexp.MustCompile(`\{(\w+)\}`)

func (s *Sink) check() error {
	if err := checkName(s.Func); err != nil {
		return err
	}
	for _, network := range slices.Sorted(maps.Keys(s.ByNetwork)) {
		one := *s
		one.Recipe, one.ByNetwork = s.ByNetwork[network], nil
		if err := one.check(); err != nil {
			return fmt.Errorf("byNetwork %q: %w", network, err)
		}
	}
	r := s.Recipe
	switch {
	case s.Inherited || s.Virtual:
		return nil
	case s.Address == Recv || s.Network == Recv:
		return errors.New("for an address in the receiver give receiver: true, and a carrier row for its type")
	case s.Address == None && !s.Receiver && len(s.Fields) == 0:
		return errors.New("where is the address? give address, receiver or fields")
	case s.Network == None && s.Fixed == "" && !s.Receiver:
		return errors.New("which network is it? give network or fixed")
	case r.Kind == Manual && s.Reason == "":
		return errors.New("no recipe: then give the reason, which says what to do instead")
	case r.Kind != Manual && Default().sinks[helperPath+"."+r.Func] == nil:
		return fmt.Errorf("recipe.func: the helper has no function %q", r.Func)
	case (r.Kind == Wrap) != slices.Contains([]string{"Serve", "ServePacket", "StartPacket"}, r.Func):
		return errors.New("recipe.func: a recipe that wraps uses Serve, ServePacket or StartPacket")
	case (r.Kind == By) != (r.Func == "ListenOr" || r.Func == "ListenPacketOr"):
		return errors.New("recipe.func: a recipe of kind by uses ListenOr or ListenPacketOr")
	case r.Kind == Wrap && s.Address == None && r.Address == "":
		return errors.New("recipe.address: there is no argument with the address: give an expression, such as {x}.Addr")
	}
	for _, field := range []struct{ name, text string }{{"serve", r.Serve}, {"network", r.Network}, {"address", r.Address}} {
		if err := checkTemplate(field.text); err != nil {
			return fmt.Errorf("recipe.%s: %w", field.name, err)
		}
	}
	if r.Kind == Wrap && r.Serve == "" {
		return errors.New("recipe.serve: what serves the socket? give an expression, such as {x}.Serve")
	}
	return nil
}

// checkTemplate checks that the text of a recipe is a Go expression once its
// placeholders are filled.
func checkTemplate(text string) error {
	if text == "" {
		return nil
	}
	var unknown []string
	filled := placeholders.ReplaceAllStringFunc(text, func(p string) string {
		name := p[1 : len(p)-1]
		if !slices.Contains([]string{"x", "rest", "pkg", "net"}, name) && strings.Trim(name, "0123456789") != "" {
			unknown = append(unknown, p)
		}
		return "p" + name
	})
	if len(unknown) > 0 {
		return fmt.Errorf("unknown placeholder %s: there are {x}, {0}, {1}, {rest}, {pkg} and {net}", unknown[0])
	}
	if _, err := parser.ParseExpr(filled); err != nil {
		return fmt.Errorf("%q is no Go expression: %w", text, err)
	}
	return nil
}

func checkKind(k SourceKind) error {
	switch k {
	case Flag, Env, File, Args, Runtime:
		return nil
	}
	return fmt.Errorf("kind %q: kinds are flag, env, file, args and runtime", k)
}

func (s *Source) check() error {
	if err := errors.Join(checkName(s.Func), checkKind(s.Kind)); err != nil {
		return err
	}
	if s.Key == None && s.Unkeyed == "" && (s.Chain == nil || len(s.Chain.Start) == 0) && !s.Map {
		return errors.New("what is its name? give key, unkeyed, chain or map")
	}
	return nil
}

func (t *Transfer) check() error {
	switch {
	case len(t.From) == 0:
		return errors.New("from is empty: the result is made of nothing")
	case t.Parts != nil && len(t.Parts) != len(t.From):
		return fmt.Errorf("%d parts for %d arguments", len(t.Parts), len(t.From))
	}
	return checkName(t.Func)
}

func (d *Decoder) check() error {
	if err := errors.Join(checkName(d.Func), checkKind(d.Kind)); err != nil {
		return err
	}
	if d.Dest == None && !d.Result || d.Tag == "" {
		return errors.New("give dest, the argument that points to the struct, and tag, the key of its struct tags")
	}
	return nil
}

func (c *Carrier) check() error { return checkName(c.Type) }

func (l *Literal) check() error {
	if l.Name == "" {
		return errors.New("name: in which field is the flag's name?")
	}
	if l.Kind != "" && checkKind(l.Kind) != nil {
		return checkKind(l.Kind)
	}
	return checkName(l.Type)
}

func (s *StoreCall) check() error {
	switch {
	case s.Store == "":
		return errors.New("store: what is the library called?")
	case s.Key == None && slices.Contains([]StoreOp{Get, Set, SetDefault, BindFlag, Sub}, s.Op):
		return errors.New("key: which argument is it?")
	case s.Dest == None && s.Op == Fill:
		return errors.New("dest: which argument points to the struct?")
	}
	return checkName(s.Func)
}

func (f *Field) check() error {
	if strings.Count(f.Name[strings.LastIndexByte(f.Name, '/')+1:], ".") < 2 {
		return fmt.Errorf("name %q: fields are given as example.com/pkg.Type.Field", f.Name)
	}
	return checkKind(f.Kind)
}

func (e *Effect) check() error {
	switch {
	case e.Op == NoOp || e.Op == Tells || e.Op == Tries:
		return errors.New("op: what does it do? " + strings.Join(slices.Sorted(maps.Keys(ops)), ", "))
	case (e.Op.OnPath() && e.Op != SetsUmask || e.Op == Dials || e.Op == Looks || e.Op == Parses || e.Op == MakesFolder) && e.Path == None:
		return errors.New("path: which argument is the path or the address?")
	case e.Op == Starts && e.Self == None:
		return errors.New("self: which argument is the program?")
	case e.Net != "" && e.Net != "tcp" && e.Net != "unix":
		return fmt.Errorf("net: %q is neither tcp nor unix", e.Net)
	case e.Recipe != "" && !IsHelperFunc(e.Recipe):
		return fmt.Errorf("recipe: the helper has no function %q", e.Recipe)
	case e.Reason == "" && e.Op != Parses:
		return errors.New("reason: what does it do, and what is to be done?")
	}
	return checkName(e.Func)
}

func (p *Protocol) check() error {
	switch {
	case p.Speaks == "":
		return errors.New("speaks: what is the protocol called?")
	case (p.Package == "") == (p.Func == ""):
		return errors.New("give package, or func for a function that serves a listener")
	case p.Func != "":
		return checkName(p.Func)
	case IsStd(p.Package):
		return fmt.Errorf("%s is of the standard library, whose rows are fixed", p.Package)
	}
	return nil
}

func (t *Teller) check() error {
	if t.Names == "" {
		return errors.New("names: a regular expression for the names of functions")
	}
	_, err := regexp.Compile(t.Names)
	return err
}

func (c *Command) check() error {
	switch {
	case c.Name == "":
		return errors.New("name: in which field is the command's name?")
	case len(c.Marks) == 0 && c.Flags == "":
		return errors.New("give marks, the fields that a command has, or flags, the method that returns its flags")
	}
	return nil
}

// UnmarshalJSON reads an argument: its number, from 0, or "receiver".
func (a *Arg) UnmarshalJSON(data []byte) error {
	var n int
	switch err := json.Unmarshal(data, &n); {
	case string(data) == "null":
		*a = None
	case string(data) == `"receiver"`:
		*a = Recv
	case err != nil || n < 0:
		return fmt.Errorf("%s is no argument: they are counted from 0, without the receiver, which is \"receiver\"", data)
	default:
		*a = Arg0 + Arg(n)
	}
	return nil
}

// MarshalJSON is the inverse of UnmarshalJSON.
func (a Arg) MarshalJSON() ([]byte, error) {
	switch a {
	case None:
		return []byte("null"), nil
	case Recv:
		return []byte(`"receiver"`), nil
	}
	return json.Marshal(a.Index())
}

// word reads one of several words.
func word[T any](data []byte, v *T, words map[string]T) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	got, ok := words[s]
	if !ok {
		return fmt.Errorf("%q is none of %s", s, strings.Join(slices.Sorted(maps.Keys(words)), ", "))
	}
	*v = got
	return nil
}

// MarshalJSON is the inverse of UnmarshalJSON.
func (p Part) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// unword is the inverse of word.
func unword[T comparable](v T, words map[string]T) ([]byte, error) {
	for w, value := range words {
		if v == value {
			return json.Marshal(w)
		}
	}
	return nil, fmt.Errorf("no word for %v", v)
}

// UnmarshalJSON reads the word for a part.
func (p *Part) UnmarshalJSON(data []byte) error {
	return word(data, p, map[string]Part{"address": Whole, "host": Host, "port": Port, "path": Path, "network": Network, "dir": Dir})
}

// UnmarshalJSON reads the word for a kind of recipe.
func (k *RecipeKind) UnmarshalJSON(data []byte) error {
	return word(data, k, map[string]RecipeKind{"manual": Manual, "replace": Replace, "receiver": Receiver,
		"afterContext": AfterContext, "wrap": Wrap, "by": By})
}

var styles = map[string]KeyStyle{"asIs": AsIs, "lower": Lower, "kebab": Kebab, "snake": Snake,
	"upper": Upper, "upperSnake": UpperSnake, "skip": Skip}

// UnmarshalJSON reads the word for a style of keys.
func (s *KeyStyle) UnmarshalJSON(data []byte) error { return word(data, s, styles) }

// MarshalJSON is the inverse of UnmarshalJSON.
func (s KeyStyle) MarshalJSON() ([]byte, error) { return unword(s, styles) }

// UnmarshalJSON reads the word for what a function does to a store.
func (o *StoreOp) UnmarshalJSON(data []byte) error {
	return word(data, o, map[string]StoreOp{"get": Get, "set": Set, "setDefault": SetDefault, "bindFlag": BindFlag,
		"bindFlags": BindFlags, "bindEnv": BindEnv, "autoEnv": AutoEnv, "envPrefix": EnvPrefix, "readFile": ReadFile,
		"fill": Fill, "sub": Sub})
}

var ops = map[string]Op{"removes": Removes, "removesAll": RemovesAll, "moves": Moves, "setsMode": SetsMode, "setsOwner": SetsOwner,
	"setsUmask": SetsUmask, "dials": Dials, "looks": Looks, "parses": Parses, "unlinksOnClose": UnlinksOnClose, "shutsDown": ShutsDown,
	"makesFile": MakesFile, "clearsEnv": ClearsEnv, "starts": Starts, "becomes": Becomes, "dropsPrivileges": DropsPrivileges,
	"stops": Stops, "serves": Serves, "tells": Tells, "tries": Tries, "makesFolder": MakesFolder}

// UnmarshalJSON reads the word for what a function does to a socket.
func (o *Op) UnmarshalJSON(data []byte) error { return word(data, o, ops) }

// MarshalJSON is the inverse of UnmarshalJSON.
func (o Op) MarshalJSON() ([]byte, error) { return unword(o, ops) }

// UnmarshalJSON reads the word for how a function makes one text of another.
func (c *Composing) UnmarshalJSON(data []byte) error {
	return word(data, c, map[string]Composing{"keeps": Keeps, "joins": Joins, "folder": Folder, "base": Base, "trims": Trims, "formats": Formats})
}

// UnmarshalJSON reads the word for how a function takes the mode of a file.
func (t *ModeType) UnmarshalJSON(data []byte) error {
	return word(data, t, map[string]ModeType{"system": SystemMode, "go": GoMode})
}

// UnmarshalJSON reads the word for whom a function tells.
func (a *Audience) UnmarshalJSON(data []byte) error {
	return word(data, a, map[string]Audience{"people": People, "programs": Programs, "nobody": Nobody})
}
