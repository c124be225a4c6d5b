// Command kingpin reads the command line with github.com/alecthomas/kingpin/v2.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"github.com/alecthomas/kingpin/v2"
)

var (
	app    = kingpin.New("kingpin", "A demo.")
	listen = app.Flag("web.listen-address", "Address to listen on.").Short('l').Default(":9100").Envar("WEB_LISTEN").String()
	peers  = app.Flag("peer", "Address of a peer.").Default(":9101", ":9102").Strings()
	raw    = app.Flag("raw", "Address of the raw protocol.").Default("127.0.0.1:9103").TCP()

	relayCmd = app.Command("relay", "Relay.")
	relayTo  = relayCmd.Arg("address", "Address.").Default(":9104").String()
)

type config struct {
	admin  string
	stream *net.TCPAddr
}

func (c *config) register(app *kingpin.Application, secure bool) {
	f := app.Flag("admin", "Address of the administration.")
	if secure {
		f = f.Default("localhost:9105")
	} else {
		f = f.Default(":9105")
	}
	f.Envar("ADMIN").StringVar(&c.admin)
	f = app.Flag("stream", "Address of the stream.")
	f.Default(":9106")
	f.TCPVar(&c.stream)
}

func main() {
	var c config
	c.register(app, os.Getuid() == 0)
	switch kingpin.MustParse(app.Parse(os.Args[1:])) {
	case relayCmd.FullCommand():
		log.Fatal(http.ListenAndServe(*relayTo, nil)) // want listen safe address=args
	}
	for _, p := range *peers {
		go http.ListenAndServe(p, nil) // want listen safe address=flag:--peer=":9101,:9102"*
	}
	l, err := net.ListenTCP("tcp", *raw) // want listen safe address=flag:--raw="127.0.0.1:9103"
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, nil)
	s, err := net.ListenTCP("tcp", c.stream) // want listen safe address=flag:--stream=":9106"
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(s, nil)
	go http.ListenAndServe(c.admin, nil)         // want MISSING(a chain through a variable that branches) listen safe address=flag:--admin address=env:ADMIN
	log.Fatal(http.ListenAndServe(*listen, nil)) // want listen safe address=flag:--web.listen-address=":9100" address=env:WEB_LISTEN
}
