// The other program that uses lib has one listener.
package main // want listeners shared/stream

import (
	"os"

	"example.com/logical/lib"
)

func main() {
	(&lib.Server{Addr: os.Getenv("SHARED")}).Start()
}
