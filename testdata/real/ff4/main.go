// Command ff4 has the flag set and commands of github.com/peterbourgon/ff/v4.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/peterbourgon/ff/v4"
)

type config struct {
	Admin string `ff:"long=admin-addr, short=a, default=localhost:6060, usage=address of the administration"`
	RPC   string `ff:"long: rpc-addr | default: ':9000'"`
}

func main() {
	var cfg config
	root := ff.NewFlagSet("ff4")
	if err := root.AddStruct(&cfg); err != nil {
		log.Fatal(err)
	}
	serve := ff.NewFlagSet("serve").SetParent(root)
	listen := serve.String('l', "listen", ":8080", "address to listen on")
	metrics := serve.StringLong("metrics", ":9100", "address of the metrics")
	port := serve.IntLong("health-port", 8081, "port of the health check")
	var peers []string
	serve.StringListVar(&peers, 'p', "peer", "address of a peer")
	cmd := &ff.Command{
		Name:  "ff4",
		Flags: root,
		Subcommands: []*ff.Command{{Name: "serve", Flags: serve, Exec: func(ctx context.Context, args []string) error {
			for _, p := range peers {
				go http.ListenAndServe(p, nil) // want listen safe address=flag:--peer* address=env:FF4_PEER* address=file:peer*
			}
			go http.ListenAndServe(fmt.Sprintf(":%d", *port), nil) // want listen safe port=flag:--health-port="8081" port=env:FF4_HEALTH_PORT port=file:health-port
			go http.ListenAndServe(*metrics, nil)                  // want listen safe address=flag:--metrics=":9100" address=env:FF4_METRICS address=file:metrics
			go http.ListenAndServe(cfg.Admin, nil)                 // want listen safe address=flag:--admin-addr="localhost:6060" address=env:FF4_ADMIN_ADDR address=file:admin-addr
			go http.ListenAndServe(cfg.RPC, nil)                   // want MISSING(fields with the tag ff) listen safe address=flag:--rpc-addr=":9000" address=env:FF4_RPC_ADDR address=file:rpc-addr
			l, err := net.Listen("tcp", *listen)                   // want listen safe address=flag:--listen=":8080" address=env:FF4_LISTEN address=file:listen
			if err != nil {
				return err
			}
			return http.Serve(l, nil)
		}}},
	}
	err := cmd.ParseAndRun(context.Background(), os.Args[1:], ff.WithEnvVarPrefix("FF4"), ff.WithConfigFile("/etc/ff4.conf"), ff.WithConfigFileParser(ff.PlainParser))
	if err != nil {
		log.Fatal(err)
	}
}
