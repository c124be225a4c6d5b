// Command fiberd serves a page with fiber.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
)

func main() {
	addr := flag.String("addr", ":8080", "TCP `address` to serve on")
	flag.Parse()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		time.Sleep(3 * time.Millisecond)
		return c.SendString(fmt.Sprintf("served by process %d\n", os.Getpid()))
	})

	failed := make(chan error, 1)
	go func() { failed <- app.Listen(*addr) }()
	done := make(chan os.Signal, 1)
	signal.Notify(done, os.Interrupt, syscall.SIGTERM)
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-done:
	}
	if err := app.ShutdownWithTimeout(10 * time.Second); err != nil {
		log.Fatal(err)
	}
}
