// Probed looks, in the ways that daemons have, whether it runs already.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

var (
	first  = flag.String("first", "/run/probed/first.sock", "")
	second = flag.String("second", "/run/probed/second.sock", "")
	third  = flag.String("third", "/run/probed/third.sock", "")
	fourth = flag.String("fourth", "/run/probed/fourth.sock", "")
	fifth  = flag.String("fifth", "/run/probed/fifth.sock", "")
	sixth  = flag.String("sixth", "/run/probed/sixth.sock", "")
	tenth  = flag.String("tenth", "/run/probed/tenth.sock", "")
	web    = flag.String("web", "127.0.0.1:8086", "")
	cert   = flag.String("cert", "/etc/probed/cert.pem", "")
)

func main() {
	flag.Parse()
	if flag.Arg(0) == "health" {
		os.Exit(health())
	}
	for _, open := range []func() (net.Listener, error){dials, timeouts, asks, stats, cautious, looks, typed, warm, page} {
		l, err := open()
		if err != nil {
			log.Fatal(err)
		}
		go accept(l)
	}
	select {}
}

func accept(l net.Listener) {
	for {
		if _, err := l.Accept(); err != nil {
			return
		}
	}
}

// health is a client.
func health() int {
	c, err := net.DialTimeout("unix", *first, time.Second)
	if err != nil {
		return 1
	}
	c.Close()
	var d net.Dialer
	if c, err := d.DialContext(context.Background(), "unix", *fifth); err == nil {
		c.Close()
	}
	return 0
}

// dials asks who is there, and takes the path over from nobody.
func dials() (net.Listener, error) {
	if c, err := net.Dial("unix", *first); err == nil { // want probe manual of=main.go:73
		c.Close()
		return nil, fmt.Errorf("%s is in use", *first) // want nothing
	}
	if err := os.Remove(*first); err != nil && !os.IsNotExist(err) { // want path safe of=main.go:73
		return nil, err
	}
	return net.Listen("unix", *first) // want listen review reason=/net\.Dial .*connects/
}

func timeouts() (net.Listener, error) {
	c, err := net.DialTimeout("unix", *second, 100*time.Millisecond) // want probe manual of=main.go:82
	if err == nil {
		c.Close()
		return nil, errors.New("already running")
	}
	return net.Listen("unix", *second) // want listen review reason=/net\.DialTimeout/
}

// asks has a function for the question, as most have.
func asks() (net.Listener, error) {
	if alive(*third) {
		return nil, errors.New("already running")
	}
	os.Remove(*third)                 // want path safe of=main.go:91
	return net.Listen("unix", *third) // want listen review
}

func alive(path string) bool {
	c, err := net.Dial("unix", path) // want probe manual of=main.go:91
	if err != nil {
		return false
	}
	c.Close()
	return true
}

func stats() (net.Listener, error) {
	if _, err := os.Stat(*cert); err != nil {
		return nil, err
	}
	if _, err := os.Stat(*fourth); err == nil { // want probe manual of=main.go:110
		return nil, fmt.Errorf("%s already exists", *fourth) // want nothing
	}
	l, err := net.Listen("unix", *fourth) // want listen review reason=/os\.Stat .*exists/
	if err != nil {
		return nil, err
	}
	if fi, err := os.Stat(*fourth); err == nil {
		log.Printf("%s has mode %v", *fourth, fi.Mode()) // want MISSING(an error, or no address) nothing
	}
	return l, nil
}

// cautious only looks whether there is anything to remove.
func cautious() (net.Listener, error) {
	if _, err := os.Stat(*fifth); err == nil {
		if err := os.Remove(*fifth); err != nil { // want path safe of=main.go:127
			return nil, err
		}
	}
	return net.Listen("unix", *fifth) // want listen safe
}

// looks removes nothing but sockets.
func looks() (net.Listener, error) {
	fi, err := os.Lstat(*sixth)
	if err == nil && fi.Mode()&os.ModeSocket == 0 {
		return nil, fmt.Errorf("%s is no socket", *sixth) // want nothing
	}
	if err == nil {
		os.Remove(*sixth) // want path safe of=main.go:139
	}
	return net.Listen("unix", *sixth) // want listen safe
}

// typed dials with addresses.
func typed() (net.Listener, error) {
	addr := &net.UnixAddr{Name: os.Getenv("PROBED_SEVENTH"), Net: "unix"}
	if c, err := net.DialUnix("unix", nil, addr); err == nil { // want probe manual of=main.go:150
		c.Close()
		return nil, errors.New("already running")
	}
	os.Remove(addr.Name)                // want path safe of=main.go:150
	return net.ListenUnix("unix", addr) // want listen review reason=/DialUnix/
}

// warm talks to itself once it listens.
func warm() (net.Listener, error) {
	l, err := net.Listen("unix", *tenth) // want listen safe
	if err != nil {
		return nil, err
	}
	c, err := net.Dial("unix", *tenth) // want nothing
	if err != nil {
		os.Remove(*tenth) // want path safe of=main.go:155
		return nil, err
	}
	c.Close()
	return l, nil
}

// page asks the port.
func page() (net.Listener, error) {
	if c, err := net.DialTimeout("tcp", *web, time.Second); err == nil { // want probe manual of=main.go:174
		c.Close()
		return nil, fmt.Errorf("%s is taken", *web) // want nothing
	}
	return net.Listen("tcp", *web) // want listen review
}
