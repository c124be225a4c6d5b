// Command ff3 reads flags, the environment and a file with
// github.com/peterbourgon/ff/v3.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/peterbourgon/ff/v3"
	"github.com/peterbourgon/ff/v3/ffcli"
)

type rootConfig struct {
	metrics string
}

func main() {
	var cfg rootConfig
	root := flag.NewFlagSet("ff3", flag.ExitOnError)
	root.StringVar(&cfg.metrics, "metrics-addr", ":9100", "address of the metrics")
	root.String("config", "", "config file")
	serve := flag.NewFlagSet("ff3 serve", flag.ExitOnError)
	listen := serve.String("listen", ":8080", "address to listen on")
	cmd := &ffcli.Command{
		FlagSet: root,
		Options: []ff.Option{
			ff.WithEnvVarPrefix("DEMO"),
			ff.WithConfigFileFlag("config"),
			ff.WithConfigFileParser(ff.PlainParser),
		},
		Subcommands: []*ffcli.Command{
			{Name: "serve", FlagSet: serve, Options: []ff.Option{ff.WithEnvVarPrefix("DEMO")}, Exec: func(ctx context.Context, args []string) error {
				go cfg.serveMetrics()
				l, err := net.Listen("tcp", *listen) // want MISSING(each set of flags has options of its own) listen safe address=flag:listen=":8080" address=env:DEMO_LISTEN
				if err != nil {
					return err
				}
				return http.Serve(l, nil)
			}},
			{Name: "relay", Exec: relay},
		},
	}
	if err := cmd.ParseAndRun(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func (c *rootConfig) serveMetrics() {
	log.Fatal(http.ListenAndServe(c.metrics, nil)) // want listen safe address=flag:metrics-addr=":9100" address=env:DEMO_METRICS_ADDR address=file:metrics-addr
}

func relay(_ context.Context, args []string) error {
	return http.ListenAndServe(args[0], nil) // want listen safe address=args
}
