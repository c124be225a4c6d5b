package model

// What text.go has no rows for: functions on sequences, and some that take
// one string apart.

func seqRows(m *Model) {
	m.addTransfers([]Transfer{
		{Func: "strings.SplitSeq", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.SplitAfterSeq", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.FieldsSeq", From: []Arg{Arg0}},
		{Func: "strings.FieldsFuncSeq", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.Lines", From: []Arg{Arg0}},
		{Func: "strings.TrimFunc", From: []Arg{Arg0}},
		{Func: "strings.Map", From: []Arg{Arg1}},
		{Func: "slices.Collect", From: []Arg{Arg0}},
		{Func: "slices.Concat", From: []Arg{Arg0}},
		{Func: "slices.Values", From: []Arg{Arg0}},
		{Func: "path/filepath.EvalSymlinks", From: []Arg{Arg0}},
		{Func: "(*net/url.URL).Redacted", From: []Arg{Recv}},
	})
}
