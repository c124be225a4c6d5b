// Calls that listen but are no service, or are ported already.
package main // want listeners http/stream debug/stream

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
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

// payload decodes what a request carries, for whoever asks.
func payload(r *http.Request, into any) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func opened(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Port int `json:"port"`
	}
	payload(r, &req)
	l, _ := net.Listen("tcp", fmt.Sprintf(":%d", req.Port)) // want runtime port=runtime:/request/
	l.Accept()
}

// firstFree takes the first port of a range that nobody has.
func firstFree() net.Listener {
	for port := 30000; port < 30100; port++ {
		if l, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port)); err == nil { // want ephemeral host=const:"localhost" port=const:"30000" port=runtime:/free/
			return l
		}
	}
	return nil
}

var previewPort = flag.Int("preview-port", 0, "port for the preview; 0 is any")

// preview shows its own address, so that any port will do.
func preview() {
	l, _ := net.Listen("tcp", fmt.Sprintf("localhost:%d", *previewPort)) // want ephemeral
	log.Println("see", l.Addr())
	http.Serve(l, nil)
}

var debugPort = flag.Int("debug-port", 0, "port for debugging; 0 is none")

// debug is off without a port: that is no port which the system chooses.
func debug() {
	if *debugPort != 0 {
		http.ListenAndServe(fmt.Sprintf(":%d", *debugPort), nil) // want listen manual port=flag:debug-port="0"
	}
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
	http.HandleFunc("/open", opened)
	firstFree().Accept()
	preview()
	debug()
	http.Serve(nil, nil)
}
