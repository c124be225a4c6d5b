package flow

// This file defines the shape of a value: how it is composed where it is used.

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/model"
)

// Shape tells how the address of a site, or the path of an effect, is composed
// at the call: constants as they are, "{}" for what comes from elsewhere. It is
// "" when calls differ, or there is none.
func (p *Package) Shape(s *Site) string {
	address := model.None
	switch {
	case s.Effect != nil:
		address = s.Effect.Path
	case s.Sink != nil:
		address = s.Sink.Address
	}
	out := ""
	for _, call := range s.Instrs {
		v := arg(call.Common(), address)
		if v == nil || out != "" && out != shapeOf(v, 0) {
			return ""
		}
		out = shapeOf(v, 0)
	}
	return out
}

func shapeOf(v ssa.Value, depth int) string {
	const hole = "{}"
	if depth > 8 {
		return hole
	}
	switch v := v.(type) {
	case *ssa.Const:
		if text, ok := constString(v, 0); ok {
			return text
		}
	case *ssa.MakeInterface:
		return shapeOf(v.X, depth+1)
	case *ssa.ChangeType:
		return shapeOf(v.X, depth+1)
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return shapeOf(v.X, depth+1) + shapeOf(v.Y, depth+1)
		}
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			if st := onlyStore(a); st != nil {
				return shapeOf(st.Val, depth+1)
			}
		}
	case *ssa.Call:
		switch name := calleeName(&v.Call); name {
		case "path/filepath.Join", "path.Join":
			var parts []string
			for _, e := range variadic(v.Call.Args[0]) {
				parts = append(parts, shapeOf(e, depth+1))
			}
			return strings.Join(parts, "/")
		case "path/filepath.Dir", "path.Dir", "path/filepath.Base", "path.Base":
			return name + "(" + shapeOf(v.Call.Args[0], depth+1) + ")"
		case "path/filepath.Clean", "path/filepath.Abs", "strings.TrimSpace", "strings.TrimPrefix", "os.ExpandEnv":
			return shapeOf(v.Call.Args[0], depth+1)
		case "strings.TrimSuffix":
			return "trim(" + shapeOf(v.Call.Args[0], depth+1) + ")"
		case "fmt.Sprintf":
			format, ok := constString(v.Call.Args[0], 0)
			if !ok {
				return hole
			}
			for _, e := range variadic(v.Call.Args[1]) {
				at := verb.FindStringIndex(format)
				if at == nil {
					break
				}
				format = format[:at[0]] + shapeOf(e, depth+1) + format[at[1]:]
			}
			return format
		}
	}
	return hole
}

// onlyStore returns the store that gives a variable its value, nil when there
// are several, or its address goes elsewhere.
func onlyStore(a *ssa.Alloc) *ssa.Store {
	var only *ssa.Store
	for _, r := range *a.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr != a || only != nil {
				return nil
			}
			only = r
		case *ssa.UnOp, *ssa.DebugRef, *ssa.MakeClosure:
		default:
			return nil
		}
	}
	return only
}
