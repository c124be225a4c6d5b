package flow

// This file defines what a value shows where it is used: the shape in which a
// path is composed, whether a listener is asked for it, or is wrapped.

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

// Asked reports whether the path that a call with an effect is given is what a
// socket says of itself, as in os.Remove(l.Addr().String()).
func (s *Site) Asked() bool {
	for _, call := range s.Instrs {
		if v := arg(call.Common(), s.Effect.Path); v != nil && ofSocket(v, 0) {
			return true
		}
	}
	return false
}

// ofSocket reports whether a value is made of the address of a socket.
func ofSocket(v ssa.Value, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := unwrap(v).(type) {
	case *ssa.Call:
		if src := model.SourceOf(calleeName(&v.Call)); src != nil {
			return src.Kind == model.Runtime && strings.HasPrefix(src.Unkeyed, "address of ")
		}
		recv := arg(&v.Call, model.Recv)
		return recv != nil && v.Call.Signature().Params().Len() == 0 && ofSocket(recv, depth+1)
	case *ssa.TypeAssert:
		return ofSocket(v.X, depth+1)
	case *ssa.Extract:
		return ofSocket(v.Tuple, depth+1)
	case *ssa.FieldAddr:
		return ofSocket(v.X, depth+1)
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			st := onlyStore(a)
			return st != nil && ofSocket(st.Val, depth+1)
		}
		return ofSocket(v.X, depth+1)
	}
	return false
}

// Wrapped reports whether the listener that a server is given is one around
// another, so that it is not known what it does when that one is stopped.
func (s *Site) Wrapped() bool {
	for _, call := range s.Instrs {
		if v := arg(call.Common(), model.Arg0); v != nil && wrapped(v, 0) {
			return true
		}
	}
	return false
}

func wrapped(v ssa.Value, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		switch strings.TrimPrefix(v.X.Type().String(), "*") {
		case "net.TCPListener", "net.UnixListener":
			return false
		}
		return true
	case *ssa.ChangeInterface:
		return wrapped(v.X, depth+1)
	case *ssa.Extract:
		return wrapped(v.Tuple, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if !wrapped(e, depth+1) {
				return false
			}
		}
		return true
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			st := onlyStore(a)
			return st != nil && wrapped(st.Val, depth+1)
		}
	case *ssa.Call:
		switch calleeName(&v.Call) {
		case "crypto/tls.NewListener", "crypto/tls.Listen", "golang.org/x/net/netutil.LimitListener":
			return true
		}
	}
	return false
}
