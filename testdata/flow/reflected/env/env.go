// Package env fills structs from the environment by reflection.
package env

import (
	"bufio"
	"io"
	"os"
	"reflect"
	"strings"
)

// Load fills what into points to from variables PREFIX_SECTION_FIELD.
func Load(prefix string, into any) { walk(prefix, reflect.ValueOf(into).Elem()) }

func walk(prefix string, v reflect.Value) {
	t := v.Type()
	for i := range t.NumField() {
		name := prefix + "_" + strings.ToUpper(t.Field(i).Name)
		if f := v.Field(i); f.Kind() == reflect.Struct {
			walk(name, f)
		} else if s, ok := os.LookupEnv(name); ok {
			f.SetString(s)
		}
	}
}

// Settings fills from variables that a tag names.
func Settings(into any) {
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("from"); name != "" {
			v.Field(i).SetString(os.Getenv(name))
		}
	}
}

// Parse fills from lines "Field: value".
func Parse(r io.Reader, into any) error { return parse(bufio.NewScanner(r), into) }

func parse(s *bufio.Scanner, into any) error {
	v := reflect.ValueOf(into).Elem()
	for s.Scan() {
		name, value, _ := strings.Cut(s.Text(), ": ")
		if f := v.FieldByName(name); f.IsValid() {
			f.SetString(value)
		}
	}
	return s.Err()
}

// Set sets the field of a name that its caller knows.
func Set(into any, field, value string) {
	reflect.ValueOf(into).Elem().FieldByName(field).SetString(value)
}
