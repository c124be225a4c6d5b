package model

// This file defines how struct tags are read by which decoders name fields: each
// library has keys and options of its own, and none means anything else by those
// of another, so that all are looked for in all tags.

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A FieldTag is what a decoder reads in the tag of a field.
type FieldTag struct {
	// Name is the key: "" when the field has none, "-" when it is left out. Given
	// says that the tag has it.
	Name          string
	Given         bool
	Default, Help string
	Env           []string // environment variables that are read besides
	Nested        string   // prefix of the keys in it
	EnvPrefix     string   // prefix of the environment variables in it
	Inline        bool     // its fields are merged into the parent's
	// Positional says that it is an argument, no flag, and Positionals that the
	// fields in it are.
	Positional, Positionals bool
}

// ReadTag reads the tag of a field.
func (d *Decoder) ReadTag(field, text string) FieldTag {
	tag := reflect.StructTag(text)
	var out FieldTag
	d.readName(&out, field, tag)
	d.readDefaults(&out, tag)
	d.readNested(&out, tag)
	if d.Tag == "name" {
		out.readKong(tag.Get("kong"))
	}
	return out
}

// readName reads the key, and whether the field is positional.
func (d *Decoder) readName(out *FieldTag, field string, tag reflect.StructTag) {
	value := tag.Get(d.Tag)
	items := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' })
	for i, item := range items {
		out.option(strings.TrimSpace(item), i == 0 && !strings.HasPrefix(value, ","))
	}
	switch {
	case d.Tag == "protobuf" && out.Name == "":
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		out.option(name, true)
	case d.Tag == "arg" && out.Name == "env": // go-arg: the field's own name
		out.Name, out.Env = "", append(out.Env, strings.ToUpper(field))
	}
	out.Given = out.Name != ""
	_, out.Positional = tag.Lookup("arg")
	out.Positional = out.Positional && (d.Tag != "arg" || slices.Contains(items, "positional"))
	_, out.Positionals = tag.Lookup("positional-args")
	if name := tag.Get("positional-arg-name"); name != "" {
		out.Name = name
	}
	style := d.Style
	if style == Upper && tag.Get("split_words") == "true" {
		style = UpperSnake
	}
	if out.Name == "" && (d.Kind != Env || style != AsIs || d.Own != nil) {
		out.Name = styled(field, style)
	}
}

// readDefaults reads the default, the help text, and the variables of the
// environment that are read besides.
func (d *Decoder) readDefaults(out *FieldTag, tag reflect.StructTag) {
	for _, key := range []string{d.Default, "envDefault", "default"} {
		if def, ok := tag.Lookup(key); ok && key != "" && out.Default == "" {
			out.Default = def
		}
	}
	if d.Help != "" && out.Help == "" {
		out.Help = tag.Get(d.Help)
	}
	if d.Env == "" || d.Env == d.Tag {
		return
	}
	for _, env := range SplitNames(tag.Get(d.Env)) {
		if env != "-" {
			out.Env = append(out.Env, env)
		}
	}
}

// readNested reads the prefixes of what is in a struct field.
func (d *Decoder) readNested(out *FieldTag, tag reflect.StructTag) {
	for _, key := range []string{"envprefix", "env-namespace"} {
		if p := tag.Get(key); p != "" {
			out.EnvPrefix = strings.TrimSuffix(p, "_") + "_"
		}
	}
	if d.Nested == "" {
		return
	}
	p := tag.Get(d.Nested)
	switch {
	case p == "":
	case d.Kind == File: // the prefix is that of the environment
		out.EnvPrefix = p
	case d.Kind == Flag && !strings.ContainsAny(p[len(p)-1:], "-._"):
		out.Nested = p + "."
	default:
		out.Nested = p
	}
}

// readKong reads kong's other form, kong:"arg,name='listen',env='LISTEN'".
func (t *FieldTag) readKong(value string) {
	for _, item := range SplitNames(value) {
		key, text, _ := strings.Cut(item, "=")
		text = strings.Trim(text, "'")
		switch {
		case item == "arg":
			t.Positional = true
		case key == "name":
			t.Name = text
		case key == "env":
			t.Env = append(t.Env, text)
		default:
			t.option(item, false)
		}
	}
}

// option reads one item of a tag's value: the name, or one of the options
// that libraries put behind it.
func (t *FieldTag) option(item string, first bool) {
	key, value, ok := strings.Cut(item, "=")
	value = strings.TrimSpace(value)
	if colon := strings.IndexByte(item, ':'); colon >= 0 && (!ok || colon < len(key)) {
		key, value, ok = item[:colon], strings.TrimSpace(item[colon+1:]), true
	}
	switch {
	case ok && key == "default":
		t.Default = value
	case ok && key == "env":
		t.Env = append(t.Env, value)
	case ok && key == "prefix":
		t.Nested = value
	case ok && (key == "name" || key == "flag" || key == "long" || key == "l"):
		t.Name = strings.Trim(value, "'\"")
	case ok && (key == "def" || key == "d"):
		t.Default = strings.Trim(value, "'\"")
	case ok && (key == "help" || key == "usage" || key == "u"):
		t.Help = strings.Trim(value, "'\"")
	case item == "inline", item == "squash":
		t.Inline = true
	case strings.HasPrefix(item, "--"):
		t.Name = item[2:]
	case first && !ok && !strings.HasPrefix(item, "-") || item == "-":
		switch item {
		case "positional", "required", "separate":
		default:
			t.Name = item
		}
	}
}

// styled names a field without a tag.
func styled(name string, style KeyStyle) string {
	split := func(sep string) string { return strings.Join(camelWords(name), sep) }
	switch style {
	case Lower:
		return strings.ToLower(name)
	case Kebab:
		return strings.ToLower(split("-"))
	case Snake:
		return strings.ToLower(split("_"))
	case Upper:
		return strings.ToUpper(name)
	case UpperSnake:
		return strings.ToUpper(split("_"))
	case Skip:
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

// SplitNames splits names that are separated by commas.
func SplitNames(s string) []string {
	var out []string
	for n := range strings.SplitSeq(s, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}
