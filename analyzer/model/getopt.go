package model

// Smaller libraries for the command line.

func getoptRows(m *Model) {
	// github.com/pborman/getopt: flags with a long name.
	for _, getopt := range []string{"github.com/pborman/getopt", "github.com/pborman/getopt/v2"} {
		for _, recv := range []string{getopt + ".", "(*" + getopt + ".Set)."} {
			for _, t := range []string{"String", "Int", "Int16", "Int32", "Int64", "Uint", "Uint16", "Uint32", "Uint64"} {
				m.addSources([]Source{{Func: recv + t + "Long", Kind: Flag, Key: Arg0, Default: Arg2, Dashes: 2}})
			}
			m.addSources([]Source{
				{Func: recv + "ListLong", Kind: Flag, Key: Arg0, Dashes: 2},
				{Func: recv + "Arg", Kind: Args, Unkeyed: "args"},
				{Func: recv + "Args", Kind: Args, Unkeyed: "args"},
			})
		}
	}
	for _, recv := range []string{"github.com/pborman/getopt.", "(*github.com/pborman/getopt.Set)."} {
		for _, t := range []string{"String", "List", "Int", "Int16", "Int32", "Int64", "Uint", "Uint16", "Uint32", "Uint64"} {
			m.addSources([]Source{{Func: recv + t + "VarLong", Kind: Flag, Key: Arg1, Dest: Arg0, Dashes: 2}})
		}
		m.addSources([]Source{{Func: recv + "EnumLong", Kind: Flag, Key: Arg0, Dashes: 2}})
		m.addSources([]Source{{Func: recv + "VarLong", Kind: Flag, Key: Arg1, Dest: Arg0, Callback: Arg0, Dashes: 2}})
	}
	for _, recv := range []string{"github.com/pborman/getopt/v2.", "(*github.com/pborman/getopt/v2.Set)."} {
		m.addSources([]Source{{Func: recv + "EnumLong", Kind: Flag, Key: Arg0, Default: Arg3, Dashes: 2}})
		m.addSources([]Source{{Func: recv + "FlagLong", Kind: Flag, Key: Arg1, Dest: Arg0, Callback: Arg0, Dashes: 2}})
	}

	// github.com/integrii/flaggy: the default is what the variable holds.
	const flaggy = "github.com/integrii/flaggy"
	for _, recv := range []string{flaggy + ".", "(*" + flaggy + ".Subcommand)."} {
		for _, t := range []string{"String", "StringSlice", "Int", "Int16", "Int32", "Int64", "UInt", "UInt16", "UInt32", "UInt64",
			"IP", "TCPAddr", "UDPAddr", "NetipAddr", "NetipAddrPort"} {
			m.addSources([]Source{{Func: recv + t, Kind: Flag, Key: Arg2, Help: Arg3, Dest: Arg0, Dashes: 2}})
		}
		m.addSources([]Source{{Func: recv + "AddPositionalValue", Kind: Args, Key: Arg1, Help: Arg4, Dest: Arg0}})
	}

	// github.com/DavidGamba/go-getoptions.
	const getoptions = "(*github.com/DavidGamba/go-getoptions.GetOpt)."
	for _, t := range []string{"String", "Int"} {
		m.addSources([]Source{
			{Func: getoptions + t, Kind: Flag, Key: Arg0, Default: Arg1, Dashes: 2},
			{Func: getoptions + t + "Optional", Kind: Flag, Key: Arg0, Default: Arg1, Dashes: 2},
			{Func: getoptions + t + "Slice", Kind: Flag, Key: Arg0, Dashes: 2},
			{Func: getoptions + t + "Var", Kind: Flag, Key: Arg1, Default: Arg2, Dest: Arg0, Dashes: 2},
			{Func: getoptions + t + "VarOptional", Kind: Flag, Key: Arg1, Default: Arg2, Dest: Arg0, Dashes: 2},
			{Func: getoptions + t + "SliceVar", Kind: Flag, Key: Arg1, Dest: Arg0, Dashes: 2},
		})
	}
	m.addSources([]Source{{Func: getoptions + "Value", Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})
}
