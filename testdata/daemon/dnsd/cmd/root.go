// Package cmd is the command line of dnsd.
package cmd

import "github.com/spf13/cobra"

// Root returns the command with everything below it.
func Root() *cobra.Command {
	root := &cobra.Command{
		Use:           "dnsd",
		Short:         "A DNS server for a handful of names",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServe(), newCheck())
	return root
}
