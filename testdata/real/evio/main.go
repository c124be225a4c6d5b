// Command evio echoes with the event loop of evio.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/tidwall/evio"
)

func main() {
	port := flag.Int("port", 5000, "port to listen on")
	udp := flag.Bool("udp", false, "listen on UDP")
	reuse := flag.Bool("reuseport", false, "reuse the port")
	socket := flag.String("socket", "", "unix socket to listen on")
	control := flag.String("control", ":5001", "address for control")
	flag.Parse()

	events := evio.Events{NumLoops: 1}
	events.Data = func(c evio.Conn, in []byte) (out []byte, action evio.Action) { return in, evio.None }
	go evio.Serve(events, "tcp://"+*control) // want listen manual address=flag:control=":5001" network=tcp reason=/event loop/
	if *udp {
		log.Fatal(evio.Serve(events, fmt.Sprintf("udp://:%d?reuseport=%t", *port, *reuse))) // want MISSING(the scheme of a URL is the network) listen manual network=udp
	}
	if *socket != "" {
		log.Fatal(evio.Serve(events, "unix://"+*socket)) // want MISSING(the scheme of a URL is the network) listen manual address=flag:socket="" network=unix
	}
	log.Fatal(evio.Serve(events, fmt.Sprintf("tcp://:%d", *port))) // want listen manual port=flag:port="5000" network=tcp
}
