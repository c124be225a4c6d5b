// Tables of settings that the program goes through.
package main

import (
	"flag"
	"net"
	"os"
	"strings"
)

var listen, dsn, grpc string

var settings = []struct {
	name string
	to   *string
	def  string
}{
	{"LISTEN_ADDR", &listen, ":8080"},
	{"DSN", &dsn, ""},
}

type option struct {
	to              *string
	name, def, help string
}

type options struct{ addr, admin, other string }

func main() {
	for _, s := range settings {
		*s.to = s.def
		if v, ok := os.LookupEnv(s.name); ok {
			*s.to = strings.TrimSpace(v)
		}
	}
	o := &options{}
	for _, f := range []*option{
		{&o.addr, "addr", ":8081", "where to listen"},
		{to: &o.admin, name: "admin", def: ":8082"},
	} {
		flag.StringVar(f.to, f.name, f.def, f.help)
	}
	for name, to := range map[string]*string{"GRPC_ADDR": &grpc, "OTHER_ADDR": &o.other} {
		*to = os.Getenv(name)
	}
	flag.Parse()
	net.Listen("tcp", listen)  // want listen safe address=env:LISTEN_ADDR=":8080"
	net.Listen("tcp", o.addr)  // want listen safe address=flag:addr=":8081"
	net.Listen("tcp", o.admin) // want listen safe address=flag:admin=":8082"
	net.Listen("tcp", grpc)    // want listen safe address=env:GRPC_ADDR
	net.Listen("tcp", o.other) // want listen safe address=env:OTHER_ADDR
}
