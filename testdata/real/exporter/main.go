// Command exporter exposes metrics with Prometheus' exporter toolkit.
package main

import (
	"net/http"
	"os"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"
)

func main() {
	var (
		path    = kingpin.Flag("web.telemetry-path", "Path under which to expose metrics.").Default("/metrics").String()
		toolkit = kingpinflag.AddFlags(kingpin.CommandLine, ":9100")
	)
	kingpin.HelpFlag.Short('h')
	kingpin.Parse()
	logger := promslog.New(&promslog.Config{})

	http.HandleFunc(*path, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("up 1\n")) })
	server := &http.Server{}
	if err := web.ListenAndServe(server, toolkit, logger); err != nil { // want MISSING(flags that kingpinflag declares) listen manual address=flag:--web.listen-address=":9100"* network=tcp reason=/--web.systemd-socket/
		logger.Error("Failed to start", "err", err)
		os.Exit(1)
	}
}
