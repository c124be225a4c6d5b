// Command proxyproto serves HTTP behind a load balancer that speaks the PROXY
// protocol.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/pires/go-proxyproto"
	"golang.org/x/net/netutil"
)

func listen(addr string, proxy bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr) // want listen safe address=flag:addr="localhost:9876" address=env:EXTRA_ADDR network=tcp
	if err != nil || !proxy {
		return l, err
	}
	return &proxyproto.Listener{Listener: l, ReadHeaderTimeout: 10 * time.Second}, nil
}

func main() {
	addr := flag.String("addr", "localhost:9876", "address to listen on")
	secure := flag.String("tls", ":9443", "address for TLS")
	proxy := flag.Bool("proxy-protocol", true, "expect the PROXY protocol")
	flag.Parse()

	l, err := listen(*addr, *proxy)
	if err != nil {
		log.Fatalf("couldn't listen to %q: %q\n", *addr, err)
	}
	defer l.Close()
	if extra, err := listen(os.Getenv("EXTRA_ADDR"), false); err == nil {
		go http.Serve(netutil.LimitListener(extra, 100), nil)
	}
	go func() {
		inner, err := tls.Listen("tcp", *secure, &tls.Config{MinVersion: tls.VersionTLS12}) // want listen safe address=flag:tls=":9443" network=tcp name=tls
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(http.Serve(&proxyproto.Listener{Listener: inner}, nil))
	}()
	log.Fatal(http.Serve(l, nil))
}
