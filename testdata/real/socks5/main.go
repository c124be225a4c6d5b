// Command socks5 is a SOCKS5 proxy over things-go's go-socks5.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"os"

	"github.com/things-go/go-socks5"
)

type proxy struct {
	network, addr string
	*socks5.Server
}

func (p *proxy) run() error {
	return p.ListenAndServe(p.network, p.addr) // want listen safe address=flag:addr=":10800" network=tcp
}

func main() {
	network := flag.String("network", "tcp", "tcp, tcp4 or tcp6")
	addr := flag.String("addr", ":10800", "address to listen on")
	flag.Parse()
	server := socks5.NewServer(socks5.WithLogger(socks5.NewLogger(log.New(os.Stdout, "socks5: ", log.LstdFlags))))

	p := &proxy{*network, *addr, server}
	go func() { log.Fatal(p.run()) }()
	go server.ListenAndServe("unix", os.Getenv("SOCKS_SOCKET")) // want listen safe address=env:SOCKS_SOCKET network=unix
	cert, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
	if err != nil {
		select {}
	}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	log.Fatal(server.ListenAndServeTLS("tcp", os.Getenv("SOCKS_TLS"), conf)) // want listen manual address=env:SOCKS_TLS network=tcp name=socks-tls reason=/ListenTLS/
}
