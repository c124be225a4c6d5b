// Command fiberv2 serves a web application with version 2 of fiber.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"
)

type service struct {
	app  *fiber.App
	host string
	port int
}

func (s service) run() error {
	return s.app.Listen(fmt.Sprintf("%s:%d", s.host, s.port)) // want listen manual host=flag:host="0.0.0.0" port=flag:port="3000" network=tcp4 reason=/Prefork/
}

func main() {
	host := flag.String("host", "0.0.0.0", "host to listen on")
	port := flag.Int("port", 3000, "port to listen on")
	flag.Parse()

	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("hello\n") })

	var g errgroup.Group
	g.Go(service{app, *host, *port}.run)
	g.Go(func() error {
		dual := fiber.New(fiber.Config{Network: fiber.NetworkTCP})
		return dual.Listen(":" + env("DUAL_PORT", "3001")) // want MISSING(the network of a configuration that a constructor takes) listen review port=env:DUAL_PORT="3001" network=tcp name=dual reason=/Network/
	})
	g.Go(func() error {
		return app.ListenTLS(":"+env("TLS_PORT", "3443"), "cert.pem", "key.pem") // want listen manual port=env:TLS_PORT="3443" network=tcp4 reason=/ListenTLS/
	})
	g.Go(func() error {
		l, err := net.Listen("unix", os.Getenv("FIBER_SOCKET")) // want listen safe address=env:FIBER_SOCKET network=unix name=fiber
		if err != nil {
			return err
		}
		return app.Listener(l)
	})
	log.Fatal(g.Wait())
}

func env(key, fallback string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return fallback
}
