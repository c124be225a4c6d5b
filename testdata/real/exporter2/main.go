// Command exporter2 gives the exporter toolkit a configuration of its own.
package main

import (
	"flag"
	"log"
	"log/slog"
	"net/http"

	"github.com/prometheus/exporter-toolkit/web"
)

func main() {
	listen := flag.String("listen", ":9101", "address to listen on")
	conf := flag.String("web-config", "", "configuration of TLS")
	flag.Parse()
	systemd := false
	flags := &web.FlagConfig{
		WebListenAddresses: &[]string{*listen},
		WebSystemdSocket:   &systemd,
		WebConfigFile:      conf,
	}
	log.Fatal(web.ListenAndServe(&http.Server{}, flags, slog.Default())) // want listen manual address=flag:listen=":9101" network=tcp
}
