// Package plugin makes plugins by their names, of what a file says of each.
package plugin

import "encoding/json"

type maker struct {
	args func() any
	make func(args any) error
}

var makers = make(map[string]maker)

// Register is called by the packages of plugins.
func Register(name string, make func(args any) error, args func() any) {
	makers[name] = maker{args, make}
}

// Make makes one.
func Make(name string, text []byte) error {
	m := makers[name]
	args := m.args()
	if err := json.Unmarshal(text, args); err != nil {
		return err
	}
	return m.make(args)
}

// Default sets a text that is empty.
func Default(p *string, value string) {
	if *p == "" {
		*p = value
	}
}
