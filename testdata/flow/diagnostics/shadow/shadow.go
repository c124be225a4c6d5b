// Package shadow has the name of the helper in use. // want package:`flows\(\d+\)`
package shadow

import "net"
import "os"

// Listen has a parameter that is called inherit.
func Listen(inherit string) {
	net.Listen("tcp", inherit)              // want `net.Listen binds a socket of its own: parameter inherit`
	net.ListenPacket("udp", os.Getenv("U")) // want `net.ListenPacket binds a socket of its own: env U`
	if _, err := net.Dial("tcp", inherit); err != nil {
		return
	}
}
