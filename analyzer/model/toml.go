package model

// Decoders of TOML. Keys are compared without case where none is the same.

func tomlRows(m *Model) {
	const burnt, pelletier, naoina = "github.com/BurntSushi/toml", "github.com/pelletier/go-toml", "github.com/naoina/toml"
	for _, f := range []string{".Unmarshal", ".Decode", ".DecodeFile", ".DecodeReader", ".PrimitiveDecode"} {
		m.addDecoders([]Decoder{{Func: burnt + f, Kind: File, Tag: "toml", Dest: Arg1}})
	}
	m.addDecoders([]Decoder{
		{Func: burnt + ".DecodeFS", Kind: File, Tag: "toml", Dest: Arg2},
		{Func: "(*" + burnt + ".MetaData).PrimitiveDecode", Kind: File, Tag: "toml", Dest: Arg1},
		{Func: "(*" + burnt + ".Decoder).Decode", Kind: File, Tag: "toml", Dest: Arg0},
	})

	for _, v := range []string{"", "/v2"} {
		m.addDecoders([]Decoder{
			{Func: pelletier + v + ".Unmarshal", Kind: File, Tag: "toml", Dest: Arg1},
			{Func: "(*" + pelletier + v + ".Decoder).Decode", Kind: File, Tag: "toml", Dest: Arg0},
		})
	}
	m.addDecoders([]Decoder{{Func: "(*" + pelletier + ".Tree).Unmarshal", Kind: File, Tag: "toml", Dest: Arg0}})
	m.addSources([]Source{
		{Func: "(*" + pelletier + ".Tree).Get", Kind: File, Key: Arg0},
		{Func: "(*" + pelletier + ".Tree).GetArray", Kind: File, Key: Arg0},
		{Func: "(*" + pelletier + ".Tree).GetDefault", Kind: File, Key: Arg0, Default: Arg1},
		{Func: "(*" + pelletier + ".Tree).ToMap", Kind: File, Map: true},
	})

	m.addDecoders([]Decoder{
		{Func: naoina + ".Unmarshal", Kind: File, Tag: "toml", Dest: Arg1, Style: Snake},
		{Func: naoina + ".UnmarshalTable", Kind: File, Tag: "toml", Dest: Arg1, Style: Snake},
		{Func: "(*" + naoina + ".Decoder).Decode", Kind: File, Tag: "toml", Dest: Arg0, Style: Snake},
		{Func: "(*" + naoina + ".Config).Unmarshal", Kind: File, Tag: "toml", Dest: Arg1, Style: Snake},
		{Func: "(*" + naoina + ".Config).UnmarshalTable", Kind: File, Tag: "toml", Dest: Arg1, Style: Snake},
	})
}
