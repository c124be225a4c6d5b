// Command wish serves an SSH application with charmbracelet's wish.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"

	"github.com/charmbracelet/ssh"
	"github.com/charmbracelet/wish"
	"github.com/charmbracelet/wish/logging"
)

const (
	host = "localhost"
	port = "23234"
)

func hello(next ssh.Handler) ssh.Handler {
	return func(s ssh.Session) {
		wish.Println(s, "Hello, world!")
		next(s)
	}
}

func main() {
	listen := flag.String("listen", ":23235", "address of the second server")
	flag.Parse()
	srv, err := wish.NewServer(
		wish.WithAddress(net.JoinHostPort(host, port)),
		wish.WithHostKeyPath(".ssh/id_ed25519"),
		wish.WithMiddleware(hello, logging.Middleware()),
	)
	if err != nil {
		log.Fatal(err)
	}
	second, err := wish.NewServer(wish.WithHostKeyPath(".ssh/id_ed25519"), wish.WithAddress(*listen))
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := srv.ListenAndServe(); err != nil && !errors.Is(err, ssh.ErrServerClosed) { // want MISSING(options that are no address; what a constructor takes is never empty) listen safe host=const:"localhost" port=const:"23234" network=tcp
			log.Fatal(err)
		}
	}()
	go second.ListenAndServe() // want MISSING(options that are no address) listen review address=flag:listen=":23235" network=tcp reason=/empty address.*:22/
	bare := &ssh.Server{Addr: ":" + os.Getenv("BARE_PORT"), Handler: func(s ssh.Session) {}}
	go bare.ListenAndServe() // want listen safe port=env:BARE_PORT network=tcp name=bare

	done := make(chan os.Signal, 1)
	signal.Notify(done, os.Interrupt)
	<-done
	srv.Shutdown(context.Background())
}
