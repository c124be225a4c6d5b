// Command ini reads sections of a file with gopkg.in/ini.v1.
package main

import (
	"log"
	"net"
	"net/http"

	"gopkg.in/ini.v1"
)

var (
	domain  string
	rpcAddr string
)

type server struct {
	Addr string `ini:"http_addr"`
	Port string `ini:"http_port"`
}

type whole struct {
	Metrics struct {
		Addr string `ini:"addr"`
	} `ini:"metrics"`
}

func load(name string) (*ini.File, error) {
	f, err := ini.LoadSources(ini.LoadOptions{Insensitive: true}, name)
	if err != nil {
		return nil, err
	}
	sec := f.Section("rpc")
	rpcAddr = sec.Key("addr").MustString(":9000")
	domain = f.Section("").Key("domain").String()
	return f, nil
}

func main() {
	f, err := load("/etc/demo.ini")
	if err != nil {
		log.Fatal(err)
	}
	s := server{Addr: "0.0.0.0", Port: "3000"}
	if err := f.Section("server").MapTo(&s); err != nil {
		log.Fatal(err)
	}
	var w whole
	if err := ini.MapTo(&w, "/etc/more.ini"); err != nil {
		log.Fatal(err)
	}
	socket, err := f.Section("server").GetKey("socket")
	if err != nil {
		log.Fatal(err)
	}
	ul, err := net.Listen("unix", socket.String()) // want listen safe address=file:server.socket
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(ul, nil)
	go http.ListenAndServe(rpcAddr, nil)                          // want listen safe address=file:rpc.addr=":9000"
	go http.ListenAndServe(domain+":80", nil)                     // want listen safe host=file:domain port=const:"80"
	go http.ListenAndServe(w.Metrics.Addr, nil)                   // want listen safe address=file:metrics.addr
	l, err := net.Listen("tcp", net.JoinHostPort(s.Addr, s.Port)) // want listen safe host=file:server.http_addr="0.0.0.0" port=file:server.http_port="3000"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
