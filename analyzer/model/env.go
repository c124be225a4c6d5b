package model

// Decoders that fill structs from the environment alone.

func envRows(m *Model) {
	// github.com/caarlos0/env: fields without a tag are left alone, and
	// envPrefix prefixes what is in a struct (from v6 on).
	const caarlos = "github.com/caarlos0/env"
	for _, v := range []string{"", "/v5", "/v6", "/v7", "/v8", "/v9", "/v10", "/v11"} {
		m.addDecoders([]Decoder{{Func: caarlos + v + ".Parse", Kind: Env, Tag: "env", Dest: Arg0, Style: Skip, Default: "envDefault", Nested: "envPrefix"}})
	}
	m.addDecoders([]Decoder{
		{Func: caarlos + "/v11.ParseAs", Kind: Env, Tag: "env", Result: true, Style: Skip, Default: "envDefault", Nested: "envPrefix"},
		{Func: caarlos + "/v11.ParseAsWithOptions", Kind: Env, Tag: "env", Result: true, Style: Skip, Prefix: Arg0, Default: "envDefault", Nested: "envPrefix"},
	})
	for _, v := range []string{"", "/v5", "/v6", "/v7"} {
		m.addDecoders([]Decoder{{Func: caarlos + v + ".ParseWithFuncs", Kind: Env, Tag: "env", Dest: Arg0, Style: Skip, Default: "envDefault", Nested: "envPrefix"}})
	}
	for _, v := range []string{"/v8", "/v9", "/v10", "/v11"} {
		m.addDecoders([]Decoder{{Func: caarlos + v + ".ParseWithOptions", Kind: Env, Tag: "env", Dest: Arg0, Style: Skip, Prefix: Arg1, Default: "envDefault", Nested: "envPrefix"}})
	}

	// github.com/kelseyhightower/envconfig: PREFIX_FIELD in upper case, with
	// the name of the struct field between for what is in one; a tagged name
	// is looked up without the prefix too.
	for _, f := range []string{"Process", "MustProcess"} {
		m.addDecoders([]Decoder{{Func: "github.com/kelseyhightower/envconfig." + f, Kind: Env, Tag: "envconfig", Dest: Arg1, Style: Upper, Prefix: Arg0,
			Default: "default", Help: "desc"}})
	}

	// github.com/sethvargo/go-envconfig: env:"NAME, default=:80", and on
	// structs env:", prefix=X_".
	for _, f := range []string{"Process", "MustProcess"} {
		m.addDecoders([]Decoder{{Func: "github.com/sethvargo/go-envconfig." + f, Kind: Env, Tag: "env", Dest: Arg1, Style: Skip}})
	}

	m.addDecoders([]Decoder{{Func: "github.com/sethvargo/go-envconfig.ProcessWith", Kind: Env, Tag: "env", Style: Skip, Dest: Arg1, DestField: "Target", PrefixField: "Lookuper",
		PrefixFunc: "github.com/sethvargo/go-envconfig.PrefixLookuper"}})

	// github.com/vrischmann/envconfig: PREFIX_STRUCT_FIELD, and variants of
	// it in lower case and without underscores; a tagged name stands alone.
	m.addDecoders([]Decoder{
		{Func: "github.com/vrischmann/envconfig.Init", Kind: Env, Tag: "envconfig", Dest: Arg0, Style: UpperSnake},
		{Func: "github.com/vrischmann/envconfig.InitWithPrefix", Kind: Env, Tag: "envconfig", Dest: Arg0, Style: UpperSnake, Prefix: Arg1},
		{Func: "github.com/vrischmann/envconfig.InitWithOptions", Kind: Env, Tag: "envconfig", Dest: Arg0, Style: UpperSnake, Prefix: Arg1},
	})

	// github.com/joeshaw/envdecode: env:"NAME,default=:80".
	for _, f := range []string{"Decode", "MustDecode", "StrictDecode", "MustStrictDecode"} {
		m.addDecoders([]Decoder{{Func: "github.com/joeshaw/envdecode." + f, Kind: Env, Tag: "env", Dest: Arg0, Style: Skip}})
	}

	// github.com/Netflix/go-env: env:"NAME,OTHER,default=:80".
	m.addDecoders([]Decoder{
		{Func: "github.com/Netflix/go-env.Unmarshal", Kind: Env, Tag: "env", Dest: Arg1, Style: Skip},
		{Func: "github.com/Netflix/go-env.UnmarshalFromEnviron", Kind: Env, Tag: "env", Dest: Arg0, Style: Skip},
	})

	// github.com/joho/godotenv: Load puts what a file has into the
	// environment, the others return it.
	for _, f := range []string{"Read", "Parse", "Unmarshal", "UnmarshalBytes"} {
		m.addSources([]Source{{Func: "github.com/joho/godotenv." + f, Kind: File, Map: true}})
	}
	for _, f := range []string{"Load", "Overload", "Read"} {
		m.addStores([]StoreCall{{Func: "github.com/joho/godotenv." + f, Store: EnvStore, Op: ReadFile}})
	}
}
