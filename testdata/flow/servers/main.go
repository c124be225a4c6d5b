// http.Server in the ways that programs keep one.
package main // want listeners deep/stream embedded/stream field/stream later/stream made/stream http/stream setaddr/stream tls/stream

import (
	"context"
	"flag"
	"log"
	"net/http"

	"example.com/servers/web"
)

type app struct {
	srv *http.Server
	cfg *config
}

type config struct{ deep string }

func newApp(addr string, c *config) *app {
	a := &app{srv: &http.Server{Addr: addr}, cfg: c}
	a.srv.MaxHeaderBytes = *flag.Int("max", 1<<10, "no part of the address")
	return a
}

func (a *app) run() error {
	return a.srv.ListenAndServe() // want listen safe address=flag:field=":1" name=field
}

func (a *app) runDeep() {
	s := &http.Server{Addr: a.cfg.deep, Handler: nil}
	go func() {
		if err := s.ListenAndServe(); err != http.ErrServerClosed { // want listen safe address=flag:deep=":2" name=deep
			log.Fatal(err)
		}
	}()
	s.Shutdown(context.Background()) // want shutdown safe of=main.go:33
}

func made(addr string) *http.Server { return &http.Server{Addr: addr} }

type embedded struct {
	http.Server
	name string
}

func main() {
	field := flag.String("field", ":1", "")
	deep := flag.String("deep", ":2", "")
	mk := flag.String("made", ":3", "")
	later := flag.String("later", ":4", "")
	emb := flag.String("embedded", ":5", "")
	set := flag.String("setaddr", ":6", "")
	tls := flag.String("tls", ":7", "")
	flag.Parse()
	a := newApp(*field, &config{deep: *deep})
	go a.run()
	a.runDeep()
	m := made(*mk)
	go m.ListenAndServe() // want listen safe address=flag:made=":3" name=made
	var l http.Server
	l.Addr = *later
	go l.ListenAndServe() // want listen safe address=flag:later=":4" name=later
	e := &embedded{name: "x"}
	e.Addr = *emb
	go e.ListenAndServe() // want listen safe address=flag:embedded=":5" name=embedded
	web.Serve(*set)
	web.ServeTLS(web.TLS{Addr: *tls})
	go http.ListenAndServe("localhost:6060", nil) // want listen safe address=const:"localhost:6060"
}
