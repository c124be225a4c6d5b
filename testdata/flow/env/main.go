// The environment and the command line.
package main

import (
	"cmp"
	"net"
	"os"
	"strconv"

	"example.com/env/conf"
)

func getenv(key, def string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return def
}

func envInt(key string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(key)); err == nil {
		return n
	}
	return def
}

func must(key string) string {
	v, ok := os.LookupEnv(key)
	if !ok {
		panic(key)
	}
	return v
}

const portKey = "PORT"

func main() {
	net.Listen("tcp", os.Getenv("PLAIN"))                         // want listen safe address=env:PLAIN
	net.Listen("tcp", getenv("ADDR", ":1"))                       // want listen safe address=env:ADDR=":1"
	net.Listen("tcp", getenv("OTHER", ":2"))                      // want listen safe address=env:OTHER=":2"
	net.Listen("tcp", ":"+must(portKey))                          // want listen safe port=env:PORT
	net.Listen("tcp", ":"+strconv.Itoa(envInt("INT", 3)))         // want listen safe port=env:INT="3"
	net.Listen("tcp", cmp.Or(os.Getenv("CMP"), ":4"))             // want listen safe address=env:CMP=":4"
	net.Listen("tcp", conf.Get("CONF_ADDR", ":5"))                // want listen safe address=env:CONF_ADDR=":5"
	net.Listen("tcp", conf.Addr)                                  // want listen safe address=env:PKG_ADDR
	net.Listen("tcp", net.JoinHostPort(conf.Get("H", "::"), "6")) // want listen safe host=env:H="::" port=const:"6"
	net.Listen("tcp", os.ExpandEnv("$EXPANDED"))                  // want MISSING(variables in os.ExpandEnv) listen safe address=env:EXPANDED
	addr := "localhost:7"
	if v, ok := os.LookupEnv("LATE"); ok {
		addr = v
	}
	net.Listen("tcp", addr) // want listen safe address=env:LATE="localhost:7"
	if len(os.Args) > 1 {
		addr = os.Args[1]
	}
	net.Listen("tcp", addr) // want listen safe address=args address=env:LATE="localhost:7"
}
