package model

import "strings"

// A Command describes how a library declares the commands of a program: as
// literals within each other, whose flags are among their fields, or as values
// that are added to each other by calls.
type Command struct {
	// Module is the library's import path without a major version.
	Module string
	// Name is the field of a command's literal that has its name, up to the
	// first blank.
	Name string
	// Marks are fields of which a command's literal has one besides its name,
	// where commands are literals within each other.
	Marks []string
	// Program is the type of the outermost literal where that is the program
	// itself, and Versions the major versions in which it always is; none of the
	// two where the outermost literal is a command.
	Program  string
	Versions []string
	// Flags is the method of a command that returns its flags, Add the one that
	// adds another command below it, and Require the one that names a flag
	// without which it does not run; "" where commands are nested literals.
	Flags, Add, Require string
}

// IsProgram reports whether an outermost literal of a type, in a version of the
// library's import path, is the program and no command of it.
func (c *Command) IsProgram(typ, importPath string) bool {
	if c.Program != "" && typ == c.Program {
		return true
	}
	for _, v := range c.Versions {
		if strings.HasSuffix(importPath, "/"+v) {
			return true
		}
	}
	return false
}

// Command returns the row for the library at an import path in any major
// version, nil for none.
func (m *Model) Command(importPath string) *Command {
	if c := m.commands[importPath]; c != nil {
		return c
	}
	i := strings.LastIndex(importPath, "/v")
	if i < 0 || strings.Trim(importPath[i+2:], "0123456789") != "" {
		return nil
	}
	return m.commands[importPath[:i]]
}
