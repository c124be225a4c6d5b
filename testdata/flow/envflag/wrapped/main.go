// As the one above, with a package of its own for the environment.
package main

import (
	"flag"
	"net"
	"os"

	"example.com/envflag/env"
)

var listen = flag.String("listen", ":8081", "")

func main() {
	fs := flag.CommandLine
	fs.Parse(os.Args[1:])
	fs.VisitAll(func(f *flag.Flag) {
		if v, ok := env.LookupEnv(f.Name); ok {
			fs.Set(f.Name, v)
		}
	})
	net.Listen("tcp", *listen) // want listen safe address=flag:listen=":8081" address=env:listen
}
