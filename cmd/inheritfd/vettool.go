package main

// This file defines the program as the vettool that check has the go command run.

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"inheritfd/analyzer"
)

// isVettool reports whether the go command runs this program as a vettool, as
// check has it do.
func isVettool(args []string) bool {
	if len(args) == 0 {
		return false
	}
	if args[0] == "-V=full" || args[0] == "-flags" {
		return true
	}
	return strings.HasSuffix(args[len(args)-1], ".cfg") && (len(args) == 1 || strings.HasPrefix(args[0], "-"))
}

// vettool analyses one package, and does not return.
func vettool(args []string) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a process lives for one package
	}
	if slices.Contains(args, "-inheritfd.sites") {
		if err := reportDependency(args[len(args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, "inheritfd:", err)
			os.Exit(1)
		}
	}
	unitchecker.Main(analyzer.Analyzer)
}

// reportDependency has a package of a module at work reported on also where the go
// command asks for its facts alone, as for one that another package imports. It
// keeps what the tool prints by the package, and has nothing to show later, when it
// is asked for the package itself (go 1.24 and later; cmd/go/internal/work, vet).
func reportDependency(config string) error {
	data, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("%s: %w", config, err)
	}
	text := func(name string) (s string) {
		json.Unmarshal(fields[name], &s) // "" for none
		return s
	}
	if string(fields["VetxOnly"]) != "true" || text("ModulePath") == "" || text("ModuleVersion") != "" {
		return nil
	}
	fields["VetxOnly"] = json.RawMessage("false")
	if data, err = json.Marshal(fields); err != nil {
		return err
	}
	return os.WriteFile(config, data, 0o600)
}
