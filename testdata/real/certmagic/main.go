// Command certmagic serves HTTPS with certificates that certmagic manages.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"net/http"
	"os"

	"github.com/caddyserver/certmagic"
)

func main() {
	domain := flag.String("domain", "example.org", "domain")
	flag.IntVar(&certmagic.HTTPSPort, "https-port", 443, "port for HTTPS")
	addr := flag.String("tls", ":8443", "address for TLS")
	flag.Parse()
	certmagic.DefaultACME.Email = os.Getenv("ACME_EMAIL")
	domains := []string{*domain}

	switch flag.Arg(0) {
	case "listen":
		ln, err := certmagic.Listen(domains) // want MISSING(variables of the package are its configuration) listen manual port=flag:https-port="443" network=tcp reason=/certmagic.TLS/
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(http.Serve(ln, nil))
	case "tls":
		conf, err := certmagic.TLS(domains)
		if err != nil {
			log.Fatal(err)
		}
		ln, err := tls.Listen("tcp", *addr, conf) // want listen safe address=flag:tls=":8443" network=tcp
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(http.Serve(ln, nil))
	}
	log.Fatal(certmagic.HTTPS(domains, http.DefaultServeMux)) // want listen manual network=tcp reason=/HTTP and HTTPS/
}
