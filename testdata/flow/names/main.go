// Names that are in the way of the fix.
package main

import (
	stdnet "net"
	"os"

	"example.com/names/inherit"
)

func main() {
	inherit.Do()
	stdnet.Listen("tcp", os.Getenv("ALIAS")) // want listen safe address=env:ALIAS
	dotted()
	shadowed()
}
