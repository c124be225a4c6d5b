// Command burntsushi reads a file with github.com/BurntSushi/toml.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/BurntSushi/toml"
)

type duration struct{ seconds int }

func (d *duration) UnmarshalText(text []byte) error {
	_, err := fmt.Sscan(string(text), &d.seconds)
	return err
}

// address is a setting with a form of its own.
type address struct{ host, port string }

func (a *address) UnmarshalText(text []byte) (err error) {
	a.host, a.port, err = net.SplitHostPort(string(text))
	return err
}

type config struct {
	Listen  address
	Timeout duration
	Servers map[string]server
	Admin   struct {
		Bind string `toml:"bind_address"`
	}
	Plugin toml.Primitive
}

type server struct {
	IP   string
	Port int `toml:"port"`
}

type plugin struct {
	Addr string `toml:"addr"`
}

func main() {
	var c config
	md, err := toml.DecodeFile("/etc/demo.toml", &c)
	if err != nil {
		log.Fatal(err)
	}
	var p plugin
	if err := md.PrimitiveDecode(c.Plugin, &p); err != nil {
		log.Fatal(err)
	}
	if c.Admin.Bind == "" {
		c.Admin.Bind = "localhost:6060"
	}
	for name, s := range c.Servers {
		log.Print(name)
		go http.ListenAndServe(fmt.Sprintf("%s:%d", s.IP, s.Port), nil) // want listen safe host=file:Servers.IP* port=file:Servers.port*
	}
	go http.ListenAndServe(p.Addr, nil)                                         // want MISSING(the key of what a toml.Primitive holds) listen safe address=file:Plugin.addr
	go http.ListenAndServe(c.Admin.Bind, nil)                                   // want listen safe address=file:Admin.bind_address="localhost:6060"
	l, err := net.Listen("tcp", net.JoinHostPort(c.Listen.host, c.Listen.port)) // want listen safe host=file:Listen port=file:Listen
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
