// Metricsd has a port and no path at all.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
)

func main() {
	addr := flag.String("addr", ":9100", "address")
	dir := flag.String("dir", "/var/lib/metricsd", "textfiles")
	flag.Parse()
	syscall.Umask(0o022)
	name := filepath.Join(*dir, *addr+".sock")
	if _, err := os.Stat(name); err == nil {
		os.Remove(name)
	}
	os.Chmod(*dir, 0o755)
	defer os.RemoveAll(filepath.Join(*dir, "tmp"))
	ln, err := net.Listen("tcp", *addr) // want listen safe address=flag:addr=":9100" sole=yes
	if err != nil {
		log.Fatal(err)
	}
	log.Print(http.Serve(ln, nil))
}
