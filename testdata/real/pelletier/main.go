// Command pelletier reads a file with github.com/pelletier/go-toml/v2, into
// structs and into a map.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"github.com/pelletier/go-toml/v2"
)

type config struct {
	HTTP struct {
		Addr string `toml:"addr" comment:"address to listen on"`
	} `toml:"http"`
	RPC struct {
		Addr string `toml:"addr"`
	} `toml:"rpc"`
}

func load(name string) (cfg config, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return cfg, err
	}
	cfg.HTTP.Addr = ":8080"
	return cfg, toml.Unmarshal(b, &cfg)
}

func main() {
	cfg, err := load("/etc/demo.toml")
	if err != nil {
		log.Fatal(err)
	}
	f, err := os.Open("/etc/extra.toml")
	if err != nil {
		log.Fatal(err)
	}
	extra := make(map[string]any)
	if err := toml.NewDecoder(f).Decode(&extra); err != nil {
		log.Fatal(err)
	}
	if addr, ok := extra["admin"].(string); ok {
		go http.ListenAndServe(addr, nil) // want listen safe address=file:admin
	}
	go http.ListenAndServe(cfg.RPC.Addr, nil)  // want listen safe address=file:rpc.addr
	l, err := net.Listen("tcp", cfg.HTTP.Addr) // want listen safe address=file:http.addr=":8080"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
