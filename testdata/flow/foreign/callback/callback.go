// Package callback waits on any free port, in a package of its own.
package callback

import (
	"context"
	"net"
	"net/http"
)

var srv http.Server

// Wait serves until Stop.
func Wait() error {
	l, err := net.Listen("tcp", "localhost:0") // want ephemeral
	if err != nil {
		return err
	}
	return srv.Serve(l) // want nothing
}

// Stop ends Wait.
func Stop() error { return srv.Shutdown(context.Background()) } // want nothing
