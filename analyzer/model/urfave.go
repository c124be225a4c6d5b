package model

// github.com/urfave/cli, v1 (also under its older names) to v3: flags are
// struct literals, and looked up by name in the context, in v3 the command.
// The command line comes first, then the environment (the first variable that
// is set), then the default.

func urfaveRows(m *Model) {
	v1 := []string{"github.com/urfave/cli", "gopkg.in/urfave/cli.v1", "github.com/codegangsta/cli"}
	for _, cli := range v1 {
		for _, t := range []string{"String", "Int", "Int64", "Uint", "Uint64"} {
			m.addLiterals([]Literal{{Type: cli + "." + t + "Flag", Name: "Name", Default: "Value", Env: "EnvVar", Dest: "Destination", Help: "Usage"}})
		}
		for _, t := range []string{"StringSlice", "IntSlice", "Int64Slice", "Generic"} {
			m.addLiterals([]Literal{{Type: cli + "." + t + "Flag", Name: "Name", Default: "Value", Env: "EnvVar", Help: "Usage"}})
		}
		for _, t := range []string{"String", "Int", "Int64", "Uint", "Uint64", "StringSlice", "IntSlice", "Int64Slice", "Generic"} {
			m.addSources([]Source{
				{Func: "(*" + cli + ".Context)." + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2},
				{Func: "(*" + cli + ".Context).Global" + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2},
			})
		}
	}

	const v2, v3 = "github.com/urfave/cli/v2", "github.com/urfave/cli/v3"
	for _, t := range []string{"String", "Path", "Int", "Int64", "Uint", "Uint64",
		"StringSlice", "IntSlice", "Int64Slice", "UintSlice", "Uint64Slice", "Generic"} {
		m.addLiterals([]Literal{{Type: v2 + "." + t + "Flag", Name: "Name", Aliases: "Aliases", Default: "Value", Env: "EnvVars", Dest: "Destination", Help: "Usage", Filed: v2 + "/altsrc"}})
		m.addSources([]Source{{Func: "(*" + v2 + ".Context)." + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})
	}
	m.addSources([]Source{{Func: "(*" + v2 + ".Context).Value", Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})

	// All flag types of v3 are instances of one.
	m.addLiterals([]Literal{{Type: v3 + ".FlagBase", Name: "Name", Aliases: "Aliases", Default: "Value", Dest: "Destination", Help: "Usage",
		Env: "Sources", EnvFuncs: []string{v3 + ".EnvVars", v3 + ".EnvVar", v3 + ".NewValueSourceChain"}}})
	for _, t := range []string{"ArgumentBase", "ArgumentsBase"} {
		m.addLiterals([]Literal{{Type: v3 + "." + t, Kind: Args, Name: "Name", Default: "Value", Dest: "Destination", Help: "UsageText"}})
	}
	for _, t := range []string{"String", "Int", "Int8", "Int16", "Int32", "Int64", "Uint", "Uint8", "Uint16", "Uint32", "Uint64"} {
		m.addSources([]Source{
			{Func: "(*" + v3 + ".Command)." + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2},
			{Func: "(*" + v3 + ".Command)." + t + "Slice", Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2},
			{Func: "(*" + v3 + ".Command)." + t + "Arg", Kind: Args, Key: Arg0},
			{Func: "(*" + v3 + ".Command)." + t + "Args", Kind: Args, Key: Arg0},
		})
	}
	for _, t := range []string{"StringMap", "Generic", "Text", "Value"} {
		m.addSources([]Source{{Func: "(*" + v3 + ".Command)." + t, Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})
	}

	for _, cli := range append(v1, v2) {
		m.addSources([]Source{{Func: "(*" + cli + ".Context).Args", Kind: Args, Unkeyed: "args"}})
	}
	m.addSources([]Source{{Func: "(*" + v3 + ".Command).Args", Kind: Args, Unkeyed: "args"}})
	for _, cli := range append(v1, v2, v3) {
		for _, f := range []string{"Get", "First", "Tail"} {
			m.addSources([]Source{{Func: "(" + cli + ".Args)." + f, Kind: Args, Unkeyed: "args"}})
		}
	}
	for _, cli := range []string{v2, v3} {
		m.addSources([]Source{{Func: "(" + cli + ".Args).Slice", Kind: Args, Unkeyed: "args"}})
	}
	m.addCommands([]Command{{Module: "github.com/urfave/cli", Name: "Name", Marks: []string{"Flags", "Action"}, Program: "App", Versions: []string{"v3"}}})
}
