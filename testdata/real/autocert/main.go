// Command autocert serves HTTPS with certificates of ACME.
package main

import (
	"flag"
	"log"
	"net/http"
	"strings"

	"golang.org/x/crypto/acme/autocert"
)

func main() {
	domains := flag.String("domains", "example.org", "domains, with commas between")
	challenge := flag.String("http", ":80", "address for challenges")
	secure := flag.String("https", ":443", "address for HTTPS")
	flag.Parse()
	hosts := strings.Split(*domains, ",")

	m := &autocert.Manager{
		Cache:      autocert.DirCache("/var/cache/autocert"),
		Prompt:     autocert.AcceptTOS,
		HostPolicy: autocert.HostWhitelist(hosts...),
	}
	go http.ListenAndServe(*challenge, m.HTTPHandler(nil)) // want listen safe address=flag:http=":80" network=tcp
	switch flag.Arg(0) {
	case "simple":
		log.Fatal(http.Serve(autocert.NewListener(hosts...), nil)) // want listen manual network=tcp reason=/autocert.Manager/
	case "manager":
		log.Fatal(http.Serve(m.Listener(), nil)) // want listen manual network=tcp reason=/TLSConfig/
	}
	s := &http.Server{Addr: *secure, TLSConfig: m.TLSConfig()}
	log.Fatal(s.ListenAndServeTLS("", "")) // want listen safe address=flag:https=":443" network=tcp
}
