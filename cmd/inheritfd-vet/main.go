// The inheritfd-vet command runs the inheritfd analyzer under the go command:
//
//	go vet -vettool=$(which inheritfd-vet) ./...
//	go vet -vettool=$(which inheritfd-vet) -fix ./...
//	go fix -fixtool=$(which inheritfd-vet) ./...
//
// It is a command of its own, and small, because the go command starts it
// once per package.
package main

import (
	"os"
	"runtime/debug"

	"golang.org/x/tools/go/analysis/unitchecker"

	"inheritfd/analyzer"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a process lives for one package
	}
	unitchecker.Main(analyzer.Analyzer)
}
