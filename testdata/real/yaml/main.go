// Command yaml reads a file with gopkg.in/yaml.v3, with defaults that
// UnmarshalYAML puts in.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"gopkg.in/yaml.v3"
)

var defaultConfig = config{
	Web: webConfig{ListenAddress: ":9090"},
}

type config struct {
	Web      webConfig             `yaml:"web,omitempty"`
	Admin    struct{ Addr string } `yaml:"admin"`
	Debug    struct{ Addr string } `yaml:"debug"`
	Forwards []*forward            `yaml:"forwards"`
	Sockets  map[string]string     `yaml:"sockets"`
	Inner    `yaml:",inline"`
}

// Inner is shared.
type Inner struct {
	Socket string `yaml:"socket"`
}

type webConfig struct {
	ListenAddress string `yaml:"listen_address"`
	Timeout       string `yaml:"timeout"`
}

type forward struct {
	Bind   string `yaml:"bind"`
	Target string `yaml:"target"`
}

func (c *config) UnmarshalYAML(value *yaml.Node) error {
	*c = defaultConfig
	type plain config
	return value.Decode((*plain)(c))
}

func loadFile(name string) (*config, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cfg := &config{}
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	return cfg, dec.Decode(cfg)
}

func main() {
	cfg, err := loadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range cfg.Forwards {
		go http.ListenAndServe(f.Bind, nil) // want listen safe address=file:forwards.bind*
	}
	for _, s := range cfg.Sockets {
		go http.ListenAndServe(s, nil) // want listen safe address=file:sockets*
	}
	go http.ListenAndServe(cfg.Admin.Addr, nil) // want listen safe address=file:admin.addr
	go http.ListenAndServe(cfg.Debug.Addr, nil) // want listen safe address=file:debug.addr
	l, err := net.Listen("unix", cfg.Socket)    // want listen safe address=file:socket
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, nil)
	log.Fatal(http.ListenAndServe(cfg.Web.ListenAddress, nil)) // want listen safe address=file:web.listen_address=":9090"
}
