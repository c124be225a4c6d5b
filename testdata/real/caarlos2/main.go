// Command caarlos2 has its configuration in another package.
package main

import (
	"log"
	"net"
	"net/http"

	"example.com/real/caarlos2/config"
)

func main() {
	var c config.Config
	if err := c.Parse(); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.API.Gateway, nil)      // want listen safe address=env:DEMO_API_GATEWAY=":8080"
	go http.ListenAndServe(c.Metrics.Endpoint, nil) // want listen safe address=env:DEMO_METRICS_ENDPOINT=":9100"
	l, err := net.Listen("tcp", c.API.GRPC)         // want listen safe address=env:DEMO_API_GRPC=":9000"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
