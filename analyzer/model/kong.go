package model

// github.com/alecthomas/kong. Flags are the field in lower case, its words
// joined by dashes. The command line comes first, then resolvers (files), then
// the environment (the first variable that is set), then the default.

func kongRows(m *Model) {
	for _, f := range []string{"Parse", "Must", "New"} {
		m.addDecoders([]Decoder{{Func: "github.com/alecthomas/kong." + f, Kind: Flag, Tag: "name", Dest: Arg0, Style: Kebab,
			Env: "env", Default: "default", Help: "help", Nested: "prefix", Dashes: 2}})
	}
	m.addStores([]StoreCall{
		{Func: "github.com/alecthomas/kong.DefaultEnvars", Store: FlagStore, Op: AutoEnv, Value: Arg0},
		{Func: "github.com/alecthomas/kong.Configuration", Store: FlagStore, Op: ReadFile},
	})
}
