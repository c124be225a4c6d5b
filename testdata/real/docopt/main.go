// Command docopt reads its command line as the usage text says, with
// github.com/docopt/docopt-go.
package main

import (
	"log"
	"net"
	"net/http"

	"github.com/docopt/docopt-go"
)

const usage = `Demo.

Usage:
  docopt [--listen=ADDR] [--metrics=ADDR] <relay>
  docopt -h | --help

Options:
  --listen=ADDR   Address to listen on [default: :8080].
  --metrics=ADDR  Address of the metrics [default: :9100].
`

type options struct {
	Listen  string `docopt:"--listen"`
	Metrics string
	Relay   string `docopt:"<relay>"`
}

func main() {
	opts, err := docopt.ParseDoc(usage)
	if err != nil {
		log.Fatal(err)
	}
	var o options
	if err := opts.Bind(&o); err != nil {
		log.Fatal(err)
	}
	metrics, _ := opts.String("--metrics")
	go http.ListenAndServe(metrics, nil)                   // want MISSING(the options in the usage text) listen safe address=flag:--metrics=":9100"
	go http.ListenAndServe(opts["<relay>"].(string), nil)  // want listen safe address=args
	go http.ListenAndServe(o.Metrics, nil)                 // want MISSING(the options in the usage text) listen safe address=flag:--metrics=":9100"
	go http.ListenAndServe(o.Relay, nil)                   // want listen safe address=args
	go http.ListenAndServe(opts["--listen"].(string), nil) // want MISSING(the options in the usage text) listen safe address=flag:--listen=":8080"
	l, err := net.Listen("tcp", o.Listen)                  // want MISSING(the options in the usage text) listen safe address=flag:--listen=":8080"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
