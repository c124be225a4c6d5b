//go:build long

package main

import "testing"

// TestLongScript runs testdata/script/long/*.txtar.
func TestLongScript(t *testing.T) { runScripts(t, "../../testdata/script/long") }
