// A second try elsewhere when the first fails is one listener.
package main // want MISSING(a second try is a second listener) listeners api/stream

import (
	"log"
	"net"
	"os"
)

func main() {
	l, err := net.Listen("tcp", os.Getenv("API_ADDR")) // want listen safe address=env:API_ADDR name=api
	if err != nil {
		l, err = net.Listen("tcp", ":8080") // want MISSING(a second try is a second listener) listen safe address=const:":8080" name=api
	}
	if err != nil {
		log.Fatal(err)
	}
	l.Accept()
}
