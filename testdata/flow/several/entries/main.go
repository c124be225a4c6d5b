// A configured list of structs: its entries must not take each other's socket.
package main // want MISSING(struct elements of a list are not many) listeners servers/stream*

import (
	"encoding/json"
	"net"
	"os"
)

type config struct {
	Servers []struct {
		Listen string `json:"listen"`
	} `json:"servers"`
}

func main() {
	var c config
	data, err := os.ReadFile("config.json")
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		panic(err)
	}
	for _, s := range c.Servers {
		net.Listen("tcp", s.Listen) // want listen safe address=file:servers.listen* sole=no
	}
}
