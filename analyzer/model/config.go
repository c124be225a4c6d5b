package model

// Libraries and frameworks that load configuration from several sources.

func configRows(m *Model) {
	// github.com/ardanlabs/conf: conf:"default::80,env:LISTEN,flag:listen".
	// Flags are --struct-field, variables PREFIX_STRUCT_FIELD.
	m.addDecoders([]Decoder{
		{Func: "github.com/ardanlabs/conf.Parse", Kind: Flag, Tag: "conf", Dest: Arg2, Style: Kebab, Dashes: 2},
		{Func: "github.com/ardanlabs/conf.ParseOSArgs", Kind: Flag, Tag: "conf", Dest: Arg1, Style: Kebab, Dashes: 2},
		{Func: "github.com/ardanlabs/conf/v3.Parse", Kind: Flag, Tag: "conf", Dest: Arg1, Style: Kebab, Dashes: 2},
		{Func: "github.com/ardanlabs/conf/v3.ParseWithOptions", Kind: Flag, Tag: "conf", Dest: Arg1, Style: Kebab, Dashes: 2},
	})

	// github.com/cristalhq/aconfig: defaults, files, the environment
	// (PREFIX_STRUCT_FIELD), then flags (-struct.field).
	m.addDecoders([]Decoder{{Func: "github.com/cristalhq/aconfig.LoaderFor", Kind: Env, Tag: "env", Dest: Arg0, Style: UpperSnake,
		Default: "default", Help: "usage"}})

	// github.com/heetch/confita: config:"listen-addr,backend=env". Backends are
	// asked in the order they are given; what one has is not looked up in the
	// next, but files and flags overwrite it.
	const confita = "github.com/heetch/confita"
	m.addStores([]StoreCall{
		{Func: "(*" + confita + ".Loader).Load", Store: "confita", Op: Fill, Dest: Arg1, Tag: "config"},
		{Func: confita + "/backend/env.NewBackend", Store: "confita", Op: AutoEnv},
		{Func: confita + "/backend/flags.NewBackend", Store: "confita", Op: BindFlags},
		{Func: confita + "/backend/file.NewBackend", Store: "confita", Op: ReadFile},
		{Func: confita + "/backend/file.NewOptionalBackend", Store: "confita", Op: ReadFile},
	})

	// github.com/jinzhu/configor: defaults, files, then the environment (env
	// or CONFIGOR_STRUCT_FIELD) over them.
	for _, f := range []string{"github.com/jinzhu/configor.Load", "(*github.com/jinzhu/configor.Configor).Load"} {
		m.addDecoders([]Decoder{{Func: f, Kind: File, Tag: "yaml", Dest: Arg0, Style: Lower, Env: "env", Default: "default"}})
	}

	// github.com/magiconair/properties: properties:"listen,default=:80".
	const properties = "(*github.com/magiconair/properties.Properties)."
	for _, t := range []string{"String", "Int", "Int32", "Int64", "Uint", "Uint32", "Uint64"} {
		m.addSources([]Source{
			{Func: properties + "Get" + t, Kind: File, Key: Arg0, Default: Arg1},
			{Func: properties + "MustGet" + t, Kind: File, Key: Arg0},
		})
	}
	m.addSources([]Source{
		{Func: properties + "Get", Kind: File, Key: Arg0},
		{Func: properties + "MustGet", Kind: File, Key: Arg0},
		{Func: properties + "Map", Kind: File, Map: true},
	})
	m.addDecoders([]Decoder{{Func: properties + "Decode", Kind: File, Tag: "properties", Dest: Arg0}})

	// github.com/zeromicro/go-zero: json:",default=0.0.0.0:80,env=LISTEN" in
	// every format; keys have no case. The environment wins.
	const zero = "github.com/zeromicro/go-zero/core/conf"
	for _, f := range []string{"Load", "LoadConfig", "MustLoad", "LoadConfigFromJsonBytes", "LoadConfigFromYamlBytes",
		"LoadFromJsonBytes", "LoadFromJson5Bytes", "LoadFromTomlBytes", "LoadFromYamlBytes"} {
		m.addDecoders([]Decoder{{Func: zero + "." + f, Kind: File, Tag: "json", Dest: Arg1}})
	}
	m.addSources([]Source{
		{Func: "(" + zero + ".Properties).GetString", Kind: File, Key: Arg0},
		{Func: "(" + zero + ".Properties).GetInt", Kind: File, Key: Arg0},
	})

	// github.com/go-kratos/kratos: keys lead into sections by dots.
	const kratos = "github.com/go-kratos/kratos/v2/config"
	m.addStores([]StoreCall{
		{Func: "(" + kratos + ".Config).Value", Store: "kratos", Op: Get, Key: Arg0},
		{Func: "(" + kratos + ".Config).Scan", Store: "kratos", Op: Fill, Dest: Arg0, Tag: "json"},
		{Func: kratos + "/file.NewSource", Store: "kratos", Op: ReadFile},
	})
	for _, f := range []string{"String", "Int", "Load", "Slice", "Map"} {
		m.addTransfers([]Transfer{{Func: "(" + kratos + ".Value)." + f, From: []Arg{Recv}}})
	}
	m.addDecoders([]Decoder{{Func: "(" + kratos + ".Value).Scan", Kind: File, Tag: "json", Dest: Arg0}})

	// github.com/astaxie/beego: section::key, without case.
	const beego = "(github.com/astaxie/beego/config.Configer)."
	for _, t := range []string{"String", "Strings", "Int", "Int64"} {
		m.addSources([]Source{
			{Func: beego + t, Kind: File, Key: Arg0},
			{Func: beego + "Default" + t, Kind: File, Key: Arg0, Default: Arg1},
		})
	}
	m.addSources([]Source{{Func: beego + "GetSection", Kind: File, Map: true}})
}
