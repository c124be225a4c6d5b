package inherit_test

import (
	"fmt"
	"log"
	"net"

	"inheritfd/fixer/inherit"
)

// A program says what it inherited, with the full address of each descriptor.
func ExampleSockets() {
	for _, s := range inherit.Sockets() {
		fmt.Println(s.FD, s.Name, s.Network, s.Addr, s.Listening, s.ClaimedBy)
	}
	// Output:
}

// The address to tell people is that of the socket, which need not be the
// configured one.
func ExampleAddr() {
	const address = "localhost:0"
	l, err := inherit.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	fmt.Println("listening on", inherit.Addr(l, address))
	_, port, _ := net.SplitHostPort(l.Addr().String())
	fmt.Println(port != "0")
	// Output:
	// listening on localhost:0
	// true
}
