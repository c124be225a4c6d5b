// Command unixpath has a socket where it is told to.
package main

import (
	"log"
	"os"

	"example.com/unixpath/srv"
)

func main() {
	c := srv.NewConfig()
	c.Socket = os.Getenv("UNIXPATH_SOCKET")
	log.Fatal(srv.New(c).Run())
}
