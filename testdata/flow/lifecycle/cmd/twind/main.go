// Twind has two of everything, and one function for both.
package main

import (
	"flag"
	"log"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	left   = flag.String("left", "/run/twind/left.sock", "")
	right  = flag.String("right", "/run/twind/right.sock", "")
	target = flag.String("url", "unix:///run/twind/url.sock", "")
	spec   = flag.String("spec", "unix:/run/twind/spec.sock", "")
	edge   = flag.String("edge", "/run/twind/edge.sock", "")
	status = flag.Bool("status", false, "")
)

func main() {
	flag.Parse()
	if *status {
		client()
		return
	}
	serve(listenLeft())
	serve(listenRight())
	serve(listenURL())
	serve(listenSpec())
	serve(listenUser())
	serve(listenPlain())
	serve(listenEdge())
	select {}
}

func serve(l net.Listener, err error) {
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
}

// open is for both.
func open(path string) {
	syscall.Chmod(path, 0o666) // want path manual of=main.go:60
}

func listenLeft() (net.Listener, error) {
	unlink(*left)
	l, err := net.Listen("unix", *left) // want listen review reason=/syscall\.Chmod/
	open(*left)
	return l, err
}

func listenRight() (net.Listener, error) {
	unlink(*right)
	l, err := net.Listen("unix", *right) // want listen review reason=/syscall\.Chmod/
	open(*right)
	return l, err
}

func listenURL() (net.Listener, error) {
	u, err := url.Parse(*target)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "unix" {
		return net.Listen("tcp", u.Host) // want listen safe
	}
	os.Remove(u.Path)                    // want path safe of=main.go:81
	l, err := net.Listen("unix", u.Path) // want listen safe
	if err == nil {
		err = os.Chmod(u.Path, 0o600) // want path safe of=main.go:81
	}
	return l, err
}

func listenSpec() (net.Listener, error) {
	part := strings.SplitN(*spec, ":", 2)
	if part[0] == "unix" {
		os.Remove(part[1]) // want path safe of=main.go:93
	}
	return net.Listen(part[0], part[1]) // want listen safe
}

// socketPath is where client and server meet.
func socketPath() string {
	return filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "twind.sock")
}

func listenUser() (net.Listener, error) {
	os.Remove(socketPath())                                             // want path safe of=main.go:104
	os.Remove(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "twind.pid")) // want nothing
	return net.Listen("unix", socketPath())                             // want listen safe dir=env:XDG_RUNTIME_DIR path=const:"twind.sock"
}

func listenEdge() (net.Listener, error) {
	return net.Listen("unix", *edge) // want MISSING(by the dial of a client) listen safe
}

// client removes what nobody listens on.
func client() {
	if _, err := os.Stat(socketPath()); err != nil {
		log.Fatal("not running")
	}
	c, err := net.Dial("unix", socketPath())
	if err != nil {
		log.Fatal(err)
	}
	c.Close()
	if c, err = net.Dial("unix", *edge); err != nil { // want MISSING(of a client) nothing
		os.Remove(*edge) // want path safe of=main.go:108
		log.Fatal(err)
	}
	c.Close()
}
