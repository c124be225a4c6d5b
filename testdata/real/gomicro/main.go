// Command gomicro is a service over version 4 of go-micro.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"go-micro.dev/v4"
	"go-micro.dev/v4/server"
	"go-micro.dev/v4/web"
)

func main() {
	addr := flag.String("address", ":9090", "address of the service")
	flag.Parse()
	service := micro.NewService(
		micro.Name("greeter"),
		micro.Address(*addr), // want listen manual address=flag:address=":9090" network=tcp reason=/NetListener/
	)
	service.Init()
	if err := service.Server().Init(server.Address(os.Getenv("SERVICE_ADDR"))); err != nil { // want listen manual address=env:SERVICE_ADDR network=tcp reason=/ListenOption/
		log.Fatal(err)
	}

	front := web.NewService(web.Name("greeter-web"), web.Address(":"+os.Getenv("WEB_PORT"))) // want listen manual port=env:WEB_PORT network=tcp name=web reason=/web.Service/
	front.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello\n")) })
	go func() { log.Fatal(front.Run()) }()
	if err := service.Run(); err != nil {
		log.Fatal(err)
	}
}
