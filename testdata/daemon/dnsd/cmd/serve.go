package cmd

import (
	"log/slog"

	"github.com/spf13/cobra"

	"example.com/dnsd/server"
	"example.com/dnsd/zone"
)

// serveOptions are the flags of dnsd serve.
type serveOptions struct {
	listen string
	zone   string
	ttl    uint32
}

func newServe() *cobra.Command {
	var opts serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer queries until stopped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := zone.Load(opts.zone)
			if err != nil {
				return err
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			srv := &server.Server{Addr: opts.listen, Zone: z, TTL: opts.ttl, Log: log}
			return srv.Run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&opts.listen, "listen", "l", "127.0.0.1:5353", "address to answer on, UDP and TCP")
	flags.StringVarP(&opts.zone, "zone", "z", "", "zone `file`")
	flags.Uint32Var(&opts.ttl, "ttl", 300, "seconds that answers may be cached")
	if err := cmd.MarkFlagRequired("zone"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}
