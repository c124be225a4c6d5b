package model

// github.com/alexflint/go-arg: arg:"-l,--listen,env:LISTEN". Flags are the
// field in lower case. The command line comes first, then the environment,
// then the default.

func goargRows(m *Model) {
	for name, dest := range map[string]Arg{"Parse": Arg0, "MustParse": Arg0, "NewParser": Arg1} {
		m.addDecoders([]Decoder{{Func: "github.com/alexflint/go-arg." + name, Kind: Flag, Tag: "arg", Dest: dest, Style: Lower,
			Default: "default", Help: "help", Dashes: 2}})
	}
}
