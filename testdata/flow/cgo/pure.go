package main

import (
	"net"
	"os"
)

func pure() {
	net.Listen("tcp", os.Getenv("PURE")) // want listen safe address=env:PURE
}
