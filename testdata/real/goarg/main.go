// Command goarg reads the command line with github.com/alexflint/go-arg.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/alexflint/go-arg"
)

type common struct {
	MetricsAddr string `arg:"--metrics-addr,env:METRICS_ADDR" default:":9100" help:"address of the metrics"`
}

type serveCmd struct {
	Listen string   `arg:"-l,--listen,env:LISTEN" default:":8080" help:"address to listen on"`
	Port   int      `arg:"env" default:"9000"`
	Peers  []string `arg:"--peer,separate"`
}

type relayCmd struct {
	Address string `arg:"positional,required"`
	Admin   string
}

type args struct {
	common
	Serve *serveCmd `arg:"subcommand:serve"`
	Relay *relayCmd `arg:"subcommand"`
	Debug string    `arg:"-d,env:DEBUG_ADDR"`
}

func (args) Version() string { return "goarg 1.0" }

func main() {
	a := args{Debug: "localhost:6060"}
	p := arg.MustParse(&a)
	go http.ListenAndServe(a.MetricsAddr, nil) // want listen safe address=flag:--metrics-addr=":9100" address=env:METRICS_ADDR
	go http.ListenAndServe(a.Debug, nil)       // want listen safe address=flag:--debug="localhost:6060" address=env:DEBUG_ADDR="localhost:6060"
	switch {
	case a.Serve != nil:
		a.Serve.run()
	case a.Relay != nil:
		go http.ListenAndServe(a.Relay.Admin, nil)           // want listen safe address=flag:--admin
		log.Fatal(http.ListenAndServe(a.Relay.Address, nil)) // want listen safe address=args
	default:
		p.Fail("missing command")
	}
}

func (c *serveCmd) run() {
	for _, p := range c.Peers {
		go http.ListenAndServe(p, nil) // want listen safe address=flag:--peer*
	}
	go http.ListenAndServe(fmt.Sprintf(":%d", c.Port), nil) // want listen safe port=flag:--port="9000" port=env:PORT
	l, err := net.Listen("tcp", c.Listen)                   // want listen safe address=flag:--listen=":8080" address=env:LISTEN
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
