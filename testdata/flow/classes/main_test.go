package main

import (
	"net"
	"testing"
)

func TestListen(t *testing.T) {
	l, err := net.Listen("tcp", ":8080") // want test
	if err != nil {
		t.Fatal(err)
	}
	l.Accept()
}
