package model

// Decoders of the standard library that fill structs through their field tags;
// those of other modules are in a file each.

func decodeRows(m *tables) {
	m.addDecoders([]Decoder{
		{Func: "encoding/json.Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(*encoding/json.Decoder).Decode", Kind: File, Tag: "json", Dest: Arg0},
		{Func: "encoding/xml.Unmarshal", Kind: File, Tag: "xml", Dest: Arg1},
		{Func: "(*encoding/xml.Decoder).Decode", Kind: File, Tag: "xml", Dest: Arg0},
	})
}

// ConfigTags are the struct tags that mark a field as configuration even
// where the call that decodes it is out of sight (reflection, own loaders),
// with the kind of source; earlier ones win.
var ConfigTags = []struct {
	Tag  string
	Kind SourceKind
}{
	{"flag", Flag}, {"flagName", Flag}, {"long", Flag}, {"arg", Flag},
	{"env", Env}, {"envconfig", Env},
	{"mapstructure", File}, {"yaml", File}, {"toml", File}, {"koanf", File}, {"hcl", File}, {"ini", File},
	{"cfg", File}, {"conf", File}, {"config", File}, {"properties", File}, {"json", File},
}
