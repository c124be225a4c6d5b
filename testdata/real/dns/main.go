// Command dns answers queries with version 1 of miekg/dns.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"

	"github.com/miekg/dns"
)

const (
	networkUDP = "udp"
	networkTCP = "tcp4"
)

type server struct {
	udp, tcp *dns.Server
}

func newServer(host string, port int) *server {
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	return &server{
		udp: &dns.Server{Addr: addr, Net: networkUDP, UDPSize: 4096},
		tcp: &dns.Server{Addr: addr, Net: networkTCP},
	}
}

func (s *server) start(errs chan<- error) {
	go func() { errs <- s.udp.ListenAndServe() }() // want listen review host=flag:host="127.0.0.1" port=flag:port="53" reason=/ReusePort/ network=udp
	go func() { errs <- s.tcp.ListenAndServe() }() // want listen review host=flag:host="127.0.0.1" port=flag:port="53" reason=/ReusePort/ network=tcp4
}

func main() {
	host := flag.String("host", "127.0.0.1", "host to listen on")
	port := flag.Int("port", 53, "port to listen on")
	listen := flag.String("listen", ":5353", "address of the second server")
	flag.Parse()
	dns.HandleFunc(".", func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(r)
		w.WriteMsg(m)
	})

	errs := make(chan error)
	newServer(*host, *port).start(errs)
	for _, network := range []string{"udp", "tcp"} {
		srv := &dns.Server{Addr: *listen, Net: network}
		go func() {
			errs <- srv.ListenAndServe() // want listen manual address=flag:listen=":5353" network=udp,tcp reason=/depends on the network/
		}()
	}

	alt := &dns.Server{Addr: os.Getenv("DNS_ALT"), Net: "udp", ReusePort: true}
	go alt.ListenAndServe() // want listen review address=env:DNS_ALT network=udp name=alt reason=/ReusePort/
	secure := &dns.Server{Addr: ":853", Net: "tcp-tls"}
	go secure.ListenAndServe()                                                  // want listen manual address=const:":853" network=tcp-tls reason=/inherit.ListenTLS/
	go dns.ListenAndServe(fmt.Sprintf(":%d", *port+1000), "udp", nil)           // want listen safe network=udp
	go func() { errs <- dns.ListenAndServe(*listen, "tcp6", nil) }()            // want listen review address=flag:listen=":5353" network=tcp6 reason=/empty address.*:domain/
	go dns.ListenAndServeTLS(os.Getenv("DOT_ADDR"), "cert.pem", "key.pem", nil) // want listen manual address=env:DOT_ADDR network=tcp name=dot
	log.Fatal(<-errs)
}
