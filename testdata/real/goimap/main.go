// Command goimap serves mailboxes in memory with version 2 of go-imap.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"net"
	"os"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

var (
	listen       string
	tlsCert      string
	insecureAuth bool
)

func main() {
	flag.StringVar(&listen, "listen", "localhost:143", "listening address")
	flag.StringVar(&tlsCert, "tls-cert", "", "TLS certificate")
	flag.BoolVar(&insecureAuth, "insecure-auth", false, "allow authentication without TLS")
	flag.Parse()

	mem := imapmemserver.New()
	mem.AddUser(imapmemserver.NewUser("user", os.Getenv("PASSWORD")))
	options := &imapserver.Options{
		NewSession: func(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}},
		InsecureAuth: insecureAuth,
	}
	if tlsCert != "" {
		cert, err := tls.LoadX509KeyPair(tlsCert, tlsCert)
		if err != nil {
			log.Fatal(err)
		}
		options.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
		go imapserver.New(options).ListenAndServeTLS(":" + os.Getenv("IMAPS_PORT")) // want listen manual port=env:IMAPS_PORT network=tcp name=imaps reason=/ListenTLS/
	}
	server := imapserver.New(options)
	go func() { log.Println(server.ListenAndServe(net.JoinHostPort(os.Getenv("HOST"), "1143"))) }() // want listen safe host=env:HOST port=const:"1143" network=tcp

	ln, err := net.Listen("tcp", os.Getenv("IMAP_ADDR")) // want listen safe address=env:IMAP_ADDR network=tcp name=imap
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(ln)
	if err := server.ListenAndServe(listen); err != nil { // want listen review address=flag:listen="localhost:143" network=tcp reason=/empty address.*:143/
		log.Fatal(err)
	}
}
