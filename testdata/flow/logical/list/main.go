// A configured list is as many listeners as it has entries.
package main // want listeners peers/stream*

import (
	"encoding/json"
	"log"
	"net"
	"os"
)

type config struct {
	Peers []string `json:"peers"`
}

func main() {
	var c config
	data, err := os.ReadFile("config.json")
	if err != nil {
		log.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		log.Fatal(err)
	}
	for _, addr := range c.Peers {
		go accept(addr)
	}
	select {}
}

func accept(addr string) {
	l, err := net.Listen("tcp", addr) // want listen safe address=file:peers* name=peers sole=no
	if err != nil {
		log.Fatal(err)
	}
	l.Accept()
}
