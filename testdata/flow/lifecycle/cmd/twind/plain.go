package main

import (
	"net"
	"os"
)

const plain = "/run/twind/plain.sock"

var remove = os.Remove // want path safe of=plain.go:16

func listenPlain() (net.Listener, error) {
	if err := remove(plain); err != nil && !isNotExist(err) {
		return nil, err
	}
	return net.Listen("unix", plain) // want listen safe
}

// isNotExist needs no package os.
func isNotExist(err error) bool { return err.Error() == "file does not exist" }
