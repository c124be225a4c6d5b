// Package fixer ports the daemons of one Go module to socket activation.
//
// The data flows one way: the analyzer runs over the module under the go
// command ([Check]), its findings become a plan of edited files ([MakePlan]),
// what it changes is compiled, packages and tests, and type-checked for every other
// GOOS that the module's files name ([Plan.Compile]), and only then written, every
// file atomically ([Plan.Write]). A second run plans nothing.
//
// The analyzer runs as a vettool, not in this process: the go command caches
// what it finds per package, runs it in parallel, and each process holds one
// package only, so that a second check of a large module costs next to
// nothing.
//
// The same report says what a program's units have to know ([Report.Program]),
// and makes copies of the module for a proof before anything is written
// ([Report.CopyTo]).
//
// What needs the whole repository is done here: bundling the helper package,
// the choice between claiming any socket and the only one, imports that are
// no longer used.
package fixer
