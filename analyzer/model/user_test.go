package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUserErrors checks that mistakes in a user's file are all told, with the
// file, the line and the row.
func TestUserErrors(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"no object", `[]`, "rows.json: not a JSON object"},
		{"syntax", "{\n\"sinks\": [\n{\"func\": }\n]}", "rows.json:3: invalid character '}'"},
		{"no list", `{"sinks": {}}`, `"sinks" is not a list`},
		{"unknown section", `{"sink": [{}]}`, "rows.json:1: sink[0]: unknown kind of rows"},
		{"unknown field", "{\"sinks\": [\n\n{\"function\": \"example.com/f.Run\"}]}", `rows.json:3: sinks[0]: unknown field "function"`},
		{"no name", `{"sinks": [{}]}`, "no name: give the full name"},
		{"bad name", `{"sinks": [{"func": "Run"}]}`, `sinks[0] (Run): "Run" is no full name`},
		{"std", `{"sinks": [{"func": "net.Listen"}]}`, "net is of the standard library"},
		{"no address", `{"sinks": [{"func": "example.com/f.Run"}]}`, "where is the address?"},
		{"no network", `{"sinks": [{"func": "example.com/f.Run", "address": 0}]}`, "which network is it?"},
		{"no reason", `{"sinks": [{"func": "example.com/f.Run", "address": 0, "fixed": "tcp"}]}`, "give the reason"},
		{"argument", `{"sinks": [{"func": "example.com/f.Run", "address": "first"}]}`, "is no argument"},
		{"kind", `{"sinks": [{"func": "example.com/f.Run", "address": 0, "fixed": "tcp", "recipe": {"kind": "magic"}}]}`, `"magic" is none of`},
		{"helper", `{"sinks": [{"func": "example.com/f.Run", "address": 0, "fixed": "tcp", "recipe": {"kind": "wrap", "func": "Go"}}]}`, `no function "Go"`},
		{"placeholder", `{"sinks": [{"func": "example.com/f.Run", "address": 0, "fixed": "tcp", "recipe": {"kind": "wrap", "func": "Serve", "serve": "{y}.Serve"}}]}`, "unknown placeholder {y}"},
		{"template", `{"sinks": [{"func": "example.com/f.Run", "address": 0, "fixed": "tcp", "recipe": {"kind": "wrap", "func": "Serve", "serve": "{x}."}}]}`, "is no Go expression"},
		{"source kind", `{"sources": [{"func": "example.com/f.Get", "kind": "db", "key": 0}]}`, `kind "db": kinds are`},
		{"source key", `{"sources": [{"func": "example.com/f.Get", "kind": "file"}]}`, "what is its name?"},
		{"decoder", `{"decoders": [{"func": "example.com/f.Get", "kind": "file"}]}`, "give dest"},
		{"transfer", `{"transfers": [{"func": "example.com/f.Get"}]}`, "from is empty"},
		{"store", `{"stores": [{"func": "example.com/f.Get"}]}`, "what is the library called?"},
		{"literal", `{"literals": [{"type": "example.com/f.Flag"}]}`, "in which field"},
		{"field", `{"fields": [{"name": "example.com/f.Run", "kind": "args"}]}`, "fields are given as"},
		{"drop", `{"drop": ["example.com/none"]}`, "there are no rows for this package"},
	} {
		_, err := Default().parseRows("/some/where/rows.json", []byte(test.file))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
	_, err := Default().parseRows("rows.json", []byte("{\"sinks\": [\n{},\n{\"func\": \"x\"}]}"))
	if err == nil || strings.Count(err.Error(), "rows.json:") != 2 {
		t.Errorf("not every mistake is told: %v", err)
	}
}

// TestUserFile checks that a file without mistakes is read whole.
func TestUserFile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "rows.json"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Default().parseRows("rows.json", data)
	if err != nil {
		t.Fatal(err)
	}
	s := rows.Sinks[0]
	if s.Func != "(*example.com/corp/web.App).Start" || s.Address != Arg0 || s.Network != None || s.Recipe.Kind != Wrap || s.Recipe.Serve != "{x}.StartListener" {
		t.Errorf("sink %+v", s)
	}
	if src := rows.Sources[0]; src.Kind != File || src.Key != Arg0 || src.Default != Arg1 || src.Help != None {
		t.Errorf("source %+v", src)
	}
	if c := rows.Carriers[0]; c.Fields["Host"] != Host || c.Fields["Port"] != Port {
		t.Errorf("carrier %+v", c)
	}
	if _, err := Default().Load("no such file"); err == nil || !strings.Contains(err.Error(), "give the whole path") {
		t.Errorf("a relative name that is not there: %v", err)
	}
}

// TestForModule checks that a module's own packages lose their built-in rows, and
// keep those of the user.
func TestForModule(t *testing.T) {
	const own = "github.com/labstack/echo/v4"
	file := filepath.Join(t.TempDir(), "rows.json")
	rows := `{"sources": [{"func": "` + own + `.Setting", "kind": "file", "key": 0}],
		"transfers": [{"func": "` + own + `.Clean", "from": [0], "composes": "keeps"}]}`
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Default().Load(file)
	if err != nil {
		t.Fatal(err)
	}
	m = m.ForModule(own)
	if m.Sink("(*"+own+".Echo).Start") != nil {
		t.Error("a built-in row trumps the body")
	}
	if m.Source(own+".Setting") == nil || m.Transfer(own+".Clean").Composes != Keeps {
		t.Error("a row of the user is lost")
	}
	if m.IsModelled(own) {
		t.Error("the module's own package would not be analysed")
	}
}

// TestRowsAsJSON checks that rows survive the trip through JSON, by which
// facts carry them.
func TestRowsAsJSON(t *testing.T) {
	for _, d := range Default().decoders {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var got Decoder
		if err := json.Unmarshal(data, &got); err != nil || got != *d {
			t.Errorf("%s becomes %+v (%v)", data, got, err)
		}
	}
}
