// Package runner is the command line of inheritfd run: what a program is run with that
// inherits sockets. It knows nothing of the analysis, so that the launcher alone
// (cmd/inheritfd-run) is small, and starts at once.
package runner

import "fmt"

// A UsageError is a mistake in the command line.
type UsageError struct{ Msg string }

func (e *UsageError) Error() string { return e.Msg }

// An ExitStatus ends the command with a status of the program's.
type ExitStatus int

func (e ExitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
