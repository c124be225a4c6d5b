// Command icmp answers pings with golang.org/x/net/icmp.
package main

import (
	"flag"
	"log"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
)

func listen(privileged bool, addr string) (*icmp.PacketConn, error) {
	network := "udp4"
	if privileged {
		network = "ip4:icmp"
	}
	return icmp.ListenPacket(network, addr) // want runtime
}

func main() {
	bind := flag.String("bind", "0.0.0.0", "address to listen on")
	privileged := flag.Bool("privileged", false, "use a raw socket")
	flag.Parse()
	c, err := listen(*privileged, *bind)
	if err != nil {
		log.Fatalf("listen err, %s", err)
	}
	defer c.Close()
	buf := make([]byte, 1500)
	for {
		n, peer, err := c.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		if m, err := icmp.ParseMessage(ipv4.ICMPTypeEcho.Protocol(), buf[:n]); err == nil {
			log.Printf("%v from %v", m.Type, peer)
		}
	}
}
