package cmd

import (
	"github.com/spf13/cobra"

	"example.com/dnsd/zone"
)

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Say whether a zone file can be served",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := zone.Load(args[0])
			if err != nil {
				return err
			}
			cmd.Printf("%d names\n", len(z))
			return nil
		},
	}
}
