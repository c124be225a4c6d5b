package flow

// This file defines how the struct tags are read by which decoders name
// fields, each library in its own way.

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"inheritfd/analyzer/model"
)

// A fieldTag is what a decoder reads in the tag of a field.
type fieldTag struct {
	name       string // "" when the field has no key, "-" when it is left out
	given      bool   // the tag says the name
	def, help  string
	env        []string // environment variables that are read besides
	nested     string   // prefix of the keys in it
	envPrefix  string   // prefix of the environment variables in it
	inline     bool     // its fields are merged into the parent's
	positional bool
	// positionals says that the fields in it are positional.
	positionals bool
}

// readTag reads the tag of a field.
func (d *decoding) readTag(f *types.Var, text string) fieldTag {
	tag := reflect.StructTag(text)
	var out fieldTag
	d.readName(&out, f, tag)
	d.readDefaults(&out, tag)
	d.readNested(&out, tag)
	if d.dec.Tag == "name" {
		out.readKong(tag.Get("kong"))
	}
	return out
}

// readName reads the key, and whether the field is positional.
func (d *decoding) readName(out *fieldTag, f *types.Var, tag reflect.StructTag) {
	value := tag.Get(d.dec.Tag)
	items := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' })
	for i, item := range items {
		out.option(strings.TrimSpace(item), i == 0 && !strings.HasPrefix(value, ","))
	}
	switch {
	case d.dec.Tag == "protobuf" && out.name == "":
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		out.option(name, true)
	case d.dec.Tag == "arg" && out.name == "env": // go-arg: the field's own name
		out.name, out.env = "", append(out.env, strings.ToUpper(f.Name()))
	}
	out.given = out.name != ""
	_, out.positional = tag.Lookup("arg")
	out.positional = out.positional && (d.dec.Tag != "arg" || slices.Contains(items, "positional"))
	_, out.positionals = tag.Lookup("positional-args")
	if name := tag.Get("positional-arg-name"); name != "" {
		out.name = name
	}
	style := d.dec.Style
	if style == model.Upper && tag.Get("split_words") == "true" {
		style = model.UpperSnake
	}
	if out.name == "" && (d.dec.Kind != model.Env || style != model.AsIs) {
		out.name = styled(f.Name(), style)
	}
}

// readDefaults reads the default, the help text, and the variables of the
// environment that are read besides.
func (d *decoding) readDefaults(out *fieldTag, tag reflect.StructTag) {
	for _, key := range []string{d.dec.Default, "envDefault", "default"} {
		if def, ok := tag.Lookup(key); ok && key != "" && out.def == "" {
			out.def = def
		}
	}
	if d.dec.Help != "" && out.help == "" {
		out.help = tag.Get(d.dec.Help)
	}
	if d.dec.Env == "" || d.dec.Env == d.dec.Tag {
		return
	}
	for _, env := range splitNames(tag.Get(d.dec.Env)) {
		if env != "-" {
			out.env = append(out.env, env)
		}
	}
}

// readNested reads the prefixes of what is in a struct field.
func (d *decoding) readNested(out *fieldTag, tag reflect.StructTag) {
	for _, key := range []string{"envprefix", "env-namespace"} {
		if p := tag.Get(key); p != "" {
			out.envPrefix = strings.TrimSuffix(p, "_") + "_"
		}
	}
	if d.dec.Nested == "" {
		return
	}
	p := tag.Get(d.dec.Nested)
	switch {
	case p == "":
	case d.dec.Kind == model.File: // the prefix is that of the environment
		out.envPrefix = p
	case d.dec.Kind == model.Flag && !strings.ContainsAny(p[len(p)-1:], "-._"):
		out.nested = p + "."
	default:
		out.nested = p
	}
}

// readKong reads kong's other form, kong:"arg,name='listen',env='LISTEN'".
func (t *fieldTag) readKong(value string) {
	for _, item := range splitNames(value) {
		key, text, _ := strings.Cut(item, "=")
		text = strings.Trim(text, "'")
		switch {
		case item == "arg":
			t.positional = true
		case key == "name":
			t.name = text
		case key == "env":
			t.env = append(t.env, text)
		default:
			t.option(item, false)
		}
	}
}

// option reads one item of a tag's value: the name, or one of the options
// that libraries put behind it.
func (t *fieldTag) option(item string, first bool) {
	key, value, ok := strings.Cut(item, "=")
	value = strings.TrimSpace(value)
	if colon := strings.IndexByte(item, ':'); colon >= 0 && (!ok || colon < len(key)) {
		key, value, ok = item[:colon], strings.TrimSpace(item[colon+1:]), true
	}
	switch {
	case ok && key == "default":
		t.def = value
	case ok && key == "env":
		t.env = append(t.env, value)
	case ok && key == "prefix":
		t.nested = value
	case ok && (key == "name" || key == "flag" || key == "long" || key == "l"):
		t.name = strings.Trim(value, "'\"")
	case ok && (key == "def" || key == "d"):
		t.def = strings.Trim(value, "'\"")
	case ok && (key == "help" || key == "usage" || key == "u"):
		t.help = strings.Trim(value, "'\"")
	case item == "inline", item == "squash":
		t.inline = true
	case strings.HasPrefix(item, "--"):
		t.name = item[2:]
	case first && !ok && !strings.HasPrefix(item, "-") || item == "-":
		switch item {
		case "positional", "required", "separate":
		default:
			t.name = item
		}
	}
}

// styled names a field without a tag.
func styled(name string, style model.KeyStyle) string {
	split := func(sep string) string { return strings.Join(camelWords(name), sep) }
	switch style {
	case model.Lower:
		return strings.ToLower(name)
	case model.Kebab:
		return strings.ToLower(split("-"))
	case model.Snake:
		return strings.ToLower(split("_"))
	case model.Upper:
		return strings.ToUpper(name)
	case model.UpperSnake:
		return strings.ToUpper(split("_"))
	case model.Skip:
		return ""
	}
	return name
}

// camelWords splits ListenHTTPAddr into Listen, HTTP and Addr.
func camelWords(name string) []string {
	var out []string
	rs := []rune(name)
	start := 0
	for i := 1; i < len(rs); i++ {
		if unicode.IsUpper(rs[i]) && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			out = append(out, string(rs[start:i]))
			start = i
		}
	}
	return append(out, string(rs[start:]))
}
