package fixer

// This file defines the JSON form of a report, which is a contract: fields are
// added to it, none renamed. It is what others read, and not what the program
// works with.

import (
	"bytes"
	"encoding/json"
	"slices"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/program"
)

type reportJSON struct {
	Version   int            `json:"version"` // 1
	Module    string         `json:"module"`
	Sites     []siteJSON     `json:"sites"`
	Listeners []listenerJSON `json:"listeners"`
	Lifecycle []effectJSON   `json:"lifecycle"`
	Errors    []string       `json:"errors,omitempty"`
	// Unseen are the folders of programs that could not be analysed, and
	// BrokenTests test files that do not compile, which were left out.
	Unseen      []string `json:"unseen,omitempty"`
	BrokenTests []string `json:"brokenTests,omitempty"`
}

type siteJSON struct {
	File    string        `json:"file"`
	Line    int           `json:"line"`
	Col     int           `json:"col"`
	Func    string        `json:"func"`
	Callee  string        `json:"callee"`
	Network []string      `json:"network"`
	Class   program.Class `json:"class"`
	// Mains are the folders of the programs that reach the site.
	Mains    []string         `json:"mains"`
	Category program.Category `json:"category,omitempty"`
	Level    program.Level    `json:"level,omitempty"`
	Reason   string           `json:"reason"`
	Takes    string           `json:"takes,omitempty"`
	Names    []string         `json:"names,omitempty"`
	Select   []string         `json:"select"`
	Origins  []originJSON     `json:"origins"`
	Sole     bool             `json:"sole,omitempty"`
	Needs    []string         `json:"needs,omitempty"`
	// Excludes are the lines of sites in the same function that never run in one
	// pass with this one.
	Excludes []int  `json:"excludes,omitempty"`
	Loop     bool   `json:"loop,omitempty"`
	Rejected string `json:"rejected,omitempty"`
	// Uses are calls that use the address for something else than to listen.
	Uses      []string `json:"uses,omitempty"`
	Serves    string   `json:"serves,omitempty"`
	Elsewhere bool     `json:"elsewhere,omitempty"`
	Empty     string   `json:"empty,omitempty"`
}

type listenerJSON struct {
	Main    string       `json:"main"`
	Name    string       `json:"name"`
	Type    string       `json:"type"`
	Sites   []string     `json:"sites"`
	Many    bool         `json:"many,omitempty"`
	Select  []string     `json:"select"`
	Network []string     `json:"network"`
	Origins []originJSON `json:"origins"`
}

type effectJSON struct {
	File     string           `json:"file"`
	Line     int              `json:"line"`
	Col      int              `json:"col"`
	Func     string           `json:"func"`
	Callee   string           `json:"callee"`
	Category program.Category `json:"category"`
	Site     string           `json:"site"`
	Level    program.Level    `json:"level"`
	Reason   string           `json:"reason"`
	Value    string           `json:"value,omitempty"`
	Note     bool             `json:"note,omitempty"`
	Needs    []string         `json:"needs,omitempty"`
	Sites    []string         `json:"sites,omitempty"` // when there are several
}

type originJSON struct {
	Part       string          `json:"part"`
	Kind       flow.OriginKind `json:"kind"`
	Key        string          `json:"key"`
	Default    string          `json:"default"`
	HasDefault bool            `json:"hasDefault,omitempty"`
	Value      string          `json:"value"`
	Reason     string          `json:"reason"`
	Trace      []stepJSON      `json:"trace"`
	Rejected   string          `json:"rejected,omitempty"`
	IsDefault  bool            `json:"isDefault,omitempty"`
	Many       bool            `json:"many,omitempty"`
	Dash       string          `json:"dash,omitempty"`
	Help       string          `json:"help,omitempty"`
	// ByType says that the object which a field is read of was lost, so that
	// the origin may be that of another object of the type; Cut that the address
	// is cut out of the value.
	ByType bool `json:"byType,omitempty"`
	Cut    bool `json:"cut,omitempty"`
}

type stepJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
	What string `json:"what"`
}

// JSON returns the report in its documented form.
func (r *Report) JSON() ([]byte, error) {
	doc := reportJSON{
		Version: 1, Module: r.Module, Errors: r.Errors, Unseen: r.Unseen, BrokenTests: r.BrokenTests,
		Sites: list(r.Sites, r.siteJSON), Listeners: list(r.Listeners, r.listenerJSON), Lifecycle: list(r.Effects, r.effectJSON),
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(doc)
	return buf.Bytes(), err
}

// list converts the elements of a list; the result is never nil.
func list[T, J any](in []T, convert func(T) J) []J {
	out := make([]J, len(in))
	for i, v := range in {
		out[i] = convert(v)
	}
	return out
}

func (r *Report) siteJSON(s program.Site) siteJSON {
	out := siteJSON{
		File: r.Path(s.Pos), Line: s.Pos.Line, Col: s.Pos.Col, Func: s.Func, Callee: s.Callee,
		Network: s.Network, Class: s.Class, Mains: list(s.Mains, r.Folder), Category: s.Category, Level: s.Level,
		Reason: s.Reason, Takes: s.Takes, Names: s.Names, Select: list(s.Select, itself), Origins: list(s.Origins, r.originJSON),
		Sole: s.Sole, Needs: s.Needs(), Loop: s.Loop, Serves: s.Protocol, Elsewhere: s.Elsewhere(), Empty: s.API.Empty,
	}
	for _, at := range s.Excludes {
		out.Excludes = append(out.Excludes, at.Line)
	}
	slices.Sort(out.Excludes)
	out.Excludes = slices.Compact(out.Excludes)
	if s.Rejected.IsValid() {
		out.Rejected = flow.Short(s.Rejected.Callee) + " at " + r.Place(s.Rejected.Pos)
	}
	for _, use := range s.Uses {
		out.Uses = append(out.Uses, flow.Short(use.Callee)+" at "+r.Place(use.Pos))
	}
	return out
}

func itself(s string) string { return s }

func (r *Report) listenerJSON(l program.Listener) listenerJSON {
	return listenerJSON{
		Main: r.Folder(l.Main), Name: l.Name, Type: l.Type, Sites: list(l.Sites, r.Place), Many: l.Many,
		Select: l.Select, Network: l.Network, Origins: list(l.Origins, r.originJSON),
	}
}

func (r *Report) effectJSON(e program.Effect) effectJSON {
	out := effectJSON{
		File: r.Path(e.Pos), Line: e.Pos.Line, Col: e.Pos.Col, Func: e.Func, Callee: e.Callee, Category: e.Category(),
		Site: r.Place(e.Sites[0]), Level: e.Port.Level, Reason: e.Port.Reason, Value: e.Value, Note: e.Harmless, Needs: e.Port.Needs,
	}
	if len(e.Sites) > 1 {
		out.Sites = list(e.Sites, r.Place)
	}
	return out
}

func (r *Report) originJSON(o flow.Origin) originJSON {
	out := originJSON{
		Part: o.Part.String(), Kind: o.Kind, Key: o.Key, Default: o.Default, HasDefault: o.HasDefault, Value: o.Value, Reason: o.Reason,
		Trace:     list(o.Trace, func(s flow.Step) stepJSON { return stepJSON{r.Path(s.Pos), s.Pos.Line, s.Pos.Col, s.What} }),
		IsDefault: o.IsDefault, Many: o.Many, Dash: o.Dash, Help: o.Help, ByType: o.ByType, Cut: o.Cut,
	}
	if o.Rejected.IsValid() {
		out.Rejected = flow.Short(o.Rejected.Callee) + " at " + r.At(o.Rejected.Pos)
	}
	return out
}
