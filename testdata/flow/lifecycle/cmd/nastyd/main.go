// Command nastyd has the shapes that a review found.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"example.com/lifecycle/internal/tidy"
)

const fallback = "/run/nastyd/default.sock"

var (
	own    = flag.String("nasty-own", "/run/nastyd/own/own.sock", "socket in a folder of its own")
	plain  = flag.String("nasty-plain", fallback, "socket with a default")
	dir    = flag.String("nasty-dir", "/run/nastyd/", "folder of a socket")
	addr   = flag.String("nasty-addr", ":8080", "address")
	origin = flag.String("nasty-origin", "localhost:9000", "where pages come from")
)

var web = &http.Server{}

func main() {
	flag.Parse()
	os.RemoveAll(filepath.Dir(*own))   // want path safe of=main.go:32
	a, err := net.Listen("unix", *own) // want listen safe
	check(err)
	defer tidy.Listener(a)

	os.Remove(fallback)                  // want path safe of=main.go:37
	b, err := net.Listen("unix", *plain) // want listen safe
	check(err)
	tidy.File("/run/nastyd/pid")

	os.Remove(*dir + "x.sock")                                  // want path safe of=main.go:42
	c, err := net.Listen("unix", filepath.Join(*dir, "x.sock")) // want listen review reason=/SetUnlinkOnClose/
	check(err)
	unlink := c.(*net.UnixListener).SetUnlinkOnClose // want unlink manual of=main.go:42
	unlink(true)

	go func() {
		defer web.Shutdown(context.Background()) // want shutdown safe of=main.go:32
		web.ServeTLS(files(a))                   // want shutdown manual
	}()
	go wrapped(c)
	go started(*addr)
	go moved()
	go http.Serve(b, nil)
	log.Fatal(http.Serve(c, nil))
}

func files(l net.Listener) (net.Listener, string, string) { return l, "cert.pem", "key.pem" }

// wrapped serves through listeners of its own.
func wrapped(l net.Listener) {
	go web.Serve(tls.NewListener(l, nil)) // want shutdown safe
	web.Serve(slow{l})                    // want shutdown safe
}

type slow struct{ net.Listener }

// started says so while the other goroutine may not have.
func started(addr string) {
	var l net.Listener
	done := make(chan struct{})
	go func() {
		defer close(done)
		l, _ = net.Listen("tcp", addr) // want listen safe
	}()
	log.Println("starting on", addr) // want address manual of=main.go:74
	<-done
	http.Serve(l, nil)
}

// moved tells another address by the same variable.
func moved() {
	where := os.Getenv("NASTY_ADDR")
	l, err := net.Listen("tcp", where) // want listen safe
	check(err)
	where = *origin
	log.Println("pages of", where) // want address manual of=main.go:84
	http.Serve(l, nil)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
