// Command viper reads its addresses with github.com/spf13/viper.
package main

import (
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

type config struct {
	Listen  string `mapstructure:"listen"`
	Metrics struct {
		Addr string `mapstructure:"addr"`
	} `mapstructure:"metrics"`
}

func main() {
	fs := pflag.NewFlagSet("viper", pflag.ExitOnError)
	fs.String("listen", ":8080", "address to listen on")
	fs.Int("grpc-port", 9000, "port of the gRPC server")
	if err := viper.BindPFlags(fs); err != nil {
		log.Fatal(err)
	}
	viper.SetEnvPrefix("demo")
	viper.SetEnvKeyReplacer(strings.NewReplacer("-", "_", ".", "_"))
	viper.AutomaticEnv()
	viper.SetDefault("metrics.addr", ":9100")
	if err := viper.ReadInConfig(); err != nil {
		log.Fatal(err)
	}
	var c config
	if err := viper.Unmarshal(&c); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.Metrics.Addr, nil) // want listen safe address=env:DEMO_METRICS_ADDR=":9100" address=file:metrics.addr=":9100"
	go grpc()
	l, err := net.Listen("tcp", c.Listen) // want listen safe address=flag:--listen=":8080" address=env:DEMO_LISTEN address=file:listen
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}

func grpc() {
	l, err := net.Listen("tcp", ":"+viper.GetString("grpc-port")) // want listen safe port=flag:--grpc-port="9000" port=env:DEMO_GRPC_PORT port=file:grpc-port
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
