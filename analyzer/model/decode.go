package model

import (
	"reflect"
	"slices"
	"strings"
)

// Decoders of the standard library that fill structs through their field tags;
// those of other modules are in a file each.

func decodeRows(m *Model) {
	m.addDecoders([]Decoder{
		{Func: "encoding/json.Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(*encoding/json.Decoder).Decode", Kind: File, Tag: "json", Dest: Arg0},
		{Func: "encoding/xml.Unmarshal", Kind: File, Tag: "xml", Dest: Arg1},
		{Func: "(*encoding/xml.Decoder).Decode", Kind: File, Tag: "xml", Dest: Arg0},
	})
}

// configTags are the struct tags that mark a field as configuration even
// where the call that decodes it is out of sight (reflection, own loaders),
// with the kind of source; earlier ones win.
var configTags = []struct {
	tag  string
	kind SourceKind
}{
	{"flag", Flag}, {"flagName", Flag}, {"long", Flag}, {"arg", Flag},
	{"env", Env}, {"envconfig", Env},
	{"mapstructure", File}, {"yaml", File}, {"toml", File}, {"koanf", File}, {"hcl", File}, {"ini", File},
	{"cfg", File}, {"conf", File}, {"config", File}, {"properties", File}, {"json", File},
}

// A Keyed is a source by its kind and key.
type Keyed struct {
	Kind SourceKind
	Key  string
}

// SourcesInTag returns the sources that a struct tag speaks of, one of a kind.
func SourcesInTag(tag string) []Keyed {
	var out []Keyed
	for _, c := range configTags {
		v, ok := reflect.StructTag(tag).Lookup(c.tag)
		known := slices.ContainsFunc(out, func(k Keyed) bool { return k.Kind == c.kind })
		if name, _, _ := strings.Cut(v, ","); ok && name != "" && name != "-" && !known {
			out = append(out, Keyed{c.kind, name})
		}
	}
	return out
}

// Setters returns the names of the methods by which a type takes its text from a
// decoder, of which the first that it has is called.
func (k SourceKind) Setters() []string {
	if k == Flag {
		return []string{"Set", "UnmarshalText", "UnmarshalFlag", "Decode"}
	}
	return []string{"UnmarshalText", "Decode", "Set"}
}

// CallbackMethods are the methods of a value that a flag is registered with by
// which it takes its text.
var CallbackMethods = []string{"Set", "UnmarshalText"}

// CommandMethods are the methods by which libraries of command lines run the
// commands that are fields of a struct.
var CommandMethods = []string{"Run", "Execute", "BeforeApply", "AfterApply"}

// TagName is the field of a struct of options that names the struct tag by which
// a decoder goes.
const TagName = "TagName"
