// Command mapstructure decodes maps of settings with
// github.com/go-viper/mapstructure/v2.
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/go-viper/mapstructure/v2"
)

type receiver struct {
	Endpoint string `mapstructure:"endpoint"`
}

type server struct {
	ConfigHTTP `mapstructure:",squash"`
	Admin      string `mapstructure:"admin"`
}

// ConfigHTTP is shared by servers.
type ConfigHTTP struct {
	Listen string `mapstructure:"listen"`
}

func main() {
	b, err := os.ReadFile("/etc/demo.json")
	if err != nil {
		log.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		log.Fatal(err)
	}
	s := server{Admin: "localhost:6060"}
	if err := mapstructure.Decode(raw, &s); err != nil {
		log.Fatal(err)
	}
	r := receiver{Endpoint: ":4318"}
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: &r, WeaklyTypedInput: true})
	if err != nil {
		log.Fatal(err)
	}
	if err := dec.Decode(raw); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(r.Endpoint, nil) // want listen safe address=file:endpoint=":4318"
	go http.ListenAndServe(s.Admin, nil)    // want listen safe address=file:admin="localhost:6060"
	l, err := net.Listen("tcp", s.Listen)   // want listen safe address=file:listen
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
