// Command quic echoes streams over QUIC, and serves HTTP/3.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

type config struct {
	Echo, Early, Web string
}

func main() {
	var c config
	flag.StringVar(&c.Echo, "echo", "localhost:4242", "address to echo on")
	flag.StringVar(&c.Early, "early", ":4243", "address for 0-RTT")
	flag.StringVar(&c.Web, "web", ":443", "address for HTTP/3")
	udp := flag.Int("udp-port", 4244, "port of the shared transport")
	flag.Parse()
	cert, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
	if err != nil {
		log.Fatal(err)
	}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"echo"}}

	go func() { log.Fatal(echo(c.Echo, conf)) }()
	early, err := quic.ListenAddrEarly(c.Early, conf, &quic.Config{Allow0RTT: true}) // want listen review address=flag:early=":4243" network=udp name=early reason=/stays open/
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		defer early.Close()
		for {
			if _, err := early.Accept(context.Background()); err != nil {
				return
			}
		}
	}()

	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: *udp}) // want MISSING(net.IPv4zero) listen safe host=const:"0.0.0.0" port=flag:udp-port="4244" network=udp4
	if err != nil {
		log.Fatal(err)
	}
	tr := quic.Transport{Conn: conn}
	if _, err := tr.Listen(conf, nil); err != nil {
		log.Fatal(err)
	}

	h3 := &http3.Server{Addr: ":" + os.Getenv("H3_PORT"), Handler: http.DefaultServeMux, TLSConfig: http3.ConfigureTLSConfig(conf)}
	go h3.ListenAndServe() // want listen review port=env:H3_PORT reason=/stays open/ network=udp
	switch flag.Arg(0) {
	case "quic":
		log.Fatal(http3.ListenAndServeQUIC(c.Web, "cert.pem", "key.pem", nil)) // want listen manual address=flag:web=":443" network=udp reason=/takes no packet connection/
	case "both":
		log.Fatal(http3.ListenAndServeTLS(c.Web, "cert.pem", "key.pem", nil)) // want listen manual address=flag:web=":443" network=tcp,udp reason=/TCP and UDP/
	}
	web := http3.Server{Addr: c.Web}
	log.Fatal(web.ListenAndServe()) // want listen review address=flag:web=":443" network=udp reason=/stays open/
}

func echo(addr string, conf *tls.Config) error {
	l, err := quic.ListenAddr(addr, conf, nil) // want listen review address=flag:echo="localhost:4242" network=udp name=echo reason=/stays open/
	if err != nil {
		return err
	}
	for {
		conn, err := l.Accept(context.Background())
		if err != nil {
			return err
		}
		if s, err := conn.AcceptStream(context.Background()); err == nil {
			go io.Copy(s, s)
		}
	}
}
