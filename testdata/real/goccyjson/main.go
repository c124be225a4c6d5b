// Command goccyjson reads a file with github.com/goccy/go-json.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/goccy/go-json"
)

type config struct {
	Listen  string            `json:"listen"`
	Port    int               `json:"port,omitempty"`
	Servers []json.RawMessage `json:"servers"`
	Tunnel  *tunnel           `json:"tunnel"`
}

type tunnel struct {
	LocalAddr string `json:"localAddr"`
}

type server struct {
	Bind string `json:"bind"`
}

func main() {
	f, err := os.Open("/etc/demo.json")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	cfg := config{Port: 8080}
	if err := json.NewDecoder(f).Decode(&cfg); err != nil {
		log.Fatal(err)
	}
	for _, raw := range cfg.Servers {
		var s server
		if err := json.Unmarshal(raw, &s); err != nil {
			log.Fatal(err)
		}
		go http.ListenAndServe(s.Bind, nil) // want MISSING(the key of what a json.RawMessage holds) listen safe address=file:servers.bind*
	}
	if t := cfg.Tunnel; t != nil {
		go http.ListenAndServe(t.LocalAddr, nil) // want listen safe address=file:tunnel.localAddr
	}
	go http.ListenAndServe(cfg.Listen, nil)                 // want listen safe address=file:listen
	l, err := net.Listen("tcp", ":"+strconv.Itoa(cfg.Port)) // want listen safe port=file:port="8080"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
