package fixer

// This file finds the subcommand of a program that a flag belongs to, and the
// flags that it cannot do without. It reads the source of the folder where the
// flag is defined, by the rows for libraries of commands: what is not written as
// they say has no subcommand, as far as is known.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"inheritfd/analyzer/model"
)

// A command is a subcommand of a program.
type command struct {
	known    bool
	words    []string // that lead to it, none for the program itself
	required []string // names of flags
}

// commandOf returns the command of the flag that is defined in a line of a file.
func commandOf(m *model.Model, file string, line int) command {
	dir := filepath.Dir(file)
	s := source{rows: m, fset: token.NewFileSet()}
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
	rows  *model.Model
	fset  *token.FileSet
	files []*ast.File
}

// at returns the command of the flag in a line.
func (s source) at(f *ast.File, line int) (c command) {
	libraries := s.libraries(f)
	ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
		if c.known || s.fset.Position(n.Pos()).Line != line {
			return true
		}
		for _, l := range libraries {
			switch call, isCall := n.(*ast.CallExpr); {
			case c.known:
			case len(l.Marks) > 0:
				c = nested(append(stack, n), l)
			case isCall:
				c = s.added(l, stack, call)
			}
		}
		return true
	})
	return c
}

// A library is one of commands that a file imports, by a path.
type library struct {
	*model.Command
	path string
}

// libraries returns the libraries of commands that a file imports.
func (s source) libraries(f *ast.File) []library {
	var out []library
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if row := s.rows.Command(p); row != nil {
			out = append(out, library{row, p})
		}
	}
	return out
}

// nested returns the command of the literals around a flag, or around a call
// that looks its value up.
func nested(stack []ast.Node, l library) command {
	var names []string
	outer := ""
	for _, n := range stack {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || field(lit, l.Name) == nil || !slices.ContainsFunc(l.Marks, func(mark string) bool { return field(lit, mark) != nil }) {
			continue
		}
		if outer == "" {
			sel, _ := lit.Type.(*ast.SelectorExpr)
			if sel == nil {
				return command{}
			}
			outer = sel.Sel.Name
		}
		name, ok := text(field(lit, l.Name))
		if !ok {
			return command{}
		}
		names = append(names, name)
	}
	if len(names) > 0 && l.IsProgram(outer, l.path) {
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

// A variable is one that holds a command: of a function, or of the package where
// that is nil.
type variable struct {
	name string
	in   *ast.FuncDecl
}

// added returns the command of a call such as cmd.Flags().StringVar, or
// flags.StringVar after flags := cmd.Flags().
func (s source) added(l library, stack []ast.Node, call *ast.CallExpr) command {
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
	if !ok || sel.Sel.Name != l.Flags { // persistent ones are those of all below, too
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
	c := command{known: s.nameOf(l, v) != "", required: s.required(l, v, in)}
	for range 8 { // deep enough for anybody
		parent, ok := s.parent(l, v)
		name := s.nameOf(l, v)
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

// nameOf returns the name in the literal of a command.
func (s source) nameOf(l library, v variable) string {
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
	words, _ := text(field(lit, l.Name)) // "" is none
	name, _, _ := strings.Cut(words, " ")
	return name
}

// parent returns the command that a command is added to.
func (s source) parent(l library, v variable) (parent variable, ok bool) {
	s.calls(l.Add, func(in *ast.FuncDecl, to string, args []ast.Expr) {
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
func (s source) required(l library, v variable, fn *ast.FuncDecl) []string {
	var out []string
	s.calls(l.Require, func(in *ast.FuncDecl, of string, args []ast.Expr) {
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
