// Command caarlos reads the environment with github.com/caarlos0/env/v11.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/caarlos0/env/v11"
)

type listener struct {
	Host string `env:"HOST" envDefault:"0.0.0.0"`
	Port uint16 `env:"PORT,required"`
}

type config struct {
	Public  listener `envPrefix:"PUBLIC_"`
	Metrics struct {
		Addr string `env:"ADDR" envDefault:":9100"`
	} `envPrefix:"METRICS_"`
	Extra []string `env:"EXTRA" envSeparator:" "`
}

type debug struct {
	Addr string `env:"DEBUG_ADDR,notEmpty" envDefault:"localhost:6060"`
}

func main() {
	var c config
	if err := env.ParseWithOptions(&c, env.Options{Prefix: "APP_"}); err != nil {
		log.Fatal(err)
	}
	d := env.Must(env.ParseAs[debug]())
	go http.ListenAndServe(d.Addr, nil)         // want listen safe address=env:DEBUG_ADDR="localhost:6060"
	go http.ListenAndServe(c.Metrics.Addr, nil) // want listen safe address=env:APP_METRICS_ADDR=":9100"
	for _, e := range c.Extra {
		go http.ListenAndServe(e, nil) // want listen safe address=env:APP_EXTRA*
	}
	l, err := c.Public.listen()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}

func (p listener) listen() (net.Listener, error) {
	return net.Listen("tcp", fmt.Sprintf("%s:%d", p.Host, p.Port)) // want listen safe host=env:APP_PUBLIC_HOST="0.0.0.0" port=env:APP_PUBLIC_PORT
}
