// Command tsnet serves HTTP in a tailnet.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"tailscale.com/tsnet"
)

var (
	addr     = flag.String("addr", ":80", "address to listen on")
	hostname = flag.String("hostname", "hello", "name in the tailnet")
	local    = flag.String("local", "localhost:8383", "address outside the tailnet")
)

func main() {
	flag.Parse()
	s := &tsnet.Server{Hostname: *hostname}
	defer s.Close()
	ln, err := s.Listen("tcp", *addr) // want runtime address=flag:addr=":80" network=tcp
	if err != nil {
		log.Fatal(err)
	}
	defer ln.Close()
	if os.Getenv("FUNNEL") != "" {
		f, err := s.ListenFunnel("tcp", ":443") // want runtime address=const:":443"
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(f, nil)
	}
	go http.ListenAndServe(*local, nil) // want listen safe address=flag:local="localhost:8383" network=tcp
	log.Fatal(http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("hello\n"))
	})))
}
