// Command vsock serves HTTP to the host of a virtual machine.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"

	"github.com/mdlayher/vsock"
)

func main() {
	port := flag.Uint("port", 1024, "vsock port")
	cid := flag.Uint("cid", 0, "context ID; that of this machine if 0")
	tcp := flag.String("tcp", "", "address for TCP instead of vsock")
	flag.Parse()

	var l net.Listener
	var err error
	switch {
	case *tcp != "":
		l, err = net.Listen("tcp", *tcp) // want listen safe address=flag:tcp="" network=tcp
	case *cid != 0:
		l, err = vsock.ListenContextID(uint32(*cid), uint32(*port), nil) // want MISSING(a port that is an argument of its own) listen manual port=flag:port="1024" network=vsock reason=/FileListener/
	default:
		l, err = vsock.Listen(uint32(*port), nil) // want MISSING(a port that is an argument of its own) listen manual port=flag:port="1024" network=vsock reason=/FileListener/
	}
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
