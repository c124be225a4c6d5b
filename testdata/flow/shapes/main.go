// Shapes that real daemons have.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"example.com/shapes/conf"
	"example.com/shapes/sock"
)

var (
	preset  = ":100"
	envDef  = flag.String("envdef", os.Getenv("ENV_DEF"), "")
	envElse = flag.String("envelse", getenv("ENV_ELSE", ":101"), "")
	heroku  = flag.String("heroku", ":102", "")
	rawurl  = flag.String("url", "tcp://:103", "")
	any     = flag.String("any", "tcp://:104", "")
	ptr     = flag.String("ptr", ":105", "")
	inject  = flag.String("inject", ":106", "")
	sw      = flag.Bool("switch", false, "")
)

var early, _ = net.Listen("tcp", preset) // want listen safe address=flag:preset=":100"

func init() {
	flag.StringVar(&preset, "preset", preset, "")
	net.Listen("tcp", os.Getenv("INIT")) // want listen safe address=env:INIT mains=shapes
}

func getenv(key, def string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return def
}

// parse splits tcp://host:port.
func parse(s string) (network, address string, err error) {
	network, address, ok := strings.Cut(s, "://")
	if !ok {
		return "", "", fmt.Errorf("bad %q", s)
	}
	return network, address, nil
}

type settings struct{ Addr *string }

type result struct {
	addr string
	err  error
}

func find() result {
	if *sw {
		return result{addr: os.Getenv("FOUND")}
	}
	return result{err: os.ErrNotExist}
}

func main() {
	flag.Parse()
	net.Listen("tcp", preset)   // want listen safe address=flag:preset=":100"
	net.Listen("tcp", *envDef)  // want listen safe address=flag:envdef address=env:ENV_DEF
	net.Listen("tcp", *envElse) // want MISSING(a default that is no constant) listen safe address=flag:envelse address=env:ENV_ELSE=":101"
	if p := os.Getenv("PORT"); p != "" {
		*heroku = ":" + p
	}
	net.Listen("tcp", *heroku) // want listen safe address=flag:heroku=":102" port=env:PORT
	u, _ := url.Parse(*rawurl)
	net.Listen(u.Scheme, u.Host) // want listen safe address=flag:url="tcp://:103"
	network, address, _ := parse(*any)
	net.Listen(network, address) // want listen safe address=flag:any="tcp://:104"
	s := settings{Addr: ptr}
	net.Listen("tcp", *s.Addr)     // want listen safe address=flag:ptr=":105"
	net.Listen("tcp", find().addr) // want listen safe address=env:FOUND

	c := conf.Load()
	net.Listen("tcp", c.Addr)                                // want listen safe address=env:CONF_ADDR=":200"
	net.Listen("tcp", fmt.Sprintf("%s:%d", c.Host, c.Port))  // want listen safe host=env:CONF_HOST port=env:CONF_PORT="201"
	net.Listen("tcp", conf.Get().Listen)                     // want listen safe address=flag:listen=":202"
	net.Listen("tcp", conf.Default.Listen)                   // want listen safe address=flag:listen=":202"
	net.Listen("tcp", net.JoinHostPort(c.HostPort()))        // want listen safe host=env:CONF_HOST port=env:CONF_PORT="201"
	sock.Run(sock.Config{Listen: net.Listen, Addr: *inject}) // want MISSING(a listen function handed to another package) listen safe address=flag:inject=":106"
	var addr string
	switch {
	case *sw:
		addr = os.Getenv("SW_A")
	default:
		addr = ":300"
	}
	defer func() {
		net.Listen("tcp", addr) // want listen safe address=env:SW_A=":300"
	}()
}
