// Command goji serves HTTP with goji's graceful.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"github.com/zenazn/goji/graceful"
	"github.com/zenazn/goji/web"
)

type site struct {
	srv graceful.Server
}

func (s *site) serve() error {
	return s.srv.ListenAndServe() // want listen review address=env:SITE_ADDR network=tcp name=site reason=/keep-alive/
}

func main() {
	addr := flag.String("addr", ":8000", "address to listen on")
	secure := flag.String("https", ":8443", "address to listen on with TLS")
	port := flag.String("port", "8001", "port for the API")
	flag.Parse()

	mux := web.New()
	mux.Get("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello\n")) })
	mux.Compile()
	graceful.HandleSignals()

	s := &site{srv: graceful.Server{Addr: os.Getenv("SITE_ADDR"), Handler: mux}}
	go func() { log.Println(s.serve()) }()
	go graceful.ListenAndServeTLS(*secure, "cert.pem", "key.pem", mux)                  // want listen manual address=flag:https=":8443" network=tcp reason=/ListenTLS/
	go func() { log.Fatal(graceful.ListenAndServe(":"+*port, http.DefaultServeMux)) }() // want listen review port=flag:port="8001" reason=/keep-alive/ network=tcp
	if err := graceful.ListenAndServe(*addr, mux); err != nil {                         // want listen review address=flag:addr=":8000" network=tcp reason=/keep-alive/
		log.Fatal(err)
	}
	graceful.Wait()
}
