// Command kingpin2 uses the package functions of kingpin under its old import
// path, and environment variables that are named after the flags.
package main

import (
	"log"
	"net/http"
	"os"

	"gopkg.in/alecthomas/kingpin.v2"
)

func main() {
	var metrics string
	listen := kingpin.Flag("listen", "Address to listen on.").Envar("LISTEN").Default(":8080").String()
	kingpin.Flag("metrics", "Address of the metrics.").OverrideDefaultFromEnvar("METRICS").Default(":9100").StringVar(&metrics)
	kingpin.Parse()

	app := kingpin.New("demo", "The part that other programs share.").DefaultEnvars()
	status := app.Flag("status-addr", "Address of the status page.").Default(":8081").String()
	kingpin.MustParse(app.Parse(os.Args[1:]))

	go http.ListenAndServe(metrics, nil)         // want listen safe address=flag:--metrics=":9100" address=env:METRICS
	go http.ListenAndServe(*status, nil)         // want MISSING(DefaultEnvars) listen safe address=flag:--status-addr=":8081" address=env:DEMO_STATUS_ADDR
	log.Fatal(http.ListenAndServe(*listen, nil)) // want listen safe address=flag:--listen=":8080" address=env:LISTEN
}
