package flow

import (
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// maxDecoded bounds the fields of one decoded type; Kubernetes objects have
// thousands.
const maxDecoded = 2000

// indexDecoder records that a decoder fills the fields of a struct.
func (x *index) indexDecoder(call ssa.CallInstruction, dec *model.Decoder) {
	dest := arg(call.Common(), dec.Dest)
	if dest == nil {
		return
	}
	prefix := ""
	if dec.Prefix != model.None {
		if p, ok := constString(arg(call.Common(), dec.Prefix), 0); ok && p != "" {
			prefix = strings.ToUpper(p) + "_"
		}
	}
	d := decoding{x: x, call: call, dec: dec, left: maxDecoded, busy: make(map[types.Type]bool)}
	t := unwrap(dest).Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	d.walk(t, prefix, false)
}

// A decoding walks the type that one call decodes into.
type decoding struct {
	x    *index
	call ssa.CallInstruction
	dec  *model.Decoder
	left int
	busy map[types.Type]bool // on the way down, against recursive types
}

// walk goes through the fields of a type; many says that the input may hold
// several of it.
func (d *decoding) walk(t types.Type, key string, many bool) {
	many = many || isList(t)
	t = element(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok || d.busy[t] || d.left == 0 || model.CarrierOf(t) != nil {
		return
	}
	d.busy[t] = true
	defer delete(d.busy, t)
	for i := range st.NumFields() {
		f := st.Field(i)
		name, inline := d.fieldKey(f, st.Tag(i))
		if name == "-" || !f.Exported() && !f.Embedded() {
			continue
		}
		full := join(key, name, d.dec.Kind)
		if inline {
			full = key
		}
		if isText(f.Type()) {
			d.left--
			to := fieldNode(t, i)
			from := sourceNode(d.dec.Kind, full, d.x.calleePos(d.call.Pos()))
			d.x.writes[to] = append(d.x.writes[to], write{from: from, kind: Decode, many: many, pos: d.call.Pos(), instr: d.call})
			if def := defaultTag(st.Tag(i)); def != "" {
				d.x.writes[from] = append(d.x.writes[from], write{from: constNode(def), kind: Default, pos: d.call.Pos(), instr: d.call})
			}
		}
		d.walk(f.Type(), full, many)
	}
}

// isList reports whether a type is, behind pointers, a list or map of structs.
func isList(t types.Type) bool {
	switch u := deref(t).Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	case *types.Array:
		return u.Len() > 1
	}
	return false
}

// defaultTag returns the default value in a struct tag, as caarlos0/env and
// envconfig have it.
func defaultTag(tag string) string {
	if def, ok := reflect.StructTag(tag).Lookup("envDefault"); ok {
		return def
	}
	return reflect.StructTag(tag).Get("default")
}

// fieldKey returns the key of a field, and whether its own fields are merged
// into the parent's.
func (d *decoding) fieldKey(f *types.Var, tag string) (string, bool) {
	v := reflect.StructTag(tag).Get(d.dec.Tag)
	name, opts, _ := strings.Cut(v, ",")
	if d.dec.Kind == model.Env {
		prefix := reflect.StructTag(tag).Get("envPrefix")
		if name == "" {
			name = strings.TrimSuffix(prefix, "_")
		}
		return name, name == ""
	}
	if strings.Contains(opts, "inline") || strings.Contains(opts, "squash") || f.Embedded() && name == "" {
		return name, true
	}
	if name == "" {
		name = f.Name()
		if d.dec.Fold {
			name = strings.ToLower(name)
		}
	}
	return name, false
}

// join puts a key below another: dots in files, underscores in environments.
func join(key, name string, kind model.SourceKind) string {
	switch {
	case key == "":
		return name
	case kind == model.Env:
		return strings.TrimSuffix(key, "_") + "_" + name
	}
	return key + "." + name
}

// element strips pointers, slices, arrays and maps.
func element(t types.Type) types.Type {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return t
		}
	}
}

// tagSources returns the sources that a field's struct tag speaks of, one of
// a kind: of last resort, for loaders by reflection that no row describes.
func tagSources(tag string) []Node {
	var out []Node
	seen := make(map[model.SourceKind]bool)
	for _, c := range model.ConfigTags {
		v, ok := reflect.StructTag(tag).Lookup(c.Tag)
		if name, _, _ := strings.Cut(v, ","); ok && name != "" && name != "-" && !seen[c.Kind] {
			seen[c.Kind] = true
			out = append(out, sourceNode(c.Kind, name, Pos{}))
		}
	}
	return out
}
