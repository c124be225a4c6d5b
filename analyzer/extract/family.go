package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// OfFamily returns where a package of the module at work asks for a type of package
// net that only sockets of one family have, as in c.(*net.TCPConn): a program that
// does cannot serve on one of another. The zero Pos says that it does not, which holds
// for a question about connections that has another answer ready, too.
func OfFamily(pass *analysis.Pass, m *model.Model) flow.Pos {
	if isDependency(pass) || m.IsHelper(pass.Pkg.Path()) {
		return flow.Pos{}
	}
	var at token.Pos
	for _, f := range pass.Files {
		if isTestFile(pass.Fset, f) || at.IsValid() {
			continue
		}
		ready := make(map[ast.Expr]bool)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
					ready[ast.Unparen(n.Rhs[0])] = true
				}
			case *ast.TypeAssertExpr:
				if n.Type != nil && !at.IsValid() && asksFamily(pass.TypesInfo.TypeOf(n.Type), ready[n]) {
					at = n.Pos()
				}
			}
			return true
		})
	}
	if !at.IsValid() {
		return flow.Pos{}
	}
	return posn(pass, at)
}

// asksFamily reports whether a type assertion needs a socket of one family.
func asksFamily(t types.Type, ready bool) bool {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "net" {
		return false
	}
	switch named.Obj().Name() {
	case "TCPListener", "UnixListener", "TCPAddr", "UnixAddr":
		return true
	case "TCPConn", "UnixConn":
		return !ready
	}
	return false
}
