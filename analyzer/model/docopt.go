package model

// github.com/docopt/docopt-go: the usage text declares the options, and the
// keys of the result are as they are written there, --listen or <addr>.

func docoptRows(m *Model) {
	const docopt = "github.com/docopt/docopt-go"
	for _, f := range []string{docopt + ".Parse", docopt + ".ParseArgs", docopt + ".ParseDoc", "(*" + docopt + ".Parser).ParseArgs"} {
		m.addSources([]Source{{Func: f, Kind: Args, Map: true}})
	}
	m.addSources([]Source{
		{Func: "(" + docopt + ".Opts).String", Kind: Args, Key: Arg0},
		{Func: "(" + docopt + ".Opts).Int", Kind: Args, Key: Arg0},
	})
	m.addDecoders([]Decoder{{Func: "(" + docopt + ".Opts).Bind", Kind: Args, Tag: "docopt", Dest: Arg0, Style: Kebab}})
}
