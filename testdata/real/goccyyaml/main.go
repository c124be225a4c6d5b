// Command goccyyaml reads a file with github.com/goccy/go-yaml; a flag comes
// before what the file says.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/goccy/go-yaml"
)

type endpoint struct {
	Network string `yaml:"network"`
	Address string `yaml:"address"`
}

func (e endpoint) listen() (net.Listener, error) { return net.Listen(e.Network, e.Address) } // want listen safe address=file:server.address address=file:extra.address* network=

type config struct {
	Server endpoint   `yaml:"server"`
	Extra  []endpoint `yaml:"extra"`
	Addr   string     `yaml:"addr"`
	Port   int        `yaml:"port"`
}

func defaults() config { return config{Addr: ":8080", Port: 9000} }

func main() {
	addr := flag.String("addr", "", "address to listen on, instead of the file's")
	name := flag.String("config", "/etc/demo.yml", "configuration file")
	flag.Parse()
	b, err := os.ReadFile(*name)
	if err != nil {
		log.Fatal(err)
	}
	c := defaults()
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		log.Fatal(err)
	}
	if *addr != "" {
		c.Addr = *addr
	}
	for _, e := range append(c.Extra, c.Server) {
		l, err := e.listen()
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, nil)
	}
	go http.ListenAndServe(fmt.Sprintf("localhost:%d", c.Port), nil) // want listen safe host=const:"localhost" port=file:port="9000"
	log.Fatal(http.ListenAndServe(c.Addr, nil))                      // want listen safe address=flag:addr=":8080" address=file:addr=":8080"
}
