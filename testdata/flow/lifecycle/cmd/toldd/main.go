// Toldd tells others where it can be reached.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
)

type labels map[string]string

// Registry is where services are found.
type registry struct{ services map[string]labels }

func (r registry) Register(name, addr string, port int, l labels) {
	l["addr"] = addr
	r.services[name+strconv.Itoa(port)] = l
}

func use(string) {}

func main() {
	port := flag.Int("told-port", 8080, "port")
	addr := flag.String("told-addr", "127.0.0.1:8081", "address")
	flag.Parse()
	reg := registry{make(map[string]labels)}
	go whole(*addr, reg)
	go pieces(*port, reg)
	go text(os.Getenv("TOLD_PORT"), os.Getenv("TOLD_HOST"))
	go again(os.Getenv("TOLD_AGAIN"), *port)
	dual(os.Getenv("TOLD_DUAL"))
}

func whole(addr string, reg registry) {
	use("http://" + addr)             // before: a program may make links early
	l, err := net.Listen("tcp", addr) // want listen safe
	if err != nil {
		log.Fatalf("listen on %s: %v", addr, err)
	}
	use("http://" + addr + "/")          // want address safe of=main.go:40
	use(fmt.Sprintf("http://%s/", addr)) // want address safe of=main.go:40
	l2 := labels{"a": addr}              // want address safe
	reg.Register("told", addr, 1, l2)    // want address safe
	use(addr + ".pid")
	use(fmt.Sprintf("told-%s", addr)) // a name of something else
	use("http://localhost" + addr)    // with a host of its own
	use(addr)
	http.Serve(l, nil)
}

func pieces(port int, reg registry) {
	l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)) // want listen safe
	if err != nil {
		log.Fatalf("port %d: %v", port, err)
	}
	log.Printf("on port %d", port)                                           // want address safe of=main.go:56
	log.Print("on port " + strconv.Itoa(port))                               // want address safe of=main.go:56
	reg.Register("told", net.JoinHostPort("told", "80"), port, make(labels)) // want address safe
	use(strconv.Itoa(port))
	http.Serve(l, nil)
}

func text(port, host string) {
	at := net.JoinHostPort(host, port)
	l, err := net.Listen("tcp", at) // want listen safe
	if err != nil {
		return
	}
	fmt.Println("told:", at)                // want address safe of=main.go:69
	fmt.Println("told:", host+":"+port)     // want address safe of=main.go:69
	fmt.Println("told on host", host, "is") // the host of what is inherited may be any
	http.Serve(l, nil)
}

func serve(p net.PacketConn) { p.ReadFrom(nil) }

// again listens a second time by the same variable, and on a port of its own.
func again(addr string, port int) {
	l, err := net.Listen("tcp", addr) // want listen safe
	if err != nil {
		return
	}
	go http.Serve(l, nil)
	log.Print("on ", addr)            // want address manual
	other := fmt.Sprintf(":%d", port) // no link
	l, err = net.Listen("tcp", other) // want listen safe
	if err != nil {
		return
	}
	log.Print("and on ", other) // want address safe
	http.Serve(l, nil)
}

// dual serves on the same port over TCP and UDP.
func dual(port string) {
	l, err := net.Listen("tcp", ":"+port) // want listen safe
	if err != nil {
		return
	}
	p, err := net.ListenPacket("udp", fmt.Sprintf(":%s", port)) // want listen safe
	if err != nil {
		return
	}
	go serve(p)
	http.Serve(l, nil)
}
