// Command kong2 lets a file and variables of the environment set the flags of
// github.com/alecthomas/kong.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/alecthomas/kong"
)

type config struct {
	Config  kong.ConfigFlag `help:"Configuration file."`
	Listen  string          `default:":8080"`
	Metrics struct {
		Addr string `default:"${metrics}"`
	} `embed:"" prefix:"metrics."`
}

func main() {
	var c config
	parser, err := kong.New(&c,
		kong.Vars{"metrics": ":9100"},
		kong.DefaultEnvars("DEMO"),
		kong.Configuration(kong.JSON, "/etc/demo.json", "~/.demo.json"),
	)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := parser.Parse(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.Metrics.Addr, nil)   // want MISSING(options of the parser) listen safe address=flag:--metrics.addr=":9100" address=env:DEMO_METRICS_ADDR address=file:metrics.addr
	log.Fatal(http.ListenAndServe(c.Listen, nil)) // want listen safe address=flag:--listen=":8080" address=env:DEMO_LISTEN address=file:listen
}
