// Command cobra has a root command with flags for all sub commands, built by
// functions, with github.com/spf13/cobra.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/spf13/cobra"
)

type serveOptions struct {
	host string
	port uint16
}

func main() {
	if err := newRoot().Execute(); err != nil {
		os.Exit(1)
	}
}

func newRoot() *cobra.Command {
	var metrics string
	root := &cobra.Command{Use: "cobra", SilenceUsage: true}
	root.PersistentFlags().StringVar(&metrics, "metrics-addr", ":9100", "address of the metrics")
	root.PersistentFlags().String("socket", "/run/demo.sock", "control socket")
	root.AddCommand(newServe(&metrics), newRelay(), newControl())
	return root
}

func newServe(metrics *string) *cobra.Command {
	var opts serveOptions
	cmd := &cobra.Command{
		Use: "serve",
		RunE: func(cmd *cobra.Command, args []string) error {
			go http.ListenAndServe(*metrics, nil) // want listen safe address=flag:--metrics-addr=":9100"
			debug, err := cmd.Flags().GetString("debug-addr")
			if err != nil {
				return err
			}
			if debug != "" {
				go http.ListenAndServe(debug, nil) // want listen safe address=flag:--debug-addr=""
			}
			return opts.run()
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opts.host, "host", "H", "0.0.0.0", "host to listen on")
	f.Uint16Var(&opts.port, "port", 8080, "port to listen on")
	f.String("debug-addr", "", "address of the profiler, none when empty")
	return cmd
}

func (o *serveOptions) run() error {
	l, err := net.Listen("tcp", net.JoinHostPort(o.host, strconv.Itoa(int(o.port)))) // want listen safe host=flag:--host="0.0.0.0" port=flag:--port="8080"
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}

func newRelay() *cobra.Command {
	return &cobra.Command{
		Use:  "relay ADDRESS",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := net.Listen("tcp", args[0]) // want listen safe address=args
			if err != nil {
				return err
			}
			return http.Serve(l, nil)
		},
	}
}

func newControl() *cobra.Command {
	return &cobra.Command{Use: "control", Run: func(cmd *cobra.Command, _ []string) {
		l, err := net.Listen("unix", cmd.Flag("socket").Value.String()) // want listen safe address=flag:--socket="/run/demo.sock"
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(http.Serve(l, nil))
	}}
}
