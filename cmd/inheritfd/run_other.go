//go:build !linux

package main

import (
	"context"

	"github.com/urfave/cli/v3"

	"inheritfd/fixer"
	"inheritfd/fixer/launch"
)

// socketCommands returns none: sockets are inherited on linux only.
func socketCommands() []*cli.Command { return nil }

// An exitStatus ends the command with a status of a program's.
type exitStatus int

func (exitStatus) Error() string { return "" }

// prove fails.
func prove(context.Context, *cli.Command, *fixer.Report, *fixer.Plan) error {
	return launch.ErrUnsupported
}
