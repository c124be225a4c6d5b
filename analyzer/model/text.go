package model

// Packages that make strings of strings: fmt, strings, strconv, path,
// path/filepath, cmp.

func textRows(m *Model) {
	m.addTransfers([]Transfer{
		{Func: "fmt.Sprintf", From: []Arg{Arg0, Arg1}, Format: true, Composes: Formats},
		{Func: "fmt.Sprint", From: []Arg{Arg0}},
		{Func: "fmt.Sprintln", From: []Arg{Arg0}},

		{Func: "strings.TrimSpace", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "strings.Trim", From: []Arg{Arg0}},
		{Func: "strings.TrimLeft", From: []Arg{Arg0}},
		{Func: "strings.TrimRight", From: []Arg{Arg0}},
		{Func: "strings.TrimPrefix", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "strings.TrimSuffix", From: []Arg{Arg0}, Composes: Trims},
		{Func: "strings.CutPrefix", From: []Arg{Arg0}},
		{Func: "strings.CutSuffix", From: []Arg{Arg0}},
		{Func: "strings.Cut", From: []Arg{Arg0}, Results: []Part{Whole, Whole}, Cuts: Arg1},
		{Func: "strings.ToLower", From: []Arg{Arg0}},
		{Func: "strings.ToUpper", From: []Arg{Arg0}},
		{Func: "strings.Replace", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.ReplaceAll", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.Split", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.SplitN", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.SplitAfter", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.Fields", From: []Arg{Arg0}},
		{Func: "strings.FieldsFunc", From: []Arg{Arg0}, Cuts: Arg1},
		{Func: "strings.Join", From: []Arg{Arg0}},
		{Func: "strings.Clone", From: []Arg{Arg0}},

		{Func: "strconv.Itoa", From: []Arg{Arg0}, NeverEmpty: true},
		{Func: "strconv.Atoi", From: []Arg{Arg0}},
		{Func: "strconv.FormatInt", From: []Arg{Arg0}},
		{Func: "strconv.FormatUint", From: []Arg{Arg0}},
		{Func: "strconv.ParseInt", From: []Arg{Arg0}},
		{Func: "strconv.ParseUint", From: []Arg{Arg0}},
		{Func: "strconv.Quote", From: []Arg{Arg0}},
		{Func: "strconv.Unquote", From: []Arg{Arg0}},

		{Func: "path.Join", From: []Arg{Arg0}, Composes: Joins},
		{Func: "path.Clean", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "path/filepath.Join", From: []Arg{Arg0}, Composes: Joins},
		{Func: "path/filepath.Clean", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "path/filepath.Abs", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "path/filepath.FromSlash", From: []Arg{Arg0}},
		{Func: "path.Dir", From: []Arg{Arg0}, Composes: Folder},
		{Func: "path/filepath.Dir", From: []Arg{Arg0}, Composes: Folder},
		{Func: "path.Base", From: []Arg{Arg0}, Composes: Base},
		{Func: "path/filepath.Base", From: []Arg{Arg0}, Composes: Base},

		{Func: "(*regexp.Regexp).FindString", From: []Arg{Arg0}, Cuts: Recv},
		{Func: "(*regexp.Regexp).FindStringSubmatch", From: []Arg{Arg0}, Cuts: Recv},
		{Func: "(*regexp.Regexp).FindAllString", From: []Arg{Arg0}, Cuts: Recv},
		{Func: "(*regexp.Regexp).FindAllStringSubmatch", From: []Arg{Arg0}, Cuts: Recv},
		{Func: "(*regexp.Regexp).ReplaceAllString", From: []Arg{Arg0}, Cuts: Recv},

		{Func: "cmp.Or", From: []Arg{Arg0}},
		{Func: "slices.Clone", From: []Arg{Arg0}},
		{Func: "slices.Sorted", From: []Arg{Arg0}},
		{Func: "slices.Compact", From: []Arg{Arg0}},
		{Func: "maps.Keys", From: []Arg{Arg0}},
		{Func: "maps.Values", From: []Arg{Arg0}},
	})
}
