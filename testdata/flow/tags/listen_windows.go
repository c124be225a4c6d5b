package main

import "net"

func listen() {
	net.Listen("tcp", "127.0.0.1:7777") // want listen safe address=const:"127.0.0.1:7777" network=tcp
}
