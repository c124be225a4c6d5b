// Gated has a list of sockets, and ways to get rid of them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"example.com/lifecycle/internal/sock"
)

var (
	gate  = flag.String("gate", "/run/gated/gate.sock", "")
	guard = flag.String("guard", "/run/gated/guard.sock", "")
	once  = flag.String("once", "/run/gated/once.sock", "")
	call  = flag.String("call", "/run/gated/call.sock", "")
	wait  = flag.String("wait", "/run/other/other.sock", "socket of a program to wait for")
)

type config struct {
	Listen []string
	Extra  struct {
		Path string
		Log  string
	}
}

func main() {
	flag.Parse()
	if !sock.Wait(*wait) {
		log.Fatal("nobody there")
	}
	a, err := sock.Listen(*gate, 0o660)
	if err != nil {
		log.Fatal(err)
	}
	b, err := sock.Listen(*guard, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Clear(b)
	os.Chmod(*guard, 0o640) // want path safe of=sock.go:19

	var c config
	f, err := os.Open("gated.json")
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewDecoder(f).Decode(&c); err != nil {
		log.Fatal(err)
	}
	s := &set{paths: make(map[string]net.Listener)}
	if err := s.open(c.Listen); err != nil {
		log.Fatal(err)
	}
	defer s.close()
	l, done, err := temporary()
	if err != nil {
		log.Fatal(err)
	}
	defer done()
	go reply(extra(&c))
	go reply(single())
	l.Accept()
	a.Accept()
}

// reply is the only one who looks at a connection.
func reply(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Write([]byte("ok\n"))
		c.Close()
	}
}

type set struct {
	paths map[string]net.Listener
	order []string
}

// open listens on a list: paths, and ports.
func (s *set) open(list []string) error {
	for _, where := range list {
		network := "tcp"
		if strings.HasPrefix(where, "/") {
			network = "unix"
			os.Remove(where) // want path safe of=main.go:99
		}
		l, err := net.Listen(network, where) // want listen safe
		if err != nil {
			return err
		}
		s.paths[where] = l
		s.order = append(s.order, where)
	}
	return nil
}

func (s *set) close() {
	for path, l := range s.paths {
		l.Close()
		os.Remove(path) // want path safe of=main.go:99
	}
	for _, path := range s.order {
		os.Remove(path) // want path safe of=main.go:99
	}
}

// temporary returns what is to be done in the end.
func temporary() (net.Listener, func(), error) {
	path := *once
	clean := func() { os.Remove(path) } // want path safe of=main.go:124
	clean()
	l, err := net.Listen("unix", path) // want listen safe
	if err != nil {
		return nil, nil, err
	}
	return l, func() {
		l.Close()
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // want path safe of=main.go:124
			log.Print(err)
		}
	}, nil
}

func extra(c *config) net.Listener {
	defer func() {
		if r := recover(); r != nil {
			_ = os.Remove(c.Extra.Path) // want path safe of=main.go:144
		}
	}()
	os.Remove(c.Extra.Log)
	os.RemoveAll(c.Extra.Path)                                                       // want path safe of=main.go:144
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: c.Extra.Path, Net: "unix"}) // want listen review
	if err != nil {
		panic(err)
	}
	if f, err := l.File(); err == nil { // want unlink manual of=main.go:144
		log.Print(f.Fd())
		f.Close()
	}
	return l
}

// single lets nobody in while another one runs.
func single() net.Listener {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", *call) // want probe manual of=main.go:169
	if err == nil {
		c.Close()
		log.Fatal("runs already")
	}
	if c, err := d.Dial("unix", *wait); err == nil {
		c.Close()
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", *call) // want listen review reason=/DialContext/
	if err != nil {
		log.Fatal(err)
	}
	return l
}
