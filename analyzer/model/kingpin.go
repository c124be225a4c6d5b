package model

// github.com/alecthomas/kingpin, in all its import paths: flags and arguments
// are built call by call. The command line comes first, then the environment,
// then the default.

func kingpinRows(m *Model) {
	for _, kingpin := range []string{"github.com/alecthomas/kingpin", "github.com/alecthomas/kingpin/v2", "gopkg.in/alecthomas/kingpin.v2"} {
		chain := &Chain{
			Start: map[string]SourceKind{
				kingpin + ".Flag":                   Flag,
				"(*" + kingpin + ".flagGroup).Flag": Flag,
				kingpin + ".Arg":                    Args,
				"(*" + kingpin + ".argGroup).Arg":   Args,
			},
			Default: []string{"(*" + kingpin + ".FlagClause).Default", "(*" + kingpin + ".ArgClause).Default"},
			Env: []string{"(*" + kingpin + ".FlagClause).Envar", "(*" + kingpin + ".FlagClause).OverrideDefaultFromEnvar",
				"(*" + kingpin + ".ArgClause).Envar"},
		}
		for _, t := range []string{"String", "Enum", "IP", "ResolvedIP", "TCP", "URL", "ExistingFile", "ExistingDir", "ExistingFileOrDir",
			"Int", "Int16", "Int32", "Int64", "Uint", "Uint16", "Uint32", "Uint64",
			"Strings", "Enums", "IPList", "ResolvedIPList", "TCPList", "URLList", "StringMap",
			"Ints", "Int16List", "Int32List", "Int64List", "Uints", "Uint16List", "Uint32List", "Uint64List"} {
			m.addSources([]Source{
				{Func: "(*" + kingpin + ".parserMixin)." + t, Kind: Flag, Dashes: 2, Chain: chain},
				{Func: "(*" + kingpin + ".parserMixin)." + t + "Var", Kind: Flag, Dest: Arg0, Dashes: 2, Chain: chain},
			})
		}
		m.addSources([]Source{
			{Func: "(*" + kingpin + ".FlagClause).Enum", Kind: Flag, Dashes: 2, Chain: chain},
			{Func: "(*" + kingpin + ".FlagClause).EnumVar", Kind: Flag, Dest: Arg0, Dashes: 2, Chain: chain},
			{Func: "(*" + kingpin + ".parserMixin).SetValue", Kind: Flag, Dest: Arg0, Callback: Arg0, Dashes: 2, Chain: chain},
		})
	}
}
