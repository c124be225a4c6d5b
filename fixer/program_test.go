package fixer

import (
	"testing"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// TestDefaultAddress checks what the parts of an address are put together to.
func TestDefaultAddress(t *testing.T) {
	flag := func(part model.Part, value string) flow.Origin {
		return flow.Origin{Part: part, Kind: flow.FromFlag, Key: "f", Default: value, HasDefault: true}
	}
	env := func(part model.Part) flow.Origin { return flow.Origin{Part: part, Kind: flow.FromEnv, Key: "E"} }
	text := func(part model.Part, value string) flow.Origin {
		return flow.Origin{Part: part, Kind: flow.FromConst, Value: value}
	}
	r := &Report{build: &build{}}
	for _, test := range []struct {
		name, want string
		origins    []flow.Origin
	}{
		{"whole", ":80", []flow.Origin{flag(model.Whole, ":80"), env(model.Whole)}},
		{"host and port", "h:80", []flow.Origin{flag(model.Host, "h"), flag(model.Port, "80")}},
		{"below a folder", "/run/d/api.sock", []flow.Origin{flag(model.Dir, "/run/d"), text(model.Path, "api.sock")}},
		{"two settings of one folder", "/run/d/api.sock", []flow.Origin{flag(model.Dir, "/run/d"), env(model.Dir), text(model.Path, "api.sock")}},
		{"a folder without a default", "", []flow.Origin{env(model.Dir), text(model.Path, "api.sock")}},
		{"a folder in a folder", "", []flow.Origin{text(model.Dir, "/run"), flag(model.Dir, "d"), text(model.Path, "api.sock")}},
		{"two folders", "", []flow.Origin{flag(model.Dir, "/run"), flag(model.Dir, "d"), text(model.Path, "api.sock")}},
	} {
		if got, _ := r.defaultAddress(test.origins, ""); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
