// Command gliderssh serves SSH with gliderlabs/ssh.
package main

import (
	"flag"
	"io"
	"log"
	"net"
	"os"

	"github.com/gliderlabs/ssh"
)

type daemon struct {
	*ssh.Server
	backup ssh.Server
}

func (d *daemon) run() error {
	go func() { log.Println(d.backup.ListenAndServe()) }() // want listen review address=env:BACKUP_ADDR network=tcp name=backup reason=/empty address.*:22/
	return d.ListenAndServe()                              // want listen review address=flag:listen=":2222" network=tcp name=ssh reason=/empty address.*:22/
}

func greet(s ssh.Session) { io.WriteString(s, "hello "+s.User()+"\n") }

func main() {
	listen := flag.String("listen", ":2222", "address to listen on")
	port := flag.String("forward-port", "2223", "port for forwarding")
	key := flag.String("host-key", "", "path of the host key")
	flag.Parse()
	ssh.Handle(greet)

	forward := &ssh.Server{
		Addr:                          net.JoinHostPort("", *port),
		Handler:                       greet,
		ReversePortForwardingCallback: ssh.ReversePortForwardingCallback(func(ssh.Context, string, uint32) bool { return true }),
	}
	go forward.ListenAndServe() // want listen safe host=const:"" port=flag:forward-port="2223" network=tcp name=forward

	switch os.Getenv("MODE") {
	case "plain":
		log.Fatal(ssh.ListenAndServe(":2224", nil)) // want listen safe address=const:":2224" network=tcp
	case "key":
		log.Fatal(ssh.ListenAndServe(":2225", greet, ssh.HostKeyFile(*key), ssh.NoPty())) // want listen review address=const:":2225" network=tcp reason=/evaluated after/
	}
	d := &daemon{Server: &ssh.Server{Addr: *listen, Handler: greet}}
	d.backup.Addr = os.Getenv("BACKUP_ADDR")
	log.Fatal(d.run())
}
