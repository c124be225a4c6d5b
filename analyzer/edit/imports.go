package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Import returns the name under which file can use the package at importPath,
// and the edit that adds the import; none when it is there already. The
// result is the same for every call with one file, so that the import edits
// of several findings merge.
//
// The name is base, the package's own, unless the file or its package uses that
// for something else. It returns "" when the file has no place for an import.
func Import(file *ast.File, info *types.Info, pkg *types.Package, importPath, base string) (string, []analysis.TextEdit) {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != importPath {
			continue
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		} else if obj, ok := info.Implicits[spec].(*types.PkgName); ok {
			name = obj.Name() // of the package itself: iris, not v12
		}
		if name != "_" && name != "." && !declares(file, info, name) {
			return name, nil
		}
	}
	name := freshName(file, info, pkg, base)
	text := strconv.Quote(importPath)
	if name != path.Base(importPath) {
		text = name + " " + text
	}
	e, ok := place(file, importPath, text)
	if !ok {
		return "", nil
	}
	return name, []analysis.TextEdit{e}
}

// declares reports whether something in a file, other than a field, is
// declared under a name, and may hide an import of that name.
func declares(file *ast.File, info *types.Info, name string) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			switch obj := info.Defs[id].(type) {
			case nil, *types.PkgName:
			case *types.Var:
				found = found || !obj.IsField()
			default:
				found = true
			}
		}
		return !found
	})
	return found
}

// freshName returns base, or base with a suffix, such that nothing in the
// file or its package has the name: a local variable anywhere in the file
// would hide the import at a later site.
func freshName(file *ast.File, info *types.Info, pkg *types.Package, base string) string {
	used := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if _, isField := info.Defs[id].(*types.Var); !isField || !info.Defs[id].(*types.Var).IsField() {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, name := range []string{base, base + "fd", "sock" + base, base + "pkg"} {
		if !used[name] && pkg.Scope().Lookup(name) == nil {
			return name
		}
	}
	for i := 2; ; i++ {
		if name := base + strconv.Itoa(i); !used[name] && pkg.Scope().Lookup(name) == nil {
			return name
		}
	}
}

// place returns the edit that puts an import where its maintainer would: into
// the group of the module's own imports at its sorted place, else in a group
// of its own at the end.
func place(file *ast.File, importPath, text string) (analysis.TextEdit, bool) {
	decl := importDecl(file)
	if decl == nil {
		return analysis.TextEdit{}, false
	}
	std := stdFolders[importPath]
	if !decl.Lparen.IsValid() {
		if std {
			return insert(decl.Pos(), "import "+text+"\n"), true
		}
		return insert(endOfLine(decl.Specs[0].(*ast.ImportSpec)), "\nimport "+text), true
	}
	var last, best *ast.ImportSpec
	for _, s := range decl.Specs {
		spec := s.(*ast.ImportSpec)
		last = spec
		if p := pathOf(spec); shares(p, importPath) && (best == nil || p < importPath) {
			best = spec
		}
	}
	switch {
	case last == nil:
		return insert(decl.Lparen+1, "\n\t"+text+"\n"), true
	case best == nil && std:
		return insert(startOfSpec(decl.Specs[0].(*ast.ImportSpec)), text+"\n\n\t"), true
	case best == nil:
		return insert(endOfLine(last), "\n\n\t"+text), true
	case pathOf(best) >= importPath:
		return insert(startOfSpec(best), text+"\n\t"), true
	}
	return insert(endOfLine(best), "\n\t"+text), true
}

// importDecl returns the declaration to add to: the last one in parentheses
// without import "C", else the last one without.
func importDecl(file *ast.File) *ast.GenDecl {
	var found *ast.GenDecl
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT || importsC(decl) {
			continue
		}
		if found == nil || decl.Lparen.IsValid() || !found.Lparen.IsValid() {
			found = decl
		}
	}
	return found
}

func importsC(decl *ast.GenDecl) bool {
	for _, s := range decl.Specs {
		if pathOf(s.(*ast.ImportSpec)) == "C" {
			return true
		}
	}
	return false
}

func pathOf(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return p
}

// shares reports whether two import paths are of one module, as far as paths
// can tell.
func shares(a, b string) bool {
	first, _, _ := strings.Cut(a, "/")
	if !strings.Contains(first, ".") { // a module without a dot, or std
		other, _, _ := strings.Cut(b, "/")
		return first == other || stdFolders[b] && stdFolders[first]
	}
	n := 0
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	if strings.Count(first, ".") > 0 && isHost(first) {
		return n >= 3
	}
	return n >= 1 && n >= len(bs)-2
}

// stdFolders are the first elements of the import paths of std.
var stdFolders = func() map[string]bool {
	set := make(map[string]bool)
	for _, f := range strings.Fields(`archive bufio bytes cmp compress container context crypto database debug embed
		encoding errors expvar flag fmt go hash html image index io iter log maps math mime net os path reflect regexp
		runtime slices sort strconv strings sync syscall testing text time unicode unique unsafe weak`) {
		set[f] = true
	}
	return set
}()

// isHost reports whether the first path element is a code host, where the
// next two name the repository.
func isHost(s string) bool {
	switch s {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht":
		return true
	}
	return false
}

// startOfSpec returns the start of a spec with its doc comment.
func startOfSpec(s *ast.ImportSpec) token.Pos {
	if s.Doc != nil {
		return s.Doc.Pos()
	}
	return s.Pos()
}

// endOfLine returns the end of a spec with its line comment.
func endOfLine(s *ast.ImportSpec) token.Pos {
	if s.Comment != nil {
		return s.Comment.End()
	}
	return s.End()
}

func insert(pos token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(text)}
}
