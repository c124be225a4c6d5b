// Generated files are reported and not edited.
package main

import (
	"net"
	"os"
)

func main() {
	gen()
	net.Listen("tcp", os.Getenv("HAND")) // want listen safe address=env:HAND
}
