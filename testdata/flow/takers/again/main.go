// Command again makes a second listener of its own socket, and a connection of a
// descriptor that it has made: it takes nothing from outside.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"syscall"
)

func again(l *net.TCPListener) (net.Listener, error) {
	f, err := l.File() // want nothing
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileListener(f) // want nothing
}

func ping() {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, syscall.IPPROTO_ICMP)
	if err != nil {
		return
	}
	net.FilePacketConn(os.NewFile(uintptr(fd), "ping")) // want nothing
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to serve")
	flag.Parse()
	ping()
	l, err := net.Listen("tcp", *addr) // want listen safe address=flag:addr="127.0.0.1:8080"
	if err != nil {
		log.Fatal(err)
	}
	l2, err := again(l.(*net.TCPListener))
	if err != nil {
		log.Fatal(err)
	}
	l.Close()
	http.Serve(l2, nil)
}
