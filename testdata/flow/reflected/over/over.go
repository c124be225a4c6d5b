// Package over has variables override what a file says: it goes from their names to
// the fields.
package over

import (
	"os"
	"reflect"
	"strings"
)

// A Config is what a file says.
type Config struct {
	Server struct {
		ListenAddr string `yaml:"listen-addr"`
		Debug      struct {
			Profile string
		}
	}
	Quiet string `yaml:"quiet"`
}

// Apply goes through the environment.
func Apply(c *Config) {
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "OVERD__") {
			name = strings.TrimPrefix(name, "OVERD__")
		} else if strings.HasPrefix(name, "OLDOVERD__") {
			name = strings.TrimPrefix(name, "OLDOVERD__")
		} else {
			continue
		}
		set(c, strings.Split(name, "__"), value)
	}
}

func set(c *Config, path []string, value string) {
	v := reflect.Indirect(reflect.ValueOf(c))
	for _, part := range path {
		part = strings.ReplaceAll(strings.ToLower(part), "_", "-")
		found := false
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("yaml") == part || strings.ToLower(f.Name) == part {
				v, found = v.FieldByName(f.Name), true
				break
			}
		}
		if !found {
			return
		}
	}
	if v.Kind() == reflect.String {
		v.Set(reflect.ValueOf(value))
	}
}

// Named sets a field of whatever it is given, by the name of a variable.
func Named(c any, name, value string) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "NAMED__"), "OLDNAMED__")
	v := reflect.Indirect(reflect.ValueOf(c))
	for _, part := range strings.Split(name, "__") {
		for i := range v.NumField() {
			if f := v.Type().Field(i); strings.EqualFold(f.Tag.Get("yaml"), part) {
				v = v.FieldByName(f.Name)
				break
			}
		}
	}
	v.Set(reflect.ValueOf(value))
}
