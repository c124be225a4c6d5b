// Command redcon speaks the protocol of Redis with redcon.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"strings"
	"sync"

	"github.com/tidwall/redcon"
)

var (
	addr   = flag.String("addr", ":6380", "address to listen on")
	secure = flag.String("tls-addr", ":6381", "address to listen on with TLS")
	sock   = flag.String("socket", "/run/redcon.sock", "unix socket")
	peer   = flag.String("peer", ":6382", "address for peers")
)

func handle(conn redcon.Conn, cmd redcon.Command) {
	switch strings.ToLower(string(cmd.Args[0])) {
	case "ping":
		conn.WriteString("PONG")
	default:
		conn.WriteError("ERR unknown command")
	}
}

func accept(redcon.Conn) bool { return true }

func closed(conn redcon.Conn, err error) {}

func main() {
	flag.Parse()
	var mu sync.RWMutex
	items := make(map[string][]byte)

	s := redcon.NewServer(*peer, handle, accept, closed)
	go s.ListenAndServe() // want listen manual address=flag:peer=":6382" network=tcp name=peer reason=/constructor/
	go func() {
		u := redcon.NewServerNetwork("unix", *sock, handle, accept, closed)
		signal := make(chan error)
		go func() { log.Println(<-signal) }()
		log.Fatal(u.ListenServeAndSignal(signal)) // want MISSING(the network that a constructor takes) listen manual address=flag:socket="/run/redcon.sock" network=unix
	}()
	go redcon.ListenAndServeNetwork("tcp4", *peer, handle, accept, nil)                      // want listen safe address=flag:peer=":6382" network=tcp4
	go redcon.ListenAndServeTLS(*secure, handle, accept, closed, &tls.Config{MinVersion: 2}) // want listen manual address=flag:tls-addr=":6381" network=tcp reason=/ListenTLS/

	err := redcon.ListenAndServe(*addr, func(conn redcon.Conn, cmd redcon.Command) { // want listen safe address=flag:addr=":6380" network=tcp
		mu.RLock()
		defer mu.RUnlock()
		conn.WriteInt(len(items))
	},
		func(conn redcon.Conn) bool {
			return true
		},
		func(conn redcon.Conn, err error) {
			log.Printf("closed: %s, err: %v", conn.RemoteAddr(), err)
		},
	)
	if err != nil {
		log.Fatal(err)
	}
}
