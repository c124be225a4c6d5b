package model

// Package flag, and github.com/spf13/pflag, which has the same shape.

func init() {
	for _, t := range []string{"String", "Int", "Int64", "Uint", "Uint64"} {
		addSources([]Source{
			{Func: "flag." + t, Kind: Flag, Key: 0, Default: 1, Dest: None, Callback: None},
			{Func: "(*flag.FlagSet)." + t, Kind: Flag, Key: 0, Default: 1, Dest: None, Callback: None},
			{Func: "flag." + t + "Var", Kind: Flag, Key: 1, Default: 2, Dest: 0, Callback: None},
			{Func: "(*flag.FlagSet)." + t + "Var", Kind: Flag, Key: 1, Default: 2, Dest: 0, Callback: None},
		})
	}
	for _, recv := range []string{"flag.", "(*flag.FlagSet)."} {
		addSources([]Source{
			{Func: recv + "Var", Kind: Flag, Key: 1, Default: None, Dest: 0, Callback: 0},
			{Func: recv + "TextVar", Kind: Flag, Key: 1, Default: 2, Dest: 0, Callback: 0},
			{Func: recv + "Func", Kind: Flag, Key: 0, Default: None, Dest: None, Callback: 2},
			{Func: recv + "BoolFunc", Kind: Flag, Key: 0, Default: None, Dest: None, Callback: 2},
			{Func: recv + "Arg", Kind: Args, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "args"},
			{Func: recv + "Args", Kind: Args, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "args"},
			{Func: recv + "Lookup", Kind: Flag, Key: 0, Default: None, Dest: None, Callback: None, Lookup: true},
		})
	}

	const pflag = "github.com/spf13/pflag"
	for _, t := range []string{"String", "Int", "Int32", "Int64", "Uint", "Uint16", "Uint32", "Uint64", "IP", "StringSlice", "StringArray"} {
		for _, recv := range []string{pflag + ".", "(*" + pflag + ".FlagSet)."} {
			addSources([]Source{
				{Func: recv + t, Kind: Flag, Key: 0, Default: 1, Dest: None, Callback: None, Dashes: 2},
				{Func: recv + t + "P", Kind: Flag, Key: 0, Default: 2, Dest: None, Callback: None, Dashes: 2},
				{Func: recv + t + "Var", Kind: Flag, Key: 1, Default: 2, Dest: 0, Callback: None, Dashes: 2},
				{Func: recv + t + "VarP", Kind: Flag, Key: 1, Default: 3, Dest: 0, Callback: None, Dashes: 2},
			})
		}
		addSources([]Source{
			{Func: "(*" + pflag + ".FlagSet).Get" + t, Kind: Flag, Key: 0, Default: None, Dest: None, Callback: None, Lookup: true, Dashes: 2},
		})
	}
	for _, recv := range []string{pflag + ".", "(*" + pflag + ".FlagSet)."} {
		addSources([]Source{
			{Func: recv + "Var", Kind: Flag, Key: 1, Default: None, Dest: 0, Callback: 0, Dashes: 2},
			{Func: recv + "VarP", Kind: Flag, Key: 1, Default: None, Dest: 0, Callback: 0, Dashes: 2},
			{Func: recv + "Arg", Kind: Args, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "args"},
			{Func: recv + "Args", Kind: Args, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "args"},
		})
	}
}
