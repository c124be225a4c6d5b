// Unlinkd has something to say about what becomes of its sockets.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"os/exec"
	"syscall"
)

var (
	keep   = flag.Bool("keep", false, "leave sockets behind")
	admin  = flag.String("admin", "/run/unlinkd/admin.sock", "")
	query  = flag.String("query", "/run/unlinkd/query.sock", "")
	legacy = flag.String("legacy", "/run/unlinkd/legacy.sock", "")
	raw    = flag.String("raw", "/run/unlinkd/raw.sock", "")
	one    = flag.String("one", "/run/unlinkd/one.sock", "")
	two    = flag.String("two", "/run/unlinkd/two.sock", "")
	web    = flag.String("web", ":8088", "")
	next   = flag.String("next", ":8089", "")
)

func main() {
	flag.Parse()
	go loop(openAdmin())
	go loop(openQuery())
	go loop(openLegacy())
	go loop(openWeb())
	handOver()
	pair()
	bare()
}

func loop(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go talk(c)
	}
}

// talk ends its own connection, not the socket.
func talk(c net.Conn) {
	defer c.Close()
	u, ok := c.(*net.UnixConn)
	if !ok {
		return
	}
	r, err := u.SyscallConn()
	if err != nil {
		return
	}
	r.Control(func(fd uintptr) {
		syscall.Shutdown(int(fd), syscall.SHUT_WR) // want nothing
	})
}

func openAdmin() net.Listener {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: *admin, Net: "unix"}) // want listen safe path=flag:admin="/run/unlinkd/admin.sock"
	if err != nil {
		log.Fatal(err)
	}
	l.SetUnlinkOnClose(true) // want unlink safe of=main.go:63
	return l
}

func openQuery() net.Listener {
	l, err := net.Listen("unix", *query) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	return l
}

func openLegacy() net.Listener {
	l, err := net.Listen("unix", *legacy) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(!*keep) // want unlink safe of=main.go:81
	}
	return l
}

// pair opens two in one function.
func pair() {
	a, err := net.ListenUnix("unix", &net.UnixAddr{Name: *one}) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	a.SetUnlinkOnClose(false)
	b, err := net.ListenUnix("unix", &net.UnixAddr{Name: *two}) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	b.SetUnlinkOnClose(true) // want unlink safe of=main.go:98
	go loop(a)
	loop(b)
}

func openWeb() net.Listener {
	l, err := net.Listen("tcp", *web) // want listen review reason=/Shutdown/
	if err != nil {
		log.Fatal(err)
	}
	stop(l.(*net.TCPListener))
	return l
}

// stop keeps new clients out, or so it hopes.
func stop(l *net.TCPListener) {
	r, err := l.SyscallConn()
	if err != nil {
		return
	}
	r.Control(func(fd uintptr) {
		syscall.Shutdown(int(fd), syscall.SHUT_RD) // want unlink manual of=main.go:108
	})
}

// handOver starts the program anew, with its socket.
func handOver() {
	l, err := net.Listen("tcp", *next) // want listen review reason=/File .* a file/
	if err != nil {
		log.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File() // want unlink manual of=main.go:129
	if err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command(os.Args[0]) // want environment manual of=main.go:129
	cmd.ExtraFiles = []*os.File{f}
	cmd.Start()
}

// bare does without package net.
func bare() {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	syscall.Unlink(*raw)                                                        // want path safe of=main.go:149
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: *raw}); err != nil { // want listen manual path=flag:raw="/run/unlinkd/raw.sock" reason=/raw socket/
		log.Fatal(err)
	}
	syscall.Listen(fd, 16)
	for {
		nfd, _, err := syscall.Accept(fd)
		if err != nil {
			break
		}
		syscall.Close(nfd)
	}
	syscall.Shutdown(fd, syscall.SHUT_RDWR) // want unlink manual of=main.go:149
	os.Remove(*raw)                         // want path safe of=main.go:149
}
