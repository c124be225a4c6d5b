package model

// github.com/spf13/cobra: its flags are pflag's; the functions of a command
// are called with what is left of the command line.

func cobraRows(m *Model) {
	const cobra = "github.com/spf13/cobra"
	m.addFields([]Field{{Name: cobra + ".Command.Args", Param: 1, Kind: Args, Unkeyed: "args"}})
	for _, f := range []string{"PersistentPreRun", "PreRun", "Run", "PostRun", "PersistentPostRun"} {
		m.addFields([]Field{
			{Name: cobra + ".Command." + f, Param: 1, Kind: Args, Unkeyed: "args"},
			{Name: cobra + ".Command." + f + "E", Param: 1, Kind: Args, Unkeyed: "args"},
		})
	}
	m.addSources([]Source{{Func: "(*" + cobra + ".Command).Flag", Kind: Flag, Key: Arg0, Lookup: true, Dashes: 2}})
	m.addCommands([]Command{{Module: cobra, Name: "Use", Flags: "Flags", Add: "AddCommand", Require: "MarkFlagRequired"}})
}
