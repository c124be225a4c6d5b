package main

import (
	"net"
	"os"
)

func listen() {
	net.Listen("unix", os.Getenv("CTL_SOCKET")) // want listen safe address=env:CTL_SOCKET network=unix name=ctl
}
