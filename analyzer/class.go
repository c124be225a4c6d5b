package analyzer

// This file defines how the class of a site is told.

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// testFolders hold programs and packages that only serve a module's tests.
var testFolders = strings.Fields("bench benchmark benchmarks e2e mock mocks test testdata testing tests testutil testutils unittest")

// isTestPackage reports whether a package of a module stands in a folder of
// programs for its tests.
func isTestPackage(pkg, module string) bool {
	rel, ok := strings.CutPrefix(pkg, module+"/")
	return ok && slices.ContainsFunc(strings.Split(rel, "/"), func(dir string) bool { return slices.Contains(testFolders, dir) })
}

// class tells what kind of listening a site is.
func (f *finder) class(s *flow.Site, out Site) Class {
	module := ""
	if f.pass.Module != nil {
		module = f.pass.Module.Path
	}
	switch {
	case isTest(s.Pos.File), flow.IsMock(s.Pos.File) && !strings.Contains(module, "mock"), isTestPackage(path.Dir(s.Pos.File), module):
		return Test
	case s.Sink.Inherited:
		return Inherited
	case isProbe(s):
		return Probe
	case anyPort(out.Origins) && asksAddr(s):
		return Ephemeral
	}
	return classOf(out.Callee, out.Origins)
}

// classOf tells the class of a site by its origins alone.
func classOf(callee string, origins []Origin) Class {
	if s := model.SinkOf(callee); s != nil && s.Virtual {
		return Runtime
	}
	runtime, config, searched := false, false, false
	for _, o := range origins {
		runtime = runtime || o.Kind == "runtime" && model.IsRemote(o.Reason)
		searched = searched || o.Kind == "runtime" && o.Reason == model.FreePort
		config = config || o.IsConfig() || o.Kind == flow.Param
	}
	switch {
	case len(origins) == 0:
		return Listen
	case isEphemeral(callee, origins), searched && !config:
		return Ephemeral
	case runtime && !config:
		return Runtime
	}
	return Listen
}

// isEphemeral reports whether the system chooses the port: by constants, and
// whatever decides the host.
func isEphemeral(callee string, origins []Origin) bool {
	ports, wholes, hosts := 0, 0, 0
	for _, o := range origins {
		fixed := o.Kind == flow.Const
		switch o.Part {
		case "port":
			ports++
			if !fixed || o.Value != "0" && o.Value != "" {
				return false
			}
		case "address":
			wholes++
			if !fixed || !strings.HasSuffix(o.Value, ":0") && (o.Value != "" || emptyIs(callee) != "") {
				return false
			}
		case "host":
			hosts++
		case "network":
		default:
			return false // a path
		}
	}
	typed := strings.HasSuffix(callee, ".ListenTCP") || strings.HasSuffix(callee, ".ListenUDP")
	return ports > 0 || wholes > 0 || hosts > 0 && typed
}

// anyPort reports whether the system chooses the port unless the configuration
// says otherwise.
func anyPort(origins []Origin) bool {
	ports := 0
	for _, o := range origins {
		switch {
		case o.Part == "host" || o.Part == "network":
		case o.IsConfig() && o.HasDefault && (o.Default == "0" && o.Part == "port" || strings.HasSuffix(o.Default, ":0")):
			ports++
		default:
			return false
		}
	}
	return ports > 0
}

// asksAddr reports whether the function around a site asks the socket for its
// address, which tells the port that the system has chosen.
func asksAddr(s *flow.Site) bool {
	return slices.ContainsFunc(s.Instrs, func(i ssa.CallInstruction) bool {
		return flow.CallsIn(i.Parent(), "(net.Listener).Addr") || flow.CallsIn(i.Parent(), "(*net.TCPListener).Addr")
	})
}

// emptyIs returns the address that a callee puts in for an empty one.
func emptyIs(callee string) string {
	if s := model.SinkOf(callee); s != nil {
		return s.Empty
	}
	return ""
}

// categoryOf tells whether any configuration reaches the address.
func categoryOf(origins []Origin) string {
	for _, o := range origins {
		if o.Kind != flow.Const {
			return "listen"
		}
	}
	if len(origins) == 0 {
		return "listen"
	}
	return "hardcoded"
}

// isProbe reports whether all that is done with the socket is to close it or
// to ask for its address.
func isProbe(s *flow.Site) bool {
	if len(s.Instrs) == 0 || s.Call == nil {
		return false
	}
	closed := false
	for _, instr := range s.Instrs {
		call, ok := instr.(*ssa.Call)
		if !ok {
			return false
		}
		for _, r := range *call.Referrers() {
			x, ok := r.(*ssa.Extract)
			if !ok {
				return false
			}
			if x.Index == 0 && !onlyCloses(x, &closed, 0) {
				return false
			}
		}
	}
	return closed
}

// onlyCloses reports whether nothing is done with a socket but to close it and
// to ask for its address, also by a function that it is passed to; closed is
// set when it is closed.
func onlyCloses(v ssa.Value, closed *bool, depth int) bool {
	if depth > 6 {
		return false
	}
	for _, use := range *v.Referrers() {
		switch x := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp: // compared with nil
			continue
		case *ssa.FieldAddr, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.Phi: // the same socket; (*net.UDPConn).Close is that of its conn
			if !onlyCloses(x.(ssa.Value), closed, depth+1) {
				return false
			}
			continue
		case ssa.CallInstruction:
			if fn := x.Common().StaticCallee(); fn != nil && fn.Blocks != nil && len(x.Common().Args) == 1 && fn.Signature.Recv() == nil {
				if !onlyCloses(fn.Params[0], closed, depth+1) {
					return false
				}
				continue
			}
		}
		switch usedMethod(use) {
		case "Close":
			*closed = true
		case "Addr", "LocalAddr":
		default:
			return false
		}
	}
	return true
}

// usedMethod returns the method that an instruction calls, "" for any other
// use.
func usedMethod(instr ssa.Instruction) string {
	c, ok := instr.(ssa.CallInstruction)
	if !ok {
		return ""
	}
	if c.Common().IsInvoke() {
		return c.Common().Method.Name()
	}
	if fn := c.Common().StaticCallee(); fn != nil && fn.Signature.Recv() != nil {
		return fn.Name()
	}
	return ""
}

// protocols are the functions that serve a listener, with what they speak.
var protocols = []struct{ callee, protocol string }{
	{"net/http.Serve", "http"},
	{"net/http.ServeTLS", "http"},
	{"(*net/http.Server).Serve", "http"},
	{"(*net/http.Server).ServeTLS", "http"},
	{"(*google.golang.org/grpc.Server).Serve", "grpc"},
}

// serves tells the protocol that a site's listener speaks, where the sink,
// the function around it, or else the package shows; "" where it does not, or
// the package speaks several.
func (f *finder) serves(s *flow.Site, networks []string) string {
	if p := model.ProtocolOf(s.Callee); p != "" || len(s.Instrs) == 0 {
		return p
	}
	near, far := make(map[string]bool), make(map[string]bool)
	for _, p := range protocols {
		for _, instr := range s.Instrs {
			if flow.CallsIn(instr.Parent(), p.callee) {
				near[p.protocol] = true
			}
		}
		if f.flow.Calls(p.callee) {
			far[p.protocol] = true
		}
	}
	if len(near) == 0 {
		near = far
	}
	if len(near) != 1 || !slices.Contains([]string{"", "stream"}, socketType(networks)) {
		return ""
	}
	for p := range near {
		return p
	}
	return ""
}

// excludes lists the sites of the same function that cannot run in one pass
// with s.
func (f *finder) excludes(s *flow.Site) []int {
	var out []int
	for _, t := range f.flow.Sites {
		if t == s {
			continue
		}
		for _, a := range s.Instrs {
			for _, b := range t.Instrs {
				if flow.Exclusive(a, b) {
					out = append(out, t.Pos.Line)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// class tells the class of a joined site by what the program knows.
func (j Joined) class() Class {
	if s := model.SinkOf(j.Callee); s != nil && s.Inherited {
		return Inherited
	}
	return classOf(j.Callee, j.Origins)
}
