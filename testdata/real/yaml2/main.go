// Command yaml2 keeps each part of its configuration in a type that is used
// several times, behind getters and a constructor.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"go.yaml.in/yaml/v3"
)

// Listen is where a server listens.
type Listen struct {
	Host string `yaml:"host"`
	Port int    `yaml:"port"`
}

func (l Listen) String() string { return fmt.Sprintf("%s:%d", l.Host, l.Port) }

type config struct {
	Public  Listen  `yaml:"public"`
	Private *Listen `yaml:"private"`
	Raw     yaml.Node
	Listen  listens `yaml:"listen"`
}

// listens is one address or several.
type listens []string

func (l *listens) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		*l = listens{n.Value}
		return nil
	case yaml.SequenceNode:
		return n.Decode((*[]string)(l))
	}
	return errors.New("neither an address nor a list")
}

type rawConfig struct {
	Debug string `yaml:"debug"`
}

func main() {
	b, err := os.ReadFile("/etc/demo.yaml")
	if err != nil {
		log.Fatal(err)
	}
	var c config
	if err := yaml.Unmarshal(b, &c); err != nil {
		log.Fatal(err)
	}
	var r rawConfig
	if err := c.Raw.Decode(&r); err != nil {
		log.Fatal(err)
	}
	for _, addr := range c.Listen {
		go http.ListenAndServe(addr, nil) // want listen safe address=file:listen*
	}
	go http.ListenAndServe(r.Debug, nil)            // want MISSING(the key of what a yaml.Node holds) listen safe address=file:raw.debug
	go http.ListenAndServe(c.Private.String(), nil) // want listen safe host=file:private.host port=file:private.port
	l, err := net.Listen("tcp", c.Public.String())  // want listen safe host=file:public.host port=file:public.port
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
