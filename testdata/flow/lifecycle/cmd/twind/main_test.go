package main

import (
	"net"
	"os"
	"testing"
)

func TestUser(t *testing.T) {
	os.Remove(socketPath())
	t.Cleanup(func() { os.RemoveAll(socketPath()) })
	l, err := net.Listen("unix", socketPath()) // want test
	if err != nil {
		t.Fatal(err)
	}
	l.Accept()
}
