// Command urfave1 reads the command line with github.com/urfave/cli, version 1.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/urfave/cli"
)

var rpcFlag = cli.StringFlag{
	Name:   "rpc-addr",
	Value:  "localhost:8545",
	Usage:  "address of the RPC server",
	EnvVar: "DEMO_RPC_ADDR,RPC_ADDR",
}

func main() {
	var metrics string
	app := cli.NewApp()
	app.Flags = []cli.Flag{
		cli.StringFlag{Name: "metrics", Value: ":9100", EnvVar: "DEMO_METRICS", Destination: &metrics},
		cli.StringFlag{Name: "data, d", Value: "/var/lib/demo", Usage: "folder"},
		rpcFlag,
	}
	app.Before = func(c *cli.Context) error {
		go http.ListenAndServe(metrics, nil) // want listen safe address=flag:--metrics=":9100" address=env:DEMO_METRICS
		return nil
	}
	app.Commands = []cli.Command{
		{
			Name: "serve",
			Flags: []cli.Flag{
				cli.StringFlag{Name: "listen, l", Value: ":8080", EnvVar: "LISTEN"},
				&cli.IntFlag{Name: "port", Value: 9000},
				cli.StringSliceFlag{Name: "peer", EnvVar: "PEERS"},
			},
			Action: serve,
		},
		{Name: "relay", Action: func(c *cli.Context) error {
			return http.ListenAndServe(c.Args().First(), nil) // want listen safe address=args
		}},
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}

func serve(c *cli.Context) error {
	for _, p := range c.StringSlice("peer") {
		go http.ListenAndServe(p, nil) // want listen safe address=flag:--peer* address=env:PEERS*
	}
	go http.ListenAndServe(c.GlobalString(rpcFlag.Name), nil)      // want listen safe address=flag:--rpc-addr="localhost:8545" address=env:DEMO_RPC_ADDR address=env:RPC_ADDR
	go http.ListenAndServe(fmt.Sprintf(":%d", c.Int("port")), nil) // want listen safe port=flag:--port="9000"
	l, err := net.Listen("tcp", c.String("l"))                     // want listen safe address=flag:--listen=":8080" address=env:LISTEN
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}
