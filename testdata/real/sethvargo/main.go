// Command sethvargo reads the environment with
// github.com/sethvargo/go-envconfig.
package main

import (
	"context"
	"log"
	"net"
	"net/http"

	"github.com/sethvargo/go-envconfig"
)

type server struct {
	Addr string `env:"ADDR, default=:8080"`
	Port string `env:"PORT, default=9000"`
}

type config struct {
	HTTP    *server  `env:", prefix=HTTP_"`
	Metrics string   `env:"METRICS_ADDR, overwrite"`
	Peers   []string `env:"PEERS, delimiter=;"`
}

type agent struct {
	Listen string `env:"LISTEN, default=localhost:7000"`
}

func main() {
	ctx := context.Background()
	c := config{Metrics: ":9100"}
	if err := envconfig.Process(ctx, &c); err != nil {
		log.Fatal(err)
	}
	var a agent
	err := envconfig.ProcessWith(ctx, &envconfig.Config{
		Target:   &a,
		Lookuper: envconfig.PrefixLookuper("AGENT_", envconfig.OsLookuper()),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range c.Peers {
		go http.ListenAndServe(p, nil) // want listen safe address=env:PEERS*
	}
	go http.ListenAndServe(a.Listen, nil)                          // want listen safe address=env:AGENT_LISTEN="localhost:7000"
	go http.ListenAndServe(c.Metrics, nil)                         // want listen safe address=env:METRICS_ADDR=":9100"
	go http.ListenAndServe(net.JoinHostPort("", c.HTTP.Port), nil) // want listen safe host=const:"" port=env:HTTP_PORT="9000"
	l, err := net.Listen("tcp", c.HTTP.Addr)                       // want listen safe address=env:HTTP_ADDR=":8080"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
