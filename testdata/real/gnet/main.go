// Command gnet echoes with the event loop of version 2 of gnet.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/panjf2000/gnet/v2"
)

type echoServer struct {
	gnet.BuiltinEventEngine
	addr      string
	multicore bool
}

func (es *echoServer) OnTraffic(c gnet.Conn) gnet.Action {
	buf, _ := c.Next(-1)
	c.Write(buf)
	return gnet.None
}

func (es *echoServer) run() error {
	return gnet.Run(es, es.addr, gnet.WithMulticore(es.multicore), gnet.WithReusePort(true)) // want listen manual port=flag:port="9000" network=tcp reason=/event loop/
}

func main() {
	port := flag.Int("port", 9000, "port to listen on")
	multicore := flag.Bool("multicore", false, "use all cores")
	flag.Parse()
	go func() {
		log.Fatal(gnet.Run(&echoServer{}, "udp://"+os.Getenv("UDP_ADDR"))) // want MISSING(the scheme of a URL is the network) listen manual address=env:UDP_ADDR network=udp
	}()
	go gnet.Rotate(&echoServer{}, []string{"tcp://" + os.Getenv("ADDR_A"), "unix://" + os.Getenv("SOCK_B")}) // want MISSING(the scheme of a URL is the network) listen manual address=env:ADDR_A address=env:SOCK_B network=tcp,unix
	log.Fatal((&echoServer{addr: fmt.Sprintf("tcp://:%d", *port), multicore: *multicore}).run())
}
