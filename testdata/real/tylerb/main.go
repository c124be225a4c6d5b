// Command tylerb serves HTTP with tylerb's graceful.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/tylerb/graceful"
)

type api struct {
	*graceful.Server
}

func main() {
	addr := flag.String("addr", ":3001", "address to listen on")
	secure := flag.String("https", ":3443", "address to listen on with TLS")
	flag.Parse()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello\n")) })

	srv := &graceful.Server{
		Timeout:          10 * time.Second,
		NoSignalHandling: true,
		Server:           &http.Server{Addr: *addr, Handler: mux},
	}
	go func() {
		if err := srv.ListenAndServe(); err != nil { // want listen review address=flag:addr=":3001" network=tcp reason=/TCPKeepAlive/
			log.Fatal(err)
		}
	}()
	a := api{&graceful.Server{Server: &http.Server{Addr: *secure, Handler: mux}}}
	go a.ListenAndServeTLS("cert.pem", "key.pem") // want listen manual address=flag:https=":3443" network=tcp reason=/ListenTLS/

	plain := &http.Server{Addr: ":" + os.Getenv("PLAIN_PORT"), Handler: mux}
	go graceful.ListenAndServe(plain, time.Second) // want MISSING(what a server in an argument has is never empty) listen safe port=env:PLAIN_PORT network=tcp name=plain
	if os.Getenv("DEBUG") != "" {
		log.Fatal(graceful.RunWithErr(":3002", time.Second, mux)) // want listen manual address=const:":3002" network=tcp reason=/graceful.Serve/
	}
	graceful.Run(os.Getenv("MAIN_ADDR"), 10*time.Second, mux) // want listen manual address=env:MAIN_ADDR network=tcp reason=/returns no error/
}
