//go:build !linux

package main

import "github.com/urfave/cli/v3"

// socketCommands returns none: sockets are inherited on linux only.
func socketCommands() []*cli.Command { return nil }

// An exitStatus ends the command with a status of a program's.
type exitStatus int

func (exitStatus) Error() string { return "" }
