// Privd begins as root and goes on as somebody else.
package main

import (
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	path := os.Getenv("PRIVD_SOCKET")
	os.Clearenv() // want environment safe of=main.go:19
	os.Setenv("PATH", "/usr/bin:/bin")
	daemonize()

	old := syscall.Umask(0o117)         // want path safe of=main.go:19
	ln, err := net.Listen("unix", path) // want listen review address=env:PRIVD_SOCKET reason=/again/ sole=yes
	syscall.Umask(old)                  // want path safe of=main.go:19
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(ln.Addr().String())            // want path safe of=main.go:19
	if err := syscall.Setgroups(nil); err != nil { // want privilege safe of=main.go:19
		log.Fatal(err)
	}
	if err := syscall.Setgid(65534); err != nil { // want privilege safe of=main.go:19
		log.Fatal(err)
	}
	if err := syscall.Setuid(65534); err != nil { // want privilege safe of=main.go:19
		log.Fatal(err)
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	go again(hup)
	for {
		if _, err := ln.Accept(); err != nil {
			log.Fatal(err)
		}
	}
}

// daemonize is what is left of the old days.
func daemonize() {
	syscall.Umask(0) // want path safe of=main.go:19
	os.Chdir("/")
}

// again replaces the program by its new version.
func again(hup <-chan os.Signal) {
	<-hup
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(syscall.Exec(self, os.Args, os.Environ())) // want environment manual of=main.go:19
}
