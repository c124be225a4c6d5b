package model

// github.com/knadh/koanf/v2: what is loaded last wins. Keys keep their case.
// The provider of the environment takes every variable that begins with the
// prefix, and leaves the name to a callback.

func koanfRows(m *Model) {
	const koanf, providers = "github.com/knadh/koanf/v2", "github.com/knadh/koanf/providers/"
	for _, t := range []string{"String", "Strings", "StringMap", "StringsMap", "Int", "Ints", "IntMap", "Int64", "Int64s", "Int64Map"} {
		m.addStores([]StoreCall{
			{Func: "(*" + koanf + ".Koanf)." + t, Store: "koanf", Op: Get, Key: Arg0},
			{Func: "(*" + koanf + ".Koanf).Must" + t, Store: "koanf", Op: Get, Key: Arg0},
		})
	}
	m.addStores([]StoreCall{
		{Func: "(*" + koanf + ".Koanf).Get", Store: "koanf", Op: Get, Key: Arg0},
		{Func: "(*" + koanf + ".Koanf).Set", Store: "koanf", Op: Set, Key: Arg0, Value: Arg1},
		{Func: "(*" + koanf + ".Koanf).Cut", Store: "koanf", Op: Sub, Key: Arg0},
		{Func: "(*" + koanf + ".Koanf).Slices", Store: "koanf", Op: Sub, Key: Arg0},
		{Func: "(*" + koanf + ".Koanf).Unmarshal", Store: "koanf", Op: Fill, Key: Arg0, Dest: Arg1, Tag: "koanf"},
		{Func: "(*" + koanf + ".Koanf).UnmarshalWithConf", Store: "koanf", Op: Fill, Key: Arg0, Dest: Arg1, Tag: "koanf"},

		{Func: providers + "env.Provider", Store: "koanf", Op: AutoEnv, Value: Arg0},
		{Func: providers + "env.ProviderWithValue", Store: "koanf", Op: AutoEnv, Value: Arg0},
		{Func: providers + "env/v2.Provider", Store: "koanf", Op: AutoEnv, Value: Arg1},
		{Func: providers + "file.Provider", Store: "koanf", Op: ReadFile},
		{Func: providers + "posflag.Provider", Store: "koanf", Op: BindFlags, Value: Arg0},
		{Func: providers + "posflag.ProviderWithValue", Store: "koanf", Op: BindFlags, Value: Arg0},
		{Func: providers + "posflag.ProviderWithFlag", Store: "koanf", Op: BindFlags, Value: Arg0},
	})
}
