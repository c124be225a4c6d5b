package model

import (
	"regexp"
	"strings"
)

// Package flag, and github.com/namsral/flag, which has the same shape and
// reads each flag from the environment too.

func flagRows(m *Model) {
	for pkg, env := range map[string]bool{"flag": false, "github.com/namsral/flag": true} {
		for _, recv := range []string{pkg + ".", "(*" + pkg + ".FlagSet)."} {
			for _, t := range []string{"String", "Int", "Int64", "Uint", "Uint64"} {
				m.addSources([]Source{
					{Func: recv + t, Kind: Flag, Key: Arg0, Default: Arg1, Help: Arg2, Upper: env},
					{Func: recv + t + "Var", Kind: Flag, Key: Arg1, Default: Arg2, Help: Arg3, Dest: Arg0, Upper: env},
				})
			}
			m.addSources([]Source{
				{Func: recv + "Var", Kind: Flag, Key: Arg1, Help: Arg2, Dest: Arg0, Callback: Arg0, Upper: env},
				{Func: recv + "Arg", Kind: Args, Unkeyed: "args"},
				{Func: recv + "Args", Kind: Args, Unkeyed: "args"},
				{Func: recv + "Lookup", Kind: Flag, Key: Arg0, Lookup: true},
			})
		}
	}
	for _, recv := range []string{"flag.", "(*flag.FlagSet)."} {
		m.addSources([]Source{
			{Func: recv + "TextVar", Kind: Flag, Key: Arg1, Default: Arg2, Help: Arg3, Dest: Arg0, Callback: Arg0},
			{Func: recv + "Func", Kind: Flag, Key: Arg0, Help: Arg1, Callback: Arg2},
			{Func: recv + "BoolFunc", Kind: Flag, Key: Arg0, Help: Arg1, Callback: Arg2},
		})
	}
	m.addCarriers([]Carrier{{Type: "flag.Flag", Fields: map[string]Part{"Value": Whole, "DefValue": Whole}}})
	m.addTransfers([]Transfer{{Func: "(flag.Value).String", From: []Arg{Recv}}})
}

// FlagSetBy returns the type of the flags that a function sets by their names,
// as programs do which set each flag from the environment in a loop; "" for a
// function that sets none.
func FlagSetBy(callee string) string {
	switch callee {
	case "flag.Set", "(*flag.FlagSet).Set", "flag.Value.Set":
		return "flag.Flag"
	case "(*github.com/spf13/pflag.FlagSet).Set", "github.com/spf13/pflag.Value.Set":
		return "github.com/spf13/pflag.Flag"
	}
	return ""
}

// asksEnv are the names of functions that ask for a variable of the environment:
// those of os, and of the wrappers that programs have of them.
var asksEnv = regexp.MustCompile(`^(Getenv|LookupEnv\w*)$`)

// AsksEnv returns which argument names the variable, for a function that asks for
// one of the environment.
func (m *Model) AsksEnv(callee string) (name Arg, ok bool) {
	if src := m.Source(callee); src != nil && src.Kind == Env {
		return src.Key, true
	}
	return Arg0, asksEnv.MatchString(callee[strings.LastIndexByte(callee, '.')+1:])
}
