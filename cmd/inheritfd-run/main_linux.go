// The inheritfd-run command opens sockets and runs a program that inherits them. It is
// inheritfd run, flags and all, without the rest: for images and units that need a
// launcher, and no analysis.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"inheritfd/cmd/internal/runner"
)

func main() {
	cmd := runner.Command()
	cmd.Name, cmd.HideHelpCommand = "inheritfd-run", true // help may be a program
	cmd.ExitErrHandler = func(context.Context, *cli.Command, error) {}
	cmd.OnUsageError = func(_ context.Context, _ *cli.Command, err error, _ bool) error {
		return &runner.UsageError{Msg: err.Error()}
	}
	err := cmd.Run(context.Background(), os.Args)
	var status runner.ExitStatus
	var usage *runner.UsageError
	switch {
	case err == nil:
		return
	case errors.As(err, &status):
		os.Exit(int(status))
	}
	fmt.Fprintf(os.Stderr, "inheritfd-run: %v\n", err)
	if errors.As(err, &usage) {
		os.Exit(2)
	}
	os.Exit(1)
}
