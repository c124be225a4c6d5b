// Command nats embeds a NATS server.
package main

import (
	"flag"
	"log"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

type broker struct {
	srv *server.Server
}

func (b *broker) start() bool {
	go b.srv.Start() // want listen manual host=flag:nats-host="127.0.0.1" port=flag:nats-port="4222" network=tcp reason=/DontListen/
	return b.srv.ReadyForConnections(10 * time.Second)
}

func main() {
	host := flag.String("nats-host", "127.0.0.1", "host of the broker")
	port := flag.Int("nats-port", 4222, "port of the broker")
	flag.Parse()
	opts := &server.Options{Host: *host, NoSigs: true, StoreDir: "/var/lib/nats"}
	opts.Port = *port
	opts.JetStream = true
	ns, err := server.NewServer(opts)
	if err != nil {
		log.Fatal(err)
	}
	b := &broker{ns}
	if !b.start() {
		log.Fatal("not ready")
	}
	ns.WaitForShutdown()
}
