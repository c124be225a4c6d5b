// Command namsral reads each flag from the environment and a file too, with
// github.com/namsral/flag.
package main

import (
	"log"
	"net/http"

	"github.com/namsral/flag"
)

var metrics string

func init() {
	flag.StringVar(&metrics, "metrics-addr", ":9100", "address of the metrics")
}

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	flag.String(flag.DefaultConfigFlagname, "", "path to a configuration file")
	flag.Parse()
	fs := flag.NewFlagSetWithEnvPrefix("namsral", "DEMO", flag.ExitOnError)
	admin := fs.String("admin", "localhost:6060", "address of the administration")
	fs.Parse(flag.Args())
	go http.ListenAndServe(metrics, nil)         // want MISSING(the file that a flag names) listen safe address=flag:metrics-addr=":9100" address=env:METRICS_ADDR address=file:metrics-addr
	go http.ListenAndServe(*admin, nil)          // want MISSING(the prefix of a flag set) listen safe address=flag:admin="localhost:6060" address=env:DEMO_ADMIN
	log.Fatal(http.ListenAndServe(*listen, nil)) // want MISSING(the file that a flag names) listen safe address=flag:listen=":8080" address=env:LISTEN address=file:listen
}
