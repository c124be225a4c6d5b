package fixer

// This file finds the subcommand of a program that a flag belongs to, and the
// flags that it cannot do without. It reads the source of the folder where the
// flag is defined, by the ways in which cobra and urfave/cli are used: what is
// not written like that has no subcommand, as far as is known.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A command is a subcommand of a program.
type command struct {
	known    bool
	words    []string // that lead to it, none for the program itself
	required []string // names of flags
}

// commandOf returns the command of the flag that is defined in a line of a file.
func commandOf(file string, line int) command {
	dir := filepath.Dir(file)
	s := source{fset: token.NewFileSet()}
	entries, _ := os.ReadDir(dir) // error: nothing is known
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(s.fset, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err == nil {
			s.files = append(s.files, f)
		}
	}
	for _, f := range s.files {
		if filepath.Base(s.fset.Position(f.Pos()).Filename) == filepath.Base(file) {
			return s.at(f, line)
		}
	}
	return command{}
}

// source is a folder of Go files.
type source struct {
	fset  *token.FileSet
	files []*ast.File
}

// at returns the command of the flag in a line.
func (s source) at(f *ast.File, line int) (c command) {
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if c.known || s.fset.Position(n.Pos()).Line != line {
			return true
		}
		if v := imports(f, "github.com/urfave/cli"); v != "" {
			c = nested(stack, v)
		}
		if call, ok := n.(*ast.CallExpr); ok && !c.known {
			c = s.cobra(f, stack, call)
		}
		return true
	})
	return c
}

// imports returns the path by which a file imports a module, in any major
// version, "" if it does not.
func imports(f *ast.File, module string) string {
	for _, spec := range f.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p == module || strings.HasPrefix(p, module+"/v") {
			return p
		}
	}
	return ""
}

// nested returns the command of the literals of urfave/cli around a flag, or
// around a call that looks its value up.
func nested(stack []ast.Node, imported string) command {
	var names []string
	outer := ""
	for _, n := range stack {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || field(lit, "Name") == nil || field(lit, "Flags") == nil && field(lit, "Action") == nil {
			continue
		}
		if outer == "" {
			sel, _ := lit.Type.(*ast.SelectorExpr)
			if sel == nil {
				return command{}
			}
			outer = sel.Sel.Name
		}
		name, ok := text(field(lit, "Name"))
		if !ok {
			return command{}
		}
		names = append(names, name)
	}
	if len(names) > 0 && (outer == "App" || path.Base(imported) == "v3") { // there the program is a Command too
		return command{known: true, words: names[1:]}
	}
	return command{known: len(names) > 0, words: names}
}

// field returns the value of a field in a literal, nil if it has none.
func field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// text returns the value of a string literal.
func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(lit.Value)
	return v, err == nil
}

// A variable is one that holds a command of cobra: of a function, or of the
// package where that is nil.
type variable struct {
	name string
	in   *ast.FuncDecl
}

// cobra returns the command of a call such as cmd.Flags().StringVar, or
// flags.StringVar after flags := cmd.Flags().
func (s source) cobra(f *ast.File, stack []ast.Node, call *ast.CallExpr) command {
	if imports(f, "github.com/spf13/cobra") == "" {
		return command{}
	}
	var in *ast.FuncDecl
	for _, n := range stack {
		if fn, ok := n.(*ast.FuncDecl); ok {
			in = fn
		}
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || in == nil {
		return command{}
	}
	of := sel.X
	if id, ok := of.(*ast.Ident); ok {
		of = assigned(in, id.Name)
	}
	flags, ok := of.(*ast.CallExpr)
	if !ok {
		return command{}
	}
	sel, ok = flags.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Flags" { // PersistentFlags are those of all below, too
		return command{}
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return command{}
	}
	v := variable{id.Name, in}
	if assigned(in, id.Name) == nil {
		v.in = nil
	}
	c := command{known: s.use(v) != "", required: s.required(v, in)}
	for range 8 { // deep enough for anybody
		parent, ok := s.parent(v)
		name := s.use(v)
		if !ok || name == "" {
			break
		}
		c.words = slices.Insert(c.words, 0, name)
		v = parent
	}
	return c
}

// assigned returns what is assigned to a variable where a function defines it,
// nil if it does not.
func assigned(fn *ast.FuncDecl, name string) (value ast.Expr) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && len(a.Lhs) == len(a.Rhs) {
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == name && value == nil {
					value = a.Rhs[i]
				}
			}
		}
		return true
	})
	return value
}

// use returns the name in the literal of a command.
func (s source) use(v variable) string {
	value := ast.Expr(nil)
	if v.in != nil {
		value = assigned(v.in, v.name)
	} else {
		for _, f := range s.files {
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					for _, spec := range g.Specs {
						if vs, ok := spec.(*ast.ValueSpec); ok && len(vs.Names) == 1 && len(vs.Values) == 1 && vs.Names[0].Name == v.name {
							value = vs.Values[0]
						}
					}
				}
			}
		}
	}
	if u, ok := value.(*ast.UnaryExpr); ok {
		value = u.X
	}
	lit, ok := value.(*ast.CompositeLit)
	if !ok {
		return ""
	}
	words, _ := text(field(lit, "Use")) // "" is none
	name, _, _ := strings.Cut(words, " ")
	return name
}

// parent returns the command that a command is added to.
func (s source) parent(v variable) (parent variable, ok bool) {
	s.calls("AddCommand", func(in *ast.FuncDecl, to string, args []ast.Expr) {
		for _, a := range args {
			id, isVar := a.(*ast.Ident)
			if call, isCall := a.(*ast.CallExpr); isCall && v.in != nil {
				fn, isFn := call.Fun.(*ast.Ident)
				isVar = isFn && fn.Name == v.in.Name.Name && v.in.Recv == nil
			} else {
				isVar = isVar && id.Name == v.name && (v.in == nil || v.in == in)
			}
			if isVar && !ok {
				parent, ok = variable{to, in}, true
				if assigned(in, to) == nil {
					parent.in = nil
				}
			}
		}
	})
	return parent, ok
}

// required returns the flags that a command is not run without.
func (s source) required(v variable, fn *ast.FuncDecl) []string {
	var out []string
	s.calls("MarkFlagRequired", func(in *ast.FuncDecl, of string, args []ast.Expr) {
		if name, ok := text(args[0]); ok && of == v.name && (v.in == nil || in == fn) {
			out = append(out, name)
		}
	})
	return out
}

// calls calls yield for the calls x.method(args...) in functions, x being a
// variable.
func (s source) calls(method string, yield func(in *ast.FuncDecl, x string, args []ast.Expr)) {
	for _, f := range s.files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == method {
					if id, ok := sel.X.(*ast.Ident); ok {
						yield(fn, id.Name, call.Args)
					}
				}
				return true
			})
		}
	}
}
