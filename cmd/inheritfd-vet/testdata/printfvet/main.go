// Printfvet is a vettool with the printf analyzer alone: what the benchmark
// compares inheritfd-vet with.
package main

import (
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() { unitchecker.Main(printf.Analyzer) }
