// Client is another program, whose server is no daemon's: what it does to it is
// done to no socket of the daemon.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"

	"example.com/foreign/callback"
)

func main() {
	syscall.Umask(0o077)                       // want nothing
	l, err := net.Listen("tcp", "127.0.0.1:0") // want ephemeral
	if err != nil {
		panic(err)
	}
	done := make(chan bool)
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(done) })}
	go srv.Serve(l) // want nothing
	fmt.Println(l.Addr())
	<-done
	srv.Shutdown(context.Background()) // want nothing
	callback.Wait()
	os.Clearenv() // want nothing
}
