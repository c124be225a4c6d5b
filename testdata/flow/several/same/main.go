// One address for two ports: the host is shared, the listeners are two. And a
// table of listeners in the code is as many as it has rows.
package main // want MISSING(rows of a table in the code) listeners admin/stream api/stream one/stream two/stream

import (
	"flag"
	"net"
)

func listen(host, port string) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(host, port)) // want listen safe host=flag:host="" port=flag:api-port="1" port=flag:admin-port="2" name=api name=admin
}

func main() {
	host := flag.String("host", "", "")
	api := flag.String("api-port", "1", "")
	admin := flag.String("admin-port", "2", "")
	one := flag.String("one", ":3", "")
	two := flag.String("two", ":4", "")
	flag.Parse()
	listen(*host, *api)
	listen(*host, *admin)
	for _, s := range []struct{ name, addr string }{{"one", *one}, {"two", *two}} {
		net.Listen("tcp", s.addr) // want MISSING(rows of a table in the code) listen safe address=flag:one=":3" address=flag:two=":4" name=one name=two
	}
}
