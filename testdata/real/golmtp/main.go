// Command golmtp takes mail for local delivery with go-smtp, on a unix socket.
package main

import (
	"errors"
	"flag"
	"log"

	"github.com/emersion/go-smtp"
)

func main() {
	socket := flag.String("socket", "/run/golmtp.sock", "path of the socket")
	inet := flag.String("inet", ":2424", "address for TCP")
	flag.Parse()
	be := smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return nil, errors.New("not yet") })

	s := smtp.NewServer(be)
	s.Addr = *socket
	s.Network = "unix"
	s.LMTP = true
	go func() { log.Fatal(s.ListenAndServe()) }() // want MISSING(fields set of what an unmodelled constructor returns) listen review address=flag:socket="/run/golmtp.sock" network=unix reason=/Network and LMTP/

	t := smtp.NewServer(be)
	t.Addr, t.Network, t.LMTP = *inet, "tcp", true
	log.Fatal(t.ListenAndServe()) // want MISSING(fields set of what an unmodelled constructor returns) listen review address=flag:inet=":2424" network=tcp
}
