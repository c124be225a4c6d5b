// Configuration that the program takes apart itself: by the key before a value, by
// tables of directives, and in maps of texts.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"example.com/lines/conf"
)

type config struct {
	listen, admin, web, grpc, mode string
	port                           int
	cluster                        string
}

// parse reads lines of key = value.
func parse(path string) (*config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &config{listen: ":6667"}
	for s := bufio.NewScanner(f); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), "=")
		if !ok {
			continue
		}
		switch key = strings.TrimSpace(key); key {
		case "listen_addr", "listen":
			c.listen = strings.TrimSpace(value)
		case "port":
			c.port, err = strconv.Atoi(value)
		case "cluster":
			c.section(value)
		}
		if strings.EqualFold(key, "grpc") {
			c.grpc = value
		}
	}
	return c, err
}

// section reads what stands in a section.
func (c *config) section(text string) {
	for _, part := range strings.Split(text, ";") {
		words := strings.Fields(part)
		if words[0] == "addr" {
			c.cluster = words[1]
		}
	}
}

type directive func(c *config, args []string) error

var directives = map[string]directive{
	"admin": func(c *config, args []string) error { c.admin = args[0]; return nil },
	"web":   setWeb,
}

func setWeb(c *config, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("web: one argument")
	}
	c.web = args[0]
	return nil
}

// choose has no key of a file: its cases are what the program is run as.
func choose(mode string, addr, other string) (c config) {
	switch mode {
	case "client":
		c.mode = other
	case "server":
		c.mode = addr
	}
	return c
}

func main() {
	addr := flag.String("addr", ":1", "")
	var web, admin conf.Web
	web.Register(flag.CommandLine, "web.")
	admin.Register(flag.CommandLine, "admin.")
	var metrics string
	conf.Add(flag.CommandLine, &metrics, "metrics-addr", ":9100")
	conf.Default(&web, ":80")
	conf.Default(&admin, ":81")
	flag.Parse()

	c, err := parse(os.Args[1])
	if err != nil {
		return
	}
	for s := bufio.NewScanner(os.Stdin); s.Scan(); {
		words := strings.Fields(s.Text())
		directives[words[0]](c, words[1:])
	}
	net.Listen("tcp", c.listen)                         // want listen safe address=file:listen=":6667" address=file:listen_addr=":6667"
	net.Listen("tcp", ":"+strconv.Itoa(c.port))         // want listen safe port=file:port
	net.Listen("tcp", c.grpc)                           // want listen safe address=file:grpc
	net.Listen("tcp", c.cluster)                        // want listen safe address=file:cluster.addr
	net.Listen("tcp", c.admin)                          // want listen safe address=file:admin
	net.Listen("tcp", c.web)                            // want listen safe address=file:web
	net.Listen("tcp", choose("server", *addr, "").mode) // want listen safe address=flag:addr=":1"
	s := conf.Load("app.conf")
	net.Listen("tcp", s.Get("admin_addr", ":8081")) // want listen safe address=file:admin_addr=":8081"
	net.Listen("tcp", s.Get("http_addr", ":8080"))  // want listen safe address=file:http_addr=":8080"

	net.Listen("tcp", web.Addr)        // want listen safe address=flag:web.addr=":80"
	net.Listen("tcp", admin.Addr)      // want listen safe address=flag:admin.addr=":81"
	net.Listen("tcp", metrics)         // want listen safe address=flag:metrics-addr=":9100"
	net.Listen("tcp", conf.Env("app")) // want listen safe address=env:APP_LISTEN
}
