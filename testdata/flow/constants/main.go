// Literals, constants, locals, and addresses that are put together here.
package main

import (
	"flag"
	"fmt"
	"net"
	"strconv"
	"strings"
)

const (
	host = "127.0.0.1"
	addr = host + ":1001"
)

var (
	fixed   = ":1002"
	changed = ":1003"
)

var (
	port  = flag.Int("port", 1100, "port")
	iface = flag.String("host", "localhost", "host")
	text  = flag.String("p", "1200", "port")
)

type parts struct{ Host, Port string }

var known = &parts{Host: "127.0.0.1", Port: "1300"} // which may change

func main() {
	flag.Parse()
	known.Port = *text
	net.Listen("tcp", known.Host+":"+known.Port) // want listen safe host=const:"127.0.0.1" port=const:"1300" port=flag:p="1200"
	changed = ":1004"
	net.Listen("tcp", ":1000")  // want listen safe address=const:":1000" network=tcp
	net.Listen("tcp", addr)     // want listen safe address=const:"127.0.0.1:1001"
	net.Listen("tcp", fixed)    // want listen safe address=const:":1002"
	net.Listen("tcp", (fixed))  // want listen safe address=const:":1002"
	net.Listen("tcp4", changed) // want listen safe address=const:":1003" address=const:":1004" network=tcp4

	local := ":1005"
	net.Listen("tcp", local) // want listen safe address=const:":1005"
	local = ":1006"
	net.Listen("tcp", local) // want listen safe address=const:":1006"
	if len(flag.Args()) > 0 {
		local = ":1007"
	}
	net.Listen("tcp", local) // want listen safe address=const:":1006" address=const:":1007"

	net.Listen("tcp", fmt.Sprintf(":%d", *port))                      // want listen safe port=flag:port="1100"
	net.Listen("tcp", fmt.Sprintf("0.0.0.0:%d", *port))               // want listen safe host=const:"0.0.0.0" port=flag:port="1100"
	net.Listen("tcp", fmt.Sprintf("%s:%d", *iface, *port))            // want listen safe host=flag:host="localhost" port=flag:port="1100"
	net.Listen("tcp", fmt.Sprintf("%v:%v", *iface, 80))               // want listen safe host=flag:host="localhost" port=const:"80"
	net.Listen("tcp", net.JoinHostPort(*iface, strconv.Itoa(*port)))  // want listen safe host=flag:host="localhost" port=flag:port="1100"
	net.Listen("tcp", net.JoinHostPort("", *text))                    // want listen safe host=const:"" port=flag:p="1200"
	net.Listen("tcp", ":"+*text)                                      // want listen safe port=flag:p="1200"
	net.Listen("tcp", *iface+":"+*text)                               // want listen safe host=flag:host="localhost" port=flag:p="1200"
	net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(*port))               // want listen safe host=const:"127.0.0.1" port=flag:port="1100"
	net.Listen("tcp", ":"+strconv.FormatInt(int64(*port), 10))        // want listen safe port=flag:port="1100"
	net.Listen("tcp", strings.TrimPrefix(*text, "tcp://"))            // want listen safe address=flag:p="1200"
	net.Listen("tcp", strings.Join([]string{*iface, *text}, ":"))     // want listen safe address=flag:host="localhost" address=flag:p="1200"
	net.Listen("tcp", fmt.Sprintf("%s", fmt.Sprint(*iface, ":", 81))) // want MISSING(separators beside values are origins) listen safe address=flag:host="localhost" address=const:"81"
	net.Listen("unix", fmt.Sprintf("/run/%s.sock", *text))            // want listen safe address=flag:p="1200"

	if *port == 0 {
		// The bounds of a loop are no addresses.
		for i := 0; i < 3; i++ {
			net.Listen("tcp", fmt.Sprintf("localhost:%d", *port+i)) // want MISSING(loop counters are origins) listen safe host=const:"localhost" port=flag:port="1100"
		}
	}
}
