// Command viper2 has its configuration in another package, which reads
// sections of github.com/spf13/viper.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"example.com/real/viper2/config"
	"github.com/spf13/pflag"
)

func main() {
	fs := pflag.NewFlagSet("viper2", pflag.ExitOnError)
	fs.String("debug", "localhost:6060", "address of the profiler")
	fs.Parse(os.Args[1:])
	c, err := config.Load(fs)
	if err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.Store.GetString("debug.addr"), nil)   // want listen safe address=flag:--debug="localhost:6060" address=file:debug.addr
	go http.ListenAndServe(c.Store.GetString("raw.addr"), nil)     // want listen safe address=env:APP_RAW_ADDR address=file:raw.addr
	go http.ListenAndServe(c.Store.GetString("ws.addr"), nil)      // want listen safe address=env:WS_ADDR address=env:WEBSOCKET_ADDR address=file:ws.addr
	go http.ListenAndServe(c.Store.GetString("named.addr"), nil)   // want listen safe address=env:NAMED_ADDR address=file:named.addr
	go http.ListenAndServe(c.Store.GetString("metrics.addr"), nil) // want MISSING(a map as the default) listen safe address=file:metrics.addr=":9100"
	go http.ListenAndServe(c.RPC(), nil)                           // want MISSING(a section that is kept in a field) listen safe address=file:rpc.addr
	go http.ListenAndServe(c.HTTP.Admin, nil)                      // want listen safe address=file:http.admin_addr
	l, err := net.Listen("tcp", c.HTTP.Addr)                       // want listen safe address=file:http.addr=":8080"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
