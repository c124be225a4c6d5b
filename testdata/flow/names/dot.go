package main

import . "net"
import "os"

func dotted() {
	Listen("tcp", os.Getenv("DOT")) // want listen safe address=env:DOT
	_ = IPv4zero
}
