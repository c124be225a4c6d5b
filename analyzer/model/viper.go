package model

// github.com/spf13/viper: one store with several sources. What was Set comes
// first, then flags, the environment, files, defaults. Keys have no case; dots
// lead into sections. A variable is the key in upper case, after the prefix
// and an underscore if there is one; the names after the key of BindEnv have no
// prefix.

func viperRows(m *Model) {
	const viper = "github.com/spf13/viper"
	for _, recv := range []string{viper + ".", "(*" + viper + ".Viper)."} {
		for _, t := range []string{"", "String", "Int", "Int32", "Int64", "Uint", "Uint16", "Uint32", "Uint64",
			"StringSlice", "IntSlice", "StringMap", "StringMapString", "StringMapStringSlice"} {
			m.addStores([]StoreCall{{Func: recv + "Get" + t, Store: "viper", Op: Get, Key: Arg0}})
		}
		m.addStores([]StoreCall{
			{Func: recv + "Set", Store: "viper", Op: Set, Key: Arg0, Value: Arg1},
			{Func: recv + "SetDefault", Store: "viper", Op: SetDefault, Key: Arg0, Value: Arg1},
			{Func: recv + "BindPFlag", Store: "viper", Op: BindFlag, Key: Arg0, Value: Arg1},
			{Func: recv + "BindFlagValue", Store: "viper", Op: BindFlag, Key: Arg0, Value: Arg1},
			{Func: recv + "BindPFlags", Store: "viper", Op: BindFlags, Value: Arg0},
			{Func: recv + "BindFlagValues", Store: "viper", Op: BindFlags, Value: Arg0},
			{Func: recv + "BindEnv", Store: "viper", Op: BindEnv, Key: Arg0},
			{Func: recv + "MustBindEnv", Store: "viper", Op: BindEnv, Key: Arg0},
			{Func: recv + "AutomaticEnv", Store: "viper", Op: AutoEnv},
			{Func: recv + "SetEnvPrefix", Store: "viper", Op: EnvPrefix, Value: Arg0},
			{Func: recv + "ReadInConfig", Store: "viper", Op: ReadFile},
			{Func: recv + "MergeInConfig", Store: "viper", Op: ReadFile},
			{Func: recv + "ReadConfig", Store: "viper", Op: ReadFile},
			{Func: recv + "MergeConfig", Store: "viper", Op: ReadFile},
			{Func: recv + "Unmarshal", Store: "viper", Op: Fill, Dest: Arg0, Tag: "mapstructure"},
			{Func: recv + "UnmarshalExact", Store: "viper", Op: Fill, Dest: Arg0, Tag: "mapstructure"},
			{Func: recv + "UnmarshalKey", Store: "viper", Op: Fill, Key: Arg0, Dest: Arg1, Tag: "mapstructure"},
			{Func: recv + "Sub", Store: "viper", Op: Sub, Key: Arg0},
		})
	}
}
