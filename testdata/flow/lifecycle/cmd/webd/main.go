// Webd listens on a port, and has files in plenty.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"example.com/lifecycle/internal/sock"
)

var (
	addr    = flag.String("addr", ":8080", "address")
	state   = flag.String("state", "/var/lib/webd/state", "state")
	logFile = flag.String("log", "/var/log/webd.log", "log")
	backend = flag.String("backend", "/run/backend.sock", "socket of the backend")
)

func main() {
	flag.Parse()
	syscall.Umask(0o027) // want path safe of=sock.go:19
	stateOf := filepath.Join(*state, *addr)
	os.Remove(stateOf)
	if _, err := os.Stat(*state); err == nil {
		os.RemoveAll(*state)
	}
	os.Chmod(*logFile, 0o640)
	os.Chown(*logFile, 33, 33)
	ln, err := net.Listen("tcp", *addr) // want listen safe address=flag:addr=":8080" network=tcp
	if err != nil {
		log.Fatal(err)
	}
	if err := syscall.Setuid(33); err != nil { // want privilege safe of=main.go:33
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, err := os.Stat(*backend); err != nil {
			http.Error(w, "no backend", http.StatusBadGateway)
			return
		}
		c, err := net.Dial("unix", *backend)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		c.Close()
	})
	defer os.Remove(*state + "/running")
	if admin, err := sock.Listen(os.Getenv("WEBD_ADMIN"), 0o600); err == nil {
		go http.Serve(admin, http.DefaultServeMux)
	}
	log.Print(http.Serve(ln, nil))
}
