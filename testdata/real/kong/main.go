// Command kong has nested commands that github.com/alecthomas/kong runs.
package main

import (
	"fmt"
	"net"
	"net/http"

	"github.com/alecthomas/kong"
)

type endpoint struct {
	Addr string `help:"Address to listen on." env:"ADDR"`
}

type globals struct {
	MetricsAddr string `help:"Address of the metrics." default:":9100" env:"DEMO_METRICS,METRICS"`
	Socket      string `name:"control" type:"path" default:"/run/demo.sock"`
}

type serveCmd struct {
	Listen string   `short:"l" help:"Address to listen on." default:":8080" env:"DEMO_LISTEN"`
	GRPC   endpoint `embed:"" prefix:"grpc-" envprefix:"GRPC_"`
	Port   int      `default:"9000"`
}

func (c *serveCmd) Run(g *globals) error {
	go http.ListenAndServe(g.MetricsAddr, nil)              // want listen safe address=flag:--metrics-addr=":9100" address=env:DEMO_METRICS address=env:METRICS
	go http.ListenAndServe(c.GRPC.Addr, nil)                // want listen safe address=flag:--grpc-addr address=env:GRPC_ADDR
	go http.ListenAndServe(fmt.Sprintf(":%d", c.Port), nil) // want listen safe port=flag:--port="9000"
	l, err := net.Listen("tcp", c.Listen)                   // want listen safe address=flag:--listen=":8080" address=env:DEMO_LISTEN
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}

type relayStart struct {
	Address string `arg:"" help:"Address to relay on."`
}

func (c relayStart) Run(g *globals) error {
	l, err := net.Listen("unix", g.Socket) // want listen safe address=flag:--control="/run/demo.sock"
	if err != nil {
		return err
	}
	go http.Serve(l, nil)
	return http.ListenAndServe(c.Address, nil) // want listen safe address=args
}

var cli struct {
	globals

	Serve serveCmd `cmd:"" default:"withargs"`
	Relay struct {
		Start relayStart `cmd:""`
	} `cmd:""`
}

func main() {
	ctx := kong.Parse(&cli, kong.Name("kong"), kong.UsageOnError())
	ctx.FatalIfErrorf(ctx.Run(&cli.globals))
}
