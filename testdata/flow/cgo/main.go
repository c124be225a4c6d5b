// A file with import "C" is reported and not edited.
package main

// static int port(void) { return 8080; }
import "C"

import (
	"fmt"
	"net"
	"os"
)

func main() {
	net.Listen("tcp", os.Getenv("ADDR"))                 // want listen manual address=env:ADDR reason=/cgo/
	net.Listen("tcp", fmt.Sprintf(":%d", int(C.port()))) // want listen manual port=unknown:/port/ reason=/cgo/
	pure()
}
