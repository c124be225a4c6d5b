package main

import (
	"net"
	"os"
)

type netlike struct{}

// Listen is no listen call.
func (netlike) Listen(network, addr string) {}

func shadowed() {
	inherit := os.Getenv("SHADOW")
	net.Listen("tcp", inherit) // want listen safe address=env:SHADOW
	{
		net := netlike{}
		net.Listen("tcp", inherit)
	}
}
