// Command envconfig reads the environment with
// github.com/kelseyhightower/envconfig.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/kelseyhightower/envconfig"
)

// Base is what all daemons have.
type Base struct {
	MetricsAddr string `split_words:"true" default:":9100"`
}

type specification struct {
	Base
	Host  string `default:"0.0.0.0"`
	Port  int    `required:"true"`
	Admin string `envconfig:"admin_listen" default:"localhost:6060"`
	GRPC  struct {
		Listen string
	}
	Peers []string
}

type debug struct {
	Addr string `envconfig:"DEBUG_ADDR"`
}

func main() {
	var s specification
	if err := envconfig.Process("myapp", &s); err != nil {
		log.Fatal(err)
	}
	var d debug
	envconfig.MustProcess("", &d)
	go http.ListenAndServe(s.MetricsAddr, nil) // want listen safe address=env:MYAPP_METRICS_ADDR=":9100"
	go http.ListenAndServe(d.Addr, nil)        // want listen safe address=env:DEBUG_ADDR
	go http.ListenAndServe(s.Admin, nil)       // want listen safe address=env:MYAPP_ADMIN_LISTEN="localhost:6060" address=env:ADMIN_LISTEN="localhost:6060"
	go http.ListenAndServe(s.GRPC.Listen, nil) // want listen safe address=env:MYAPP_GRPC_LISTEN
	for _, p := range s.Peers {
		go http.ListenAndServe(p, nil) // want listen safe address=env:MYAPP_PEERS*
	}
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", s.Host, s.Port)) // want listen safe host=env:MYAPP_HOST="0.0.0.0" port=env:MYAPP_PORT
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
