// Command kratos is a service with HTTP and gRPC over kratos.
package main

import (
	"flag"
	"log"
	"time"

	"github.com/go-kratos/kratos/v2"
	"github.com/go-kratos/kratos/v2/config"
	"github.com/go-kratos/kratos/v2/config/file"
	"github.com/go-kratos/kratos/v2/transport/grpc"
	"github.com/go-kratos/kratos/v2/transport/http"
)

type serverConf struct {
	HTTP struct {
		Addr string `json:"addr"`
	} `json:"http"`
	GRPC struct {
		Network string `json:"network"`
		Addr    string `json:"addr"`
	} `json:"grpc"`
}

type bootstrap struct {
	Server serverConf `json:"server"`
}

func newHTTPServer(c *serverConf) *http.Server {
	opts := []http.ServerOption{http.Timeout(time.Second)}
	if c.HTTP.Addr != "" {
		opts = append(opts, http.Address(c.HTTP.Addr)) // want listen manual address=file:server.http.addr network=tcp reason=/http.Listener/
	}
	return http.NewServer(opts...)
}

func newGRPCServer(c *serverConf) *grpc.Server {
	return grpc.NewServer(grpc.Network("tcp4"), grpc.Address(c.GRPC.Addr)) // want listen manual address=file:server.grpc.addr reason=/grpc.Listener/
}

func main() {
	path := flag.String("conf", "configs", "config path")
	flag.Parse()
	c := config.New(config.WithSource(file.NewSource(*path)))
	defer c.Close()
	if err := c.Load(); err != nil {
		log.Fatal(err)
	}
	var bc bootstrap
	if err := c.Scan(&bc); err != nil {
		log.Fatal(err)
	}
	app := kratos.New(kratos.Name("demo"), kratos.Server(newHTTPServer(&bc.Server), newGRPCServer(&bc.Server)))
	if err := app.Run(); err != nil {
		log.Fatal(err)
	}
}
