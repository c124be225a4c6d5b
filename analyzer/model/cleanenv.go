package model

// github.com/ilyakaznacheev/cleanenv: a file, then the environment over it
// (the first variable that is set), then the default for fields still zero.
// env-prefix prefixes variables only.

func cleanenvRows(m *Model) {
	const cleanenv = "github.com/ilyakaznacheev/cleanenv"
	m.addDecoders([]Decoder{
		{Func: cleanenv + ".ReadConfig", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower,
			Env: "env", Default: "env-default", Help: "env-description", Nested: "env-prefix"},
		{Func: cleanenv + ".ParseYAML", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
		{Func: cleanenv + ".ParseJSON", Kind: File, Tag: "json", Dest: Arg1},
		{Func: cleanenv + ".ParseTOML", Kind: File, Tag: "toml", Dest: Arg1},
	})
	for _, f := range []string{"ReadEnv", "UpdateEnv"} {
		m.addDecoders([]Decoder{{Func: cleanenv + "." + f, Kind: Env, Tag: "env", Dest: Arg0, Style: Skip,
			Default: "env-default", Help: "env-description", Nested: "env-prefix"}})
	}
}
