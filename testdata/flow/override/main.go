// One source overrides another.
package main // want listeners http/stream metrics/stream

import (
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
)

type config struct {
	Listen  string `json:"listen"`
	Metrics string `json:"metrics"`
}

func main() {
	listen := flag.String("listen", "", "overrides the file")
	file := flag.String("config", "config.json", "")
	flag.Parse()
	c := config{Listen: ":8080", Metrics: ":9090"}
	data, err := os.ReadFile(*file)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		log.Fatal(err)
	}
	if *listen != "" {
		c.Listen = *listen
	}
	if v := os.Getenv("METRICS"); v != "" {
		c.Metrics = v
	}
	l, err := net.Listen("tcp", c.Listen) // want listen safe address=flag:listen=":8080" address=file:listen=":8080" name=http
	if err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.Metrics, nil) // want listen safe address=env:METRICS=":9090" address=file:metrics=":9090" name=metrics
	log.Fatal(http.Serve(l, nil))
}
