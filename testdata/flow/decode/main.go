// Structs that decoders fill: keys nested, inlined, in lists and maps.
package main

import (
	"fmt"
	"net"
	"os"

	"example.com/decode/conf"
)

func main() {
	j, _ := conf.JSON(os.Stdin)
	net.Listen("tcp", j.Listen)                             // want listen safe address=file:listen
	net.Listen("tcp", j.HTTP.Addr)                          // want listen safe address=file:http.addr
	net.Listen("tcp", j.Endpoint)                           // want listen safe address=file:Endpoint
	net.Listen("tcp", j.Bind)                               // want listen safe address=file:bind
	net.Listen("tcp", fmt.Sprintf("%s:%d", j.Host, j.Port)) // want listen safe host=file:host port=file:port
	for _, a := range j.Addrs {
		net.Listen("tcp", a) // want listen safe address=file:addrs*
	}
	for _, e := range j.Entries {
		net.Listen(e.Network, e.Address) // want listen safe address=file:entries.address* network=
	}
	for addr, e := range j.ByName {
		net.Listen("tcp", e.Address) // want listen safe address=file:byName.address*
		net.Listen("tcp", addr)      // want listen safe address=file:byName*
	}
	net.Listen("tcp", j.Ignored) // want listen safe address=unknown:/Ignored/

	y, _ := conf.YAML(nil)
	net.Listen("tcp", y.Server.ListenAddress) // want listen safe address=file:server.listen_address
	net.Listen("tcp", y.Metrics)              // want listen safe address=file:metrics=":9100"
	net.Listen("tcp", y.Inner.Bind)           // want listen safe address=file:bind

	t, _ := conf.TOML("")
	net.Listen("tcp", t.Web.Listen) // want listen safe address=file:web.listen

	e, _ := conf.Env()
	net.Listen("tcp", e.Addr)                           // want listen safe address=env:ADDR=":8080"
	net.Listen("tcp", fmt.Sprintf(":%d", e.Admin.Port)) // want listen safe port=env:ADMIN_PORT
	p, _ := conf.EnvPrefixed(len(os.Args) > 1)
	net.Listen("unix", p.Socket) // want listen safe address=env:DECODE_SOCKET address=env:SOCKET
	c, _ := conf.EnvConfig()
	net.Listen("tcp", c.Listen) // want listen safe address=env:APP_LISTEN address=env:LISTEN
}
