// Command socks5armon is a SOCKS5 proxy over armon's go-socks5.
package main

import (
	"log"
	"os"

	"github.com/armon/go-socks5"
	"github.com/caarlos0/env/v11"
)

type params struct {
	User     string `env:"PROXY_USER" envDefault:""`
	Password string `env:"PROXY_PASSWORD" envDefault:""`
	Port     string `env:"PROXY_PORT" envDefault:"1080"`
	ListenIP string `env:"PROXY_LISTEN_IP" envDefault:"0.0.0.0"`
}

func main() {
	cfg := params{}
	if err := env.Parse(&cfg); err != nil {
		log.Printf("%+v\n", err)
	}
	conf := &socks5.Config{Logger: log.New(os.Stdout, "", log.LstdFlags)}
	if cfg.User+cfg.Password != "" {
		creds := socks5.StaticCredentials{cfg.User: cfg.Password}
		conf.AuthMethods = []socks5.Authenticator{socks5.UserPassAuthenticator{Credentials: creds}}
	}
	server, err := socks5.New(conf)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("Start listening proxy service on port %s\n", cfg.Port)              // want address manual
	if err := server.ListenAndServe("tcp", cfg.ListenIP+":"+cfg.Port); err != nil { // want listen safe host=env:PROXY_LISTEN_IP="0.0.0.0" port=env:PROXY_PORT="1080" network=tcp
		log.Fatal(err)
	}
}
