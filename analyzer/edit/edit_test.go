package edit_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"testing"

	"inheritfd/analyzer/edit"
)

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name, src string
		edits     []edit.Edit
		want      string // "" for an error
	}{
		{"none", "abc", nil, "abc"},
		{"replace", "abc", []edit.Edit{{1, 2, "X"}}, "aXc"},
		{"delete", "abc", []edit.Edit{{0, 2, ""}}, "c"},
		{"insert at the ends", "abc", []edit.Edit{{3, 3, "Z"}, {0, 0, "A"}}, "AabcZ"},
		{"out of order", "abc", []edit.Edit{{2, 3, "3"}, {0, 1, "1"}}, "1b3"},
		{"equal edits count once", "abc", []edit.Edit{{1, 1, "X"}, {1, 1, "X"}}, "aXbc"},
		{"insertions keep their order", "abc", []edit.Edit{{1, 1, "2"}, {1, 1, "1"}}, "a21bc"},
		{"touching", "abc", []edit.Edit{{0, 1, "1"}, {1, 2, "2"}}, "12c"},
		{"insert before a replacement", "abc", []edit.Edit{{1, 2, "X"}, {1, 1, "I"}}, "aIXc"},
		{"overlap", "abc", []edit.Edit{{0, 2, "1"}, {1, 3, "2"}}, ""},
		{"unequal at one range", "abc", []edit.Edit{{0, 2, "1"}, {0, 2, "2"}}, ""},
		{"outside", "abc", []edit.Edit{{2, 4, "1"}}, ""},
		{"negative", "abc", []edit.Edit{{-1, 1, "1"}}, ""},
		{"reversed", "abc", []edit.Edit{{2, 1, "1"}}, ""},
		{"line ends of the file", "a\r\nb\r\n", []edit.Edit{{3, 3, "x\ny\n"}}, "a\r\nx\r\ny\r\nb\r\n"},
		{"line ends are not doubled", "a\r\n", []edit.Edit{{0, 0, "x\r\n"}}, "x\r\na\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := edit.Apply([]byte(test.src), test.edits)
			if (err != nil) != (test.want == "") || string(got) != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// apply is Apply as one would write it without a thought of speed: from the
// back, so that offsets stay true.
func apply(src []byte, edits []edit.Edit) (string, bool) {
	var distinct []edit.Edit
	for _, e := range edits {
		if !slices.Contains(distinct, e) {
			distinct = append(distinct, e)
		}
	}
	for i, e := range distinct {
		if e.Start < 0 || e.Start > e.End || e.End > len(src) {
			return "", false
		}
		for _, f := range distinct[i+1:] {
			if max(e.Start, f.Start) < min(e.End, f.End) { // common bytes
				return "", false
			}
			for _, x := range [2][2]edit.Edit{{e, f}, {f, e}} { // an insertion within
				if x[0].Start == x[0].End && x[1].Start < x[0].Start && x[0].Start < x[1].End {
					return "", false
				}
			}
		}
	}
	slices.SortStableFunc(distinct, func(a, b edit.Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	out := string(src)
	for _, e := range slices.Backward(distinct) {
		text := e.New
		if bytes.Contains(src, []byte("\r\n")) {
			text = strings.Join(strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\r\n")
		}
		out = out[:e.Start] + text + out[e.End:]
	}
	return out, true
}

// FuzzApply compares Apply with apply; edits are JSON.
func FuzzApply(f *testing.F) {
	for _, seed := range []struct{ src, edits string }{
		{"package p\n", `[]`},
		{"package p\n\nimport \"net\"\n", `[{"start":11,"end":11,"new":"import \"x\"\n"},{"start":18,"end":23,"new":"y"}]`},
		{"a\r\nb\r\n", `[{"start":1,"end":3,"new":"\n"},{"start":1,"end":1,"new":"x"}]`},
		{"abc", `[{"start":0,"end":2,"new":"1"},{"start":1,"end":3,"new":"2"}]`},
		{"abc", `[{"start":1,"end":1,"new":"1"},{"start":1,"end":1,"new":"2"},{"start":1,"end":1,"new":"1"}]`},
		{"", `[{"start":0,"end":0,"new":"1"}]`},
		{"abc", `[{"start":-5,"end":9,"new":""}]`},
	} {
		f.Add([]byte(seed.src), []byte(seed.edits))
	}
	f.Fuzz(func(t *testing.T, src, data []byte) {
		var edits []edit.Edit
		if json.Unmarshal(data, &edits) != nil {
			return
		}
		before, given := bytes.Clone(src), slices.Clone(edits)
		got, err := edit.Apply(src, edits)
		want, ok := apply(src, edits)
		switch {
		case (err == nil) != ok:
			t.Errorf("Apply(%q, %v): error %v; want success: %t", src, edits, err, ok)
		case ok && string(got) != want:
			t.Errorf("Apply(%q, %v) = %q, want %q", src, edits, got, want)
		case !bytes.Equal(src, before) || !slices.Equal(edits, given):
			t.Error("Apply changed its arguments")
		}
	})
}

const helper = "example.com/m/internal/inherit"

func TestImport(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      string // the imports, after
		as        string // the name; "" for inherit
	}{
		{
			name: "group of std",
			src:  "package p\n\nimport (\n\t\"fmt\"\n\t\"net\"\n)\n",
			want: "import (\n\t\"fmt\"\n\t\"net\"\n\n\t\"example.com/m/internal/inherit\"\n)\n",
		},
		{
			name: "group of the module, in the middle",
			src:  "package p\n\nimport (\n\t\"net\"\n\n\t\"example.com/m/a\"\n\t\"example.com/m/z\"\n)\n",
			want: "import (\n\t\"net\"\n\n\t\"example.com/m/a\"\n\t\"example.com/m/internal/inherit\"\n\t\"example.com/m/z\"\n)\n",
		},
		{
			name: "group of the module, first",
			src:  "package p\n\nimport (\n\t\"net\"\n\n\t\"example.com/m/z\"\n)\n",
			want: "import (\n\t\"net\"\n\n\t\"example.com/m/internal/inherit\"\n\t\"example.com/m/z\"\n)\n",
		},
		{
			name: "groups of others stay alone",
			src:  "package p\n\nimport (\n\t\"net\"\n\n\t\"github.com/x/y\"\n)\n",
			want: "import (\n\t\"net\"\n\n\t\"github.com/x/y\"\n\n\t\"example.com/m/internal/inherit\"\n)\n",
		},
		{
			name: "comments stay with their imports",
			src:  "package p\n\nimport (\n\t// about net\n\t\"net\" // net\n\n\t// about z\n\t\"example.com/m/z\" // z\n)\n",
			want: "import (\n\t// about net\n\t\"net\" // net\n\n\t\"example.com/m/internal/inherit\"\n\t// about z\n\t\"example.com/m/z\" // z\n)\n",
		},
		{
			name: "single",
			src:  "package p\n\nimport \"net\"\n",
			want: "import \"net\"\nimport \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "single with a comment",
			src:  "package p\n\nimport \"net\" // why\n",
			want: "import \"net\" // why\nimport \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "several single",
			src:  "package p\n\nimport \"net\"\nimport \"os\"\n",
			want: "import \"net\"\nimport \"os\"\nimport \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "empty group",
			src:  "package p\n\nimport ()\n",
			want: "import (\n\t\"example.com/m/internal/inherit\"\n)\n",
		},
		{
			name: "import C before",
			src:  "package p\n\n// int x;\nimport \"C\"\n\nimport (\n\t\"net\"\n)\n",
			want: "// int x;\nimport \"C\"\n\nimport (\n\t\"net\"\n\n\t\"example.com/m/internal/inherit\"\n)\n",
		},
		{
			name: "import C after",
			src:  "package p\n\nimport \"net\"\n\n// int x;\nimport \"C\"\n",
			want: "import \"net\"\nimport \"example.com/m/internal/inherit\"\n\n// int x;\nimport \"C\"\n",
		},
		{
			name: "dot",
			src:  "package p\n\nimport . \"net\"\n",
			want: "import . \"net\"\nimport \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "there already",
			src:  "package p\n\nimport \"example.com/m/internal/inherit\"\n",
			want: "import \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "there under another name",
			src:  "package p\n\nimport in \"example.com/m/internal/inherit\"\n",
			want: "import in \"example.com/m/internal/inherit\"\n",
			as:   "in",
		},
		{
			name: "there for its effect",
			src:  "package p\n\nimport (\n\t_ \"example.com/m/internal/inherit\"\n)\n",
			want: "import (\n\t\"example.com/m/internal/inherit\"\n\t_ \"example.com/m/internal/inherit\"\n)\n",
		},
		{
			name: "a local variable has the name",
			src:  "package p\n\nimport \"net\"\n\nfunc f() { inherit := 1; _ = inherit }\n",
			want: "import \"net\"\nimport inheritfd \"example.com/m/internal/inherit\"\n",
			as:   "inheritfd",
		},
		{
			name: "the package has the name",
			src:  "package p\n\nimport \"net\"\n\nvar inherit, inheritfd int\n",
			want: "import \"net\"\nimport sockinherit \"example.com/m/internal/inherit\"\n",
			as:   "sockinherit",
		},
		{
			name: "a field with the name is not in the way",
			src:  "package p\n\nimport \"net\"\n\ntype t struct{ inherit int }\n",
			want: "import \"net\"\nimport \"example.com/m/internal/inherit\"\n",
		},
		{
			name: "another import has the name",
			src:  "package p\n\nimport inherit \"net\"\n\nvar _ inherit.Conn\n",
			want: "import inherit \"net\"\nimport inheritfd \"example.com/m/internal/inherit\"\n",
			as:   "inheritfd",
		},
		{
			name: "another import has the name without saying so",
			src:  "package p\n\nimport (\n\t\"net\"\n\n\t\"example.com/m/inherit\"\n)\n\nvar _ = inherit.X\n",
			want: "import (\n\t\"net\"\n\n\t\"example.com/m/inherit\"\n\tinheritfd \"example.com/m/internal/inherit\"\n)\n",
			as:   "inheritfd",
		},
		{
			name: "CR LF",
			src:  "package p\r\n\r\nimport (\r\n\t\"net\"\r\n)\r\n",
			want: "import (\r\n\t\"net\"\r\n\r\n\t\"example.com/m/internal/inherit\"\r\n)\r\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "p.go", test.src, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			info := &types.Info{Defs: make(map[*ast.Ident]types.Object)}
			conf := types.Config{Importer: importer.Default(), Error: func(error) {}}
			pkg, _ := conf.Check("p", fset, []*ast.File{file}, info)
			name, edits := edit.Import(file, info, pkg, helper, path.Base(helper))
			if want := cmp.Or(test.as, "inherit"); name != want {
				t.Errorf("name %q, want %q", name, want)
			}
			if again, same := edit.Import(file, info, pkg, helper, path.Base(helper)); again != name || len(same) != len(edits) {
				t.Error("a second call gives something else")
			}
			src, err := edit.Apply([]byte(test.src), edit.Offsets(fset.File(file.Package), edits))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(src), "\n\n")
			if strings.Contains(test.src, "\r\n") {
				_, rest, _ = strings.Cut(string(src), "\r\n\r\n")
			}
			if !strings.HasPrefix(rest, test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", rest, test.want)
			}
			checkFormatted(t, test.src, src)
		})
	}
}

// checkFormatted checks that a result parses and is as gofmt would have it,
// apart from its line ends, where the original was.
func checkFormatted(t *testing.T, old string, src []byte) {
	t.Helper()
	plain := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
	formatted, err := format.Source(src)
	if err != nil {
		t.Fatalf("the result does not parse: %v\n%s", err, src)
	}
	if was, _ := format.Source([]byte(old)); string(was) == plain(old) && string(formatted) != plain(string(src)) {
		t.Errorf("the result is not formatted:\n%s\nwant:\n%s", src, formatted)
	}
}

// TestImportNowhere checks that a file without imports is refused.
func TestImportNowhere(t *testing.T) {
	for _, src := range []string{"package p\n", "package p\n\n// int x;\nimport \"C\"\n"} {
		file, err := parser.ParseFile(token.NewFileSet(), "p.go", src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if name, edits := edit.Import(file, &types.Info{}, types.NewPackage("p", "p"), helper, path.Base(helper)); name != "" || edits != nil {
			t.Errorf("%q: got %q, %v", src, name, edits)
		}
	}
}
