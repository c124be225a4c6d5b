// Command reuseport shares its addresses with other processes by libp2p's
// go-reuseport.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime"

	reuse "github.com/libp2p/go-reuseport"
)

var listenPacket = flag.String("dns", "127.0.0.1:5353", "address for datagrams")

func serve(addr string, workers int) error {
	errs := make(chan error)
	for range workers {
		l, err := reuse.Listen("tcp", addr) // want listen safe host=const:"" port=flag:port="8080" network=tcp
		if err != nil {
			return err
		}
		go func() { errs <- http.Serve(l, nil) }()
	}
	return <-errs
}

func main() {
	port := flag.Int("port", 8080, "port to listen on")
	flag.Parse()
	conn, err := reuse.ListenPacket("udp", *listenPacket) // want listen safe address=flag:dns="127.0.0.1:5353" network=udp name=dns
	if err != nil {
		log.Fatal(err)
	}
	go drain(conn)
	log.Fatal(serve(net.JoinHostPort("", fmt.Sprint(*port)), runtime.NumCPU()))
}

func drain(conn net.PacketConn) {
	buf := make([]byte, 512)
	for {
		if n, from, err := conn.ReadFrom(buf); err == nil {
			conn.WriteTo(buf[:n], from)
		}
	}
}
