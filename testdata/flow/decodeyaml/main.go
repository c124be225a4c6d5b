// The package that decodes mentions no other source, and its decoder's import
// path ends in a version.
package main

import (
	"net"

	"example.com/decodeyaml/conf"
)

func main() {
	c, err := conf.Parse(nil)
	if err != nil {
		panic(err)
	}
	net.Listen("tcp", c.Server.Bind) // want listen safe address=file:server.bind
}
