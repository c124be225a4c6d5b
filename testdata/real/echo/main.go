// Command echo serves a web application with version 4 of echo.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/net/http2"
)

type server struct {
	echo *echo.Echo
	addr string
}

func (s *server) start() {
	if err := s.echo.Start(s.addr); !errors.Is(err, http.ErrServerClosed) { // want listen review address=flag:listen="localhost:1323" network=tcp reason=/keep-alive/
		s.echo.Logger.Fatal("shutting down the server")
	}
}

func main() {
	listen := flag.String("listen", "localhost:1323", "address to listen on")
	secure := flag.String("https", ":8443", "address to listen on with TLS")
	h2c := flag.String("h2c", ":8082", "address to listen on without TLS, for HTTP/2")
	flag.Parse()

	e := echo.New()
	e.HideBanner = true
	e.Use(middleware.Recover())
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "hello\n") })
	go (&server{e, *listen}).start()

	go e.StartTLS(*secure, "cert.pem", "key.pem") // want listen manual address=flag:https=":8443" network=tcp reason=/TLSListener/
	go func() {
		clear := echo.New()
		log.Println(clear.StartH2CServer(*h2c, &http2.Server{MaxConcurrentStreams: 250})) // want listen review address=flag:h2c=":8082" network=tcp reason=/keep-alive/
	}()

	metrics := echo.New()
	srv := &http.Server{Addr: ":" + os.Getenv("METRICS_PORT"), ReadTimeout: time.Minute}
	go metrics.StartServer(srv) // want listen manual port=env:METRICS_PORT network=tcp reason=/TLSConfig/
	if host := os.Getenv("HOST"); host != "" {
		go e.StartAutoTLS(net.JoinHostPort(host, "443")) // want listen manual host=env:HOST port=const:"443" network=tcp
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-ctx.Done()
	if err := e.Shutdown(context.Background()); err != nil { // want shutdown safe
		e.Logger.Fatal(err)
	}
}
