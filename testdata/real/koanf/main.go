// Command koanf merges a file, the environment and flags with
// github.com/knadh/koanf/v2.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

type parser struct{}

func (parser) Unmarshal(b []byte) (map[string]any, error) {
	var m map[string]any
	return m, yaml.Unmarshal(b, &m)
}

func (parser) Marshal(m map[string]any) ([]byte, error) { return yaml.Marshal(m) }

type serverConfig struct {
	Listen string `koanf:"listen"`
	TLS    struct {
		Addr string `koanf:"address"`
	} `koanf:"tls"`
}

var k = koanf.New(".")

func main() {
	fs := pflag.NewFlagSet("koanf", pflag.ExitOnError)
	fs.String("metrics.addr", ":9100", "address of the metrics")
	fs.Parse(os.Args[1:])
	if err := k.Load(file.Provider("/etc/demo.yaml"), parser{}); err != nil {
		log.Fatal(err)
	}
	k.Load(env.Provider("DEMO_", ".", func(s string) string {
		return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s, "DEMO_")), "_", ".")
	}), nil)
	if err := k.Load(posflag.Provider(fs, ".", k), nil); err != nil {
		log.Fatal(err)
	}
	var c serverConfig
	if err := k.Unmarshal("server", &c); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(k.String("metrics.addr"), nil) // want listen safe address=flag:--metrics.addr=":9100" address=env:DEMO_METRICS_ADDR address=file:metrics.addr
	go http.ListenAndServe(c.TLS.Addr, nil)               // want listen safe address=env:DEMO_SERVER_TLS_ADDRESS address=file:server.tls.address
	for _, a := range k.Strings("admin.listen") {
		go http.ListenAndServe(a, nil) // want listen safe address=env:DEMO_ADMIN_LISTEN* address=file:admin.listen*
	}
	rpc := k.Cut("rpc")
	go http.ListenAndServe(rpc.MustString("addr"), nil) // want listen safe address=env:DEMO_RPC_ADDR address=file:rpc.addr
	l, err := net.Listen("tcp", c.Listen)               // want listen safe address=env:DEMO_SERVER_LISTEN address=file:server.listen
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
