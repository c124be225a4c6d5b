// Command yaml3 has its file decoded in another package.
package main

import (
	"log"
	"net"
	"net/http"

	"example.com/real/yaml3/config"
)

func main() {
	c, err := config.Load("/etc/demo.yaml")
	if err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.HTTP.Gateway, nil)     // want listen safe address=file:http.gateway
	go http.ListenAndServe(c.Metrics.Endpoint, nil) // want listen safe address=file:metrics.endpoint
	go http.ListenAndServe(c.Debug, nil)            // want listen safe address=file:debug
	l, err := net.Listen("tcp", c.HTTP.Listen)      // want listen safe address=file:http.listen
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
