// Functional options, builders, and constructors followed by methods.
package main

import (
	"flag"

	"example.com/options/server"
)

func main() {
	a := flag.String("a", ":6001", "")
	b := flag.String("b", ":6002", "")
	c := flag.String("c", ":6003", "")
	d := flag.String("d", ":6004", "")
	flag.Parse()
	server.New(server.WithAddr(*a), server.Quiet).Start()
	server.Build().Addr(*b).Verbose(true).Done().Run()
	s, err := server.Open(*c)
	if err == nil {
		s.Listen()
	}
	server.Configure(func(o *server.Options) { o.Bind = *d }).Serve()
}
