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

// prove fails.
func prove(context.Context, *cli.Command, *fixer.Report, *fixer.Plan) error {
	return launch.ErrUnsupported
}
