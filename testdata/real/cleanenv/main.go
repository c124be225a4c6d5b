// Command cleanenv reads a file and the environment with
// github.com/ilyakaznacheev/cleanenv.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"github.com/ilyakaznacheev/cleanenv"
)

type config struct {
	Env  string `yaml:"env" env-default:"local"`
	HTTP struct {
		Address string `yaml:"address" env:"HTTP_ADDRESS" env-default:"localhost:8080"`
	} `yaml:"http_server"`
	GRPC struct {
		Host string `yaml:"host" env:"HOST" env-default:"0.0.0.0"`
		Port string `yaml:"port" env:"PORT,GRPC_LISTEN_PORT"`
	} `yaml:"grpc" env-prefix:"GRPC_"`
}

type secrets struct {
	Admin string `env:"ADMIN_ADDR" env-default:"localhost:6060" env-required:"true"`
}

func mustLoad() *config {
	path := os.Getenv("CONFIG_PATH")
	if path == "" {
		log.Fatal("CONFIG_PATH is not set")
	}
	var cfg config
	if err := cleanenv.ReadConfig(path, &cfg); err != nil {
		log.Fatal(err)
	}
	return &cfg
}

func main() {
	cfg := mustLoad()
	var s secrets
	if err := cleanenv.ReadEnv(&s); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(s.Admin, nil)                                        // want listen safe address=env:ADMIN_ADDR="localhost:6060"
	l, err := net.Listen("tcp", net.JoinHostPort(cfg.GRPC.Host, cfg.GRPC.Port)) // want listen safe host=file:grpc.host="0.0.0.0" host=env:GRPC_HOST port=file:grpc.port port=env:GRPC_PORT port=env:GRPC_GRPC_LISTEN_PORT
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, nil)
	srv := &http.Server{Addr: cfg.HTTP.Address}
	log.Fatal(srv.ListenAndServe()) // want listen safe address=file:http_server.address="localhost:8080" address=env:HTTP_ADDRESS
}
