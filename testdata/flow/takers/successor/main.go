// Command successor hands its socket on to the next version of itself, and says so
// in a variable of its own.
package main

import (
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
)

var (
	addr  = flag.String("addr", ":8081", "")
	debug = flag.String("debug", ":6060", "")
)

func listen() (net.Listener, error) {
	if os.Getenv("SUCCESSOR") != "" {
		return net.FileListener(os.NewFile(3, "")) // want inherited
	}
	return net.Listen("tcp", *addr) // want listen safe address=flag:addr=":8081"
}

func main() {
	flag.Parse()
	go http.ListenAndServe(*debug, nil) // want listen review address=flag:debug=":6060"
	l, err := listen()
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/upgrade", func(http.ResponseWriter, *http.Request) {
		f, _ := l.(*net.TCPListener).File() // want unlink manual
		cmd := exec.Command(os.Args[0])     // want environment manual
		cmd.ExtraFiles = []*os.File{f}
		cmd.Env = append(os.Environ(), "SUCCESSOR=1")
		cmd.Start()
	})
	http.Serve(l, nil)
}
