// Calls that listen but are no service, or are ported already.
package main // want listeners http/stream

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"example.com/classes/internal/inherit"
)

// freePort asks for a port and gives it back.
func freePort() int {
	l, err := net.Listen("tcp", "localhost:0") // want probe
	if err != nil {
		return 0
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// taken tells whether an address is in use.
func taken(addr string) bool {
	l, err := net.Listen("tcp", addr) // want probe
	if err != nil {
		return true
	}
	l.Close()
	return false
}

func ephemeral() {
	l, _ := net.Listen("tcp", "127.0.0.1:0") // want ephemeral address=const:"127.0.0.1:0"
	go http.Serve(l, nil)
	m, _ := net.Listen("tcp", "") // want ephemeral address=const:""
	m.Accept()
	c, _ := net.ListenPacket("udp", "") // want ephemeral address=const:""
	c.WriteTo(nil, nil)
	u, _ := net.ListenUDP("udp", nil) // want ephemeral
	u.Write(nil)
	v, _ := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: 0}) // want ephemeral
	v.Write(nil)
	t, _ := net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP("127.0.0.1")}) // want ephemeral host=const:"127.0.0.1"
	t.Accept()
	w, _ := net.Listen("tcp", fmt.Sprintf("%s:%d", os.Getenv("HOST"), 0)) // want ephemeral host=env:HOST port=const:"0"
	w.Accept()
	x, _ := net.Listen("tcp", net.JoinHostPort("localhost", "0")) // want ephemeral host=const:"localhost" port=const:"0"
	x.Accept()
}

// passive is what an FTP server does: the peer is told where it listens.
func passive(control net.Conn) {
	host, _, _ := net.SplitHostPort(control.LocalAddr().String())
	l, _ := net.Listen("tcp", net.JoinHostPort(host, "0")) // want ephemeral host=runtime:/connection/ port=const:"0"
	l.Accept()
}

func requested(w http.ResponseWriter, r *http.Request) {
	l, _ := net.Listen("tcp", r.FormValue("addr")) // want runtime address=runtime:/request/
	l.Accept()
}

func forward(conn net.Conn) {
	line, _ := bufio.NewReader(conn).ReadString('\n')
	l, _ := net.Listen("tcp", line) // want MISSING(read from a connection) runtime address=runtime:/connection/
	l.Accept()
}

func inherited() {
	net.FileListener(os.NewFile(3, "")) // want inherited
	inherit.Listen("tcp", ":8080")      // want inherited address=const:":8080" name=http
}

func main() {
	log.Println(freePort(), taken(":8080"))
	ephemeral()
	inherited()
	passive(nil)
	forward(nil)
	http.HandleFunc("/", requested)
	http.Serve(nil, nil)
}
