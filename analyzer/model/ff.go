package model

// github.com/peterbourgon/ff: the flags of a set are read from the
// environment and a file too. A variable is the flag in upper case with
// underscores, after the prefix in upper case and an underscore if there is
// one. The command line comes first, then the environment, then the file (in v1
// and v2 the file before the environment). v4 has a flag set of its own.

func ffRows(m *Model) {
	const ff = "github.com/peterbourgon/ff"
	for _, v := range []string{"", "/v2", "/v3", "/v4"} {
		m.addStores([]StoreCall{
			{Func: ff + v + ".WithEnvVarPrefix", Store: FlagStore, Op: AutoEnv, Value: Arg0},
			{Func: ff + v + ".WithConfigFile", Store: FlagStore, Op: ReadFile},
			{Func: ff + v + ".WithConfigFileFlag", Store: FlagStore, Op: ReadFile},
		})
	}
	m.addStores([]StoreCall{
		{Func: ff + ".WithEnvVarNoPrefix", Store: FlagStore, Op: AutoEnv},
		{Func: ff + "/v2.WithEnvVarNoPrefix", Store: FlagStore, Op: AutoEnv},
		{Func: ff + "/v3.WithEnvVars", Store: FlagStore, Op: AutoEnv},
		{Func: ff + "/v4.WithEnvVars", Store: FlagStore, Op: AutoEnv},
		{Func: ff + "/v3.WithConfigFileVia", Store: FlagStore, Op: ReadFile},
	})
	m.addFields([]Field{{Name: ff + "/ffcli.Command.Exec", Param: 0, Kind: Args, Unkeyed: "args"}})
	for _, c := range []string{"/v2/ffcli.Command.Exec", "/v3/ffcli.Command.Exec", "/v4.Command.Exec"} {
		m.addFields([]Field{{Name: ff + c, Param: 1, Kind: Args, Unkeyed: "args"}})
	}

	const set = "(*" + ff + "/v4.FlagSet)."
	for _, t := range []string{"String", "Int", "Uint", "Uint64"} {
		m.addSources([]Source{
			{Func: set + t, Kind: Flag, Key: Arg1, Default: Arg2, Help: Arg3, Dashes: 2},
			{Func: set + t + "Long", Kind: Flag, Key: Arg0, Default: Arg1, Help: Arg2, Dashes: 2},
			{Func: set + t + "Var", Kind: Flag, Key: Arg2, Default: Arg3, Help: Arg4, Dest: Arg0, Dashes: 2},
		})
	}
	for _, t := range []string{"StringList", "StringSet", "StringEnum"} { // the default of StringEnum is the first of Arg3 on
		m.addSources([]Source{
			{Func: set + t, Kind: Flag, Key: Arg1, Help: Arg2, Dashes: 2},
			{Func: set + t + "Long", Kind: Flag, Key: Arg0, Help: Arg1, Dashes: 2},
			{Func: set + t + "Var", Kind: Flag, Key: Arg2, Help: Arg3, Dest: Arg0, Dashes: 2},
		})
	}
	m.addSources([]Source{
		{Func: set + "Value", Kind: Flag, Key: Arg1, Help: Arg3, Dest: Arg2, Callback: Arg2, Dashes: 2},
		{Func: set + "ValueLong", Kind: Flag, Key: Arg0, Help: Arg2, Dest: Arg1, Callback: Arg1, Dashes: 2},
		{Func: set + "Func", Kind: Flag, Key: Arg1, Help: Arg3, Callback: Arg2, Dashes: 2},
		{Func: set + "FuncLong", Kind: Flag, Key: Arg0, Help: Arg2, Callback: Arg1, Dashes: 2},
		{Func: set + "GetArgs", Kind: Args, Unkeyed: "args"},
	})
	m.addDecoders([]Decoder{
		{Func: set + "AddStruct", Kind: Flag, Tag: "ff", Dest: Arg0, Style: Skip, Dashes: 2},
		{Func: ff + "/v4.NewFlagSetFrom", Kind: Flag, Tag: "ff", Dest: Arg1, Style: Skip, Dashes: 2},
	})
}
