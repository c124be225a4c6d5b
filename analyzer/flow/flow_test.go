package flow

import (
	"bytes"
	"encoding/gob"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"inheritfd/analyzer/model"
)

var update = flag.Bool("update", false, "rewrite the expected origins in testdata")

// TestSearch searches the graphs in testdata/search: small ones, written as
// lines
//
//	FROM -> TO [flow] [part] [many] [@file:line:col] [call file:line:col]
//
// with the names of nodes as facts have them. The node whose origins are asked
// for is the one after "search"; they follow, one a line. To accept new ones:
//
//	go test ./analyzer/flow -run TestSearch -update
func TestSearch(t *testing.T) {
	files, err := filepath.Glob("testdata/search/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(ar.Files) != 2 || ar.Files[1].Name != "origins" || len(bytes.TrimSpace(ar.Comment)) == 0 {
				t.Fatal("a case is a comment that says what it shows, and the files edges and origins")
			}
			g, node, part := parseGraph(t, string(ar.Files[0].Data))
			var out strings.Builder
			for _, o := range g.Origins(node, part) {
				out.WriteString(originLine(o) + "\n")
			}
			if got, want := out.String(), string(ar.Files[1].Data); got != want {
				if !*update {
					t.Fatalf("origins:\n%s\nwant:\n%s", got, want)
				}
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// originLine writes an origin with its trace.
func originLine(o Origin) string {
	line := fmt.Sprintf("%s: %s", o.Part, o)
	if o.Many {
		line += ", one of several"
	}
	if o.Rejected.IsValid() {
		line += ", rejected by " + o.Rejected.String()
	}
	for _, c := range o.Context {
		line += " in " + c.String()
	}
	for _, s := range o.Trace {
		line += "\n\t" + s.Pos.String() + " " + s.What
	}
	return line
}

// flows are the words for how values go.
var flows = func() map[string]Flow {
	out := make(map[string]Flow)
	for f := Copy; f <= Help; f++ {
		out[f.String()] = f
	}
	return out
}()

// parseGraph reads the edges of a case, and what to search.
func parseGraph(t *testing.T, text string) (g *Graph, search Node, part model.Part) {
	t.Helper()
	f := new(Flows)
	node := func(name string) Node {
		n, ok := decodeNode(name)
		if !ok || n.Kind() == NoNode {
			t.Fatalf("%q is no node", name)
		}
		if n.String() != name {
			t.Errorf("%q reads as %q", name, n)
		}
		return n
	}
	parts := map[string]model.Part{"address": model.Whole, "host": model.Host, "port": model.Port, "path": model.Path, "network": model.Network}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "search "); ok {
			search = node(name)
			part = search.place().part
			continue
		}
		if line == "truncated" {
			f.Truncated = true
			continue
		}
		from, rest, ok := strings.Cut(line, " -> ")
		if !ok {
			continue
		}
		words := strings.Fields(rest)
		e := Edge{From: node(from), To: node(words[0])}
		for i := 1; i < len(words); i++ {
			w := words[i]
			p, isPart := parts[w]
			how, isFlow := flows[w]
			switch {
			case w == "many":
				e.Many = true
			case isPart:
				e.Part = p
			case isFlow && !(w == "call" && i+1 < len(words)):
				e.Flow = how
			case w == "call":
				i++
				e.Call = position(t, words[i])
			case w[0] == '@':
				e.Pos = position(t, w[1:])
			default:
				t.Fatalf("%q in %q", w, line)
			}
		}
		f.Edges = append(f.Edges, e)
	}
	if search == (Node{}) {
		t.Fatal("nothing to search")
	}
	return NewGraph(model.Default(), roundTrip(t, Merge(f))), search, part
}

func position(t *testing.T, text string) Pos {
	t.Helper()
	p, ok := parsePos(text)
	if !ok {
		t.Fatalf("%q is no position", text)
	}
	return p
}

// roundTrip writes a fact and reads it again: it is the same, also in bytes.
func roundTrip(t *testing.T, f *Flows) *Flows {
	t.Helper()
	first, err := f.GobEncode()
	if err != nil {
		t.Fatal(err)
	}
	out := new(Flows)
	if err := out.GobDecode(first); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Edges, f.Edges) || !reflect.DeepEqual(out.Fillers, f.Fillers) || !reflect.DeepEqual(out.Recipes, f.Recipes) || out.Truncated != f.Truncated {
		t.Errorf("a fact changes on its way:\n%+v\n%+v", f, out)
	}
	if second, err := out.GobEncode(); err != nil || !bytes.Equal(first, second) {
		t.Errorf("a fact has other bytes when it is written again (%v)", err)
	}
	return out
}

// TestNodes checks that every kind of node has a name of its own that reads as
// the node again.
func TestNodes(t *testing.T) {
	at := Pos{"example.com/m/a.go", 12, 3}
	param := ParamNode("(*example.com/m.T).F", 1, "addr")
	nodes := []Node{
		ConstNode(""), ConstNode("a#b@c:1"), EffectNode("os.Remove", at), FieldNode("example.com/m.T.f"), GlobalNode("example.com/m.v"),
		SinkNode("net.Listen", at, model.Whole), SinkNode("net.Listen", at, model.Network), SinkNode("interface (m.I).ListenAndServe", at, model.Whole),
		CallNode(Indexed(Result, "example.com/m.F", 2), at), CallNode(Indexed(Out, "example.com/m.F", 0), at), CallNode(Indexed(SlotResult, "example.com/m.I.F", 0), at),
		CallNode(Held(HeldResult, FieldNode("example.com/m.T.f"), 0), at), CallNode(Held(HeldResult, param, 3), at),
		Indexed(Slot, "example.com/m.I.F", 0), FuncNode("example.com/m.F$1"), Indexed(Out, "example.com/m.F", 11), param, ParamNode("m.F", 0, "_"),
		KeyedNode(model.Env, "-x%E.addr", param, at), Indexed(Result, "example.com/m.F", 0), SourceNode(model.Flag, "-listen", at), SourceNode(model.File, "a.b@c", Pos{}),
		SourceNode(model.Args, "args", Pos{}), RejectingNode("net.SplitHostPort", at), UnknownNode("result of %s", "x"), Indexed(SlotResult, "m.I.F", 1),
		EntryNode("viper", "HTTP.addr"), SettingNode("viper", ReadsEnv), Held(HeldParam, param, 0), Held(HeldParam, Held(HeldParam, param, 1), 0), Held(HeldResult, GlobalNode("m.v"), 1),
		ObjectNode("", at), ObjectNode(".Web", at), ObjectNode("m.F#t1", Pos{}),
	}
	kinds := make(map[Kind]bool)
	for i, n := range nodes {
		kinds[n.Kind()] = true
		if back, ok := decodeNode(n.String()); !ok || back != n {
			t.Errorf("%s reads as %s (%t)", n, back, ok)
		}
		for _, o := range nodes[:i] {
			if n == o || n.Compare(o) == 0 || n.Compare(o) != -o.Compare(n) {
				t.Errorf("%s and %s are not told apart", n, o)
			}
		}
	}
	if len(kinds) != len(letters)-1 {
		t.Errorf("%d kinds of nodes of %d", len(kinds), len(letters)-1)
	}
}

// TestFact checks a fact with everything in it.
func TestFact(t *testing.T) {
	at := Pos{"example.com/m/a.go", 12, 3}
	roundTrip(t, Merge(&Flows{
		Edges: []Edge{
			{From: ConstNode(":80"), To: GlobalNode("m.v"), Flow: Store, Pos: at, Many: true},
			{From: GlobalNode("m.v"), To: ParamNode("m.F", 0, "a"), Flow: Arg, Part: model.Port, Pos: Pos{"x/b.go", 1, 1}, Call: at},
			{From: FieldNode("m.T.f"), FromOf: ObjectNode("", at), To: FieldNode("m.T.g"), ToOf: ParamNode("m.F", 0, "t"), Part: model.Object, Pos: at},
		},
		Fillers: []Filler{{Func: "m.Load", Param: 1, Decoder: model.Default().Decoder("encoding/json.Unmarshal"), Remote: "HTTP request"}},
		Recipes: []Recipe{{Func: "m.Run", Address: model.Arg0, Helper: "Serve", Serve: "{pkg}.RunListener", Sibling: "m.RunListener"}},
	}, &Flows{Truncated: true}))
}

// FuzzFact checks that no bytes make GobDecode fail in another way than by an
// error, and that what it reads is written as it was read.
func FuzzFact(f *testing.F) {
	at := Pos{"m/a.go", 1, 2}
	for _, seed := range []*Flows{{}, Merge(&Flows{Edges: []Edge{{From: ConstNode("a"), To: SinkNode("net.Listen", at, model.Whole), Pos: at}}})} {
		data, err := seed.GobEncode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out := new(Flows)
		if out.GobDecode(data) != nil {
			return
		}
		again := new(Flows)
		encoded, err := out.GobEncode()
		if err == nil {
			err = again.GobDecode(encoded)
		}
		if err != nil {
			t.Fatalf("a fact that was read cannot be written: %v", err)
		}
	})
}

// TestGob checks that a fact goes through package gob, as drivers have it.
func TestGob(t *testing.T) {
	var buf bytes.Buffer
	in := Merge(&Flows{Edges: []Edge{{From: ConstNode("a"), To: FieldNode("m.T.f"), Pos: Pos{"m/a.go", 1, 1}}}})
	if err := gob.NewEncoder(&buf).Encode(in); err != nil {
		t.Fatal(err)
	}
	out := new(Flows)
	if err := gob.NewDecoder(&buf).Decode(out); err != nil || !slices.Equal(in.Edges, out.Edges) {
		t.Errorf("%v becomes %v (%v)", in.Edges, out.Edges, err)
	}
}
