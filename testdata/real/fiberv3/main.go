// Command fiberv3 serves a web application with version 3 of fiber.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/gofiber/fiber/v3"
)

type config struct {
	Listen, TLS, Socket string
}

func main() {
	var c config
	flag.StringVar(&c.Listen, "listen", ":3000", "address")
	flag.StringVar(&c.TLS, "listen-tls", ":3443", "address for TLS")
	flag.StringVar(&c.Socket, "socket", "/run/fiber.sock", "unix socket")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	app := fiber.New()
	app.Get("/", func(c fiber.Ctx) error { return c.SendString("hello\n") })

	go plain(app)
	go func() {
		err := app.Listen(c.TLS, fiber.ListenConfig{ // want listen manual address=flag:listen-tls=":3443" network=tcp4 name=tls reason=/TLS/
			CertFile:        "cert.pem",
			CertKeyFile:     "key.pem",
			GracefulContext: ctx,
		})
		log.Println("tls:", err)
	}()
	go app.Listen(c.Socket, fiber.ListenConfig{ListenerNetwork: fiber.NetworkUnix}) // want MISSING(the network of a configuration among the arguments; the rewrite fails) listen manual address=flag:socket="/run/fiber.sock" network=unix reason=/network/
	if err := app.Listen(c.Listen); err != nil {                                    // want listen safe address=flag:listen=":3000" network=tcp4
		log.Fatal(err)
	}
}

func plain(app *fiber.App) {
	cfg := fiber.ListenConfig{DisableStartupMessage: true}
	log.Fatal(app.Listen(":3001", cfg)) // want MISSING(the fields of the configuration that a listener heeds too) listen safe address=const:":3001" network=tcp4
}
