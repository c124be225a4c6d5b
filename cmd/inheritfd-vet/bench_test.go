//go:build unix

package main_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var module = flag.String("module", "", "folder of the Go module to measure on; default a small one of our own")

// BenchmarkVet measures what inheritfd-vet costs a go vet run beside a vettool
// with the printf analyzer alone, both in one run:
//
//	go test -run='^$' -bench=Vet ./cmd/inheritfd-vet -module=/path/to/module
//
// It reports, averaged over the rounds (-benchtime=3x), CPU seconds (user and
// system, of the whole process tree) with a cold and a warm vet cache, the
// peak memory of the largest process, and the ratios. Packages are compiled
// before the clock starts.
func BenchmarkVet(b *testing.B) {
	dir := *module
	if dir == "" {
		dir = filepath.Join("..", "..", "testdata", "daemon", "dnsd")
	}
	bin := b.TempDir()
	tools := map[string]string{"printf": "./testdata/printfvet", "inheritfd": "."}
	for name, pkg := range tools {
		run(b, "", "go", "build", "-o", filepath.Join(bin, name), pkg)
	}
	prime(b, dir)
	cost := make(map[string]usage) // over all rounds
	for b.Loop() {
		for _, name := range []string{"printf", "inheritfd"} {
			vet := []string{"go", "vet", "-vettool=" + fresh(b, filepath.Join(bin, name)), "./..."}
			cost[name+"/cold"] = cost[name+"/cold"].plus(run(b, dir, vet...))
			for range warmRuns { // short, so noisy
				cost[name+"/warm"] = cost[name+"/warm"].plus(run(b, dir, vet...))
			}
		}
	}
	for state, runs := range map[string]int{"cold": b.N, "warm": b.N * warmRuns} {
		ours, theirs := cost["inheritfd/"+state], cost["printf/"+state]
		b.ReportMetric(ours.cpu.Seconds()/float64(runs), state+"-cpu-s")
		b.ReportMetric(theirs.cpu.Seconds()/float64(runs), state+"-printf-cpu-s")
		b.ReportMetric(ours.cpu.Seconds()/theirs.cpu.Seconds(), state+"-cpu-ratio")
		b.ReportMetric(float64(ours.maxRSS)/(1<<20), state+"-peak-MiB")
		b.ReportMetric(float64(ours.maxRSS)/float64(theirs.maxRSS), state+"-peak-ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// prime compiles what go vet needs compiled.
func prime(b *testing.B, dir string) {
	run(b, dir, "go", "build", "./...")
	run(b, dir, "go", "list", "-test", "-export", "-deps", "-f", "{{.ImportPath}}", "./...")
}

// fresh returns a copy of a tool that the go command has no cached results
// of: it goes by the contents of the file, and what follows an executable's
// sections does not change what it does.
func fresh(b *testing.B, tool string) string {
	b.Helper()
	code, err := os.ReadFile(tool)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), filepath.Base(tool))
	if err := os.WriteFile(path, append(code, path+time.Now().String()...), 0o755); err != nil {
		b.Fatal(err)
	}
	return path
}

// warmRuns is how often a warm run is repeated in each round.
const warmRuns = 4

// A usage is what a process tree took.
type usage struct {
	cpu    time.Duration
	maxRSS int64 // bytes, of the largest process
}

// plus adds the CPU time of two runs, and keeps the larger memory.
func (u usage) plus(v usage) usage {
	return usage{cpu: u.cpu + v.cpu, maxRSS: max(u.maxRSS, v.maxRSS)}
}

// run runs a command to its end and returns what it took. Findings, which
// make go vet fail, are no failure here.
func run(b *testing.B, dir string, args ...string) usage {
	b.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil || err != nil && args[1] != "vet" {
		b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out.String())
	}
	ru := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{
		cpu:    cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		maxRSS: ru.Maxrss * 1024, // getrusage(2) counts KiB on Linux
	}
}
