package model

// github.com/jessevdk/go-flags. Fields without a name are no options. The
// command line comes first, then the environment, then the default.

func goflagsRows(m *Model) {
	const flags = "github.com/jessevdk/go-flags"
	for name, dest := range map[string]Arg{
		flags + ".Parse": Arg0, flags + ".ParseArgs": Arg0, flags + ".NewParser": Arg0,
		"(*" + flags + ".Group).AddGroup": Arg2, "(*" + flags + ".Command).AddGroup": Arg2, "(*" + flags + ".Command).AddCommand": Arg3,
	} {
		m.addDecoders([]Decoder{{Func: name, Kind: Flag, Tag: "long", Dest: dest, Style: Skip,
			Env: "env", Default: "default", Help: "description", Nested: "namespace", Dashes: 2}})
	}
	for _, f := range []string{"Parse", "ParseFile"} { // keys are the flags' names
		m.addStores([]StoreCall{{Func: "(*" + flags + ".IniParser)." + f, Store: FlagStore, Op: ReadFile}})
	}
	m.addDecoders([]Decoder{{Func: flags + ".IniParse", Kind: File, Tag: "long", Dest: Arg1, Default: "default", Nested: "namespace"}})
}
