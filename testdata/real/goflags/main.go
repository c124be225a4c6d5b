// Command goflags reads groups of options with github.com/jessevdk/go-flags.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/jessevdk/go-flags"
)

type httpOptions struct {
	Host string `long:"host" description:"host to listen on" default:"0.0.0.0" env:"HOST"`
	Port int    `long:"port" description:"port to listen on" default:"8080" env:"PORT"`
}

type options struct {
	Verbose []bool      `short:"v" long:"verbose"`
	Config  string      `long:"config" no-ini:"true"`
	HTTP    httpOptions `group:"HTTP options" namespace:"http" env-namespace:"DEMO_HTTP"`
	RPC     []string    `long:"rpclisten" description:"address of the RPC server" env:"RPC" env-delim:","`
	Metrics string      `long:"metrics" optional:"yes" optional-value:":9100"`
}

type relayCommand struct {
	Admin string `long:"admin" default:"localhost:7001"`
	Args  struct {
		Address string `positional-arg-name:"address"`
	} `positional-args:"yes" required:"yes"`
}

func (c *relayCommand) Execute(args []string) error {
	go http.ListenAndServe(c.Admin, nil)            // want listen safe address=flag:--admin="localhost:7001" address=file:admin
	return http.ListenAndServe(c.Args.Address, nil) // want listen safe address=args
}

func main() {
	var opts options
	var relay relayCommand
	parser := flags.NewParser(&opts, flags.Default)
	if _, err := parser.AddCommand("relay", "Relay", "", &relay); err != nil {
		log.Fatal(err)
	}
	if _, err := parser.Parse(); err != nil {
		os.Exit(1)
	}
	if opts.Config != "" {
		if err := flags.NewIniParser(parser).ParseFile(opts.Config); err != nil {
			log.Fatal(err)
		}
	}
	if opts.Metrics != "" {
		go http.ListenAndServe(opts.Metrics, nil) // want listen safe address=flag:--metrics address=file:metrics
	}
	for _, addr := range opts.RPC {
		go http.ListenAndServe(addr, nil) // want listen safe address=flag:--rpclisten* address=env:RPC* address=file:rpclisten*
	}
	l, err := net.Listen("tcp", net.JoinHostPort(opts.HTTP.Host, strconv.Itoa(opts.HTTP.Port))) // want listen safe host=flag:--http.host="0.0.0.0" host=env:DEMO_HTTP_HOST host=file:http.host port=flag:--http.port="8080" port=env:DEMO_HTTP_PORT port=file:http.port
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
