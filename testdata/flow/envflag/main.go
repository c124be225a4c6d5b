// Every flag may come from the environment, under its name, which a loop sees
// to.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"strings"
)

var listen = flag.String("listen.addr", ":8080", "")

func main() {
	flag.Parse()
	flag.VisitAll(func(f *flag.Flag) {
		if v, ok := os.LookupEnv(envName(f.Name)); ok {
			if err := flag.Set(f.Name, v); err != nil {
				log.Fatal(err)
			}
		}
	})
	net.Listen("tcp", *listen) // want listen safe address=flag:listen.addr=":8080" address=env:listen_addr
}

func envName(flag string) string { return strings.ReplaceAll(flag, ".", "_") }
