package model

// github.com/spf13/pflag, and github.com/ogier/pflag, which it comes from:
// package flag with --key and one-letter names.

func pflagRows(m *Model) {
	const spf13, ogier = "github.com/spf13/pflag", "github.com/ogier/pflag"
	both := []string{"String", "Int", "Int8", "Int32", "Int64", "Uint", "Uint8", "Uint16", "Uint32", "Uint64", "IP"}
	for pkg, types := range map[string][]string{
		ogier: both,
		spf13: append([]string{"Int16", "IPNet", "StringSlice", "StringArray", "IPSlice", "IPNetSlice",
			"IntSlice", "Int32Slice", "Int64Slice", "UintSlice", "StringToString"}, both...),
	} {
		for _, recv := range []string{pkg + ".", "(*" + pkg + ".FlagSet)."} {
			for _, t := range types {
				m.addSources([]Source{
					{Func: recv + t, Kind: Flag, Key: Arg0, Default: Arg1, Help: Arg2, Dashes: 2},
					{Func: recv + t + "P", Kind: Flag, Key: Arg0, Default: Arg2, Help: Arg3, Dashes: 2},
					{Func: recv + t + "Var", Kind: Flag, Key: Arg1, Default: Arg2, Help: Arg3, Dest: Arg0, Dashes: 2},
					{Func: recv + t + "VarP", Kind: Flag, Key: Arg1, Default: Arg3, Help: Arg4, Dest: Arg0, Dashes: 2},
				})
			}
			m.addSources([]Source{
				{Func: recv + "Var", Kind: Flag, Key: Arg1, Help: Arg2, Dest: Arg0, Callback: Arg0, Dashes: 2},
				{Func: recv + "VarP", Kind: Flag, Key: Arg1, Help: Arg3, Dest: Arg0, Callback: Arg0, Dashes: 2},
				{Func: recv + "Arg", Kind: Args, Unkeyed: "args"},
				{Func: recv + "Args", Kind: Args, Unkeyed: "args"},
				{Func: recv + "Lookup", Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2},
			})
		}
		if pkg == spf13 {
			for _, t := range types {
				m.addSources([]Source{{Func: "(*" + pkg + ".FlagSet).Get" + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})
			}
		}
	}
	m.addSources([]Source{{Func: "(*" + spf13 + ".FlagSet).VarPF", Kind: Flag, Key: Arg1, Help: Arg3, Dest: Arg0, Callback: Arg0, Dashes: 2}})
	for _, recv := range []string{spf13 + ".", "(*" + spf13 + ".FlagSet)."} {
		m.addSources([]Source{
			{Func: recv + "TextVar", Kind: Flag, Key: Arg1, Default: Arg2, Help: Arg3, Dest: Arg0, Callback: Arg0, Dashes: 2},
			{Func: recv + "TextVarP", Kind: Flag, Key: Arg1, Default: Arg3, Help: Arg4, Dest: Arg0, Callback: Arg0, Dashes: 2},
			{Func: recv + "Func", Kind: Flag, Key: Arg0, Help: Arg1, Callback: Arg2, Dashes: 2},
			{Func: recv + "FuncP", Kind: Flag, Key: Arg0, Help: Arg2, Callback: Arg3, Dashes: 2},
		})
	}
	m.addCarriers([]Carrier{{Type: spf13 + ".Flag", Fields: map[string]Part{"Value": Whole, "DefValue": Whole}}})
	m.addTransfers([]Transfer{{Func: "(" + spf13 + ".Value).String", From: []Arg{Recv}}})
}
