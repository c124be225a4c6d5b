// Goroutines, defers, and functions that run functions.
package main

import (
	"context"
	"flag"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/concurrency/group"
)

func serve(addr string) {
	net.Listen("tcp", addr) // want listen safe address=flag:a=":8001"
}

func last(addr string) {
	net.Listen("tcp", addr) // want listen safe address=flag:b=":8002"
}

type app struct {
	once sync.Once
	addr string
}

func (a *app) start() {
	net.Listen("tcp", a.addr) // want listen safe address=flag:g=":8006"
}

func main() {
	a := flag.String("a", ":8001", "")
	b := flag.String("b", ":8002", "")
	c := flag.String("c", ":8003", "")
	d := flag.String("d", ":8004", "")
	e := flag.String("e", ":8005", "")
	g := flag.String("g", ":8006", "")
	h := flag.String("h2", ":8007", "")
	k := flag.String("k", ":8008", "")
	flag.Parse()
	go serve(*a)
	defer last(*b)
	go func(addr string) {
		net.Listen("tcp", addr) // want listen safe address=flag:c=":8003"
	}(*c)
	var grp group.Group
	grp.Go(func() error {
		return http.ListenAndServe(*d, nil) // want listen safe address=flag:d=":8004"
	})
	grp.GoContext(context.Background(), func(ctx context.Context) error {
		_, err := new(net.ListenConfig).Listen(ctx, "tcp", *e) // want listen safe address=flag:e=":8005"
		return err
	})
	x := &app{addr: *g}
	x.once.Do(x.start)
	time.AfterFunc(time.Second, func() {
		net.Listen("tcp", *h) // want listen safe address=flag:h2=":8007"
	})
	addrs := make(chan string, 1)
	addrs <- *k
	net.Listen("tcp", <-addrs) // want listen safe address=unknown:/channel/
}
