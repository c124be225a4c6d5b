package model_test

import (
	"os/exec"
	"strings"
	"testing"

	"inheritfd/analyzer/model"
)

// TestStd checks that the list of the standard library has every package of
// the toolchain's.
func TestStd(t *testing.T) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.FieldsSeq(string(out)) {
		if !model.IsStd(p) {
			t.Errorf("%s is not in the list: run go generate ./analyzer/model", p)
		}
	}
	for _, p := range []string{"log/collector", "inheritfd/fixer", "net/x", "example.com/net"} {
		if model.IsStd(p) {
			t.Errorf("%s is said to be of the standard library", p)
		}
	}
}
