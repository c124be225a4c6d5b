// Command hcl reads a file with github.com/hashicorp/hcl/v2/hclsimple.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"
)

type config struct {
	BindAddr  string     `hcl:"bind_addr,optional"`
	Ports     *ports     `hcl:"ports,block"`
	Listeners []listener `hcl:"listener,block"`
	Remain    hcl.Body   `hcl:",remain"`
}

type ports struct {
	HTTP int `hcl:"http"`
}

type listener struct {
	Type    string `hcl:"type,label"`
	Address string `hcl:"address"`
}

func main() {
	c := config{BindAddr: "0.0.0.0"}
	if err := hclsimple.DecodeFile("/etc/demo.hcl", nil, &c); err != nil {
		log.Fatal(err)
	}
	for _, l := range c.Listeners {
		if l.Type == "tcp" {
			go http.ListenAndServe(l.Address, nil) // want listen safe address=file:listener.address*
		}
	}
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", c.BindAddr, c.Ports.HTTP)) // want listen safe host=file:bind_addr="0.0.0.0" port=file:ports.http
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
