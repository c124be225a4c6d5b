package model

// Packages that make strings of strings: fmt, strings, strconv, path,
// path/filepath, cmp.

func init() {
	addTransfers([]Transfer{
		{Func: "fmt.Sprintf", From: []int{0, 1}, Format: true},
		{Func: "fmt.Sprint", From: []int{0}},
		{Func: "fmt.Sprintln", From: []int{0}},

		{Func: "strings.TrimSpace", From: []int{0}},
		{Func: "strings.Trim", From: []int{0}},
		{Func: "strings.TrimLeft", From: []int{0}},
		{Func: "strings.TrimRight", From: []int{0}},
		{Func: "strings.TrimPrefix", From: []int{0}},
		{Func: "strings.TrimSuffix", From: []int{0}},
		{Func: "strings.CutPrefix", From: []int{0}},
		{Func: "strings.CutSuffix", From: []int{0}},
		{Func: "strings.Cut", From: []int{0}, Results: []Part{Whole, Whole}},
		{Func: "strings.ToLower", From: []int{0}},
		{Func: "strings.ToUpper", From: []int{0}},
		{Func: "strings.Replace", From: []int{0}},
		{Func: "strings.ReplaceAll", From: []int{0}},
		{Func: "strings.Split", From: []int{0}},
		{Func: "strings.SplitN", From: []int{0}},
		{Func: "strings.SplitAfter", From: []int{0}},
		{Func: "strings.Fields", From: []int{0}},
		{Func: "strings.FieldsFunc", From: []int{0}},
		{Func: "strings.Join", From: []int{0}},
		{Func: "strings.Clone", From: []int{0}},

		{Func: "strconv.Itoa", From: []int{0}},
		{Func: "strconv.Atoi", From: []int{0}},
		{Func: "strconv.FormatInt", From: []int{0}},
		{Func: "strconv.FormatUint", From: []int{0}},
		{Func: "strconv.ParseInt", From: []int{0}},
		{Func: "strconv.ParseUint", From: []int{0}},
		{Func: "strconv.Quote", From: []int{0}},
		{Func: "strconv.Unquote", From: []int{0}},

		{Func: "path.Join", From: []int{0}},
		{Func: "path.Clean", From: []int{0}},
		{Func: "path/filepath.Join", From: []int{0}},
		{Func: "path/filepath.Clean", From: []int{0}},
		{Func: "path/filepath.Abs", From: []int{0}},
		{Func: "path/filepath.FromSlash", From: []int{0}},
		{Func: "path/filepath.Dir", From: []int{0}},

		{Func: "(*regexp.Regexp).FindString", From: []int{0}},
		{Func: "(*regexp.Regexp).FindStringSubmatch", From: []int{0}},
		{Func: "(*regexp.Regexp).FindAllString", From: []int{0}},
		{Func: "(*regexp.Regexp).FindAllStringSubmatch", From: []int{0}},
		{Func: "(*regexp.Regexp).ReplaceAllString", From: []int{0}},

		{Func: "cmp.Or", From: []int{0}},
		{Func: "slices.Clone", From: []int{0}},
		{Func: "slices.Sorted", From: []int{0}},
		{Func: "slices.Compact", From: []int{0}},
		{Func: "maps.Keys", From: []int{0}},
		{Func: "maps.Values", From: []int{0}},
	})
}
