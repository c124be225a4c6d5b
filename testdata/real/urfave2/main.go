// Command urfave2 reads the command line with github.com/urfave/cli/v2.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/urfave/cli/v2"
)

const prefix = "DEMO_"

func prefixed(name string) []string { return []string{prefix + name} }

var (
	hostFlag = &cli.StringFlag{Name: "host", Usage: "host to listen on", Value: "0.0.0.0", EnvVars: []string{"DEMO_HOST", "HOST"}}
	portFlag = &cli.IntFlag{Name: "port", Aliases: []string{"p"}, Value: 8080, EnvVars: []string{"PORT"}}
	wsFlag   = &cli.StringFlag{Name: "ws.addr", Category: "API", Value: "localhost:8546", EnvVars: prefixed("WS_ADDR")}
)

type config struct {
	Metrics string
	Socket  string
}

func main() {
	var cfg config
	app := &cli.App{
		Name: "urfave2",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "metrics-addr", Value: ":9100", EnvVars: []string{prefix + "METRICS_ADDR"}, Destination: &cfg.Metrics},
			&cli.PathFlag{Name: "socket", Value: "/run/demo.sock", Destination: &cfg.Socket},
		},
		Commands: []*cli.Command{{
			Name:  "serve",
			Flags: []cli.Flag{hostFlag, portFlag, wsFlag},
			Before: func(c *cli.Context) error {
				go http.ListenAndServe(cfg.Metrics, nil) // want listen safe address=flag:--metrics-addr=":9100" address=env:DEMO_METRICS_ADDR
				return nil
			},
			Action: func(c *cli.Context) error {
				if err := control(cfg.Socket); err != nil {
					return err
				}
				return serve(c)
			},
		}},
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}

func control(socket string) error {
	l, err := net.Listen("unix", socket) // want listen safe address=flag:--socket="/run/demo.sock"
	if err != nil {
		return err
	}
	go http.Serve(l, nil)
	return nil
}

func serve(c *cli.Context) error {
	go http.ListenAndServe(c.String(wsFlag.Name), nil) // want MISSING(the name of a flag in its literal) listen safe address=flag:--ws.addr="localhost:8546" address=env:DEMO_WS_ADDR
	host, port := c.String(hostFlag.Name), c.Int(portFlag.Name)
	if c.IsSet("p") {
		log.Print("port given")
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))) // want listen safe host=flag:--host="0.0.0.0" host=env:DEMO_HOST host=env:HOST port=flag:--port="8080" port=env:PORT
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}
