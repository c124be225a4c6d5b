// Command urfave3 reads the command line with github.com/urfave/cli/v3.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/urfave/cli/v3"
)

func main() {
	var listen, relay string
	cmd := &cli.Command{
		Name: "urfave3",
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name:        "listen",
				Aliases:     []string{"l"},
				Value:       ":8080",
				Usage:       "address to listen on",
				Sources:     cli.EnvVars("DEMO_LISTEN", "LISTEN"),
				Destination: &listen,
			},
			&cli.StringFlag{Name: "metrics", Value: ":9100", Sources: cli.NewValueSourceChain(cli.EnvVar("DEMO_METRICS"), cli.File("metrics.addr"))},
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			go http.ListenAndServe(cmd.String("metrics"), nil) // want MISSING(a file as the source of a flag) listen safe address=flag:--metrics=":9100" address=env:DEMO_METRICS address=file:metrics.addr
			l, err := net.Listen("tcp", listen)                // want listen safe address=flag:--listen=":8080" address=env:DEMO_LISTEN address=env:LISTEN
			if err != nil {
				return err
			}
			return http.Serve(l, nil)
		},
		Commands: []*cli.Command{
			{
				Name:      "relay",
				Arguments: []cli.Argument{&cli.StringArg{Name: "address", Value: ":7000", Destination: &relay}},
				Flags:     []cli.Flag{&cli.Uint16Flag{Name: "admin-port", Value: 7001}},
				Action: func(ctx context.Context, cmd *cli.Command) error {
					go admin(cmd)
					return http.ListenAndServe(relay, nil) // want listen safe address=args
				},
			},
			{Name: "proxy", Action: proxy},
		},
	}
	if err := cmd.Run(context.Background(), os.Args); err != nil {
		log.Fatal(err)
	}
}

func admin(cmd *cli.Command) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{Port: int(cmd.Uint16("admin-port"))}) // want listen safe port=flag:--admin-port="7001"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}

func proxy(ctx context.Context, cmd *cli.Command) error {
	for _, addr := range cmd.Args().Slice() {
		go http.ListenAndServe(addr, nil) // want listen safe address=args*
	}
	<-ctx.Done()
	return http.ListenAndServe(cmd.Root().String("listen"), nil) // want listen safe address=flag:--listen=":8080" address=env:DEMO_LISTEN address=env:LISTEN
}
