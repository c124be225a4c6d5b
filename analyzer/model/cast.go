package model

// github.com/spf13/cast.

func castRows(m *Model) {
	for _, t := range []string{"String", "StringSlice", "StringMap", "StringMapString", "StringMapStringSlice", "Slice",
		"Int", "Int16", "Int32", "Int64", "IntSlice", "Int64Slice", "Uint", "Uint16", "Uint32", "Uint64", "UintSlice"} {
		m.addTransfers([]Transfer{
			{Func: "github.com/spf13/cast.To" + t, From: []Arg{Arg0}},
			{Func: "github.com/spf13/cast.To" + t + "E", From: []Arg{Arg0}},
		})
	}
}
