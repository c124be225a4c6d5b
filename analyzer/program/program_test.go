package program_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inheritfd/analyzer/edit"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

const module = "example.com/m"

// at is a position in file a.go of a package of the module.
func at(pkg string, line, col int) flow.Pos {
	return flow.Pos{File: module + pkg + "/a.go", Line: line, Col: col}
}

func flagged(key, def string) flow.Origin {
	return flow.Origin{Kind: flow.FromFlag, Key: key, Dash: "-", Default: def, HasDefault: def != "", Trace: []flow.Step{{Pos: at("", 1, 1), What: "flag"}}}
}

func constant(value string) flow.Origin { return flow.Origin{Kind: flow.FromConst, Value: value} }

// site is a safe call of net.Listen for TCP.
func site(pos flow.Pos, origins ...flow.Origin) program.SiteFacts {
	return program.SiteFacts{
		Pos: pos, Func: "main", Callee: "net.Listen", Network: []string{"tcp"},
		Alone: program.Alone{Class: program.Listen, Origins: origins, Port: program.Port{
			Level: program.Safe, Fix: []edit.Edit{{Start: 1, End: 2, New: "fix"}}, SoleFix: []edit.Edit{{Start: 1, End: 2, New: "sole"}},
		}},
	}
}

// main is a program with sites, all of which it reaches.
func main(folder string, sites ...program.SiteFacts) *program.Package {
	p := &program.Package{Path: module + folder, Name: "main", Module: module, Sites: sites}
	for _, s := range sites {
		p.Reached = append(p.Reached, reach(s))
	}
	return p
}

func reach(s program.SiteFacts) program.Reached {
	return program.Reached{Pos: s.Pos, Callee: s.Callee, Package: module, API: s.API, Fixed: strings.Join(s.Network, " "), Origins: s.Alone.Origins}
}

// join joins packages, with names of files in the module.
func join(packages ...*program.Package) *program.Findings {
	return program.Join(packages, program.Options{Whole: true, File: func(name string) string { return strings.TrimPrefix(name, module+"/") }})
}

// TestVerdict checks the rules one by one, and which goes before which.
func TestVerdict(t *testing.T) {
	pos := at("", 10, 3)
	addr := flagged("addr", ":80")
	effect := program.EffectFacts{
		Pos: at("", 20, 1), Func: "main", Callee: "net.DialUnix", Op: model.MakesFile, Site: pos,
		Port: program.Port{Level: program.Manual, Reason: "does harm"},
	}
	for _, test := range []struct {
		name   string
		change func(s *program.SiteFacts, p *program.Package)
		want   program.Verdict
	}{
		{"safe", func(*program.SiteFacts, *program.Package) {}, program.Verdict{Level: program.Safe}},
		{"hard-coded", func(s *program.SiteFacts, p *program.Package) {
			s.Alone.Origins = []flow.Origin{constant(":80")}
			p.Reached[0].Origins = s.Alone.Origins
		}, program.Verdict{Category: program.CategoryHardcoded, Level: program.Safe}},
		{"no recipe", func(s *program.SiteFacts, p *program.Package) {
			s.Alone.Port = program.Port{Level: program.Manual, Reason: "by hand", ByRow: true}
			p.Taker = flow.Called{Callee: "x.Take", Pos: at("", 5, 1)}
		}, program.Verdict{Level: program.Manual, Reason: "by hand"}},
		{"a taker before what else is wrong", func(s *program.SiteFacts, p *program.Package) {
			s.Alone.Port = program.Port{Level: program.Manual, Reason: "generated"}
			p.Taker = flow.Called{Callee: "example.com/x.Take", Pos: at("", 5, 1)}
		}, program.Verdict{Level: program.Manual, Reason: "the program takes inherited sockets already, with x.Take at a.go:5, which would find none beside the helper: use that way here too, or replace it first"}},
		{"cannot be rewritten", func(s *program.SiteFacts, _ *program.Package) {
			s.Alone.Port = program.Port{Level: program.Manual, Reason: "generated"}
		}, program.Verdict{Level: program.Manual, Reason: "generated"}},
		{"a taker of the program", func(_ *program.SiteFacts, p *program.Package) {
			p.Reached = append(p.Reached, program.Reached{Pos: at("/dep", 7, 1), Callee: "example.com/x.Take", API: program.API{Inherited: true}})
		}, program.Verdict{Level: program.Manual, Takes: "example.com/x.Take", Reason: "the program takes inherited sockets already, with x.Take at dep/a.go:7, which would find none beside the helper: use that way here too, or replace it first"}},
		{"the helper is no taker", func(_ *program.SiteFacts, p *program.Package) {
			p.Reached = append(p.Reached, program.Reached{Pos: at("/dep", 7, 1), Callee: module + "/internal/inherit.Listen", API: program.API{Inherited: true, Helper: true}})
		}, program.Verdict{Level: program.Safe}},
		{"not reached", func(_ *program.SiteFacts, p *program.Package) { p.Reached = nil },
			program.Verdict{Level: program.Manual, Reason: "no program of this module reaches it: port it with the program that does"}},
		{"may differ", func(s *program.SiteFacts, p *program.Package) {
			s.Alone.Port.Level, s.Alone.Port.Reason = program.Review, "differs"
			p.Effects = []program.EffectFacts{effect}
		}, program.Verdict{Level: program.Review, Reason: "differs"}},
		{"an effect that nothing spares it", func(_ *program.SiteFacts, p *program.Package) { p.Effects = []program.EffectFacts{effect} },
			program.Verdict{Level: program.Review, Reason: "net.DialUnix at a.go:20 does harm"}},
		{"a harmless effect", func(_ *program.SiteFacts, p *program.Package) {
			e := effect
			e.Harmless = true
			p.Effects = []program.EffectFacts{e}
		}, program.Verdict{Level: program.Safe}},
		{"other tags", func(s *program.SiteFacts, _ *program.Package) { s.LeftOut = program.OtherTags },
			program.Verdict{Level: program.Manual, Reason: "this build leaves the file out: run again with the -tags that it is for"}},
		{"rejects fd://", func(s *program.SiteFacts, p *program.Package) {
			s.Alone.Origins = []flow.Origin{addr}
			s.Alone.Origins[0].Rejected = flow.Called{Callee: "net.SplitHostPort", Pos: at("/c", 3, 9)}
			p.Reached[0].Origins = s.Alone.Origins
		}, program.Verdict{Level: program.Safe, Reason: "net.SplitHostPort at c/a.go:3:9 rejects fd://: the socket is found by its address"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(pos, addr)
			p := main("", s)
			test.change(&s, p)
			p.Sites[0] = s
			if test.want.Category == "" {
				test.want.Category = program.CategoryListen
			}
			if got := join(p).Sites[0].Verdict; got != test.want {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// TestOneLine checks that two listen calls in one line are two: two listeners,
// each with its own name, configuration and way to select a socket.
func TestOneLine(t *testing.T) {
	a, b := site(at("", 9, 10), flagged("web-addr", ":80")), site(at("", 9, 50), flagged("admin-addr", ":81"))
	f := join(main("", a, b))
	var got []string
	for _, l := range f.Listeners {
		got = append(got, fmt.Sprint(l.Name, l.Sites, l.Select))
	}
	want := []string{
		"web[example.com/m/a.go:9:10] [-web-addr fd://3 -web-addr fd://web]",
		"admin[example.com/m/a.go:9:50] [-admin-addr fd://3 -admin-addr fd://admin]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("listeners:\n%q\nwant:\n%q", got, want)
	}
	for i, name := range []string{"web", "admin"} {
		if s := f.Sites[i]; !slices.Equal(s.Names, []string{name}) || len(s.Select) != 2 || !strings.Contains(s.Select[1], name) {
			t.Errorf("site %v: names %v, select %v", s.Pos, s.Names, s.Select)
		}
	}
}

// TestBelongs checks to which site calls with effects belong, by kind.
func TestBelongs(t *testing.T) {
	unix := site(at("", 10, 1), flagged("socket", "/run/a.sock"))
	unix.Network, unix.Shape = []string{"unix"}, "{}"
	tcp := site(at("", 12, 1), flagged("addr", ":80"))
	tcp.Protocol = "http"
	ephemeral := site(at("/client", 5, 1), constant("localhost:0"))
	ephemeral.Alone.Class = program.Ephemeral
	server := &program.ServerUse{Var: at("", 2, 5), Protocol: "http"}
	same := func(of flow.Pos) []program.SamePath {
		return []program.SamePath{{Effect: at("", 20, 1), Site: of, Equal: true}}
	}
	for _, test := range []struct {
		name   string
		effect program.EffectFacts
		same   []program.SamePath
		of     []flow.Pos
	}{
		{"a path by its origins", program.EffectFacts{Op: model.Removes, Path: &program.PathUse{Shape: "{}"}}, same(unix.Pos), []flow.Pos{unix.Pos}},
		{"the folder of the path", program.EffectFacts{Op: model.RemovesAll, Path: &program.PathUse{Shape: "dir({})"}}, same(unix.Pos), []flow.Pos{unix.Pos}},
		{"another file beside it", program.EffectFacts{Op: model.Removes, Path: &program.PathUse{Shape: "{}.pid"}}, same(unix.Pos), nil},
		{"a path of nobody", program.EffectFacts{Op: model.Removes, Path: &program.PathUse{Shape: "{}"}}, nil, nil},
		{"whatever path", program.EffectFacts{Op: model.Removes, Path: &program.PathUse{Any: true}}, nil, []flow.Pos{unix.Pos}},
		{"a mask, of the nearest with a path", program.EffectFacts{Op: model.SetsUmask, Harmless: true, Near: program.NearUse{Net: "unix"}}, nil, []flow.Pos{unix.Pos}},
		{"a listener at hand", program.EffectFacts{Op: model.MakesFile, Near: program.NearUse{Net: "tcp"}}, nil, []flow.Pos{tcp.Pos}},
		{"a server by its listener", program.EffectFacts{Op: model.Stops, Server: server, Site: tcp.Pos}, nil, []flow.Pos{tcp.Pos}},
		{"a server whose listener is no finding", program.EffectFacts{Op: model.Stops, Server: server, Site: ephemeral.Pos}, nil, nil},
		{"a server of another protocol", program.EffectFacts{Op: model.Stops, Server: &program.ServerUse{Protocol: "grpc"}}, nil, []flow.Pos{unix.Pos}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := main("", unix, tcp)
			test.effect.Pos, test.effect.Func, test.effect.Callee = at("", 20, 1), "main", "f"
			p.Effects, p.SamePaths = []program.EffectFacts{test.effect}, test.same
			f := join(p, main("/client", ephemeral))
			var got []flow.Pos
			for _, e := range f.Effects {
				if e.Pos == test.effect.Pos {
					got = e.Sites
				}
			}
			if !slices.Equal(got, test.of) {
				t.Errorf("belongs to %v, want %v", got, test.of)
			}
		})
	}
}

// TestForeign checks that what one program does to its own server is no business
// of another's listener.
func TestForeign(t *testing.T) {
	daemon := site(at("/daemon", 10, 1), flagged("addr", ":80"))
	callback := site(at("/client", 5, 1), constant("localhost:0"))
	callback.Alone.Class = program.Ephemeral
	client := main("/client", callback)
	client.Effects = []program.EffectFacts{
		{Pos: at("/client", 7, 1), Func: "main", Op: model.Serves, Server: &program.ServerUse{Var: at("/client", 6, 1), Protocol: "http"}, Site: callback.Pos},
		{Pos: at("/client", 9, 1), Func: "main", Op: model.Stops, Server: &program.ServerUse{Var: at("/client", 6, 1), Protocol: "http"}},
		{Pos: at("/client", 11, 1), Func: "main", Op: model.ClearsEnv, Harmless: true},
	}
	for _, e := range join(client, main("/daemon", daemon)).Effects {
		t.Errorf("%v at %s is said to be on %v", e.Op, e.Pos, e.Sites)
	}
}

// TestUnstopped checks that a server is tracked only where something stops it.
func TestUnstopped(t *testing.T) {
	s := site(at("", 10, 1), flagged("addr", ":80"))
	s.Protocol = "http"
	serve := program.EffectFacts{Pos: at("", 12, 1), Func: "main", Op: model.Serves, Server: &program.ServerUse{Var: at("", 11, 1), Protocol: "http"}, Site: s.Pos, Port: program.Port{Level: program.Safe}}
	stop := program.EffectFacts{Pos: at("", 20, 1), Func: "stop", Op: model.Stops, Server: serve.Server, Port: program.Port{Level: program.Safe}}
	for _, test := range []struct {
		name    string
		effects []program.EffectFacts
		want    []model.Op
	}{
		{"nothing stops it", []program.EffectFacts{serve}, []model.Op{model.Stops}}, // a note at the site
		{"it is stopped", []program.EffectFacts{serve, stop}, []model.Op{model.Serves, model.Stops}},
	} {
		p := main("", s)
		p.Effects = test.effects
		var got []model.Op
		for _, e := range join(p).Effects {
			got = append(got, e.Op)
			if len(test.effects) == 1 && (!e.Harmless || e.Pos != s.Pos) {
				t.Errorf("%s: %+v is more than a note", test.name, e)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestListeners checks what is one logical listener, and when a site may claim
// the only socket.
func TestListeners(t *testing.T) {
	line := func(n int, origins ...flow.Origin) program.SiteFacts { return site(at("", n, 1), origins...) }
	exclusive := func(a, b program.SiteFacts) (program.SiteFacts, program.SiteFacts) {
		a.Excludes, b.Excludes = []flow.Pos{b.Pos}, []flow.Pos{a.Pos}
		return a, b
	}
	tlsOn, tlsOff := exclusive(line(10, flagged("addr", ":80")), line(12, flagged("addr", ":80")))
	plain, secure := exclusive(line(10, flagged("http", ":80")), line(12, flagged("https", ":443")))
	looped := line(10, flagged("addr", ":80"))
	looped.Loop = true
	list := flagged("addrs", "")
	list.Many = true
	helper := line(10, flagged("web", ":80"), flagged("debug", ":81"))
	for i := range helper.Alone.Origins {
		helper.Alone.Origins[i].Context = []flow.Pos{at("", 30+i, 1)}
	}
	udp := line(20, flagged("addr", ":80"))
	udp.Network = []string{"udp"}
	for _, test := range []struct {
		name  string
		sites []program.SiteFacts
		want  string // name/type, * for many; sole for sites that may claim the only socket
	}{
		{"one", []program.SiteFacts{line(10, flagged("addr", ":80"))}, "addr/stream; sole"},
		{"alternatives of one address", []program.SiteFacts{tlsOn, tlsOff}, "addr/stream; sole sole"},
		{"alternatives of two addresses", []program.SiteFacts{plain, secure}, "http/stream; - -"},
		{"two", []program.SiteFacts{line(10, flagged("http", ":80")), line(12, flagged("admin", ":81"))}, "http/stream admin/stream; - -"},
		{"one for each type", []program.SiteFacts{line(10, flagged("addr", ":80")), udp}, "addr/stream addr/packet; sole sole"},
		{"in a loop", []program.SiteFacts{looped}, "addr/stream; -"},
		{"a list", []program.SiteFacts{line(10, list)}, "addrs/stream*; -"},
		{"a helper for two", []program.SiteFacts{helper}, "web/stream debug/stream; -"},
		{"unknown", []program.SiteFacts{line(10, flow.Origin{Kind: flow.FromUnknown, Reason: "lost"})}, "main/stream; -"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := join(main("", test.sites...))
			var names, soles []string
			for _, l := range f.Listeners {
				name := l.Name + "/" + l.Type
				if l.Many {
					name += "*"
				}
				names = append(names, name)
			}
			for _, s := range f.Sites {
				switch fix := s.Edits(true); {
				case s.OnlyOne && fix[0].New == "sole":
					soles = append(soles, "sole")
				default:
					soles = append(soles, "-")
				}
			}
			if got := strings.Join(names, " ") + "; " + strings.Join(soles, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestDoors checks that a call into a dependency that listens is a site, once,
// and that one whose site is in the workspace is none.
func TestDoors(t *testing.T) {
	inside := flow.Pos{File: "example.com/dep/a.go", Line: 3, Col: 1}
	p := main("")
	p.Reached = []program.Reached{{
		Pos: inside, Callee: "net.Listen", Package: "example.com/dep", Fixed: "tcp", Origins: []flow.Origin{flagged("addr", ":80")},
		Doors: []flow.Door{{Callee: "example.com/dep.Run", Func: "main", Pos: at("", 8, 2)}},
	}}
	f := join(p)
	if len(f.Sites) != 1 || f.Sites[0].Level != program.Manual || f.Sites[0].Pos != at("", 8, 2) ||
		f.Sites[0].Reason != "listens inside a dependency, at example.com/dep/a.go:3 (net.Listen): hand it a listener if its API takes one" {
		t.Errorf("sites %+v", f.Sites)
	}
	s := site(inside, flagged("addr", ":80"))
	f = join(p, &program.Package{Path: "example.com/dep", Name: "dep", Sites: []program.SiteFacts{s}})
	if len(f.Sites) != 1 || f.Sites[0].Pos != inside || f.Sites[0].Level != program.Safe {
		t.Errorf("with the dependency at hand: sites %+v", f.Sites)
	}
}

// TestImmutable checks that joining changes nothing of what packages hand over,
// and that this goes through JSON, as between processes.
func TestImmutable(t *testing.T) {
	s := site(at("", 10, 1), constant(":80"), flagged("addr", ""))
	p := main("", s)
	p.Effects = []program.EffectFacts{{Pos: at("", 20, 1), Op: model.SetsMode, Value: "0660", Path: &program.PathUse{Any: true}, Port: program.Port{Level: program.Safe}}}
	before, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	first := join(p)
	if after, _ := json.Marshal(p); string(after) != string(before) {
		t.Errorf("a package is changed:\n%s\n%s", before, after)
	}
	back := new(program.Package)
	if err := json.Unmarshal(before, back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, p) {
		t.Errorf("a package changes on its way:\n%+v\n%+v", p, back)
	}
	second := join(back)
	if !reflect.DeepEqual(first.Sites, second.Sites) || !reflect.DeepEqual(first.Effects, second.Effects) {
		t.Error("what is joined differs")
	}
}
