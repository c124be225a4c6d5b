package model

// Files of sections: gopkg.in/ini.v1 (also github.com/go-ini/ini), whose
// values are looked up call by call, gopkg.in/gcfg.v1 and
// github.com/unknwon/goconfig.

func iniRows(m *Model) {
	for _, ini := range []string{"gopkg.in/ini.v1", "github.com/go-ini/ini"} {
		for _, f := range []string{"MapTo", "MapToWithMapper"} {
			m.addDecoders([]Decoder{{Func: ini + "." + f, Kind: File, Tag: "ini", Dest: Arg0}})
		}
		m.addDecoders([]Decoder{
			{Func: "(*" + ini + ".File).MapTo", Kind: File, Tag: "ini", Dest: Arg0},
			{Func: "(*" + ini + ".Section).MapTo", Kind: File, Tag: "ini", Dest: Arg0, Section: "(*" + ini + ".File).Section"},
		})

		chain := &Chain{
			Start: map[string]SourceKind{
				"(*" + ini + ".Section).Key":    File,
				"(*" + ini + ".Section).GetKey": File,
			},
			Section: "(*" + ini + ".File).Section",
		}
		for _, f := range []string{"String", "Value", "Strings", "Int", "Int64", "Uint", "Uint64", "Ints", "Int64s", "Uints", "Uint64s"} {
			m.addSources([]Source{{Func: "(*" + ini + ".Key)." + f, Kind: File, Chain: chain}})
		}
		for _, f := range []string{"MustString", "MustInt", "MustInt64", "MustUint", "MustUint64",
			"In", "InInt", "InInt64", "InUint", "InUint64", "RangeInt", "RangeInt64"} {
			m.addSources([]Source{{Func: "(*" + ini + ".Key)." + f, Kind: File, Default: Arg0, Chain: chain}})
		}
		m.addSources([]Source{{Func: "(*" + ini + ".Section).KeysHash", Kind: File, Map: true}})
	}
	for _, f := range []string{"StrictMapTo", "StrictMapToWithMapper"} {
		m.addDecoders([]Decoder{{Func: "gopkg.in/ini.v1." + f, Kind: File, Tag: "ini", Dest: Arg0}})
	}
	m.addDecoders([]Decoder{
		{Func: "(*gopkg.in/ini.v1.File).StrictMapTo", Kind: File, Tag: "ini", Dest: Arg0},
		{Func: "(*gopkg.in/ini.v1.Section).StrictMapTo", Kind: File, Tag: "ini", Dest: Arg0, Section: "(*gopkg.in/ini.v1.File).Section"},
	})

	for _, f := range []string{"ReadFileInto", "ReadInto", "ReadStringInto"} {
		m.addDecoders([]Decoder{{Func: "gopkg.in/gcfg.v1." + f, Kind: File, Tag: "gcfg", Dest: Arg0, Style: Lower}})
	}

	const goconfig = "(*github.com/unknwon/goconfig.ConfigFile)."
	m.addSources([]Source{
		{Func: goconfig + "GetValue", Kind: File, Key: Arg1},
		{Func: goconfig + "Int", Kind: File, Key: Arg1},
		{Func: goconfig + "Int64", Kind: File, Key: Arg1},
		{Func: goconfig + "MustValue", Kind: File, Key: Arg1, Default: Arg2},
		{Func: goconfig + "MustValueRange", Kind: File, Key: Arg1, Default: Arg2},
		{Func: goconfig + "MustValueSet", Kind: File, Key: Arg1, Default: Arg2},
		{Func: goconfig + "MustValueArray", Kind: File, Key: Arg1},
		{Func: goconfig + "MustInt", Kind: File, Key: Arg1, Default: Arg2},
		{Func: goconfig + "MustInt64", Kind: File, Key: Arg1, Default: Arg2},
		{Func: goconfig + "GetSection", Kind: File, Map: true},
	})
}
